/**
 * Compares two models at states along a run, without a step: rates, thresholds, resets, refractory periods, and the
 * effects and delays of synapses. Differences by more than rounding are differences of the models.
 */

import { NoNumber } from '../../lang/evaluate.js';
import { near, sequence } from '../../library/recognise/numbers.js';
import { contentOf, type NeuronType, type Phase, type ValidModel } from '../../model/typed.js';
import { branchesOf, statesOnBothSides } from './branches.js';
import {
  compareConditions,
  compareFirstValues,
  compareRates,
  compareRefractoryPeriods,
  compareResets,
  compareThresholds,
  haveOneCondition,
  type CellComparison,
  type ComparedCell,
} from './cell-comparison.js';
import { cellInputs, continuousInputs, type CellInputs } from './cell-inputs.js';
import {
  fewDigits,
  moreStates,
  type CellPair,
  type State,
  type StateComparison,
  type StateDifference,
} from './cell-pair.js';
import {
  cellNumber,
  compartmentsApart,
  structuredCell,
  withoutCompartments,
  type Structured,
  type StructuredCell,
} from './compartment-comparison.js';
import { ofUnknownSign, otherKinds, otherSynapses, rateOfMain, restAtFirst, restAtZero } from './cell-kinds.js';
import { compareOperations, compareProtocols, type ScopedPair } from './compare-protocols.js';
import { timesBetween } from './edges.js';
import { cellType, readByRates, scopeOf, spikeOf, type Scope } from './element-scope.js';
import { comparedEffects } from './synapse-comparison.js';

/** Protocols to compare, and how. */
interface HowToCompare {
  /** End of the shorter protocol in s. */
  readonly until: number;
  /** Time in s that both models are run. */
  readonly ran: number;
  readonly protocols: readonly [source: readonly Phase[], target: readonly Phase[]];
  /** Whether one of the models is of LEMS, with its receptors gathered. */
  readonly isGathered: boolean;
}

/** What is found while cells are compared, by population. */
class Findings {
  readonly differences: StateDifference[] = [];
  /** Populations that cannot be compared at states. */
  readonly apart = new Set<string>();
  readonly reasons = new Map<string, Set<string>>();
  readonly ofEvents = new Map<string, Set<string>>();
  readonly looked = new Map<string, number>();
  readonly oneWay: { readonly population: string; readonly text: string }[] = [];
  /** Largest difference of two numbers that are equal up to rounding, relative to their size. */
  rounding = 0;

  /** Checks whether two numbers are equal up to rounding and digits. */
  readonly same = (a: number, b: number, size: number): boolean => {
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
    const largest = Math.max(Math.abs(a), Math.abs(b), size);
    if (!near(a, b, size) && !(Math.abs(a - b) <= fewDigits * largest)) return false;
    this.rounding = Math.max(this.rounding, Math.abs(a - b) / largest);
    return true;
  };

  /** Adds a reason why rates of a population are compared in runs, too. */
  because(population: string, reason: string): void {
    this.reasons.set(population, (this.reasons.get(population) ?? new Set()).add(reason));
  }

  /** Adds a reason why events of a population are compared in runs, too. */
  inEvents(population: string, reason: string): void {
    this.ofEvents.set(population, (this.ofEvents.get(population) ?? new Set()).add(reason));
  }
}

/** Two models while their cells are compared. */
interface Comparing {
  readonly models: readonly [Structured, Structured];
  readonly inputs: readonly [CellInputs, CellInputs];
  readonly until: number;
  readonly isGathered: boolean;
  readonly findings: Findings;
  readonly next: () => number;
  /** Kinds of cells whose branches and times were compared. */
  readonly groups: Set<string>;
}

