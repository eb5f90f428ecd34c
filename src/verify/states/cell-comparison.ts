/** Compares what two cells do at equal states: first values, rates, thresholds, resets and refractory periods. */

import type { Expression } from '../../lang/ast.js';
import { equalDimensions, second as timeDimension } from '../../lang/dimension.js';
import { NoNumber } from '../../lang/evaluate.js';
import { parseUnit } from '../../lang/units.js';
import { namesIn } from '../../lang/walk.js';
import { changeBetween, valueAt } from '../../library/recognise/numbers.js';
import type { NeuronType, Population, ValidModel } from '../../model/typed.js';
import { isCrossing, stairsOf } from './cell-kinds.js';
import type { CellPair, State, StateDifference } from './cell-pair.js';
import { perform, valueIn, valueOf, type Scope } from './element-scope.js';

type CellEvent = NeuronType['events'][string];

/** A cell of a model. */
export interface ComparedCell {
  readonly valid: ValidModel;
  readonly number: number;
  readonly owner: Population;
  readonly type: NeuronType;
  /** Returns its values at a state of it, with the values of some populations at a stage of the protocol. */
  readonly scope: (state: State, populations?: ValidModel['model']['populations']) => Scope;
}

/** Two cells, and the states of the first at which they are compared. */
export interface CellComparison {
  readonly first: ComparedCell;
  readonly second: ComparedCell;
  readonly names: CellPair['names'];
  /** Returns the state of the second cell that is a state of the first. */
  readonly moved: (state: State) => Map<string, number>;
  /** States along a run and between them. */
  readonly usual: readonly State[];
  /** States on both sides of branches. */
  readonly around: readonly State[];
  /** A state at times at which currents change. */
  readonly timed: readonly State[];
  readonly same: (a: number, b: number, size: number) => boolean;
  readonly found: (quantity: string, values: StateDifference['values'], unit: string) => void;
}

/** Returns the values of a test of both cells at a state of the first. */
const both = (
  { first, second, moved }: CellComparison,
  expressions: readonly [Expression, Expression],
  state: State,
): readonly [number, number] => [
  valueIn(first.valid, expressions[0], first.scope(state)),
  valueIn(second.valid, expressions[1], second.scope(moved(state))),
];

const holds = (values: readonly [number, number]): readonly [boolean, boolean] => [values[0] !== 0, values[1] !== 0];

/** Compares the first values of a variable. */
export function compareFirstValues({ first, second, names, same, found }: CellComparison, name: string): void {
  const { initial, unit } = first.type.state[name]!;
  const [as, factor] = names.get(name)!;
  const values = [
    valueOf(first.owner.values[name] ?? initial, first.number, first.scope(new Map()), first.valid),
    second.scope(new Map())(as) / factor,
  ] as const;
  if (!same(...values, 0)) found(`first ${name}`, values, unit);
}

/** Returns conditions that hold an equation without a spike. */
const holdsOf = (type: NeuronType, name: string): readonly Expression[] =>
  Object.values(type.events).flatMap(({ refractory }) =>
    refractory?.while && !refractory.suppress && refractory.rate.includes(name) ? [refractory.while] : [],
  );

/** Returns the rates of a variable of both cells at some states. */
function ratesOf({ first, second, names, moved }: CellComparison, name: string, states: readonly State[]) {
  const [as, factor] = names.get(name)!;
  const [own, other] = [first.type.derivatives[name]?.rate, second.type.derivatives[as]?.rate];
  const held = holdsOf(first.type, name);
  return states.map((state): readonly [number, number] => {
    const rates = [
      own ? valueIn(first.valid, own, first.scope(state)) : 0,
      other ? valueIn(second.valid, other, second.scope(moved(state))) / factor : 0,
    ] as const;
    // Rates of held equations may be written as zero.
    const isHeld = rates[1] === 0 && held.some((when) => valueIn(first.valid, when, first.scope(state)) !== 0);
    return isHeld ? [0, 0] : rates;
  });
}

/**
 * Compares the rates of a variable.
 *
 * @param event  spike of the first cell: cells leave states in which they spike at once
 * @param isRelative  whether the rates are compared by their difference from those at the first state
 */
