/**
 * Decides whether two models are the same in the limit of small steps, with the loop open: both receive the spikes of
 * one run of the source, and their steps are halved until their distance vanishes or a rest remains.
 */

import { DiagnosticError, UsageError } from '../diagnostics/diagnostic.js';
import { entryOf, itemAt } from '../diagnostics/entry.js';
import { equalDimensions } from '../lang/dimension.js';
import { parseUnit } from '../lang/units.js';
import { lengthOf, numbersOf } from '../model/arrays.js';
import { composed, unchanged, type Became, type Variable } from '../model/rewriting/became.js';
import type { Recording, SpikeTrain, ValidModel } from '../model/model.js';
import { elementsIn, populationOf } from '../model/selected.js';
import { areInFile, isRecording, isSelection } from '../model/tagged.js';
import { timingProperties } from '../model/timing-properties.js';
import { typedValid } from '../model/typed-model.js';
import { gathered } from '../library/gather/gather.js';
import { joined } from '../library/joined-parts.js';
import { operationsPerStep } from '../ir/operations.js';
import { buildProgram } from '../pipeline/build-program.js';
import { chooseTarget } from '../pipeline/choose-target.js';
import { columnCount } from '../../runtime/results/result.js';
import {
  distancesOf,
  keyOf,
  RangeKeeper,
  type Distances,
  type OpenRun,
  type PairedVariable,
  type RunPair,
  type Unit,
} from './approach.js';
import { comparedTime, EndedByFault, eventsOf, spikesBefore, spikesOf, type CheckOptions } from './check-conversion.js';
import { pairedSpikes, type SpikesByPopulation } from './compare-spikes.js';
import {
  coupledContinuously,
  drawnOnce,
  firstPart,
  listed,
  listedSpikes,
  openLoop,
  partsThere,
  withStep,
  type PartsThere,
} from './open-loop.js';
import { comparableVariables, type Sampled } from './comparable-variables.js';
import { compareStates, type CellPair, type StateComparison } from './state-comparison.js';
import { withDrawsOf } from './shared-draws.js';
import { becameOf, takenCells, withCells, type Taken } from './some-cells.js';
import { stepReaders, stepReasons } from './step-reasons.js';

/** Verdict on two models. */
export interface Limit {
  readonly verdict: 'the same model' | 'another model' | 'no limit';
  /** Reason for no limit. */
  readonly reason?: string;
  /** Compared time, and time step of the source, in s. */
  readonly seconds: number;
  readonly dt: number;
  /** Distances at each step, the longest first. */
  readonly levels: readonly Distances[];
  /** Distances that do not vanish with the step, the largest ratio first. */
  readonly rest: readonly Unit[];
  /** Comparison at states along the run; absent if the models were not run. */
  readonly states?: StateComparison;
  /** Populations whose coupling by continuous variables stays closed. */
  readonly closed: readonly string[];
  /** Simulator that ran the second model; absent: both ran here. */
  readonly with?: string;
  /** Whether the target was written anew for each step, since it holds values that depend on the step. */
  readonly writtenAnew?: boolean;
}

/** How to decide. */
export interface LimitOptions {
  /** Statement on the parts of the model in its conversion; absent: they keep their names. */
  readonly became?: Became;
  /** Most work, in operations of cells and synapses. */
  readonly work?: number;
  /** Writes the target for a model with another step. */
  readonly written?: (frozen: ValidModel) => Promise<ValidModel>;
  /** Runs the first model with its loop open in another program, as the second model. */
  readonly runTarget?: (opened: ValidModel) => Promise<SpikesByPopulation>;
  readonly signal?: AbortSignal;
}

/** Usual work of a verdict, and seconds that it takes on a usual processor. */
export const [usualWork, usualSeconds] = [3e10, 10];

/** Returns the work of a time in s, by which every machine stops at the same step. */
export const workIn = (seconds: number = usualSeconds): number => (usualWork * seconds) / usualSeconds;

/**
 * Operations of each cell, estimated before there is a program; of synapses and steps, of spikes, and of compiling a
 * population or projection.
 */
