/** Two models with the loop open: both receive the spikes of one run of the first, at any step. */

import { UsageError } from '../diagnostics/diagnostic.js';
import { entryOf, itemAt } from '../diagnostics/entry.js';
import { equalDimensions } from '../lang/dimension.js';
import { parseUnit } from '../lang/units.js';
import { lengthOf, numbersOf } from '../model/arrays.js';
import type { Projection, Recording, ValidModel } from '../model/model.js';
import { unchanged, type Became, type Variable } from '../model/rewriting/became.js';
import { elementsIn, populationOf } from '../model/selected.js';
import { isPhase, isRecording, isSelection } from '../model/tagged.js';
import { columnCount } from '../../runtime/results/result.js';
import { RangeKeeper, type OpenRun, type PairedVariable, type RunPair } from './approach.js';
import { comparedTime, EndedByFault, eventsOf, spikesBefore, spikesOf, type CheckOptions } from './check-conversion.js';
import { comparableVariables, type Sampled } from '../simulators/recorded-variables.js';
import { pairedSpikes, type SpikesByPopulation } from './compare-spikes.js';
import { arrivals, halvings, operations, operationsOf, partsOf } from './limit-work.js';
import { coupledContinuously, openedBy, partsThere, withStep, type PartsThere } from './open-loop.js';
import { becameOf, fewest, takenCells, withCells, withFewSources, type Taken } from './some-cells.js';
import type { CellPair } from './states/cell-pair.js';

/** Most times at which states are compared. */
const mostTimes = 1000;

/** Shortest time that is compared, and longest if no cell spikes in it, in s. */
export const compared = { first: 0.2, longest: 1 } as const;

/** Halvings of a step at which a model fails. */
const mostFailing = 3;

/** A run with values that are not numbers. */
export class NotANumber extends Error {}

/** A run of the source as it is: both models receive its spikes. */
interface ClosedRun {
  readonly spikes: SpikesByPopulation;
  /** Time in s that is compared. */
  readonly seconds: number;
  /** Halvings of the model's step. */
  readonly halved: number;
}

/** Two models with the loop open. */
export interface OpenPair {
  readonly seconds: number;
  /** Halvings of the step below which runs fail. */
  readonly halved: number;
  /** Populations with coupling that stays closed. */
  readonly closed: ReadonlySet<string>;
  /** Variables that both record, by recording. */
  readonly paired: ReadonlyMap<string, PairedVariable>;
  /** Times of samples. */
  readonly times: { readonly end: number; readonly interval: number; readonly count: number };
  /** Returns the number that a cell of the runs has in the source. */
  readonly cellBefore: (population: string, cell: number) => number;
  /** Cells of both models, with their states in a run. */
  readonly cellsIn: (run: OpenRun) => readonly CellPair[];
  /** Operations of a run at the model's own step, and of the spikes that arrive in any run. */
  readonly work: { readonly steps: number; readonly arriving: number };
  /** Runs both with the step halved k times. @throws NotANumber, EndedByFault */
  readonly runAt: (k: number) => Promise<RunPair>;
}

/** How to open and run two models. */
interface PairOptions {
  readonly became: Became;
  /** Most work of all runs, in operations. */
  readonly work: number;
  readonly signal?: AbortSignal;
  readonly runTarget?: (opened: ValidModel) => Promise<SpikesByPopulation>;
}

/** Returns the result of the first run that does not fail: steps can be too long for the method of a notation. */
export async function firstStable<T>(
  from: number,
  runAt: (k: number) => Promise<T>,
): Promise<{ readonly halved: number; readonly found: T }> {
  for (let halved = from; ; halved += 1)
    try {
      return { halved, found: await runAt(halved) };
    } catch (error) {
      if (!(error instanceof NotANumber || error instanceof EndedByFault) || halved === mostFailing) throw error;
    }
}

