/**
 * One model in all notations and on two engines: their common results are run and compared.
 *
 * - On WebAssembly a model has the bits that it has on the interpreter.
 * - In its own notation, and as a canonical model, it stays the same model.
 * - In other notations it has the same spikes and final values if the report has only conventions, apart from
 *   draws of another generator, which the report states.
 * - Written documents are read again without errors, in every case of the report.
 */

import { columnCount, type ResultWriter, type RunSetup, type SampleBlock } from '../../runtime/results/result.js';
import { DiagnosticError, UsageError } from '../../src/diagnostics/diagnostic.js';
import { hashModel } from '../../src/model/hash.js';
import type { Phase, Recording, ValidModel } from '../../src/model/model.js';
import { isPhase, timeAfter } from '../../src/model/tagged.js';
import { compared, eventsOf, labelOf, recordingSpikes, spikesIn } from '../../src/verify/check-conversion.js';
import type { SpikesByPopulation } from '../../src/verify/compare-spikes.js';
import { convertModel, type ConvertedModel } from '../../src/convert/convert.js';
import { importModel, runModel } from '../../src/pipeline/pipeline.js';
import { decodeSource } from '../../src/pipeline/read/read-source.js';
import type { TargetNotation } from '../../src/convert/target-notations.js';
import { isSmall, readAgain, type Outcome } from './feed.js';

const documents = ['canonical', 'brian-json', 'pynn-json', 'lems'] as const satisfies readonly TargetNotation[];

/** Longest phase and experiment, in steps, and most elements. */
const [longestPhase, longest, mostElements] = [200, 1000, 30];

/** Final values that differ by no more than this part of the largest are the same up to rounding. */
const rounding = 1e-6;

/** How many of the last samples are compared. */
const lastSamples = 8;

/** Entries of reports that state other random numbers. */
const otherDraws = /own-draws|native-generator|brian\/rule|numbers drawn|drawn differently/;

/** Entries that state errors of values, for adaptive steps. */
const statedErrors = /sub-steps|adaptive/;

const isOfSameSteps = (a: ValidModel, b: ValidModel): boolean => a.model.experiment.dt === b.model.experiment.dt;

/**
 * Runs a valid small model in all notations.
 *
 * @throws Error that names the conversions and engines that disagree
 */
export async function compareDocument(name: string, bytes: Uint8Array): Promise<Outcome> {
  try {
    const imported = importModel(decodeSource(name, bytes));
    if (!isSmall(imported, mostElements)) return 'refused';
    const valid = shortened(imported.valid);
    const here = await observed(valid, 'reference');
    const there = await observed(valid, 'wasm');
    const found = here.fingerprint === there.fingerprint ? [] : ['the interpreter and WebAssembly differ'];
    const own = {
      neuroml: 'lems',
      brian: 'brian-json',
      pynn: 'pynn-json',
      canonical: 'canonical',
      sonata: 'canonical',
      nir: 'canonical',
      nmodl: 'canonical',
      nestml: 'canonical',
      swc: 'canonical',
    }[imported.notation];
    for (const to of documents) {
      const why = await disagreement(valid, to, here, to === own || to === 'canonical');
      if (why !== undefined) found.push(`${to}: ${why}`);
    }
    if (found.length > 0) throw new Error(found.join('\n'));
    return 'accepted';
  } catch (error) {
    if (error instanceof DiagnosticError || error instanceof UsageError) return 'refused';
    throw error;
  }
}

/** The model with phases of few steps. */
function shortened(valid: ValidModel): ValidModel {
  const { dt, protocol } = valid.model.experiment;
  let [now, left] = [0, longest * dt];
  const phases = protocol.map((phase): Phase => {
    const asked = timeAfter(now, phase) - now;
    const run = Math.min(asked, longestPhase * dt, left);
    if (isPhase(phase, 'reset')) now = 0;
    if (!(asked > run)) {
      now += asked;
      left -= asked;
      return phase;
    }
    now += run;
    left -= run;
    return { run };
  });
  return { ...valid, model: { ...valid.model, experiment: { ...valid.model.experiment, protocol: phases } } };
}

/** Observable results of a run. */
interface Observed {
  readonly fingerprint: string;
  readonly spikes: SpikesByPopulation;
  /** Last samples of state variables, by `population.variable in unit`. */
  readonly values: ReadonlyMap<string, readonly Row[]>;
}

/** Values of all elements at the boundary of two steps, counted from the start. */
interface Row {
  readonly at: number;
  readonly values: readonly number[];
}

/** @param like  the model that it was converted from */
async function observed(valid: ValidModel, target: 'reference' | 'wasm', like?: ValidModel): Promise<Observed> {
  const recorded = recordingSpikes(valid, eventsOf(like)).valid;
  const { model } = recorded;
  const recordings = [...model.recordings, ...statesOf(recorded)];
  const whole = { ...recorded, model: { ...model, recordings } };
  const last = new LastSamples();
  const result = await runModel(
    { valid: whole, hashes: hashModel(whole.model) },
    { target, threads: 1, writers: [last] },
  );
  if (result.kind !== 'run') throw new Error('nothing was run');
  try {
    const spikes = spikesIn(result.trains, valid, like);
    return { fingerprint: JSON.stringify(result.record.fingerprint), spikes, values: last.values };
  } finally {
    result.dispose();
  }
}

/** Recordings of the state variables of all point cells. */
const statesOf = ({ model }: ValidModel): readonly Recording[] =>
  Object.entries(model.populations).flatMap(([population, { type }], k): Recording[] => {
    const neuron = model.neurons[type ?? ''];
    const variables = Object.keys(neuron?.state ?? {});
    if (neuron === undefined || neuron.compartments !== undefined || variables.length === 0) return [];
    return [{ of: { population }, variables, name: `state_${k}` }];
  });