/** Compares two models at states of their cells and at times of their protocols. */
export function compareStates(
  given: ValidModel,
  givenTarget: ValidModel,
  cells: readonly CellPair[],
  { until, ran, protocols, isGathered }: HowToCompare,
): StateComparison {
  const models = [withoutCompartments(given), withoutCompartments(givenTarget)] as const;
  const [source, target] = models;
  const findings = new Findings();
  const comparing: Comparing = {
    models,
    inputs: [cellInputs(source), cellInputs(target)],
    until,
    isGathered,
    findings,
    next: sequence(1),
    groups: new Set(),
  };
  const { same, apart, reasons, ofEvents, looked, oneWay } = findings;
  const seen = new Set<string>();
  const scopedPairs = new Map<string, ScopedPair[]>();
  for (const pair of cells) {
    const { population, there } = pair;
    // Sources of listed spikes are compared by their spikes.
    if (apart.has(population) || source.model.populations[population]?.type === undefined) continue;
    const numbers = [cellNumber(source, population, pair.cell), cellNumber(target, there, pair.element)] as const;
    const key = `${population}[${numbers[0]}] ${there}[${numbers[1]}]`;
    if (seen.has(key)) continue;
    seen.add(key);
    try {
      const trees = compareTrees(comparing, pair, numbers);
      const compared = compareCells(comparing, trees ? { ...pair, ...atHome(...trees) } : pair, trees !== undefined);
      if (!compared) continue;
      const { first, second, moved, usual } = compared;
      const scoped: ScopedPair = { pair, points: usual, moved, scopes: [first.scope, second.scope] };
      scopedPairs.set(population, [...(scopedPairs.get(population) ?? []), scoped]);
    } catch (error) {
      if (!(error instanceof NoNumber || error instanceof RangeError)) throw error;
      apart.add(population);
      findings.because(population, error.message);
    }
  }
  const effects = comparedEffects(source, target, cells, same);
  const [stages, operations] = [
    compareProtocols(models, protocols, scopedPairs, { until, ran }, same),
    compareOperations(models, scopedPairs, same),
  ];
  const { differences } = findings;
  return {
    ...effects,
    differences: [...differences, ...effects.differences, ...stages.differences, ...operations.differences],
    rows: [...effects.rows, ...stages.rows, ...operations.rows],
    apart: [...new Set([...apart, ...reasons.keys(), ...ofEvents.keys()])],
    reasons: listsOf(reasons),
    ofEvents: listsOf(ofEvents),
    looked,
    receivers: receiversIn(cells),
    oneWay,
    rounding: findings.rounding,
  };
}

/** Compares the compartments of two cells; undefined if one of them has none. */
function compareTrees(
  { models: [source, target], inputs: [own, other], findings }: Comparing,
  { population, there }: CellPair,
  [number, numberThere]: readonly [number, number],
): readonly [StructuredCell, StructuredCell] | undefined {
  const [tree, treeThere] = [structuredCell(source, population, number), structuredCell(target, there, numberThere)];
  if (!tree || !treeThere) return undefined;
  const isDrivenAlike =
    continuousInputs(source, population) === continuousInputs(target, there) &&
    own.namesOf(population, number).length === other.namesOf(there, numberThere).length;
  const { isWhole, differences } = compartmentsApart([tree, treeThere], { isDrivenAlike, same: findings.same });
  if (!isWhole) findings.because(population, 'compartments or inputs of other kinds');
  const [first] = differences;
  if (first && !findings.differences.some((one) => one.population === population))
    findings.differences.push({ population, cell: number, ...first });
  return [tree, treeThere];
}

/** Compares two cells at states. Returns them if all their states have counterparts. @throws NoNumber */
function compareCells(comparing: Comparing, pair: CellPair, isTree: boolean): CellComparison | undefined {
  const { models, isGathered, findings } = comparing;
  const { population, names } = pair;
  const { isDrivenAlike, isResting } = compareCounterparts(models, pair, findings);
  const plain = plainComparison(comparing, pair);
  const [type, otherType] = [plain.first.type, plain.second.type];
  findings.looked.set(population, (findings.looked.get(population) ?? 0) + 1);
  for (const reason of otherKinds(type, otherType)) findings.inEvents(population, reason);
  // States and events without counterparts can do what the time or a branch does in the other model.
  const isWhole = !isTree && findings.reasons.get(population) === undefined;
  const cells = isWhole ? { ...plain, ...branchStates(comparing, pair, plain) } : plain;
  const [event, otherEvent] = [spikeOf(type), spikeOf(otherType)];
  for (const name of Object.keys(type.state).filter((one) => names.has(one))) {
    compareFirstValues(cells, name);
    if (isGathered && !isResting) findings.because(population, 'states without counterparts that move');
    else compareRates(cells, name, event, isGathered && !isDrivenAlike);
  }
  if (event && otherEvent) compareEvents(cells, [event, otherEvent], population, findings);
  return isWhole ? plain : undefined;
}