const operations = { cell: 100, step: 2e4, synapse: 100, arrival: 50, listed: 1e4, part: 6e6 } as const;

/** Most times at which states are compared. */
const mostTimes = 1000;

/** Shortest time that is compared, and longest if no cell spikes in it, in s. */
const compared = { first: 0.2, longest: 1 } as const;

/** Halvings of the step before a verdict, before a verdict by a few units, and the most of them in the usual work. */
const halvings = { least: 4, few: 6, most: 8 } as const;

/** Halvings of a step at which a model fails. */
const mostFailing = 3;

/** A run with values that are not numbers. */
class NotANumber extends Error {}

/**
 * Compares two models in the limit of small steps.
 *
 * @param target  has the draws of the source: it was written from a model that `drawnOnce` returns, or draws nothing
 */
export async function limitOf(whole: ValidModel, target: ValidModel, options: LimitOptions = {}): Promise<Limit> {
  const source = firstPart(whole, compared.longest);
  const { dt } = source.model.experiment;
  const { work = usualWork, became: given = unchanged } = options;
  const closed = workOf(source, comparedTime(source.model, compared.first));
  const listing = listedIn(source) * operations.listed * 2 * (halvings.least + 1);
  if (closed * operations.cell + listing > work) return noLimit(source, 'larger than the budget');
  if (comparedTime(source.model) <= 0) return noLimit(source, 'the model does not run');
  const [reason] = stepReasons(source.model);
  if (reason !== undefined) return noLimit(source, reason);
  try {
    const engine = (await chooseTarget('wasm')).target;
    const own = await drawnOnce(source, engine);
    const [random] = own.remaining;
    if (random !== undefined) return noLimit(source, random);
    const settled = async (valid: ValidModel): Promise<ValidModel> => {
      const { valid: frozen, remaining } = await listed(firstPart(valid, compared.longest), engine);
      const [draws] = remaining;
      if (draws !== undefined) throw new UsageError(draws);
      const there = partsThere(source, frozen, given);
      const { valid: made, became: parts } = joined(frozen, (name) => there.get(name)?.population);
      became = composed([given, parts]);
      return made;
    };
    let became = given;
    const written = await settled(target);
    const from = withStates(withStep(own.valid, dt));
    const found = await approach(from, () => Promise.resolve(written), { ...options, became });
    if (found.verdict === 'the same model') return found;
    const anew = options.written;
    if (anew !== undefined) {
      const made = new Map<number, Promise<ValidModel>>();
      const at = (step: number): Promise<ValidModel> => {
        const known = made.get(step) ?? anew(withStep(own.valid, step)).then(settled);
        made.set(step, known);
        return known;
      };
      if (dependsOnStep(written, await at(dt / 2))) {
        const again = await approach(from, at, { ...options, became });
        if (again.verdict === 'the same model') return { ...again, writtenAnew: true };
      }
    }
    const [reader] = [...stepReaders(source.model), ...stepReaders(written.model)];
    return reader === undefined || found.states?.differences.length !== 0
      ? found
      : { ...found, verdict: 'no limit', reason: reader };
  } catch (error) {
    return noLimit(source, reasonOf(error));
  }
}

/** Compares two models of any notations. Parts that both draw by one definition have the draws of the first. */
export async function limitOfDocuments(
  first: ValidModel,
  second: ValidModel,
  options: LimitOptions = {},
): Promise<Limit> {
  const frozen = await settledOrReason(withProtocolOf(first, second));
  if (typeof frozen === 'string') return noLimit(first, frozen);
  const { valid, others } = withDrawsOf(withProtocolOf(second, first), first, frozen);
  const [other] = others;
  if (other !== undefined) return noLimit(first, other);
  return limitOf(frozen, valid, options);
}

/** Returns a model with the protocol of another or a usual one, if it states none, as networks of NeuroML alone. */
function withProtocolOf(valid: ValidModel, { model: other }: ValidModel): ValidModel {
  const { experiment } = valid.model;
  if (experiment.protocol.length > 0) return valid;
  const { protocol } = other.experiment;
  const usual = protocol.length > 0 ? protocol : [{ run: compared.first }];
  return { ...valid, model: { ...valid.model, experiment: { ...experiment, protocol: usual } } };
}

