/** Runs a model and its conversion, and compares their spikes and samples. */

import { defaultMargins } from '../compare/options.js';
import { drawnParts } from '../model/drawn-parts.js';
import type { Model, Recording, ValidModel } from '../model/model.js';
import { remainingDraws } from '../model/remaining-draws.js';
import { typedModel } from '../model/typed-model.js';
import { hashModel } from '../model/hash.js';
import { phaseKind } from '../model/tagged.js';
import { timingProperties } from '../model/timing-properties.js';
import { segmentTimes } from '../pipeline/results/segments.js';
import type { SpikeTrains } from '../../runtime/results/result.js';
import { compareSamples, SampleKeeper, type SampleRows, type VariableCheck } from './compare-samples.js';
import {
  compareSpikes,
  leastOf,
  type Agreement,
  type PopulationCheck,
  type SpikesByPopulation,
} from './compare-spikes.js';
import { comparableVariables } from '../simulators/recorded-variables.js';
import { runInMemory, type SampleMemory } from '../pipeline/run-in-memory.js';
import { unchanged, type Became } from '../model/rewriting/became.js';

/** Result of running both. */
export interface ConversionCheck {
  /** Program that ran the target: our own engine, or the requested tool. */
  readonly with: string;
  /** Simulated time, and time step of the model, in s. */
  readonly seconds: number;
  readonly dt: number;
  /** Spikes count as the same when they are no more than this apart, in s. */
  readonly tolerance: number;
  readonly populations: readonly PopulationCheck[];
  /** Recorded variables that both have. */
  readonly variables?: readonly VariableCheck[];
  /** Populations that spike, and recorded variables, without a namesake after conversion; they are not compared. */
  readonly absent: readonly string[];
  /** The least close of all populations, or of variables if spikes are the same; absent without either. */
  readonly grade?: Agreement;
  /** Of all populations that are compared. */
  readonly matched: number;
  readonly spikes: readonly [source: number, target: number];
  /** Time in s that is not compared: Brian's monitors lose it when a run returns to a stored state. */
  readonly givenUp?: number;
  /** Parts that are drawn anew after conversion, so that both differ by chance: a sentence for each. */
  readonly drawnAnew?: readonly string[];
  /** Reason why there is no comparison: a run that failed, or did not reach its end. */
  readonly failure?: string;
  /** Whether the conversion is the reason: it ends with a fault or with NaN, and the model does not. */
  readonly unstable?: boolean;
}

/** How to compare. */
export interface CheckOptions {
  /** The longest time that is simulated, in s; absent: all of the protocol. */
  readonly seconds?: number;
  readonly target?: string;
  /** Statement on the parts of the model in its conversion; absent: they keep their names. */
  readonly became?: Became;
  /** When it aborts, runs stop. */
  readonly signal?: AbortSignal;
  /** Receives the message for a variable that is NaN at the end, and whether it is one of the conversion. */
  readonly onNaN?: (message: string, converted: boolean) => void;
  /** Recordings besides spikes, and the keeper of their samples. */
  readonly besides?: { readonly recordings: readonly Recording[]; readonly keeper: SampleMemory };
}

/** Spikes as near as this, in s, or as near as a step, count as the same. */
const leastTolerance = 1e-4;

/** Returns the time by which the label of a spike follows the beginning of its step, in s. */
export const labelOf = ({ timing, experiment }: Pick<Model, 'timing' | 'experiment'>): number =>
  timingProperties[timing].label === 'beginning' ? 0 : experiment.dt;

/**
 * Returns populations with cells that spike, and their spike event. It is the source's event if given, else `spike`,
 * else the first event that others see.
 */
const spikingOf = (
  { model }: ValidModel,
  source?: ReadonlyMap<string, string>,
): readonly (readonly [population: string, event: string])[] =>
  Object.entries(model.populations).flatMap(([name, { type, spikes }]) => {
    if (spikes !== undefined) return [[name, 'spike'] as const];
    const neuron = type === undefined ? undefined : model.neurons[type];
    const events = [
      ...Object.entries(neuron?.events ?? {}).map(([event, { emits }]) => (emits === undefined ? event : emits)),
      ...Object.values(neuron?.regimes ?? {}).flatMap(({ transitions }) => transitions.map(({ emit }) => emit)),
    ].filter((event) => event !== undefined && event !== null);
    const [first] = events;
    const event = [source?.get(name), 'spike', first].find(
      (candidate) => candidate !== undefined && events.includes(candidate),
    );
    return event === undefined ? [] : [[name, event] as const];
  });