/** Keeps the last rows of each series. */
class LastSamples implements ResultWriter {
  #series: RunSetup['series'] = [];
  readonly values = new Map<string, Row[]>();

  open({ series }: RunSetup): Promise<void> {
    this.#series = series;
    return Promise.resolve();
  }

  samples({ series, steps, values }: SampleBlock): void {
    const plan = this.#series[series];
    if (plan?.recording.startsWith('state_') !== true) return;
    const name = `${plan.owner}.${plan.variable} in ${plan.unit}`;
    const width = columnCount(plan);
    const rows = Array.from(steps, (step, k) => ({
      at: step + plan.label,
      values: Array.from(values.subarray(k * width, (k + 1) * width), Number),
    }));
    this.values.set(name, [...(this.values.get(name) ?? []), ...rows].slice(-lastSamples));
  }

  advance(): void {
    // Nothing waits for a step here.
  }

  close(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  abandon(): Promise<void> {
    return Promise.resolve();
  }
}

/** Returns a difference of a model and its conversion; undefined if the report states all differences. */
async function disagreement(
  valid: ValidModel,
  to: TargetNotation,
  here: Observed,
  isOwn: boolean,
): Promise<string | undefined> {
  let converted: ConvertedModel;
  try {
    converted = await convertModel(valid, to);
  } catch (error) {
    if (error instanceof DiagnosticError || error instanceof UsageError) return undefined;
    throw error;
  }
  const again = readAgain(to, converted)?.valid;
  if (again === undefined) return undefined;
  const same = hashModel(again.model).experiment === hashModel(valid.model).experiment;
  if (isOwn && to === 'canonical' && !same) return 'another model when read again';
  if (same || converted.report.some(({ verdict }) => verdict === 'different' || verdict === 'notExpressible'))
    return undefined;
  if (converted.report.some(({ code, message }) => otherDraws.test(`${code} ${message}`))) return undefined;
  let there: Observed;
  try {
    there = await observed(again, 'wasm', valid);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return `${converted.outcome}, but does not run: ${error.message}`;
  }
  const difference =
    spikesDiffer(valid, here.spikes, again, there.spikes) ??
    (isOfSameSteps(valid, again) && !converted.report.some(({ code }) => statedErrors.test(code))
      ? valuesDiffer(here.values, there.values, shownLate(valid))
      : undefined);
  return difference === undefined ? undefined : `${converted.outcome}, but ${difference}`;
}

/** Rounding may move a spike by a step. */
function spikesDiffer(
  valid: ValidModel,
  ours: SpikesByPopulation,
  converted: ValidModel,
  theirs: SpikesByPopulation,
): string | undefined {
  const { dt } = valid.model.experiment;
  const { populations, absent } = compared('interneuron', valid, ours, theirs, labelOf(converted.model));
  const silent = absent.filter((name) => ours.get(name)?.some((train) => train.length > 0));
  if (silent.length > 0) return `there are no spikes of ${silent.join(', ')}`;
  for (const { population, spikes, matched, largest } of populations)
    if (spikes[0] !== spikes[1] || matched !== spikes[0] || largest > 1.01 * dt)
      return `${population} has ${spikes[1]} spikes instead of ${spikes[0]}, up to ${largest / dt} steps apart`;
  return undefined;
}

/**
 * Compares values of the same name and unit at the last boundaries of steps that both sampled. One boundary at which
 * they agree is enough: timing profiles show arrivals in a step on one side of a sample or the other. Values of types
 * that were replaced by others of the notation have no namesakes.
 *
 * @param late variables of ours, by `population.variable`, that are shown a step late
 */
function valuesDiffer(
  ours: Observed['values'],
  theirs: Observed['values'],
  late: ReadonlySet<string>,
): string | undefined {
  for (const [name, rows] of ours) {
    const shifts = late.has(name.split(' ')[0] ?? '') ? [0, 1] : [0];
    const others = new Map((theirs.get(name) ?? []).map(({ at, values }) => [at, values]));
    const differences = rows.flatMap(({ at, values }) => {
      return shifts.flatMap((shift) => {
        const other = others.get(at - shift);
        return other?.length === values.length ? [differenceOf(values, other, `after ${at} steps`)] : [];
      });
    });
    if (differences.length > 0 && differences.every((one) => one !== undefined)) return `${name}${differences.at(-1)}`;
  }
  return undefined;
}

/** Variables that LEMS shows before its regimes change them. */
const shownLate = ({ model }: ValidModel): ReadonlySet<string> =>
  new Set(
    Object.entries(model.populations).flatMap(([population, { type }]) => {
      const { regimes = {}, state = {} } = model.neurons[type ?? ''] ?? {};
      const isLate = model.timing === 'lems-euler' && Object.keys(regimes).length > 0;
      return isLate ? Object.keys(state).map((variable) => `${population}.${variable}`) : [];
    }),
  );

/** Returns a difference of two rows beyond rounding; undefined without one. */
function differenceOf(ours: readonly number[], theirs: readonly number[], when: string): string | undefined {
  const largest = Math.max(0, ...[...ours, ...theirs].filter(Number.isFinite).map(Math.abs));
  const k = ours.findIndex(
    (a, cell) => !Object.is(a, theirs[cell]) && !(Math.abs(a - theirs[cell]!) <= rounding * largest),
  );
  return k < 0 ? undefined : `[${k}] is ${theirs[k]} instead of ${ours[k]} ${when}`;
}