/** Finds states of two cells without counterparts, and synapses of other kinds. @throws NoNumber */
function compareCounterparts(
  [source, target]: Comparing['models'],
  { population, there, names }: CellPair,
  findings: Findings,
): { readonly isDrivenAlike: boolean; readonly isResting: boolean } {
  const [[, type], [, otherType]] = [cellType(source, population), cellType(target, there)];
  const images = [...names.values()].map(([as]) => as);
  const [read, readThere] = [readByRates(type, [...names.keys()]), readByRates(otherType, images)];
  const lone = Object.keys(type.state).filter((name) => !names.has(name) && read.has(name));
  const loneThere = Object.keys(otherType.state).filter((name) => !images.includes(name) && readThere.has(name));
  if (!restAtZero(source, population, lone)) throw new NoNumber(`no counterpart of ${lone.join(', ')}`);
  const isDrivenAlike = continuousInputs(source, population, read) === continuousInputs(target, there, readThere);
  if (!isDrivenAlike) findings.because(population, otherSynapses);
  if (!restAtZero(target, there, loneThere)) findings.because(population, `no counterpart of ${loneThere.join(', ')}`);
  return { isDrivenAlike, isResting: restAtFirst(target, there, loneThere) };
}

/** Returns two cells with states along a run and between them. */
function plainComparison(
  { models: [source, target], inputs, findings, next }: Comparing,
  { population, there, cell, element, names, states }: CellPair,
): CellComparison {
  const { differences, same } = findings;
  return {
    first: comparedCell(source, population, cell, inputs[0]),
    second: comparedCell(target, there, element, inputs[1]),
    names,
    moved: movedBy(names),
    usual: [...states, ...moreStates(states, next)],
    around: [],
    timed: [],
    same,
    found: (quantity, values, unit) => {
      if (!differences.some((one) => one.population === population && one.quantity === quantity))
        differences.push({ population, cell, quantity, values, unit });
    },
  };
}

/** Returns states on both sides of branches, and at times at which currents change, for the first cell of its kind. */
function branchStates(
  { models, inputs, until, findings, groups }: Comparing,
  pair: CellPair,
  { first, second, moved, usual: [base] }: CellComparison,
): Pick<CellComparison, 'around' | 'timed'> {
  const { population } = pair;
  const currents = [inputs[0].namesOf(population, pair.cell), inputs[1].namesOf(pair.there, pair.element)] as const;
  // Cells with other inputs meet other branches.
  const group = [population, pair.there, ...currents[0], '', ...currents[1]].join(' ');
  if (!base || groups.has(group) || groups.size >= mostGroups) return { around: [], timed: [] };
  groups.add(group);
  const scopeThere = (state: State): Scope => second.scope(moved(state));
  const times = timesBetween(
    [
      { valid: first.valid, type: first.type, scope: first.scope(base), currents: currents[0] },
      { valid: second.valid, type: second.type, scope: scopeThere(base), currents: currents[1] },
    ],
    until,
  ).toSorted((one, next) => one - next);
  const withEvents = !findings.ofEvents.has(population);
  const branches = [
    ...branchesOf(first.valid, first.type, first.scope, withEvents),
    ...branchesOf(second.valid, second.type, scopeThere, withEvents),
  ];
  const { states: around, oneWay } = statesOnBothSides(branches, base, sizesOf(pair.states, first.type), times);
  const isEqual =
    contentOf(codeOf(first.type)) === contentOf(codeOf(second.type)) &&
    Object.keys(first.type.parameters).every((name) => first.scope(base)(name) === scopeThere(base)(name));
  const rateAt = (state: State): number => rateOfMain(first.valid, first.type, first.scope(state));
  const ofSign = ofUnknownSign(models, pair, rateAt, base).map((name) => `${name} without synapses`);
  const never = [...(isEqual ? [] : new Set(oneWay)), ...ofSign];
  findings.oneWay.push(...never.map((text) => ({ population, text })));
  return { around, timed: times.map((t) => new Map([...base, ['t', t]])) };
}

