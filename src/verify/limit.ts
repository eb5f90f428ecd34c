/**
 * Decides whether two models are the same in the limit of small steps, with the loop open: both receive the spikes of
 * one run of the source, and their steps are halved until their distance vanishes or a rest remains.
 */

import { DiagnosticError, UsageError } from '../diagnostics/diagnostic.js';
import { itemAt } from '../diagnostics/entry.js';
import { composed, unchanged, type Became } from '../model/rewriting/became.js';
import type { Model, Phase, ValidModel } from '../model/model.js';
import { populationOf } from '../model/selected.js';
import { endOf } from '../model/tagged.js';
import { timingProperties } from '../model/timing-properties.js';
import { typedPhases, typedValid, writtenValid } from '../model/typed-model.js';
import { readByRates } from './states/element-scope.js';
import { gathered } from '../library/gather/gather.js';
import { joined } from '../library/joined-parts.js';
import { chooseTarget } from '../pipeline/choose-target.js';
import { distancesOf, keyOf, type Distances, type RunPair, type Unit } from './approach.js';
import { comparedTime, EndedByFault } from './check-conversion.js';
import type { SpikesByPopulation } from './compare-spikes.js';
import { lastVerdict, restOf, verdictOf } from './limit-verdict.js';
import { halvings, listedIn, operations, usualWork, workIn, workOf } from './limit-work.js';
import { drawnOnce, firstPart, listed, partsThere, withProtocol, withStep } from './open-loop.js';
import { usualChoice, withChosenDraws } from './chosen-draws.js';
import { compared, firstStable, NotANumber, openPair, withStates, type OpenPair } from './open-pair.js';
import { notCompared, type StateComparison, type StateDifference } from './states/cell-pair.js';
import type { ModelDifference } from './compare-models.js';
import { compareSources, type LawComparison } from './drawn-sources.js';
import { emptyRows, type Ledger, type LedgerRow, type ModelVerdict } from './ledger.js';
import { isIdleEvent, isOfInputs, ledgerRows, withActed } from './ledger-rows.js';
import { underProtocol1 } from './protocol-one.js';
import { firstDifference } from './states/difference-text.js';
import { comparedTrains } from './states/given-spikes.js';
import { withPairedStates } from './states/pair-states.js';
import { compareStates } from './states/state-comparison.js';
import type { Taken } from './some-cells.js';
import { stepReaders, stepReasons } from './step-reasons.js';

/** Verdict on two models. */
export interface Limit {
  readonly verdict: ModelVerdict;
  /** What was compared, and how; empty for no limit. */
  readonly ledger: Ledger;
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
  /** Populations that stay coupled by continuous variables. */
  readonly closed: readonly string[];
  /** Simulator that ran the second model; absent: both ran here. */
  readonly with?: string;
  /** Whether the target was written anew for each step, since it holds values that depend on the step. */
  readonly writtenAnew?: boolean;
}

/** A model that another one became. */
export interface WrittenModel {
  readonly valid: ValidModel;
  readonly became: Became;
}

/** Protocols of two models. */
export type Protocols = readonly [first: readonly Phase[], second: readonly Phase[]];