/** Returns the compared part of a model with its draws made, or the reason why there is none. */
export async function settledOrReason(valid: ValidModel): Promise<ValidModel | string> {
  try {
    const part = firstPart(valid, compared.longest);
    const { valid: frozen, remaining } = await drawnOnce(part, (await chooseTarget('wasm')).target);
    return remaining[0] ?? frozen;
  } catch (error) {
    return reasonOf(error);
  }
}

/** Returns the reason why a model cannot be run, of an error that has one. @throws the error */
export function reasonOf(error: unknown): string {
  if (error instanceof EndedByFault || error instanceof NotANumber || error instanceof UsageError) return error.message;
  if (error instanceof DiagnosticError) return `it cannot run here: ${error.diagnostics[0]?.message ?? error.message}`;
  throw error;
}

/** Returns a verdict for models without a limit. */
export const noLimit = ({ model }: ValidModel, reason: string): Limit => ({
  verdict: 'no limit',
  reason,
  seconds: comparedTime(model, compared.first),
  dt: model.experiment.dt,
  levels: [],
  rest: [],
  closed: [],
});

/** Checks whether two models differ by more than their step. */
const dependsOnStep = ({ model: a }: ValidModel, { model: b }: ValidModel): boolean =>
  (['neurons', 'synapses', 'populations', 'projections', 'stimuli'] as const).some(
    (part) => JSON.stringify(a[part]) !== JSON.stringify(b[part]),
  );

