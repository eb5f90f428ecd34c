/** Writes columns of a simulator as the result files of our own engines. */

import { nameOn } from '../library/simulators/names.js';
import { type RecordingPlan } from '../../runtime/record/plan.js';
import { protocolSteps, segmentSpans, turnsBack, type Protocol } from '../../runtime/record/protocol.js';
import { createFingerprinter } from '../../runtime/record/fingerprint.js';
import { createSpikeSpool, defaultSpoolLimits, type SpikeSpool } from '../../runtime/record/spike-spool.js';
import { outputError } from '../../runtime/results/output-error.js';
import type { PhaseSpan } from '../../runtime/results/result.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { unitsIn } from '../library/simulators/simulators.js';
import { itemAt } from '../diagnostics/entry.js';
import { firstFew } from '../diagnostics/suggest.js';
import { resultFiles } from '../pipeline/results/result-files.js';
import { type RunOptions, type RunResult } from '../pipeline/run-options.js';
import { platform } from '#platform';
import type { ToolColumns } from './columns.js';
import { engines } from './engines.js';
import { mergedSpikes } from './merge-spikes.js';
import {
  clockOf,
  rowsOf,
  rowsAtOnce,
  spikesByPopulation,
  type Recorded,
  type RecordedRows,
} from './recorded-columns.js';
import type { Instrumented } from './instrumented.js';

/** A run of another simulator. */
export interface RunOn extends RunResult {
  /** What the result does not hold, a sentence each. */
  readonly notRead: readonly string[];
}

/** Samples of a variable in each segment. */
type Series = readonly RecordedRows[];

/** In place of a program of our own. */
export const notOurs = { sources: new Map<string, string>(), start: () => Promise.reject(new Error('not ours')) };

/** Writes columns of a simulator as result files. @param steps  that it has done */
export async function writeResults(
  model: Instrumented,
  columns: readonly ToolColumns[],
  steps: number,
  options: RunOptions,
): Promise<Omit<RunOn, 'engine' | 'seconds'>> {
  const { imported, simulator, program, protocol } = model;
  const { label } = engines[simulator];
  const { dt } = program;
  const place = clockOf(imported.valid.model);
  const recordsIn = unitsIn(simulator, model.isCompiled);
  const recorded: Recorded = { ...model, model: imported.valid.model, recordsIn };
  const notRead: string[] = [];
  const series = new Map<string, Series>();
  const taken = (plan: RecordingPlan): RecordingPlan => {
    notRead.length = 0;
    for (const { kind, plan: own } of plan.series) {
      const found =
        kind === 'rate' ? 'rates are not read' : seriesOf(own.recording, own.variable, own.owner, recorded, columns);
      if (typeof found === 'string') notRead.push(`${own.owner}.${own.variable}: ${found}`);
      else series.set(own.name, found);
    }
    const counted = new Set(plan.trains.map(({ plan: own }) => own.population));
    const others = program.manifest.populations.map(({ name }) => name).filter((name) => !counted.has(name));
    if (others.length > 0) notRead.push(`spikes of ${firstFew(others)}: the model does not record them`);
    for (const { plan: own } of plan.trains)
      for (const variable of own.variables ?? [])
        notRead.push(`${own.population}.${variable.name} at spikes: not read`);
    const kept = plan.series
      .filter(({ plan: own }) => series.has(own.name))
      .map((one) => ({ ...one, plan: { ...one.plan, ...timesOf(series.get(one.plan.name)!, one.plan.label, dt) } }));
    const trains = plan.trains.map(({ plan: { variables: _, ...own }, ...one }) => ({ ...one, values: [], plan: own }));
    return {
      series: kept,
      trains,
      setup: {
        ...plan.setup,
        spikeLabel: label,
        series: kept.map(({ plan: own }) => own),
        trains: trains.map(({ plan: own }) => own),
      },
    };
  };
  const engine = { target: nameOn(simulator), device: '', threads: 1 };
  const files = await resultFiles(imported, { program, executable: notOurs, engine }, protocol, {
    ...options,
    recorded: taken,
  });
  if (files.setup.series.length + files.setup.trains.length === 0)
    throw new UsageError(`nothing of the run was read: ${notRead.join('; ')}`, 'record spikes, or other variables');
  const spools: SpikeSpool[] = [];
  try {
    for (const writer of files.writers) await writer.open(files.setup);
    const fingerprinter = createFingerprinter(program);
    const byPopulation = spikesByPopulation(columns, recorded);
    let rounded = 0;
    files.plan.trains.forEach(({ plan, size, event }, k) => {
      const path = platform.scratch?.path(undefined, `.interneuron-on-${k}`) ?? '';
      const spool = createSpikeSpool(plan, size, path, defaultSpoolLimits);
      spools.push(spool);
      const stepOf = (time: number, segment: number): number => {
        const at = place(time, segment).seconds / dt;
        const step = Math.round(at) - label;
        if (Math.abs(at - Math.round(at)) > 1e-3 || step < 0) rounded += 1;
        return Math.max(0, step);
      };
      for (const block of mergedSpikes(byPopulation.get(plan.population) ?? [], stepOf)) {
        const cells = block.cells.map((cell) => cell % size);
        spool.append(block.steps, cells);
        fingerprinter.spikes(event, block.steps, cells);
      }
    });
    if (rounded > 0) notRead.push(`${rounded} spikes lie between steps: the result has them at the nearest step`);
    files.setup.series.forEach((plan, position) => {
      for (const { segment, rows, read } of series.get(plan.name)!)
        for (let begin = 0; begin < rows; begin += rowsAtOnce) {
          const { times, values } = read(begin, Math.min(rows, begin + rowsAtOnce));
          const placed = Array.from(times, (time) => place(time, segment));
          const at = Int32Array.from(placed, ({ seconds }) => Math.round(seconds / dt) - plan.label);
          const { part = 0 } = placed[0] ?? {};
          files.sink.samples({ series: position, steps: at, segment: part, values });
        }
    });
    files.sink.advance(steps);
    await files.sink.ready?.();
    const run = {
      steps,
      outcome: steps < protocolSteps(protocol) ? 'stopped' : 'complete',
      faults: [],
      fingerprint: await fingerprinter.finish(null),
      notNumbers: [],
      notFinite: [],
      phases: phasesOf(protocol, steps),
      ...(turnsBack(protocol) ? { segments: segmentSpans(protocol, steps) } : {}),
      trains: spools.map((spool) => spool.trains()),
      seconds: { run: 0, fingerprint: 0 },
    } as const;
    const { record, outputs } = await files.close(run);
    return {
      kind: 'run',
      program,
      record,
      trains: run.trains,
      outputs,
      notNumbers: [],
      diagnostics: [],
      notRead,
      dispose: () => spools.forEach((spool) => spool.dispose()),
    };
  } catch (error) {
    await files.abandon();
    spools.forEach((spool) => spool.dispose());
    throw error instanceof Error && !(error instanceof UsageError)
      ? outputError(error, options.outputs?.[0] ?? '')
      : error;
  }
}