/** Returns a model that records only the spikes of all its populations, and the recordings' names. */
export function recordingSpikes(
  valid: ValidModel,
  source?: ReadonlyMap<string, string>,
): {
  readonly valid: ValidModel;
  /** Populations by the names of recordings. */
  readonly names: ReadonlyMap<string, string>;
} {
  const spiking = spikingOf(valid, source);
  const names = new Map(spiking.map(([population], k) => [`check_${k}`, population] as const));
  const { model } = valid;
  const recordings = spiking.map(([population, events], k): Recording => ({
    of: { population },
    events,
    name: `check_${k}`,
  }));
  const protocol = model.experiment.protocol.filter((phase) => phaseKind(phase) !== 'record');
  return {
    names,
    valid: { ...valid, model: { ...model, recordings, experiment: { ...model.experiment, protocol } } },
  };
}

/**
 * Spikes of all populations of a model under our own engine.
 *
 * @param like  the model that it was converted from: its populations have the same events
 * @throws EndedByFault
 */
export async function spikesOf(
  valid: ValidModel,
  options: CheckOptions = {},
  like?: ValidModel,
): Promise<SpikesByPopulation> {
  const { valid: recorded } = recordingSpikes(valid, eventsOf(like));
  const { dt } = valid.model.experiment;
  const { besides } = options;
  const model = { ...recorded.model, recordings: [...recorded.model.recordings, ...(besides?.recordings ?? [])] };
  const run = await runInMemory(
    { ...recorded, model },
    {
      ...(options.target === undefined ? {} : { target: options.target }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(options.seconds === undefined ? {} : { stopAfter: Math.ceil(options.seconds / dt) }),
    },
    besides?.keeper,
  );
  try {
    options.signal?.throwIfAborted();
    const [fault] = run.faults;
    if (fault !== undefined) throw new EndedByFault(fault, run.steps * dt, like !== undefined);
    for (const { code, message } of run.diagnostics)
      if (code === 'run/not-a-number') options.onNaN?.(message, like !== undefined);
    return spikesIn(run.trains, valid, like);
  } finally {
    run.dispose();
  }
}

/** A run that did not reach its end, which proves neither agreement nor difference. */
export class EndedByFault extends Error {
  constructor(
    fault: string,
    time: number,
    readonly converted: boolean,
  ) {
    const what = converted ? 'what the model was converted to' : 'the model itself';
    super(`${what} ends with a fault at ${Number((time * 1e3).toPrecision(8))} ms: ${fault}`);
  }
}

/** Returns the spike event of each population. */
export const eventsOf = (like: ValidModel | undefined): ReadonlyMap<string, string> | undefined =>
  like === undefined ? undefined : new Map(spikingOf(like));

/**
 * Returns the spikes of a run that recorded all populations.
 *
 * @param like  the model that it was converted from
 */
export function spikesIn(
  trains: readonly SpikeTrains[],
  valid: ValidModel,
  like: ValidModel | undefined,
): SpikesByPopulation {
  const { model } = valid;
  const [{ dt }, label] = [model.experiment, labelOf(model)];
  const found = new Map<string, number[][]>(
    spikingOf(valid, eventsOf(like)).map(([name]) => [
      name,
      Array.from({ length: model.populations[name]?.size ?? 0 }, () => []),
    ]),
  );
  for (const train of trains)
    for (const { steps, cells } of train.inOrder())
      steps.forEach((step, k) => found.get(train.plan.population)?.[cells[k] ?? 0]?.push(step * dt + label));
  // Several spikes of a step may be events of their own.
  for (const population of found.values()) for (const cell of population) cell.sort((a, b) => a - b);
  return found;
}

/** Returns spikes of a conversion by the populations that they were: cells may have become populations. */
export function spikesBefore(
  found: SpikesByPopulation,
  source: Pick<Model, 'populations'>,
  target: Pick<Model, 'populations' | 'neurons'>,
  became: Became,
): SpikesByPopulation {
  const before = new Map(found);
  for (const [name, { size }] of Object.entries(source.populations)) {
    const cells = Array.from({ length: size }, (_, cell) => became.population(name, cell));
    if (cells.every((cell, k) => cell?.population === name && cell.cell === k)) continue;
    const trains = cells.map((cell) => {
      const own = found.get(cell?.population ?? '') ?? [];
      // The elements of a cable are one cell.
      const { type = '' } = target.populations[cell?.population ?? ''] ?? {};
      return target.neurons[type]?.cable ? own.flat().sort((a, b) => a - b) : (own[cell?.cell ?? 0] ?? []);
    });
    before.set(name, trains);
  }
  return before;
}

/** Runs a model, and the model that its conversion is when it is read, and compares spikes and recorded variables. */
export async function compareWritten(
  valid: ValidModel,
  target: ValidModel,
  given: CheckOptions = {},
): Promise<ConversionCheck> {
  const { became = unchanged } = given;
  const variables = comparableVariables(valid, target, comparedTime(valid.model, given.seconds), { became });
  const isSame = hashModel(valid.model).model === hashModel(target.model).model;
  const anew = isSame ? [] : drawnAnew(target.model);
  const drawn = anew.length === 0 ? target : withOtherSeed(target);
  const keeper = new SampleKeeper();
  const run: OtherRun['run'] = async (onNaN) => {
    const found = await spikesOf(
      drawn,
      { ...given, onNaN, besides: { recordings: variables.ofTarget, keeper } },
      valid,
    );
    return { spikes: spikesBefore(found, valid.model, target.model, became), samples: keeper.kept() };
  };
  return compareRuns(valid, { tool: 'interneuron', label: labelOf(target.model), variables, anew, run }, given);
}

/** How the conversion of a model runs. */
export interface OtherRun {
  readonly tool: string;
  /** Time by which its spikes follow the beginning of their step, in s. */
  readonly label: number;
  /** Variables that both record. */
  readonly variables: ReturnType<typeof comparableVariables>;
  /** Parts that it draws for itself: spikes and samples differ by chance then. */
  readonly anew: readonly string[];
  /** Returns its spikes and samples by the names of the model's parts, or the reason for a failure. */
  readonly run: (onNaN: (message: string) => void) => Promise<RunOfOther | string>;
  /** Returns the spikes of the model that the other program keeps, and the time in s that it gives up. */
  readonly kept?: (spikes: SpikesByPopulation) => { readonly spikes: SpikesByPopulation; readonly givenUp?: number };
}

interface RunOfOther {
  readonly spikes: SpikesByPopulation;
  readonly samples: ReadonlyMap<string, SampleRows>;
}

/** Runs a model here and its conversion, and compares spikes and recorded variables. */
export async function compareRuns(
  valid: ValidModel,
  { tool, label, variables, anew, run, kept = (spikes) => ({ spikes }) }: OtherRun,
  given: CheckOptions = {},
): Promise<ConversionCheck> {
  const { recordings, ofTarget, sampled, absent } = variables;
  const keeper = new SampleKeeper();
  const noNumbers: string[] = [];
  const onNaN = (message: string): void => void noNumbers.push(message);
  const failed = (failure: string, unstable?: boolean): ConversionCheck => ({
    ...compared(tool, valid, new Map(), new Map(), label, given.seconds),
    failure,
    ...(unstable === undefined ? {} : { unstable }),
  });
  try {
    const source = await spikesOf(valid, { ...given, onNaN, besides: { recordings, keeper } });
    if (noNumbers.length > 0) return failed(`in the model itself, ${noNumbers[0]}`);
    const found = await run(onNaN);
    if (typeof found === 'string') return failed(found);
    if (noNumbers.length > 0) return failed(`after conversion ${noNumbers[0]}`, true);
    const held = kept(source);
    const { grade, ...ungraded } = compared(tool, valid, held.spikes, found.spikes, label, given.seconds);
    const missing = [...sampled].flatMap(([name, { population, variable }]) =>
      found.samples.has(name) ? [] : `${population}.${variable}`,
    );
    const check: ConversionCheck = {
      ...ungraded,
      absent: [...ungraded.absent, ...absent, ...missing],
      ...(held.givenUp === undefined ? {} : { seconds: ungraded.seconds - held.givenUp, givenUp: held.givenUp }),
    };
    if (anew.length > 0) return { ...check, drawnAnew: anew };
    const samples = compareSamples(keeper.kept(), found.samples, [...recordings, ...ofTarget], sampled);
    return withVariables(grade === undefined ? check : { ...check, grade }, samples);
  } catch (error) {
    if (error instanceof EndedByFault) return failed(error.message, error.converted);
    throw error;
  }
}

/** Returns a model that draws other numbers than one of equal streams and seed, as simulators do. */
const withOtherSeed = ({ model, data }: ValidModel): ValidModel => {
  const { experiment } = model;
  return { model: { ...model, experiment: { ...experiment, seed: String(BigInt(experiment.seed) + 1n) } }, data };
};

/** Adds variables. They count for the grade if spikes are the same: samples of shifted spikes differ anyway. */
function withVariables(check: ConversionCheck, variables: readonly VariableCheck[]): ConversionCheck {
  const { grade: spikes = 'same spikes' } = check;
  const all = [...(check.grade === undefined ? [] : [check.grade]), ...variables.map(gradeOfSamples)];
  return { ...check, variables, ...(spikes === 'same spikes' && all.length > 0 ? { grade: leastOf(all) } : {}) };
}

/** Largest difference of two samples that only rounding causes, relative to the largest value. */
const rounding = 1e-12;

/** Returns how closely the samples of a variable agree, by the margin of `compare`. */
function gradeOfSamples({ largest, rootMeanSquare, range, magnitude }: VariableCheck): Agreement {
  if (largest <= rounding * magnitude) return 'same spikes';
  return rootMeanSquare <= defaultMargins.trace * (range || magnitude) ? 'same within δ' : 'apart';
}

/**
 * Returns the parts that a converted model draws for itself. Generators with seeds of their own are excluded, because
 * their numbers are the same in both.
 */
export const drawnAnew = (target: Model): readonly string[] => [
  ...drawnParts(target, { seeded: false }).map(({ name, drawn }) => `${drawn.join(', ')} of ${name}`),
  ...remainingDraws(typedModel(target)),
];

/** Returns the compared time, in s: the simulated time of a protocol, limited to the requested time. */
export const comparedTime = ({ experiment }: Model, asked = Infinity): number =>
  Math.min(
    segmentTimes(experiment.protocol).reduce((sum, time) => sum + time, 0),
    asked,
  );

/**
 * Compares two sets of spikes, of a model and of its conversion.
 *
 * @param label  how long after the beginning of its step the target's spikes are, in s
 * @param seconds  the longest time that was simulated; absent: all of the protocol
 */
export function compared(
  tool: string,
  { model }: ValidModel,
  source: SpikesByPopulation,
  target: SpikesByPopulation,
  label: number,
  seconds?: number,
): ConversionCheck {
  const { dt } = model.experiment;
  const tolerance = Math.max(dt, leastTolerance);
  const time = comparedTime(model, seconds);
  const populations = compareSpikes(source, target, tolerance, label - labelOf(model), model, time);
  const [first, ...others] = populations.filter(({ spikes }) => spikes[0] + spikes[1] > 0).map(({ grade }) => grade);
  const sum = (read: (check: PopulationCheck) => number): number =>
    populations.reduce((all, population) => all + read(population), 0);
  return {
    with: tool,
    seconds: time,
    dt,
    tolerance,
    populations,
    ...(first === undefined ? {} : { grade: leastOf([first, ...others]) }),
    absent: [...source.keys()].filter((name) => !target.has(name)),
    matched: sum(({ matched }) => matched),
    spikes: [sum(({ spikes }) => spikes[0]), sum(({ spikes }) => spikes[1])],
  };
}