/** Runs a model for a time in s. @throws NotANumber, EndedByFault */
function runFor(
  seconds: number,
  signal: AbortSignal | undefined,
  valid: ValidModel,
  more: CheckOptions = {},
  like?: ValidModel,
): Promise<SpikesByPopulation> {
  const onNaN = (message: string): void => {
    throw new NotANumber(message);
  };
  return spikesOf(valid, { target: 'wasm', seconds, onNaN, ...(signal ? { signal } : {}), ...more }, like);
}

const isCell = ({ model }: ValidModel, name: string): boolean => model.populations[name]?.type !== undefined;

/** Runs the source as it is, longer if no cell spikes at first. */
export async function closedRun(source: ValidModel, signal: AbortSignal | undefined): Promise<ClosedRun> {
  const whole = comparedTime(source.model);
  const run = (seconds: number, from: number): ReturnType<typeof firstStable<SpikesByPopulation>> =>
    firstStable(from, (k) => runFor(seconds, signal, withStep(source, source.model.experiment.dt / 2 ** k)));
  // Values that the protocol sets later act in longer runs only.
  const isSet = source.model.experiment.protocol.some((phase) => isPhase(phase, 'set'));
  const first = Math.min(whole, isSet ? compared.longest : compared.first);
  const { found, halved } = await run(first, 0);
  const isSilent = ![...found].some(
    ([name, trains]) => isCell(source, name) && trains.some(({ length }) => length > 0),
  );
  if (!isSilent || whole <= first) return { spikes: found, seconds: first, halved };
  const seconds = Math.min(whole, compared.longest);
  const again = await run(seconds, halved);
  return { spikes: again.found, seconds, halved: again.halved };
}

/**
 * Opens the loop of two models.
 *
 * @param written  the target for a step in s
 * @throws UsageError for models that are too large or without counterparts
 */
export async function openPair(
  source: ValidModel,
  written: (step: number) => Promise<ValidModel>,
  { became: given, work, runTarget, signal }: PairOptions,
): Promise<OpenPair> {
  const { dt } = source.model.experiment;
  const { spikes, seconds, halved } = await closedRun(source, signal);
  const first = await written(dt);
  const there = partsThere(source, first, given);
  const lone = withoutCounterpart(source, first, there);
  if (lone !== undefined) throw new UsageError(lone);
  const closed = closedPopulations(source, first, there);
  const trains = new Map(
    [...spikes]
      .filter(([name]) => isCell(source, name) && !closed.has(name))
      .map(([name, cells], ordinal) => [name, cells.map((train, cell) => betweenSteps(train, dt, cell + ordinal))]),
  );
  const wholeSource = openedBy(source, trains, partsThere(source, source, unchanged));
  const wholeFirst = openedBy(first, trains, there);
  const compiling = (partsOf(source) + partsOf(first)) * operations.part * halvings.least;
  if (compiling > work) throw new UsageError('larger than the budget');
  const workFor = (models: readonly ValidModel[]): OpenPair['work'] => workOfRuns(models, spikes, seconds);
  const ofWhole = workFor([wholeSource, wholeFirst]);
  const share = shareOf(ofWhole, work);
  const countOf = (size: number): number => Math.max(fewest, Math.ceil(size * share));
  const { ofSource, ofTarget } = takenCells(wholeSource, wholeFirst, there, countOf, closed);
  const [openSource, openFirst] = [withCells(wholeSource, ofSource), withCells(wholeFirst, ofTarget)];
  const became = becameOf(given, ofSource, ofTarget);
  const {
    recordings,
    ofTarget: recordingsThere,
    sampled,
  } = comparableVariables(openSource, openFirst, seconds, {
    became: { ...became, variable: withSameDimension(openSource, openFirst, became) },
  });
  const paired = pairedVariables(openSource, recordings, sampled);
  const every = Math.max(1, Math.ceil(seconds / dt / mostTimes));
  const times = { end: seconds, interval: every * dt, count: Math.floor(seconds / (every * dt) + 1e-6) };
  // A model with a shorter step of its own takes no longer ones.
  const finer = Math.max(1, Math.ceil(dt / first.model.experiment.dt - 1e-6));
  const runAt = async (k: number): Promise<RunPair> => {
    const step = dt / 2 ** k;
    const one = async (valid: ValidModel, kept: readonly Recording[], like?: ValidModel): Promise<OpenRun> => {
      const parts = like ? finer : 1;
      const keeper = new RangeKeeper(every * 2 ** k * parts, times.count);
      const besides = { recordings: kept.map(atEachStep), keeper };
      const found = await runFor(seconds, signal, withStep(valid, step / parts), { besides }, like);
      const infinite = keeper.diverging();
      if (infinite !== undefined) throw new NotANumber(`${infinite} grows without bound in steps of ${step * 1e3} ms`);
      return { spikes: like ? spikesBefore(found, like.model, valid.model, became) : found, ranges: keeper.kept() };
    };
    if (runTarget !== undefined) {
      const theirs = await runTarget(withStep(openSource, step));
      return { step, runs: [await one(openSource, recordings), { spikes: theirs, ranges: new Map() }] };
    }
    const target = k === 0 ? openFirst : withCells(openedBy(await written(step), trains, there), ofTarget);
    const [own, other] = [await one(openSource, recordings), await one(target, recordingsThere, openSource)];
    const [ours, theirs] = pairedSpikes(own.spikes, other.spikes, openSource.model);
    return {
      step,
      runs: [
        { ...own, spikes: ours },
        { ...other, spikes: theirs },
      ],
    };
  };
  return {
    seconds,
    halved,
    closed,
    paired,
    times,
    cellBefore: (name, cell) => ofSource.get(name)?.[cell] ?? cell,
    cellsIn: (run) => cellPairs(source, there, run, paired, [...sampled.values()], ofSource),
    work: ofSource.size === 0 ? ofWhole : workFor([openSource, openFirst]),
    runAt,
  };
}