/** How to decide. */
export interface LimitOptions {
  /** Statement on the parts of the model in its conversion; absent: they keep their names. */
  readonly became?: Became;
  /** Seconds that the most work takes on a usual processor; absent: ten. */
  readonly seconds?: number;
  /** Writes the target for a model with another step, with a statement on its parts. */
  readonly written?: (frozen: ValidModel) => Promise<WrittenModel>;
  /** Runs the first model with its loop open in another program, as the second model. */
  readonly runTarget?: (opened: ValidModel) => Promise<SpikesByPopulation>;
  /** Differences of the lists of parts. */
  readonly listed?: readonly ModelDifference[];
  /** Populations of which the first model gives the spikes; absent: those of the model itself. */
  readonly given?: ReadonlySet<string>;
  /** Rows for sources whose draws both models share. */
  readonly drawn?: readonly LedgerRow[];
  /** Protocols of both models before they were cut; absent: they are whole. */
  readonly protocols?: Protocols;
  /** Time in s until which inputs and values of the whole model change; absent: that of its protocol. */
  readonly until?: number;
  /** Whether models are only compared at states, along the first run of both. */
  readonly statesOnly?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Compares two models in the limit of small steps.
 *
 * @param target  has the draws of the source: it was written from a model that `drawnOnce` returns, or draws nothing
 */
export async function limitOf(whole: ValidModel, target: ValidModel, options: LimitOptions = {}): Promise<Limit> {
  const source = firstPart(whole, compared.longest);
  const { dt } = source.model.experiment;
  const { became: stated = unchanged, given = givenIn(whole) } = options;
  const work = workIn(options.seconds);
  if (isLarger(source, work)) return noLimit(source, 'larger than the budget');
  if (comparedTime(source.model) <= 0) return noLimit(source, 'the model does not run');
  const [reason] = stepReasons(source.model);
  if (reason !== undefined) return noLimit(source, reason);
  try {
    const engine = (await chooseTarget('wasm')).target;
    const own = await drawnOnce(source, engine);
    const [random] = own.remaining;
    if (random !== undefined) return noLimit(source, random);
    const settled = async ({ valid, became }: WrittenModel): Promise<WrittenModel> => {
      const { valid: frozen, remaining } = await listed(firstPart(valid, compared.longest), engine);
      const [draws] = remaining;
      if (draws !== undefined) throw new UsageError(draws);
      const there = partsThere(source, frozen, became);
      // Given spikes after the run are compared, too.
      const whole = withProtocol(frozen, valid.model.experiment.protocol);
      const { valid: uncut, became: parts } = joined(whole, (name) => there.get(name)?.population);
      const made = firstPart(uncut, compared.longest);
      const after = composed([became, parts]);
      return { valid: made, became: withPairedStates(source, made, partsThere(source, made, after), after) };
    };
    const { protocols = [whole.model.experiment.protocol, target.model.experiment.protocol] } = options;
    const written = await settled({ valid: target, became: stated });
    const from = withStep(own.valid, dt);
    const authors = await approach(from, () => Promise.resolve(written), protocols, { ...options, given });
    const found = await withProtocol1(authors, from, written, options);
    if (isSame(found)) return found;
    const anew = options.written;
    if (anew !== undefined) {
      const made = new Map([[dt, Promise.resolve(written)]]);
      const at = (step: number): Promise<WrittenModel> => {
        // A writer leaves out parts after the end.
        const known =
          made.get(step) ??
          anew(withProtocol(withStep(own.valid, step), whole.model.experiment.protocol)).then(settled);
        made.set(step, known);
        return known;
      };
      if (dependsOnStep(written.valid, (await at(dt / 2)).valid)) {
        const again = await approach(from, at, protocols, { ...options, given });
        if (isSame(again)) return { ...again, writtenAnew: true };
      }
    }
    const [reader] = [...stepReaders(source.model), ...stepReaders(written.valid.model)];
    return reader === undefined || found.states?.differences.length !== 0
      ? found
      : { ...found, verdict: 'no limit', reason: reader };
  } catch (error) {
    return noLimit(source, reasonOf(error));
  }
}

/** Compares events that never acted under protocol 1. */
async function withProtocol1(
  found: Limit,
  source: ValidModel,
  { valid, became }: WrittenModel,
  { seconds, runTarget, signal, statesOnly }: LimitOptions,
): Promise<Limit> {
  const idle = isSame(found) && !runTarget && !statesOnly ? found.ledger.rows.filter(isIdleEvent) : [];
  const parts = new Set(idle.map(({ part }) => part));
  try {
    const models = await underProtocol1(source, valid, became, parts);
    if (!models) return found;
    const [first, second] = models;
    const protocols: Protocols = [first.model.experiment.protocol, second.model.experiment.protocol];
    const how = { ...(seconds === undefined ? {} : { seconds }), ...(signal ? { signal } : {}) };
    const limit = await approach(first, () => Promise.resolve({ valid: second, became }), protocols, how);
    // Values that the lists name differ by more than by how a model holds its potential in refractory periods.
    const isNamed = found.ledger.rows.some(({ part, how: word }) => word === 'not looked at' && parts.has(part));
    if (limit.verdict === 'another model' && isNamed) return { ...limit, ledger: found.ledger };
    const ledger = isSame(limit) ? withActed(found.ledger, limit.ledger) : found.ledger;
    return { ...found, ledger, verdict: emptyRows(ledger).length > 0 ? found.verdict : 'the same model' };
  } catch (error) {
    reasonOf(error);
    return found;
  }
}

/** Checks whether no difference was found. */
export const isSame = ({ verdict }: Pick<Limit, 'verdict'>): boolean => verdict.startsWith('the same model');

/** Returns the verdict on models whose draws have other laws: nothing has to run. */
export function otherDraws(first: ValidModel, { differences, rows }: LawComparison): Limit {
  const { reason: _, ...limit } = noLimit(first, '');
  const states = { ...notCompared, differences, rows };
  return { ...limit, verdict: 'another model', states, ledger: { version: 1, rows, ...firstDifference(states) } };
}

/** Returns the populations of a model with given spikes. */
export const givenIn = ({ model }: ValidModel): ReadonlySet<string> =>
  new Set(Object.entries(model.populations).flatMap(([name, { spikes }]) => (spikes ? [name] : [])));

/** Compares the sources of drawn spikes of a model and of its conversion. @param drawn  the model without draws */
export function comparedSources(
  source: ValidModel,
  target: ValidModel,
  became: Became,
  drawn: ValidModel,
): LawComparison {
  const [own, other] = [source.model, target.model].map(({ experiment }) => experiment.protocol) as [Phase[], Phase[]];
  const typed = [typedValid(source), typedValid(target)] as const;
  const phases = [typedPhases(source.model, own), typedPhases(target.model, other)] as const;
  return compareSources(typed, phases, (name) => became.population(name, 0)?.population, untilOf([own, other]), drawn);
}

/** Returns the end of the shorter of two protocols in s. */
export const untilOf = (protocols: Protocols): number => Math.min(...protocols.map((phases) => endOf(phases)));

/** Returns a model with the draws of its compared part made, or the reason why there is none. */
export async function settledOrReason(valid: ValidModel): Promise<ValidModel | string> {
  try {
    const part = firstPart(valid, compared.longest);
    const { valid: frozen } = await drawnOnce(part, (await chooseTarget('wasm')).target);
    const [draws] = withChosenDraws(frozen, usualChoice).remaining;
    return draws ?? withProtocol(frozen, valid.model.experiment.protocol);
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
  ledger: { version: 1, rows: [] },
  reason,
  seconds: comparedTime(model, compared.first),
  dt: model.experiment.dt,
  levels: [],
  rest: [],
  closed: [],
});

/**
 * Returns the verdict on models with equal values, where runs decide nothing. Models that act in each step or read the
 * step stay undecided if their steps differ.
 */
export function sameByValue(limit: Limit, [{ model }, { model: other }]: readonly [ValidModel, ValidModel]): Limit {
  const isAtOneStep = model.experiment.dt === other.experiment.dt;
  const readsStep = stepReasons(model).length + stepReaders(model).length > 0;
  if (limit.verdict !== 'no limit' || (readsStep && !isAtOneStep)) return limit;
  const parts = [...Object.keys(model.populations), ...Object.keys(model.projections)];
  const rows = parts.map((part): LedgerRow => ({ part, quantity: 'all values', how: 'by value' }));
  return { ...limit, verdict: 'the same model', ledger: { version: 1, rows }, levels: [], rest: [] };
}

/** Checks whether a model is larger than the work, before its draws are made. */
export function isLarger(valid: ValidModel, work: number): boolean {
  const closed = workOf(valid, comparedTime(valid.model, compared.first));
  const listing = listedIn(valid) * operations.listed * 2 * (halvings.least + 1);
  return closed * operations.cell + listing > work;
}

/** Checks whether two models differ by more than their step. */
const dependsOnStep = ({ model: a }: ValidModel, { model: b }: ValidModel): boolean =>
  (['neurons', 'synapses', 'populations', 'projections', 'stimuli'] as const).some(
    (part) => JSON.stringify(a[part]) !== JSON.stringify(b[part]),
  );

/** Halves the steps of two models until a verdict. @param written  the target for a step in s */
async function approach(
  source: ValidModel,
  at: (step: number) => Promise<WrittenModel>,
  protocols: Protocols,
  { seconds, runTarget, signal, listed = [], given = new Set(), drawn = [], until = 0, statesOnly }: LimitOptions,
): Promise<Limit> {
  const work = workIn(seconds);
  const { became, valid: target } = await at(source.model.experiment.dt);
  const written = async (step: number): Promise<ValidModel> => (await at(step)).valid;
  const pair = await openPair(withStates(source), written, {
    became,
    work,
    ...(runTarget ? { runTarget } : {}),
    ...(signal ? { signal } : {}),
  });
  const { halved, found: coarsest } = await firstStable(pair.halved, pair.runAt);
  const { states, first, second, listedSpikes } = await statesApart(source, written, protocols, given, pair, coarsest);
  const levels: Distances[] = [];
  const whatRan = {
    source: first,
    target: second,
    listedSpikes,
    there: partsThere(source, target, became),
    states: runTarget === undefined ? states : undefined,
    seconds: pair.seconds,
    until: Math.max(until, untilOf(protocols)),
    lookedUntil: untilOf(protocols),
    listed,
  };
  const ledgerOf = (verdict: ModelVerdict): Ledger => ({
    version: 1,
    rows: verdict === 'no limit' ? [] : [...drawn, ...ledgerRows({ ...whatRan, levels })],
    ...firstDifference(states),
  });
  const limit = (given: ModelVerdict, reason?: string): Limit => {
    const ledger = ledgerOf(given);
    const isPartly = given === 'the same model' && emptyRows(ledger).length > 0;
    return { ...figures(reason), ledger, verdict: isPartly ? 'the same model as far as it acted' : given };
  };
  const figures = (reason?: string): Omit<Limit, 'verdict' | 'ledger'> => ({
    ...(reason === undefined ? {} : { reason }),
    seconds: pair.seconds,
    dt: source.model.experiment.dt,
    levels,
    rest: remainingOf(levels),
    ...(runTarget === undefined ? { states } : {}),
    closed: [...pair.closed].filter((name) => receives(source, name)),
  });
  if (states.differences.length > 0) return limit('another model');
  if (statesOnly) return limit('the same model');
  if (states.close) {
    const [own, other] = states.close.values.map((seconds) => Number((seconds * 1e3).toPrecision(6)));
    return limit('no limit', `${states.close.what} of ${own} and ${other} ms differ by less than half a step`);
  }
  const recorded = new Set([...pair.paired.values()].map(({ owner }) => owner));
  const unseen = runTarget === undefined ? states.plastic.find((name) => !recorded.has(name)) : undefined;
  if (unseen !== undefined)
    return limit('no limit', `plastic synapses of ${unseen} are not compared, neither alone nor by recorded variables`);
  const timed = new Set(
    [...whatRan.there].flatMap(([name, { population }]) =>
      readsTime(source, population) || readsTime(target, name) ? [population] : [],
    ),
  );
  const unequal = ledgerRows({ ...whatRan, levels: [] }).filter(({ how }) => how !== 'by value' && how !== 'by state');
  const isByState = unequal.length === 0;
  const isEqual = states.apart.length === 0 && states.synapses && pair.paired.size > 0;
  const equal = {
    isEqual,
    // The rows of a run elsewhere are of this model beside itself.
    areInputsEqual: runTarget !== undefined || !unequal.some((row) => isOfInputs(row, timed)),
  };
  const most = halvings.most + Math.max(0, Math.floor(Math.log2(work / usualWork)));
  let [coarser, spent, wasSame] = [coarsest, 0, false];
  for (let k = halved + 1; k <= halved + most; k += 1) {
    spent += 2 ** k * pair.work.steps + pair.work.arriving;
    if (spent > work) break;
    const finer = await pair.runAt(k);
    levels.push(ofCells(distancesOf(coarser, finer, pair.paired, pair.times), renumbering(pair.cellBefore)));
    coarser = finer;
    if (itemAt(levels, 0).units.size === 0) return limit('no limit', 'no spikes, and no variable that both have');
    const found = verdictOf(levels, equal);
    // Without equal equations, only shorter steps show small differences.
    const isOpen = found === 'the same model' && !isEqual && levels.length < halvings.few;
    if (found !== undefined && !isOpen) return limit(found);
    wasSame ||= found === 'the same model';
  }
  const least = isByState ? halvings.ofStates : halvings.least;
  const last =
    verdictOf(levels, equal, least) ?? lastVerdict(levels, { ...equal, wasSame, hasStates: pair.paired.size > 0 });
  if (last !== undefined) return limit(last);
  const smallest = `${Number((coarser.step * 1e3).toPrecision(4))} ms`;
  return limit('no limit', `steps of ${smallest}, the shortest within the budget, do not decide`);
}

/** Returns the units with distances that do not vanish, the largest ratio first. */
function remainingOf(levels: readonly Distances[]): readonly Unit[] {
  const { rest, staying } = restOf(levels, false);
  return (rest.length > 0 ? rest : staying).toSorted((a, b) => b.ratio - a.ratio);
}

/** Compares two models at states along a run, with the target as it is for a much shorter step. */
async function statesApart(
  source: ValidModel,
  written: (step: number) => Promise<ValidModel>,
  protocols: Protocols,
  given: ReadonlySet<string>,
  { cellsIn, seconds: ran }: OpenPair,
  { step, runs }: RunPair,
): Promise<{
  readonly states: StateComparison;
  readonly first: ValidModel;
  readonly second: ValidModel;
  /** Populations of the source with given spikes in both models. */
  readonly listedSpikes: ReadonlySet<string>;
}> {
  const target = await written(step / 8);
  // Gathering leaves out parts after the end.
  const [own, there] = [withProtocol(source, protocols[0]), withProtocol(target, protocols[1])].map(
    (valid) => gathered(typedValid(valid), 'limit').valid,
  );
  const isGathered = [source, target].some(({ model }) => timingProperties[model.timing].takesTurns);
  const cells = cellsIn(runs[0]);
  const until = untilOf(protocols);
  const typed = [typedPhases(source.model, protocols[0]), typedPhases(target.model, protocols[1])] as const;
  const compared = compareStates(own!, there!, cells, { until, ran, protocols: typed, isGathered });
  const [first, second] = [writtenValid(own!), writtenValid(there!)];
  // Draws are made for the part that is run.
  const drawn = Math.min(until, comparedTime(source.model));
  const isDrawn = (name: string): boolean => !given.has(name) && source.model.populations[name]?.spikes !== undefined;
  const trains = comparedTrains(first, second, cells, (name) => (isDrawn(name) ? drawn : until));
  const { differences: ofTrains, given: listedSpikes, ...close } = trains;
  const differences = [...ofTrains, ...compared.differences].toSorted((a, b) => Number(isTiny(a)) - Number(isTiny(b)));
  return { states: { ...compared, ...close, differences }, first, second, listedSpikes };
}

/** Checks whether two values differ by little more than rounding: other differences are causes rather than it. */
const isTiny = ({ values: [a, b] }: StateDifference): boolean =>
  a !== null && b !== null && Math.abs(a - b) < 1e-5 * Math.max(Math.abs(a), Math.abs(b));

/** A cell by its number. */
interface NumberedCell {
  readonly population: string;
  readonly cell: number;
}

/** Returns a function that gives a part of a verdict the number of its cell in the whole population. */
const renumbering =
  (numberOf: (population: string, cell: number) => number) =>
  <T extends NumberedCell>(one: T): T => ({ ...one, cell: numberOf(one.population, one.cell) });

/** Returns distances with other numbers of cells. */
const ofCells = (distances: Distances, renumbered: <T extends NumberedCell>(one: T) => T): Distances => ({
  ...distances,
  units: new Map([...distances.units.values()].map((one) => renumbered(one)).map((unit) => [keyOf(unit), unit])),
  unmatched: distances.unmatched.map((one) => renumbered(one)),
});

/** Returns a verdict on some cells of a network with the numbers of the cells there, and the number of all cells. */
export function withNumbersOf(taken: Taken, limit: Limit, { populations, projections }: Model): Limit {
  const renumbered = renumbering((population, cell) => taken.get(population)?.[cell] ?? cell);
  const { levels, rest, states } = limit;
  // Each listed source of these cells stands for several sources of the network.
  const differences = states?.differences.map((one) => ({
    ...renumbered(one),
    quantity: one.ofSynapse ?? one.quantity,
  }));
  const rows = limit.ledger.rows.map((row): LedgerRow => {
    const target = populationOf(projections[row.part]?.to.of ?? { population: '' }) ?? '';
    const own = taken.get(target);
    return own ? { ...row, elements: { compared: own.length, of: populations[target]?.size ?? own.length } } : row;
  });
  return {
    ...limit,
    ledger: { ...limit.ledger, rows },
    levels: levels.map((level) => ofCells(level, renumbered)),
    rest: rest.map((unit) => renumbered(unit)),
    ...(states && differences ? { states: { ...states, differences } } : {}),
  };
}

/** Checks whether the rates of a population depend on the time. */
function readsTime(valid: ValidModel, population: string): boolean {
  const { model } = typedValid(valid);
  const type = model.neurons[model.populations[population]?.type ?? ''];
  return type !== undefined && readByRates(type, Object.keys(type.derivatives)).has('t');
}

/** Checks whether projections act on a population. */
const receives = ({ model }: ValidModel, population: string): boolean =>
  Object.values(model.projections).some(({ to }) => populationOf(to.of) === population);
