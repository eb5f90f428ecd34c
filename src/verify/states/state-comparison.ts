/**
 * Compares two models at states along a run, without a step: rates, thresholds, resets, refractory periods, and the
 * effects and delays of synapses. Differences by more than rounding are differences of the models.
 */

import type { Expression } from '../../lang/ast.js';
import { NoNumber } from '../../lang/evaluate.js';
import { namesIn } from '../../lang/walk.js';
import { near, sequence, valueAt } from '../../library/recognise/numbers.js';
import { contentOf, type NeuronType, type Phase, type Population, type ValidModel } from '../../model/typed.js';
import { branchesOf, statesOnBothSides } from './branches.js';
import { cellInputs, continuousInputs, type CellInputs } from './cell-inputs.js';
import { moreStates, type CellPair, type State, type StateComparison, type StateDifference } from './cell-pair.js';
import {
  cellNumber,
  compartmentsApart,
  structuredCell,
  withoutCompartments,
  type StructuredCell,
} from './compartment-comparison.js';
import {
  isCrossing,
  ofUnknownSign,
  otherKinds,
  otherSynapses,
  rateOfMain,
  restAtFirst,
  restAtZero,
  stairsOf,
} from './cell-kinds.js';
import { compareOperations, compareProtocols, type ScopedPair } from './compare-protocols.js';
import { timesBetween } from './edges.js';
import { cellType, perform, readByRates, scopeOf, spikeOf, valueIn, valueOf, type Scope } from './element-scope.js';
import { comparedEffects } from './synapse-comparison.js';

/** Relative difference of numbers that documents state with few digits, such as areas by 3.1415926. */
const fewDigits = 2e-7;

/** Returns conditions that hold an equation without a spike. */
const holdsOf = (type: NeuronType, name: string): readonly Expression[] =>
  Object.values(type.events).flatMap(({ refractory }) =>
    refractory?.while && !refractory.suppress && refractory.rate.includes(name) ? [refractory.while] : [],
  );

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