/** Returns the operations of a run of some models at their own step, and of the spikes that arrive in it. */
function workOfRuns(models: readonly ValidModel[], spikes: SpikesByPopulation, seconds: number): OpenPair['work'] {
  const total = (cost: (valid: ValidModel) => number): number => models.reduce((sum, valid) => sum + cost(valid), 0);
  const steps = seconds / models[0]!.model.experiment.dt;
  return {
    steps: total(operationsOf) * steps,
    arriving: total((valid) => arrivals(valid, spikes)) * operations.arrival,
  };
}

/** Returns the share of the cells that can run within the work. */
const shareOf = ({ steps, arriving }: OpenPair['work'], work: number): number =>
  work / (steps * 2 ** halvings.most + arriving * halvings.most);

/** Most cells of a population, and most of its cells as sources, of a part that is written. */
const mostWritten = { cells: 12, sources: 100 } as const;

/** Some cells of a model with its loop open, and the numbers of the cells in the model. */
interface OpenPart {
  readonly valid: ValidModel;
  readonly taken: Taken;
}

/**
 * Returns some cells of a model with its loop open, as a model that is small enough to be written; undefined if all
 * cells run within the work.
 */
export async function openPart(
  source: ValidModel,
  work: number,
  signal: AbortSignal | undefined,
): Promise<OpenPart | undefined> {
  const { spikes, seconds } = await closedRun(source, signal);
  const there = partsThere(source, source, unchanged);
  const closed = closedPopulations(source, source, there);
  const open = [...spikes].filter(([name]) => isCell(source, name) && !closed.has(name));
  const whole = openedBy(source, new Map(open), there);
  if (shareOf(workOfRuns([whole, whole], spikes, seconds), work) >= 1) return undefined;
  const { ofSource: taken } = takenCells(whole, whole, there, () => mostWritten.cells, closed);
  const { model, data } = withFewSources(withCells(whole, taken), taken, mostWritten.sources);
  const hasSynapses = ({ connect: [rule] }: Projection): boolean => rule?.rule !== 'list' || lengthOf(rule.sources) > 0;
  const projections = Object.fromEntries(Object.entries(model.projections).filter(([, one]) => hasSynapses(one)));
  return { valid: { model: { ...model, projections }, data }, taken };
}