/** Halves the steps of two models until a verdict. @param written  the target for a step in s */
async function approach(
  source: ValidModel,
  written: (step: number) => Promise<ValidModel>,
  { became: given = unchanged, work = usualWork, runTarget, signal }: LimitOptions,
): Promise<Limit> {
  const { dt } = source.model.experiment;
  const whole = comparedTime(source.model);
  let seconds = Math.min(whole, compared.first);
  const run = async (valid: ValidModel, more: CheckOptions = {}, like?: ValidModel): Promise<SpikesByPopulation> => {
    const onNaN = (message: string): void => {
      throw new NotANumber(message);
    };
    const how = { target: 'wasm', seconds, onNaN, ...(signal ? { signal } : {}), ...more };
    return spikesOf(valid, how, like);
  };
  const isCell = (name: string): boolean => source.model.populations[name]?.type !== undefined;
  let from = 0;
  /** Returns the result of the first run that does not fail: steps can be too long for the method of a notation. */
  const stable = async <T>(runAt: (k: number) => Promise<T>): Promise<T> => {
    for (; ; from += 1)
      try {
        return await runAt(from);
      } catch (error) {
        if (!(error instanceof NotANumber || error instanceof EndedByFault) || from === mostFailing) throw error;
      }
  };
  const closedRun = (k: number): Promise<SpikesByPopulation> => run(withStep(source, dt / 2 ** k));
  let spikes = await stable(closedRun);
  const isSilent = ![...spikes].some(([name, trains]) => isCell(name) && trains.some(({ length }) => length > 0));
  if (isSilent && whole > seconds) {
    seconds = Math.min(whole, compared.longest);
    spikes = await stable(closedRun);
  }
  const first = await written(dt);
  const there = partsThere(source, first, given);
  const lone = withoutCounterpart(source, first, there);
  if (lone !== undefined) throw new UsageError(lone);
  const closed = closedPopulations(source, first, there);
  const trains = [...spikes]
    .filter(([name]) => isCell(name) && !closed.has(name))
    .map(
      ([name, cells], ordinal) => [name, cells.map((train, cell) => betweenSteps(train, dt, cell + ordinal))] as const,
    );
  const trainOf = (population: string): readonly (readonly number[])[] | undefined =>
    trains.find(([name]) => name === population)?.[1];
  const openTarget = (valid: ValidModel): ValidModel => {
    const listed = [...there].flatMap(([name, { population, cells }]): (readonly [string, SpikeTrain])[] => {
      const own = trainOf(population);
      return own === undefined ? [] : [[name, listedSpikes(own, cells)]];
    });
    return openLoop(valid, new Map(listed));
  };
  const wholeSource = openLoop(source, new Map(trains.map(([name, cells]) => [name, listedSpikes(cells)])));
  const wholeFirst = openTarget(first);
  const compiling = (partsOf(source) + partsOf(first)) * operations.part * halvings.least;
  if (compiling > work) throw new UsageError('larger than the budget');
  const arriving = (arrivals(wholeSource, spikes) + arrivals(wholeFirst, spikes)) * operations.arrival;
  const costOf = (models: readonly ValidModel[]): number =>
    models.reduce((sum, valid) => sum + operationsOf(valid), 0) * (seconds / dt);
  const ofWhole = costOf([wholeSource, wholeFirst]);
  const share = work / (ofWhole * 2 ** halvings.most + arriving * halvings.most);
  const { ofSource, ofTarget } = takenCells(wholeSource, wholeFirst, there, share, closed);
  const opened = (valid: ValidModel): ValidModel => withCells(openTarget(valid), ofTarget);
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
  const atStep = async (k: number): Promise<RunPair> => {
    const step = dt / 2 ** k;
    const one = async (valid: ValidModel, kept: readonly Recording[], like?: ValidModel): Promise<OpenRun> => {
      const keeper = new RangeKeeper(every * 2 ** k, times.count);
      const besides = { recordings: kept.map(atEachStep), keeper };
      const found = await run(withStep(valid, step), { besides }, like);
      const spikes = like ? spikesBefore(found, like.model, valid.model, became) : found;
      const infinite = keeper.diverging();
      if (infinite !== undefined) throw new NotANumber(`${infinite} grows without bound in steps of ${step * 1e3} ms`);
      return { spikes, ranges: keeper.kept() };
    };
    if (runTarget !== undefined) {
      const theirs = await runTarget(withStep(openSource, step));
      return { step, runs: [await one(openSource, recordings), { spikes: theirs, ranges: new Map() }] };
    }
    const target = k === 0 ? openFirst : opened(await written(step));
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
  const most = halvings.most + Math.max(0, Math.floor(Math.log2(work / usualWork)));
  let coarser = await stable(atStep);
  const cellBefore = (name: string, cell: number): number => ofSource.get(name)?.[cell] ?? cell;
  const pairs = cellPairs(source, there, coarser.runs[0], paired, [...sampled.values()], ofSource);
  const forms = [source, await written(coarser.step / 8)].map((valid) => gathered(typedValid(valid), 'limit').valid);
  const isGathered = [source, first].some(({ model }) => timingProperties[model.timing].takesTurns);
  const states = compareStates(forms[0]!, forms[1]!, pairs, { seconds, isGathered });
  // For equal equations, a spike that hardly reaches the threshold shows no difference.
  const isEqual = states.apart.length === 0 && states.synapses && paired.size > 0;
  const levels: Distances[] = [];
  const atFirst = ofSource.size === 0 ? ofWhole : costOf([openSource, openFirst]);
  const arrivingHere = (arrivals(openSource, spikes) + arrivals(openFirst, spikes)) * operations.arrival;
  const limit = (verdict: Limit['verdict'], reason?: string): Limit => ({
    verdict,
    ...(reason === undefined ? {} : { reason }),
    seconds,
    dt,
    levels,
    rest: restOf(levels).rest.toSorted((a, b) => b.ratio - a.ratio),
    ...(runTarget === undefined ? { states } : {}),
    closed: [...closed].filter((name) => receives(source, name)),
  });
  const judgement = (): Limit['verdict'] | undefined => {
    const { units, unmatched } = itemAt(levels, levels.length - 1);
    const { rest, open } = restOf(levels);
    if (isMany(rest, units.size, manyUnits)) return 'another model';
    const others = unmatched.filter(({ before }) => before === 0 || !isEqual || levels.length <= halvings.least);
    const isSettling = standing(levels).length === 0;
    if (rest.length + open.length + others.length === 0 && isSettling) return 'the same model';
    const isLate = rest.length === 0 && isSettling && levels.length > halvings.least && areLate(levels);
    return isLate ? 'the same model' : undefined;
  };
  if (states.differences.length > 0) return limit('another model');
  if (states.close) {
    const [own, other] = states.close.values.map((seconds) => Number((seconds * 1e3).toPrecision(6)));
    return limit('no limit', `${states.close.what} of ${own} and ${other} ms differ by less than half a step`);
  }
  let spent = 0;
  let found: Limit['verdict'] | undefined;
  let wasSame = false;
  for (let k = from + 1; k <= from + most; k += 1) {
    spent += 2 ** k * atFirst + arrivingHere;
    if (spent > work) break;
    const finer = await atStep(k);
    levels.push(ofCells(distancesOf(coarser, finer, paired, times), cellBefore));
    coarser = finer;
    if (itemAt(levels, 0).units.size === 0) break;
    found = levels.length < halvings.least ? undefined : judgement();
    // Without equal equations, only shorter steps show small differences.
    const isOpen = found === 'the same model' && !isEqual && levels.length < halvings.few;
    if (found !== undefined && !isOpen) return limit(found);
    wasSame ||= found === 'the same model';
  }
  // Spikes near the threshold can come apart again for a step, but a difference would stand.
  if (wasSame && restOf(levels).rest.length + standing(levels).length === 0) return limit('the same model');
  const isLong = levels.length >= halvings.few;
  // Where states agree before, a spike that hardly reaches the threshold shows no difference of the models.
  const isLone = ({ unmatched }: Distances): boolean =>
    unmatched.some(({ before }) => before === 0 || paired.size === 0);
  const isUnmatched = levels.slice(-halvings.least).every(isLone) && !areFewer(levels);
  if (isLong && (isUnmatched || restOf(levels).rest.length > 0)) return limit('another model');
  const smallest = `${Number((coarser.step * 1e3).toPrecision(4))} ms`;
  const { units } = levels.at(-1) ?? {};
  return limit(
    'no limit',
    units?.size === 0
      ? 'no spikes, and no variable that both have'
      : `steps of ${smallest}, the shortest within the budget, do not decide`,
  );
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

/** Returns the number of cells, compartments and synapses with equations, times the steps of a run. */
function workOf({ model }: ValidModel, seconds: number): number {
  const cells = Object.values(model.populations).reduce((sum, { type = '', size }) => {
    const sections = Object.values(model.neurons[type]?.compartments?.sections ?? {});
    const parts = sections.reduce((all, { divisions }) => all + divisions, 0);
    return sum + size * Math.max(1, parts);
  }, 0);
  return ((cells + steppedSynapses({ model })) * seconds) / model.experiment.dt;
}

/** Returns the number of listed synapses that are computed in each step. */
const steppedSynapses = ({ model }: Pick<ValidModel, 'model'>): number =>
  Object.values(model.projections).reduce((sum, { synapse, connect: [rule] }) => {
    const { derivatives = {}, contributes = {} } = model.synapses[synapse] ?? {};
    const isStepped =
      Object.keys(contributes).length > 0 || Object.values(derivatives).some(({ eventDriven }) => !eventDriven);
    return sum + (isStepped && rule?.rule === 'list' ? lengthOf(rule.sources) : 0);
  }, 0);

/** Returns the number of populations and projections that are compiled. */
const partsOf = ({ model: { populations, projections } }: ValidModel): number =>
  Object.keys(populations).length + Object.keys(projections).length;

/** Returns the number of spikes that a model lists. */
const listedIn = ({ model }: ValidModel): number =>
  Object.values(model.populations).reduce(
    (sum, { spikes }) => sum + (spikes && !areInFile(spikes) ? lengthOf(spikes.times) : 0),
    0,
  );

/** Returns the operations of a step of a model; a program does not state those of synapses with equations. */
const operationsOf = (valid: ValidModel): number =>
  operations.step +
  operationsPerStep(buildProgram(valid, { precision: 'float64' })) +
  operations.synapse * steppedSynapses(valid);

/** Returns distances with the numbers of cells in the whole populations. */
function ofCells(distances: Distances, cellBefore: (population: string, cell: number) => number): Distances {
  const renumbered = <T extends { readonly population: string; readonly cell: number }>(one: T): T => ({
    ...one,
    cell: cellBefore(one.population, one.cell),
  });
  return {
    ...distances,
    units: new Map([...distances.units.values()].map(renumbered).map((unit) => [keyOf(unit), unit])),
    unmatched: distances.unmatched.map(renumbered),
  };
}

/** Returns the number of spikes that arrive at synapses in a run, by the mean number of spikes of a source. */
function arrivals({ model }: ValidModel, spikes: SpikesByPopulation): number {
  const mean = (trains: readonly (readonly number[])[]): number =>
    trains.reduce((sum, { length }) => sum + length, 0) / Math.max(1, trains.length);
  return Object.values(model.projections).reduce((sum, { from, connect: [rule] }) => {
    const { size = 1, spikes: listed } = model.populations[populationOf(from.of) ?? ''] ?? {};
    const count = rule?.rule === 'list' ? lengthOf(rule.sources) : 0;
    const own =
      listed && !areInFile(listed)
        ? lengthOf(listed.times) / size
        : mean(spikes.get(populationOf(from.of) ?? '') ?? []);
    return sum + count * own;
  }, 0);
}

/** Returns populations of the source whose projections stay as they are, in both models. */
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

/** Checks whether projections act on a population. */
const receives = ({ model }: ValidModel, population: string): boolean =>
  Object.values(model.projections).some(({ to }) => populationOf(to.of) === population);

/** Returns a recording of each step. */
function atEachStep(recording: Recording): Recording {
  if (!isRecording(recording, 'variables')) return recording;
  const { every: _, ...rest } = recording;
  return rest;
}

/** Returns a model that also records all states of its cells. */
function withStates(valid: ValidModel): ValidModel {
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
    const own = sampled.filter((one) => one.population === population);
    const names = new Map(
      own.map(({ variable, there: as = variable, factor = 1 }) => [variable, [as, factor] as const]),
    );
    const isTaken = taken.has(population) ? new Set(taken.get(population)) : undefined;
    return cells.map((cell, element): CellPair => ({
      isTaken: isTaken?.has(cell) ?? true,
      population,
      cell,
      there: name,
      element,
      names,
      states: states.get(`${population}[${cell}]`) ?? [],
    }));
  });
}