/** Compares the spikes of two cells: thresholds, what spikes do, and refractory periods. @throws NoNumber */
function compareEvents(
  cells: CellComparison,
  events: Parameters<typeof compareConditions>[1],
  population: string,
  findings: Findings,
): void {
  const { usual, around, timed } = cells;
  const above = compareThresholds(cells, events);
  const isOneKind = !findings.ofEvents.has(population);
  const isOneEdge = events[0].edge === events[1].edge;
  if (isOneEdge && isOneKind) compareConditions(cells, events);
  for (const state of isOneKind ? [...usual, ...around, ...timed] : usual) {
    const after = compareResets(cells, events, state);
    const isAlike = haveOneCondition(cells, events, state);
    if (isAlike === false) findings.inEvents(population, 'refractory conditions of other kinds');
    if (isAlike === undefined && isOneEdge) compareRefractoryPeriods(cells, events, after, above);
  }
}

/** Returns the elements of two cells that detect spikes, with a state. */
const atHome = (
  { home: cell, voltage }: StructuredCell,
  { home: element, voltage: as }: StructuredCell,
): Pick<CellPair, 'cell' | 'element' | 'names' | 'states'> => ({
  cell,
  element,
  names: new Map([[voltage, [as, 1]]]),
  states: [new Map([[voltage, -0.07]])],
});

/** Returns the code of a type, whose values are compared by themselves. */
const codeOf = ({ derivatives, derived, events }: NeuronType): object => ({ derivatives, derived, events });

/** Returns the number of cells of each population whose synapses are compared, and of all. */
function receiversIn(cells: readonly CellPair[]): StateComparison['receivers'] {
  const found = new Map<string, { compared: number; of: number }>();
  for (const { population, isTaken } of cells) {
    const known = found.get(population) ?? { compared: 0, of: 0 };
    found.set(population, { compared: known.compared + Number(isTaken), of: known.of + 1 });
  }
  return found;
}

const listsOf = (sets: ReadonlyMap<string, ReadonlySet<string>>): ReadonlyMap<string, readonly string[]> =>
  new Map([...sets].map(([name, all]) => [name, [...all]]));

/** Most groups of cells with equal currents whose branches and times are compared. */
const mostGroups = 40;

/** Returns a cell with its values at its states, with its currents. */
function comparedCell(valid: ValidModel, population: string, number: number, inputs: CellInputs): ComparedCell {
  const [owner, type] = cellType(valid, population);
  return {
    valid,
    number,
    owner,
    type,
    scope: (state, populations) => {
      const scope: Scope = scopeOf(type, populations?.[population] ?? owner, number, state, valid, (name) =>
        type.inputs[name]?.reduce === 'sum' ? inputs.valueOf(population, number, name, scope) : undefined,
      );
      return scope;
    },
  };
}

/** Returns a function that gives the state of the counterpart of a cell. */
const movedBy =
  (names: CellPair['names']) =>
  (state: State): Map<string, number> =>
    new Map(
      [...state].flatMap(([name, value]) => {
        const [as, factor] = name === 't' ? ['t', 1] : (names.get(name) ?? []);
        return as === undefined || factor === undefined ? [] : [[as, value * factor] as const];
      }),
    );

/** Returns the usual size of each variable, and of the time. */
const sizesOf = (states: readonly State[], { state }: NeuronType): ReadonlyMap<string, number> =>
  new Map(
    Object.entries(state).map(([name, { unit }]) => {
      const values = states.map((one) => Math.abs(one.get(name) ?? 0)).filter(Number.isFinite);
      return [name, Math.max(0, ...values) || usualSizes[unit] || 1];
    }),
  );

/** Sizes of variables that are 0 in a run, by SI unit. */
const usualSizes: Readonly<Record<string, number>> = { V: 0.05, A: 1e-9, S: 1e-8, C: 1e-12, s: 0.01, Hz: 100 };