/** Returns the samples of a variable of a recording in the order of its elements; the reason if they are not read. */
function seriesOf(
  recording: string,
  variable: string,
  owner: string,
  recorded: Recorded,
  columns: readonly ToolColumns[],
): Series | string {
  const all: { readonly elements: readonly number[]; readonly factor: number; readonly rows: Series }[] = [];
  for (const [name, { of, variable: own, population, factor = 1 }] of recorded.samples) {
    if (of.recording !== recording || own !== variable || population !== owner) continue;
    const rows = rowsOf(name, recorded, columns);
    if (typeof rows === 'string') return rows;
    all.push({ elements: of.elements, factor, rows });
  }
  const [first] = all;
  if (first === undefined) return 'the document has no such variable';
  if (all.length === 1 && first.factor === 1) return first.rows;
  // Elements that became parts of several populations are one series again.
  const order = all
    .flatMap(({ elements }, group) => elements.map((element, column) => ({ element, group, column })))
    .toSorted((a, b) => a.element - b.element);
  return first.rows.map(({ segment, rows }, k) => ({
    segment,
    rows,
    read: (begin, end) => {
      const blocks = all.map((one) => itemAt(one.rows, k).read(begin, end));
      const { times } = itemAt(blocks, 0);
      const values = new Float64Array(times.length * order.length);
      for (let row = 0; row < times.length; row += 1)
        order.forEach(({ group, column }, place) => {
          const { elements, factor } = all[group]!;
          values[row * order.length + place] = blocks[group]!.values[row * elements.length + column]! / factor;
        });
      return { times, values };
    },
  }));
}

/** Returns the steps at which a simulator took samples, where they are regular. */
function timesOf(
  [first, ...others]: Series,
  label: number,
  dt: number,
): { readonly every?: number; readonly offset?: number; readonly gaps?: boolean } {
  if (first === undefined || others.length > 0 || first.rows === 0) return {};
  const at = (row: number): number => Math.round(first.read(row, row + 1).times[0]! / dt) - label;
  const [begin, end] = [at(0), at(first.rows - 1)];
  const every = first.rows > 1 ? at(1) - begin : 1;
  return { every, offset: begin, gaps: begin + every * (first.rows - 1) !== end };
}

/** Returns the phases of a protocol until a step. */
function phasesOf(protocol: Protocol, end: number): readonly PhaseSpan[] {
  const spans = turnsBack(protocol) ? segmentSpans(protocol) : [];
  const phases: PhaseSpan[] = [];
  let [steps, ordinal] = [0, 0];
  let named: string | undefined;
  for (const entry of protocol) {
    if (entry.kind === 'segment') named = entry.name;
    if (entry.kind === 'reset' || entry.kind === 'restore') {
      ordinal += 1;
      named = undefined;
    }
    if (entry.kind !== 'run') continue;
    const name = entry.name ?? `phase ${phases.length + 1}`;
    const segment = named ?? spans[ordinal]?.name ?? 'segment 1';
    if (steps < end) phases.push({ name, segment, begin: steps, end: Math.min(end, steps + entry.steps) });
    steps += entry.steps;
  }
  return phases;
}