/**
 * Largest ratio of one model, with some margin: halving a step halves the error of a method of first order, so that its
 * change is half of the error, and it removes more of the error of other methods.
 */
const mostRatio = 1.2;

/** Ratio below which a distance is negligible. */
const leastRatio = 0.1;

/** Share of units that decides at once. Fewer are judged at shorter steps: spikes near a threshold settle late. */
const manyUnits = 0.03;

/** Share of units that may change by chance as much at small steps as at larger ones. */
const manyStill = 0.1;

/** Share of units and of cells that can settle at shorter steps than those of a verdict. */
const fewLate = 0.01;

/**
 * Largest share of the distance of a quantity that two halvings leave of one model, a quarter with the margin that
 * rounding to steps needs, and least number of units that show it.
 */
const mostLeft = { share: 0.6, units: 8 } as const;

/** Returns quantities of populations with a mean distance that does not shrink as the step does. */
function standing(levels: readonly Distances[]): readonly string[] {
  const [before, , last] = levels.slice(-3);
  if (!before || !last) return [];
  const groups = new Map<string, (readonly [before: Unit, last: Unit])[]>();
  for (const [key, unit] of last.units) {
    const earlier = before.units.get(key);
    const name = `${unit.population} ${unit.variable ?? ''}`;
    if (earlier) groups.set(name, [...(groups.get(name) ?? []), [earlier, unit]]);
  }
  /** Most distant units are spikes that hardly reach the threshold. */
  const meanOf = (distances: readonly number[]): number => {
    const kept = distances.toSorted((a, b) => a - b).slice(0, Math.ceil(0.9 * distances.length));
    return kept.reduce((sum, distance) => sum + distance, 0) / kept.length;
  };
  return [...groups].flatMap(([name, pairs]) => {
    const [earlier, now] = [0, 1].map((side) => meanOf(pairs.map((pair) => pair[side]!.distance))) as [number, number];
    const isOfStep = pairs[0]?.[1].variable === undefined && now <= last.step;
    const isNegligible = pairs.filter(([, unit]) => unit.isNegligible).length > pairs.length / 2;
    return pairs.length >= mostLeft.units && !isOfStep && !isNegligible && now > mostLeft.share * earlier ? [name] : [];
  });
}

