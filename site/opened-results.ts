/** Results that a visitor opens, as recordings that the page draws, each compared with the run that is shown. */

import { lastRun, mostTraces } from './engine.js';
import { axisUnits } from '../src/pictures/axis-unit.js';
import { platform } from './platform.js';
import type { BeginMessage, LiveMessage, ShownResult } from './messages.js';
import { matchSpikes } from '../src/compare/measures/matching.js';
import { readNeo } from '../src/compare/read/neo.js';
import { recordedRun, withNodes } from '../src/compare/read/ours.js';
import { readTable } from '../src/compare/read/table.js';
import { milliseconds, type Recorded, type RecordedSignal, type RecordedTrains } from '../src/compare/recorded.js';
import { UsageError } from '../src/diagnostics/diagnostic.js';

/** The last result that was opened: the next one is compared with it if the page has no run. */
let before: Recorded | undefined;

/** Forgets the last result: the page shows a model. */
export function forgetResult(): void {
  before = undefined;
}

/** Reads a result, and compares it with the run of the page or the result before it. @throws UsageError */
export function openedResult(path: string, bytes: Uint8Array): ShownResult {
  const recorded = readResult(path, bytes);
  const run = lastRun();
  const other = run ? withNodes(recordedRun(run, '')) : before;
  before = recorded;
  const drawn = other ? alignedWith(other, recorded) : recorded;
  return {
    ...asMessages(drawn),
    text: `${path}: ${other ? comparisonText(other, recorded) : contentText(recorded)}.`,
    isUnder: other !== undefined,
  };
}

function readResult(path: string, bytes: Uint8Array): Recorded {
  const text = platform.bytes.latin1(bytes);
  if (text.startsWith('\x89HDF'))
    throw new UsageError(
      `${path} is an HDF5 file, which this page does not read as a result`,
      `compare it in a terminal: interneuron same`,
    );
  if (!/^\s*[{[]/.test(text)) return readTable(path, undefined, () => text.split('\n').map((line, k) => [k + 1, line]));
  try {
    return readNeo(path, JSON.parse(new TextDecoder().decode(bytes)), undefined);
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(`${path} is damaged: ${error.message}`, 'write it again');
    throw error;
  }
}

/** Largest distance of spikes that agree, in s. */
const within = 1e-4;

/** Returns how many spikes of a result agree with those of another one, and the first that does not. */
function comparisonText(other: Recorded, recorded: Recorded): string {
  let [matched, most] = [0, 0];
  let first = { time: Infinity, name: '' };
  for (const [k, { population, ids, trains }] of other.trains.entries()) {
    const own = partner(other.trains, recorded.trains, k, isSameTrain);
    for (const id of new Set([...ids, ...(own?.ids ?? [])])) {
      const [a = none, b = none] = [trains[ids.indexOf(id)], own?.trains[own.ids.indexOf(id)]];
      const found = matchSpikes(a, b, within);
      matched += found.matched;
      most += Math.max(a.length, b.length);
      if ((found.divergence ?? Infinity) < first.time)
        first = { time: found.divergence ?? Infinity, name: `${population || 'cells'}[${id}]` };
    }
  }
  const where = first.name === '' ? '' : `, the first difference is at ${milliseconds(first.time)} in ${first.name}`;
  const agree = `${matched === most ? 'all' : `${matched} of`} ${most} spikes agree within ${milliseconds(within)}${where}`;
  return `${most === 0 ? '' : `${agree}. `}The file is drawn in grey under the other`;
}

const none = new Float64Array();

const contentText = ({ format, trains, signals }: Recorded): string => {
  const spikes = trains.flatMap((train) => train.trains).reduce((sum, { length }) => sum + length, 0);
  return `${format} with ${spikes} ${spikes === 1 ? 'spike' : 'spikes'}${signals.length === 0 ? '' : ` and ${signals.length} variables`}. Drop another result to compare it`;
};

/** Returns what a result has of one of another one's parts: the part of the same name, or the only one of both. */
const partner = <T>(all: readonly T[], own: readonly T[], k: number, isSame: (a: T, b: T) => boolean): T | undefined =>
  own.find((one) => isSame(one, all[k]!)) ?? (all.length === 1 && own.length === 1 ? own[0] : undefined);

const isSameTrain = (a: RecordedTrains, b: RecordedTrains): boolean =>
  a.population === b.population && a.event === b.event;

/** Returns a result with the trains and signals of another one, in its order; those that it lacks are empty. */
const alignedWith = (other: Recorded, recorded: Recorded): Recorded => ({
  ...recorded,
  trains: other.trains.map((train, k) => ({
    ...(partner(other.trains, recorded.trains, k, isSameTrain) ?? { ...train, trains: [] }),
    population: train.population,
  })),
  signals: other.signals.map((signal, k) => {
    const own = partner(other.signals, recorded.signals, k, (a, b) => a.owner === b.owner && a.variable === b.variable);
    return {
      ...(own ?? { ...signal, times: none, values: none }),
      owner: signal.owner,
      variable: signal.variable,
    };
  }),
});

/** Step of results that state none, in s. */
const finest = 1e-6;

function asMessages({ trains, signals, end }: Recorded): Pick<ShownResult, 'begin' | 'live'> {
  const last = [...trains.flatMap((train) => train.trains), ...signals.map(({ times }) => times)].map(
    (times) => times.at(-1) ?? 0,
  );
  const steps = Math.ceil((end ?? 1.05 * Math.max(0, ...last)) / finest);
  const begin: BeginMessage = {
    kind: 'begin',
    steps,
    dt: finest,
    trains: trains.map(({ population, event, ids }, k) => ({
      name: event === 'spike' ? population || 'cells' : `${population}.${event}`,
      size: Math.max(0, ...ids) + 1,
      population: k,
    })),
    series: signals.map(({ owner, variable, unit, columns }) => ({
      name: owner === '' ? variable : `${owner}.${variable}`,
      units: axisUnits(unit ?? '1'),
      cells: columns.slice(0, mostTraces).map((label, k) => (/^\d+$/.test(label) ? Number(label) : k)),
      size: columns.length,
    })),
  };
  const spikes = trains.map(({ ids, trains: own }, train) => {
    const at = own.flatMap((times, row) =>
      Array.from(times, (time) => [Math.round(time / finest), ids[row] ?? row] as const),
    );
    return { train, steps: Uint32Array.from(at, ([step]) => step), cells: Uint32Array.from(at, ([, cell]) => cell) };
  });
  return { begin, live: { kind: 'live', done: steps, spikes, samples: signals.map(samplesOf) } };
}

function samplesOf({ columns, times, values }: RecordedSignal, series: number): LiveMessage['samples'][number] {
  const shown = Math.min(columns.length, mostTraces);
  return {
    series,
    steps: Int32Array.from(times, (time) => Math.round(time / finest)),
    values: values.filter((_, k) => k % columns.length < shown),
  };
}