/** Fraction that spreads its multiples evenly. */
const golden = 0.618;

/**
 * Returns spikes of a cell a part of a step later. Spikes on the grid would meet ends of refractory periods exactly, at
 * every step, and conventions would decide what they do.
 */
function betweenSteps(train: readonly number[], dt: number, ordinal: number): readonly number[] {
  const later = (((ordinal + 1) * golden) % 1) * dt;
  return train.map((time) => time + later);
}

/** Returns populations of the source with projections that stay as they are, in both models. */
function closedPopulations(source: ValidModel, target: ValidModel, there: PartsThere): ReadonlySet<string> {
  const coupled = coupledContinuously(target, eventsOf(target) ?? new Map());
  return new Set([
    ...coupledContinuously(source, eventsOf(source) ?? new Map()),
    ...[...there].flatMap(([name, { population }]) => (coupled.has(name) ? [population] : [])),
  ]);
}

/** Returns the reason why not all cells that spike are compared; undefined if all are. */
function withoutCounterpart(source: ValidModel, target: ValidModel, there: PartsThere): string | undefined {
  const known = new Map<string, number>();
  for (const { population, cells } of there.values())
    known.set(population, (known.get(population) ?? 0) + new Set(cells).size);
  const lone = (valid: ValidModel, compared: (name: string) => number): readonly string[] =>
    [...eventsOf(valid)!.keys()].filter((name) => {
      const { type, size } = entryOf(new Map(Object.entries(valid.model.populations)), name);
      if (type === undefined) return false;
      return compared(name) < (valid.model.neurons[type]?.cable ? 1 : size);
    });
  const [first] = lone(source, (name) => known.get(name) ?? 0);
  const [second] = lone(target, (name) => there.get(name)?.cells.length ?? 0);
  if (first !== undefined) return `cells of ${first} have no counterpart in the second model`;
  return second === undefined ? undefined : `cells of ${second} have no counterpart in the first model`;
}

/** Returns a recording of each step. */
function atEachStep(recording: Recording): Recording {
  if (!isRecording(recording, 'variables')) return recording;
  const { every: _, ...rest } = recording;
  return rest;
}

/** Returns the statement on variables, without variables whose numbers have another dimension in the target. */
function withSameDimension(source: ValidModel, target: ValidModel, became: Became): Became['variable'] {
  const unitOf = ({ model }: ValidModel, { owner, name }: Variable): string | undefined =>
    model.neurons[model.populations[owner]?.type ?? '']?.state[name]?.unit;
  return (given) => {
    const after = became.variable(given);
    const [own, there] = [unitOf(source, given), after && unitOf(target, after)];
    const isOther = own && there && !equalDimensions(parseUnit(own).dimension, parseUnit(there).dimension);
    return isOther ? undefined : after;
  };
}

/** Returns the variables that both models record, by recording. */
function pairedVariables(
  source: ValidModel,
  recordings: readonly Recording[],
  sampled: ReadonlyMap<string, Sampled>,
): ReadonlyMap<string, PairedVariable> {
  return new Map(
    recordings.flatMap((recording): (readonly [string, PairedVariable])[] => {
      const found = sampled.get(recording.name);
      if (found === undefined || !isRecording(recording, 'variables')) return [];
      const { population: owner, variable, factor = 1 } = found;
      const { of } = recording;
      const listed = isSelection(of, 'indices') || isSelection(of, 'synapses') ? of.indices : undefined;
      const elements = listed === undefined ? {} : { elements: numbersOf(listed, source.data) };
      const cellsOf = isSelection(of, 'synapses')
        ? endsOfSynapses(source, of.projection)
        : (cell: number) => [`${owner}[${cell}]`];
      return [[recording.name, { owner, variable, factor, cellsOf, ...elements }]];
    }),
  );
}