/** Checks whether cells with other numbers of spikes become fewer with the step. */
function areFewer(levels: readonly Distances[]): boolean {
  const [before, , last] = levels.slice(-3);
  return before !== undefined && last !== undefined && last.unmatched.length <= before.unmatched.length / 2;
}

/**
 * Checks whether the units that do not decide are few and settle: spikes that hardly reach the threshold. Differences
 * of models act on states first, and these keep their distance.
 */
function areLate(levels: readonly Distances[]): boolean {
  const [before, previous, last] = levels.slice(-3);
  if (!before || !previous || !last) return false;
  const { open } = restOf(levels);
  const cells = new Set([...last.units.values()].map(({ population, cell }) => `${population}[${cell}]`)).size;
  const isSettling = ({ distance }: Unit, earlier = 0): boolean =>
    distance < 0.75 * earlier || distance > 1.5 * earlier;
  return (
    open.length <= fewLate * last.units.size &&
    restOf(levels.slice(0, -1)).open.length <= 2 * fewLate * last.units.size &&
    last.unmatched.length <= fewLate * cells &&
    (last.unmatched.length === 0 || areFewer(levels)) &&
    open.every((unit) => isSettling(unit, before.units.get(keyOf(unit))?.distance))
  );
}

/** Checks whether some units are more than one and a share of all. */
const isMany = (units: readonly Unit[], all: number, share: number): boolean => units.length > Math.max(1, share * all);