export function compareRates(
  cells: CellComparison,
  name: string,
  event: CellEvent | undefined,
  isRelative: boolean,
): void {
  const { first, usual, around, timed, same, found } = cells;
  const states = [...usual, ...around, ...timed];
  const rates = ratesOf(cells, name, states);
  const [from = [0, 0]] = isRelative ? rates : [];
  const size = Math.max(
    0,
    ...rates
      .slice(0, usual.length)
      .map(([rate]) => Math.abs(rate))
      .filter(Number.isFinite),
  );
  const isLeft = (state: State): boolean =>
    event !== undefined && !isCrossing(event) && valueIn(first.valid, event.when, first.scope(state)) !== 0;
  const untimed = states.length - timed.length;
  const isStair = stairsOf(rates.slice(untimed));
  const apart = rates.findIndex(
    ([a, b], k) =>
      !same(a - from[0], b - from[1], size * 1e-2) &&
      !(k >= usual.length && isLeft(states[k]!)) &&
      !isStair(k - untimed),
  );
  if (apart < 0) return;
  const time = states[apart]!.get('t');
  const at = time === undefined ? '' : ` at ${Number((time * 1e3).toPrecision(6))} ms`;
  found(`rate of ${name}${at}`, rates[apart]!, `(${first.type.state[name]!.unit})/s`);
}

/** Checks whether a condition reads the step. The order of a step decides which of its two ends is the time. */
const readStep = (events: readonly CellEvent[]): boolean => events.some(({ when }) => namesIn(when).has('dt'));

/** Checks whether two thresholds are times at most a step and a half apart, in conditions that read the step. */
const areOfOneStep = (
  { first }: CellComparison,
  events: readonly CellEvent[],
  [own, other]: readonly [number, number | null],
  unit: string,
): boolean =>
  readStep(events) &&
  equalDimensions(parseUnit(unit).dimension, timeDimension) &&
  Math.abs((other ?? Infinity) - own) < 1.51 * first.valid.model.experiment.dt;

/**
 * Compares the thresholds of variables that spike conditions read. Returns a state with these variables beyond them.
 *
 * @throws NoNumber for a condition without a threshold
 */
export function compareThresholds(
  cells: CellComparison,
  [event, otherEvent]: readonly [CellEvent, CellEvent],
): State | undefined {
  const { first, second, moved, usual, around, same, found } = cells;
  let above: State | undefined;
  for (const name of [...namesIn(event.when)].filter((one) => first.type.state[one])) {
    const values = usual.map((state) => state.get(name) ?? 0);
    // Bisection leaves a threshold of 0 with the rounding of the other values.
    const size = Math.max(...values.map(Math.abs));
    for (const [k, point] of [...usual.slice(0, 1), ...around].entries()) {
      const at = (value: number): State => new Map([...point, [name, value]]);
      const spikes = (value: number): boolean => valueIn(first.valid, event.when, first.scope(at(value))) !== 0;
      const spikesThere = (value: number): boolean =>
        valueIn(second.valid, otherEvent.when, second.scope(moved(at(value)))) !== 0;
      const thresholds = crossings(values, spikes, spikesThere);
      // Other conditions, such as a peak, have no threshold: only runs tell.
      if (thresholds?.[1] === null) throw new NoNumber('a condition of another kind');
      if (!thresholds) continue;
      const unit = first.type.state[name]?.unit ?? '1';
      if (!same(thresholds[0], thresholds[1], size) && !areOfOneStep(cells, [event, otherEvent], thresholds, unit))
        found('threshold', thresholds, unit);
      const beyond = [-size, size].map((further) => thresholds[0] + further).find(spikes);
      if (beyond !== undefined && k === 0) above = new Map([...(above ?? []), [name, beyond]]);
    }
  }
  return above;
}

/** Compares whether both cells spike. */
export function compareConditions(cells: CellComparison, events: readonly [CellEvent, CellEvent]): void {
  const { first, usual, around, timed, found } = cells;
  const { dt } = first.valid.model.experiment;
  const holdsAfter = (state: State, seconds: number): boolean =>
    valueIn(first.valid, events[0].when, first.scope(new Map([...state, ['t', (state.get('t') ?? 0) + seconds]]))) !==
    0;
  const isWithinStep = (state: State): boolean =>
    readStep(events) && holdsAfter(state, -1.01 * dt) !== holdsAfter(state, 1.01 * dt);
  const apart = [...usual, ...around, ...timed]
    .filter((state) => !isWithinStep(state))
    .map((state) => holds(both(cells, [events[0].when, events[1].when], state)))
    .find(([spikes, spikesThere]) => spikes !== spikesThere);
  if (apart) found('spike condition', [Number(apart[0]), Number(apart[1])], '1');
}