/** Returns a function that gives the cells at both ends of a synapse of a projection with listed connections. */
function endsOfSynapses({ model, data }: ValidModel, name: string): PairedVariable['cellsOf'] {
  const { from, to, connect } = entryOf(new Map(Object.entries(model.projections)), name);
  const [rule] = connect;
  if (rule?.rule !== 'list') return () => [];
  const ends = (
    [
      [from, rule.sources],
      [to, rule.targets],
    ] as const
  ).map(([{ of }, listed]) => {
    const population = populationOf(of) ?? '';
    const elements = elementsIn(of, model.populations[population]?.size ?? 0, data) ?? [];
    const cells = numbersOf(listed, data);
    return (synapse: number): string => `${population}[${elements[cells[synapse] ?? 0]}]`;
  });
  return (synapse) => ends.map((end) => end(synapse));
}

/** Times along the run at which rates are compared. */
const statesAlong = 8;

/** Returns the cells of the source with their counterparts, and their states along a run. */
function cellPairs(
  { model }: ValidModel,
  there: PartsThere,
  { ranges }: OpenRun,
  paired: ReadonlyMap<string, PairedVariable>,
  sampled: readonly Sampled[],
  taken: Taken,
): readonly CellPair[] {
  const states = new Map<string, readonly Map<string, number>[]>();
  for (const [recording, { owner, variable, elements }] of paired) {
    const { low, plan } = ranges.get(recording) ?? {};
    if (low === undefined || plan === undefined) continue;
    if (model.neurons[model.populations[owner]?.type ?? '']?.state[variable] === undefined) continue;
    const columns = columnCount(plan);
    const rows = low.length / columns;
    for (let column = 0; column < columns; column += 1) {
      const cell = elements?.[column] ?? column;
      const key = `${owner}[${taken.get(owner)?.[cell] ?? cell}]`;
      const own = states.get(key) ?? Array.from({ length: statesAlong }, () => new Map<string, number>());
      for (const [k, state] of own.entries()) {
        const row = Math.floor(((k + 0.5) * rows) / statesAlong);
        state.set(variable, itemAt(low, row * columns + column));
      }
      states.set(key, own);
    }
  }
  return [...there].flatMap(([name, { population, cells }]) => {
    const own = sampled.filter(
      ({ population: of, part }) => of === population && (part?.population ?? population) === name,
    );
    const names = new Map(
      own.map(({ variable, there: as = variable, factor = 1 }) => [variable, [as, factor] as const]),
    );
    const isTaken = taken.has(population) ? new Set(taken.get(population)) : undefined;
    const [usual = []] = cells.flatMap((cell) => {
      const found = states.get(`${population}[${cell}]`);
      return found ? [found.filter((_, k) => k % 3 === 0)] : [];
    });
    return cells.map((cell, element): CellPair => ({
      isTaken: isTaken?.has(cell) ?? true,
      population,
      cell,
      there: name,
      element,
      names,
      states: states.get(`${population}[${cell}]`) ?? usual,
    }));
  });
}

/** Returns a model that also records all states of its cells. */
export function withStates(valid: ValidModel): ValidModel {
  const { model } = valid;
  const known = new Set(
    model.recordings.flatMap((recording) =>
      isRecording(recording, 'variables') && recording.section === undefined
        ? recording.variables.map((variable) => `${populationOf(recording.of)}.${variable}`)
        : [],
    ),
  );
  const more = Object.entries(model.populations).flatMap(([population, { type = '' }]): Recording[] => {
    const { compartments, cable, state = {} } = model.neurons[type] ?? {};
    const states = cable ? [cable.voltage] : compartments ? ['v'] : Object.keys(state);
    const variables = states.filter((name) => !known.has(`${population}.${name}`));
    return variables.length === 0 ? [] : [{ of: { population }, variables, name: `states_${population}` }];
  });
  return { ...valid, model: { ...model, recordings: [...model.recordings, ...more] } };
}