/** Returns the units with a distance that does not vanish with the step, and the units that do not decide. */
function restOf(levels: readonly Distances[]): { readonly rest: readonly Unit[]; readonly open: readonly Unit[] } {
  const [before, previous, last] = levels.slice(-3);
  if (!before || !previous || !last) return { rest: [], open: [] };
  const [rest, open, still, few]: [Unit[], Unit[], Unit[], Unit[]] = [[], [], [], []];
  for (const [key, unit] of last.units) {
    const { ratio, distance, variable, isNegligible } = unit;
    const [earlier, earliest] = [previous.units.get(key), before.units.get(key)];
    const isOfStep = variable === undefined && distance <= 2 * last.step;
    if (ratio < leastRatio || isNegligible || isOfStep || distance < 0.35 * (earliest?.distance ?? 0)) continue;
    if (ratio <= mostRatio) {
      // Changes of a model without a limit hide any difference.
      if (distance >= 0.75 * (earliest?.distance ?? 0)) still.push(unit);
      continue;
    }
    const isGrowing = [earlier, earliest].every(
      (one, k, both) => one !== undefined && (k === 0 ? ratio : (both[0]?.ratio ?? 0)) > 1.5 * one.ratio,
    );
    const isStaying = ratio > 4 * mostRatio && earliest !== undefined && distance > 0.8 * earliest.distance;
    const most = Math.max(...levels.map(({ units }) => units.get(key)?.distance ?? 0));
    if ((ratio > 2 * mostRatio && isGrowing) || isStaying) rest.push(unit);
    else (ratio < 2.5 * mostRatio && distance < 0.2 * most ? few : open).push(unit);
  }
  const all = last.units.size;
  const more = [...(isMany(still, all, manyStill) ? still : []), ...(isMany(few, all, manyUnits) ? few : [])];
  return { rest, open: [...open, ...more] };
}