/** Compares two models at states of their cells and at times of their protocols. */
export function compareStates(
  given: ValidModel,
  givenTarget: ValidModel,
  cells: readonly CellPair[],
  { until, ran, protocols, isGathered }: HowToCompare,
): StateComparison {
  const [source, target] = [withoutCompartments(given), withoutCompartments(givenTarget)];
  const differences: StateDifference[] = [];
  const [apart, partly] = [new Set<string>(), new Set<string>()];
  const next = sequence(1);
  let rounding = 0;
  const same = (a: number, b: number, size: number): boolean => {
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
    if (!near(a, b, size) && !(Math.abs(a - b) <= fewDigits * Math.max(Math.abs(a), Math.abs(b), size))) return false;
    rounding = Math.max(rounding, Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), size));
    return true;
  };
  const seen = new Set<string>();
  const reasons = new Map<string, Set<string>>();
  const because = (population: string, reason: string): void => {
    partly.add(population);
    reasons.set(population, (reasons.get(population) ?? new Set()).add(reason));
  };
  const ofEvents = new Map<string, Set<string>>();
  const inEvents = (population: string, reason: string): void => {
    partly.add(population);
    ofEvents.set(population, (ofEvents.get(population) ?? new Set()).add(reason));
  };
  const [ownInputs, otherInputs] = [cellInputs(source), cellInputs(target)];
  const oneWay: { readonly population: string; readonly text: string }[] = [];
  const looked = new Map<string, number>();
  const groups = new Set<string>();
  const scopedPairs = new Map<string, ScopedPair[]>();
  for (const all of cells) {
    const { population, there } = all;
    // Sources of listed spikes are compared by their spikes.
    if (apart.has(population) || source.model.populations[population]?.type === undefined) continue;
    const numbers = [cellNumber(source, population, all.cell), cellNumber(target, there, all.element)] as const;
    const key = `${population}[${numbers[0]}] ${there}[${numbers[1]}]`;
    if (seen.has(key)) continue;
    seen.add(key);
    try {
      const [tree, treeThere] = [
        structuredCell(source, population, numbers[0]),
        structuredCell(target, there, numbers[1]),
      ];
      if (tree && treeThere) {
        const isDrivenAlike =
          continuousInputs(source, population) === continuousInputs(target, there) &&
          ownInputs.namesOf(population, numbers[0]).length === otherInputs.namesOf(there, numbers[1]).length;
        const compared = compartmentsApart([tree, treeThere], { isDrivenAlike, same });
        if (!compared.isWhole) because(population, 'compartments or inputs of other kinds');
        const [first] = compared.differences;
        if (first && !differences.some((one) => one.population === population))
          differences.push({ population, cell: numbers[0], ...first });
      }
      const { cell, element, names, states } = tree && treeThere ? atHome(tree, treeThere) : all;
      const [own, type] = cellType(source, population);
      const [other, otherType] = cellType(target, there);
      const [read, readThere] = [
        readByRates(type, [...names.keys()]),
        readByRates(
          otherType,
          [...names.values()].map(([as]) => as),
        ),
      ];
      const images = new Set([...names.values()].map(([as]) => as));
      const lone = Object.keys(type.state).filter((name) => !names.has(name) && read.has(name));
      const loneThere = Object.keys(otherType.state).filter((name) => !images.has(name) && readThere.has(name));
      if (!restAtZero(source, population, lone)) throw new NoNumber(`no counterpart of ${listOf(lone)}`);
      const isDrivenAlike = continuousInputs(source, population, read) === continuousInputs(target, there, readThere);
      const isResting = restAtFirst(target, there, loneThere);
      if (!isDrivenAlike) because(population, otherSynapses);
      if (!restAtZero(target, there, loneThere)) because(population, `no counterpart of ${listOf(loneThere)}`);
      const scope = scopeWithInputs(source, population, cell, type, own, ownInputs);
      const otherScope = scopeWithInputs(target, there, element, otherType, other, otherInputs);
      const moved = movedBy(names);
      const found = (quantity: string, values: StateDifference['values'], unit: string): void => {
        if (!differences.some((one) => one.population === population && one.quantity === quantity))
          differences.push({ population, cell, quantity, values, unit });
      };
      looked.set(population, (looked.get(population) ?? 0) + 1);
      const points = [...states, ...moreStates(states, next)];
      const plain = points.length;
      // Cells with other inputs meet other branches.
      const group = [
        population,
        there,
        ...ownInputs.namesOf(population, cell),
        '',
        ...otherInputs.namesOf(there, element),
      ].join(' ');
      if (!tree && reasons.get(population) === undefined) {
        const scoped: ScopedPair = { pair: all, points: points.slice(0, plain), moved, scopes: [scope, otherScope] };
        scopedPairs.set(population, [...(scopedPairs.get(population) ?? []), scoped]);
      }
      const [base] = points;
      const [event, otherEvent] = [spikeOf(type), spikeOf(otherType)];
      for (const reason of otherKinds(type, otherType)) inEvents(population, reason);
      let timed: readonly number[] = [];
      let around: readonly State[] = [];
      // States and events without counterparts can do what the time or a branch does in the other model.
      const isAlike = reasons.get(population) === undefined;
      if (base && !tree && isAlike && !groups.has(group) && groups.size < mostGroups) {
        groups.add(group);
        const times = timesBetween(
          [
            { valid: source, type, scope: scope(base), currents: ownInputs.namesOf(population, cell) },
            {
              valid: target,
              type: otherType,
              scope: otherScope(moved(base)),
              currents: otherInputs.namesOf(there, element),
            },
          ],
          until,
        ).toSorted((one, next) => one - next);
        const branches = [
          ...branchesOf(source, type, scope, !ofEvents.has(population)),
          ...branchesOf(target, otherType, (state) => otherScope(moved(state)), !ofEvents.has(population)),
        ];
        const bothSides = statesOnBothSides(branches, base, sizesOf(states, type), times);
        around = bothSides.states;
        points.push(...around);
        points.push(...times.map((t) => new Map([...base, ['t', t]])));
        timed = times;
        const isEqual =
          contentOf(codeOf(type)) === contentOf(codeOf(otherType)) &&
          Object.keys(type.parameters).every((name) => scope(base)(name) === otherScope(moved(base))(name));
        if (!isEqual) oneWay.push(...[...new Set(bothSides.oneWay)].map((text) => ({ population, text })));
        oneWay.push(
          ...ofUnknownSign([source, target], all, (state) => rateOfMain(source, type, scope(state)), base).map(
            (name) => ({
              population,
              text: `${name} without synapses`,
            }),
          ),
        );
      }
      const isAbove = (state: State): boolean =>
        event !== undefined && !isCrossing(event) && valueIn(source, event.when, scope(state)) !== 0;
      for (const [name, { initial, unit }] of Object.entries(type.state)) {
        if (!names.has(name)) continue;
        const [as, factor] = names.get(name)!;
        const values = [
          valueOf(own.values[name] ?? initial, cell, scope(new Map()), source),
          otherScope(new Map())(as) / factor,
        ] as const;
        if (!same(...values, 0)) found(`first ${name}`, values, unit);
        const held = holdsOf(type, name);
        // Cells leave states in which they spike at once.
        const areAbove = points.map((state, k) => k >= plain && isAbove(state));
        const rates = points.map(
          (state) =>
            [
              type.derivatives[name] ? valueIn(source, type.derivatives[name].rate, scope(state)) : 0,
              otherType.derivatives[as]
                ? valueIn(target, otherType.derivatives[as].rate, otherScope(moved(state))) / factor
                : 0,
            ] as const,
        );
        // Rates of held equations may be written as zero.
        for (const [k, [, rate]] of rates.entries())
          if (rate === 0 && held.some((when) => valueIn(source, when, scope(points[k] as State)) !== 0))
            rates[k] = [0, 0];
        if (isGathered && !isResting) {
          because(population, 'states without counterparts that move');
          continue;
        }
        const [first] = isGathered && !isDrivenAlike ? rates : [];
        const usual = rates.slice(0, plain).map(([rate]) => Math.abs(rate));
        const size = Math.max(0, ...usual.filter(Number.isFinite));
        const isStair = stairsOf(rates.slice(points.length - timed.length));
        const apartIn = rates.findIndex(
          ([a, b], k) =>
            !areAbove[k] &&
            !same(a - (first?.[0] ?? 0), b - (first?.[1] ?? 0), size * 1e-2) &&
            !isStair(k - (points.length - timed.length)),
        );
        if (apartIn >= 0) {
          const time = points[apartIn]!.get('t');
          const at = time === undefined ? '' : ` at ${Number((time * 1e3).toPrecision(6))} ms`;
          found(`rate of ${name}${at}`, rates[apartIn]!, `(${unit})/s`);
        }
      }
      if (event && otherEvent) {
        let above: State | undefined;
        for (const name of [...namesIn(event.when)].filter((one) => type.state[one])) {
          for (const [k, point] of [...points.slice(0, 1), ...around].entries()) {
            const at = (value: number): State => new Map([...point, [name, value]]);
            const values = points.slice(0, plain).map((state) => state.get(name) ?? 0);
            const thresholds = crossings(
              values,
              (value) => valueIn(source, event.when, scope(at(value))) !== 0,
              (value) => valueIn(target, otherEvent.when, otherScope(moved(at(value)))) !== 0,
            );
            // Other conditions, such as a peak, have no threshold: only runs tell.
            if (thresholds?.[1] === null) throw new NoNumber('a condition of another kind');
            // Bisection leaves a threshold of 0 with the rounding of the other values.
            const size = Math.max(...values.map(Math.abs));
            if (thresholds && !same(thresholds[0], thresholds[1], size))
              found('threshold', thresholds, type.state[name]?.unit ?? '1');
            const beyond = thresholds && [-size, size].map((further) => thresholds[0] + further);
            const value = beyond?.find((one) => valueIn(source, event.when, scope(at(one))) !== 0);
            if (value !== undefined && k === 0) above = new Map([...(above ?? []), [name, value]]);
          }
        }
        const spikesAt = (state: State): readonly [number, number] => [
          Number(valueIn(source, event.when, scope(state)) !== 0),
          Number(valueIn(target, otherEvent.when, otherScope(moved(state))) !== 0),
        ];
        const disagreeing =
          event.edge === otherEvent.edge && !ofEvents.has(population)
            ? points.map(spikesAt).find(([a, b]) => a !== b)
            : undefined;
        if (disagreeing) found('spike condition', disagreeing, '1');
        for (const point of ofEvents.has(population) ? points.slice(0, plain) : points) {
          const [after, otherAfter] = [new Map(point), moved(point)];
          perform(event.do, scope(after), after);
          perform(otherEvent.do, otherScope(otherAfter), otherAfter);
          for (const [name, { unit }] of Object.entries(type.state)) {
            if (!names.has(name)) continue;
            const [as, factor] = names.get(name)!;
            const values = [after.get(name) ?? 0, (otherAfter.get(as) ?? 0) / factor] as const;
            if (!same(...values, Math.abs(point.get(name) ?? 0))) found(`reset of ${name}`, values, unit);
          }
          const [refractory, otherRefractory] = [event.refractory, otherEvent.refractory];
          if (refractory?.while || otherRefractory?.while) {
            const whiles = [refractory?.while, otherRefractory?.while] as const;
            const isAlike =
              whiles[0] &&
              whiles[1] &&
              (valueIn(source, whiles[0], scope(point)) !== 0) ===
                (valueIn(target, whiles[1], otherScope(moved(point))) !== 0);
            if (!isAlike && !(isCrossing(event) && isCrossing(otherEvent)))
              inEvents(population, 'refractory conditions of other kinds');
            continue;
          }
          if (event.edge !== otherEvent.edge) continue;
          // Other notations count refractory periods by states of their own.
          const isCounted = (refractory === undefined) !== (otherRefractory === undefined);
          if (refractory && otherRefractory) {
            const heldThere = new Set(otherRefractory.rate);
            const one = [...names].find(([name, [as]]) => refractory.rate.includes(name) !== heldThere.has(as));
            const isHeld = (name: string): number => (refractory.rate.includes(name) ? 0 : 1);
            if (one && isLongerThanAStep(refractory, scope(after)))
              found(`rate of ${one[0]} in the refractory period`, [isHeld(one[0]), 1 - isHeld(one[0])], '1');
          }
          const periods = [
            periodOf(event, isCounted, scope, new Map([...after, ...(above ?? [])])),
            periodOf(otherEvent, isCounted, otherScope, new Map([...otherAfter, ...moved(above ?? new Map())])),
          ] as const;
          if (!same(...periods, 0)) found('refractory period', periods, 's');
        }
      }
    } catch (error) {
      if (!(error instanceof NoNumber || error instanceof RangeError)) throw error;
      apart.add(population);
      because(population, error.message);
    }
  }
  const effects = comparedEffects(source, target, cells, same);
  const models = [source, target] as const;
  const [stages, operations] = [
    compareProtocols(models, protocols, scopedPairs, { until, ran }, same),
    compareOperations(models, scopedPairs, same),
  ];
  return {
    ...effects,
    differences: [...differences, ...effects.differences, ...stages.differences, ...operations.differences],
    rows: [...effects.rows, ...stages.rows, ...operations.rows],
    apart: [...new Set([...apart, ...partly])],
    reasons: listsOf(reasons),
    ofEvents: listsOf(ofEvents),
    looked,
    receivers: receiversIn(cells),
    oneWay,
    rounding,
  };
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
  if (!isCounted || isReady(0)) return 0;
  if (!isReady(longestPeriod)) throw new NoNumber('refractoriness');
  return changeOf(isReady, 0, longestPeriod);
}

/** Returns the value at which a test changes, by bisection between values of other results. */
function changeOf(test: (value: number) => boolean, from: number, to: number): number {
  const first = test(from);
  let [a, b] = [from, to];
  for (let k = 0; k < 60; k += 1) {
    const middle = (a + b) / 2;
    if (test(middle) === first) a = middle;
    else b = middle;
  }
  return b;
}

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

const listOf = (names: readonly string[]): string => names.join(', ');

/** Returns the values of a cell at a state, with its currents. */
function scopeWithInputs(
  valid: ValidModel,
  population: string,
  cell: number,
  type: NeuronType,
  owner: Population,
  inputs: CellInputs,
): (state: State, populations?: ValidModel['model']['populations']) => Scope {
  return (state, populations) => {
    const scope: Scope = scopeOf(type, populations?.[population] ?? owner, cell, state, valid, (name) =>
      type.inputs[name]?.reduce === 'sum' ? inputs.valueOf(population, cell, name, scope) : undefined,
    );
    return scope;
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
      return [changeOf(first, from, endOf(wider)), isSame ? null : changeOf(second, from, endOf(further))];
    }
  return undefined;
}