/** Compares the values that a spike gives both cells. Returns the states after it. */
export function compareResets(
  { first, second, names, moved, same, found }: CellComparison,
  [event, otherEvent]: readonly [CellEvent, CellEvent],
  state: State,
): readonly [after: State, afterThere: State] {
  const [after, afterThere] = [new Map(state), moved(state)];
  perform(event.do, first.scope(after), after);
  perform(otherEvent.do, second.scope(afterThere), afterThere);
  for (const [name, { unit }] of Object.entries(first.type.state)) {
    if (!names.has(name)) continue;
    const [as, factor] = names.get(name)!;
    const values = [after.get(name) ?? 0, (afterThere.get(as) ?? 0) / factor] as const;
    if (!same(...values, Math.abs(state.get(name) ?? 0))) found(`reset of ${name}`, values, unit);
  }
  return [after, afterThere];
}

/** Checks whether conditions of refractory periods are of one kind at a state; undefined without such conditions. */
export function haveOneCondition(
  cells: CellComparison,
  [event, otherEvent]: readonly [CellEvent, CellEvent],
  state: State,
): boolean | undefined {
  const [own, other] = [event.refractory?.while, otherEvent.refractory?.while];
  if (!own && !other) return undefined;
  if (isCrossing(event) && isCrossing(otherEvent)) return true;
  if (!own || !other) return false;
  const [isHeld, isHeldThere] = holds(both(cells, [own, other], state));
  return isHeld === isHeldThere;
}

/**
 * Compares refractory periods, and the rates that they hold.
 *
 * @param above  variables of the first cell beyond their thresholds
 */
export function compareRefractoryPeriods(
  { first, second, names, moved, same, found }: CellComparison,
  [event, otherEvent]: readonly [CellEvent, CellEvent],
  [after, afterThere]: readonly [State, State],
  above: State = new Map(),
): void {
  const [refractory, refractoryThere] = [event.refractory, otherEvent.refractory];
  // Other notations count refractory periods by states of their own.
  const isCounted = (refractory === undefined) !== (refractoryThere === undefined);
  if (refractory && refractoryThere) {
    const heldThere = new Set(refractoryThere.rate);
    const one = [...names].find(([name, [as]]) => refractory.rate.includes(name) !== heldThere.has(as));
    const isMoving = (name: string): number => (refractory.rate.includes(name) ? 0 : 1);
    if (one && isLongerThanAStep(refractory, first.scope(after)))
      found(`rate of ${one[0]} in the refractory period`, [isMoving(one[0]), 1 - isMoving(one[0])], '1');
  }
  const periods = [
    periodOf(event, isCounted, first.scope, new Map([...after, ...above])),
    periodOf(otherEvent, isCounted, second.scope, new Map([...afterThere, ...moved(above)])),
  ] as const;
  if (!same(...periods, 0)) found('refractory period', periods, 's');
}

/** Longest refractory period that is looked for, in s. */
const longestPeriod = 10;

/**
 * Returns the refractory period after an event in s.
 *
 * @param isCounted  whether it can be counted by states, so that the condition holds again later
 * @param after      state after the event, with the condition's variables beyond their thresholds
 */
function periodOf(
  { when, refractory }: NeuronType['events'][string],
  isCounted: boolean,
  scope: (state: State) => Scope,
  after: State,
): number {
  if (refractory) return refractory.for ? valueAt(refractory.for, scope(after)) : 0;
  const isReady = (t: number): boolean => valueAt(when, scope(new Map([...after, ['t', t]]))) !== 0;
  const from = after.get('t') ?? 0;
  if (!isCounted || isReady(from)) return 0;
  if (!isReady(from + longestPeriod)) throw new NoNumber('refractoriness');
  return changeBetween(from, from + longestPeriod, isReady) - from;
}

/** Checks whether a refractory period can hold a rate for longer than a step. */
const isLongerThanAStep = (
  { for: period }: NonNullable<NeuronType['events'][string]['refractory']>,
  scope: Scope,
): boolean => period === undefined || valueAt(period, scope) > 1.5 * scope('dt');

/**
 * Returns the values at which two conditions change near values of a run, null for one that does not; undefined if the
 * first one does not.
 */
function crossings(
  values: readonly number[],
  first: (value: number) => boolean,
  second: (value: number) => boolean,
): readonly [number, number | null] | undefined {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const range = high - low || Math.abs(high) / 2 || 1;
  for (let wider = 1; wider <= 4096; wider *= 2)
    for (const [from, furthest] of [
      [low, high],
      [high, low],
    ] as const) {
      const endOf = (times: number): number => furthest + times * (furthest >= from ? range : -range);
      if (first(from) === first(endOf(wider))) continue;
      // The other one can change further away.
      let further = wider;
      while (further < 4096 && second(from) === second(endOf(further))) further *= 2;
      const isSame = second(from) === second(endOf(further));
      return [changeBetween(from, endOf(wider), first), isSame ? null : changeBetween(from, endOf(further), second)];
    }
  return undefined;
}
