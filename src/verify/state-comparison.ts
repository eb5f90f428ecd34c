/**
 * Compares two models at states along a run, without a step: rates, thresholds, resets, refractory periods, and the
 * effects and delays of synapses. Differences by more than rounding are differences of the models.
 */

import type { Expression } from '../lang/ast.js';
import { NoNumber } from '../lang/evaluate.js';
import { namesIn, writtenBy } from '../lang/walk.js';
import { near, sequence, valueAt } from '../library/recognise/numbers.js';
import { numbersOf } from '../model/arrays.js';
import { populationsOf } from '../model/selected.js';
import type { NeuronType, Projection, Sum, ValidModel } from '../model/typed.js';
import { areInFile } from '../model/tagged.js';
import { writtenSelection } from '../model/typed-model.js';
import {
  isAtOneStep,
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
  type StructuredCell,
} from './compartment-comparison.js';
import { cellType, perform, readByRates, scopeOf, spikeOf, valueOf, type Scope } from './element-scope.js';
import { comparedEffects } from './synapse-comparison.js';

/** Returns conditions that hold an equation without a spike. */
const holdsOf = (type: NeuronType, name: string): readonly Expression[] =>
  Object.values(type.events).flatMap(({ refractory }) =>
    refractory?.while && !refractory.suppress && refractory.rate.includes(name) ? [refractory.while] : [],
  );

/**
 * Compares two models at states of their cells, and the spikes that are given.
 *
 * @param options.seconds     time until which spikes are compared
 * @param options.isGathered  whether one of them is of LEMS, with its receptors gathered
 */
export function compareStates(
  given: ValidModel,
  givenTarget: ValidModel,
  cells: readonly CellPair[],
  { seconds, isGathered }: { readonly seconds: number; readonly isGathered: boolean },
): StateComparison {
  const [source, target] = [withoutCompartments(given), withoutCompartments(givenTarget)];
  const differences: StateDifference[] = [];
  const [apart, partly] = [new Set<string>(), new Set<string>()];
  const next = sequence(1);
  let rounding = 0;
  const same = (a: number, b: number, size: number): boolean => {
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
    if (!near(a, b, size)) return false;
    rounding = Math.max(rounding, Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), size));
    return true;
  };
  const seen = new Set<string>();
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
        const isDrivenAlike = drives(source, population) === drives(target, there);
        const compared = compartmentsApart([tree, treeThere], { isDrivenAlike, same });
        if (!compared.isWhole) partly.add(population);
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
      if (!restAtZero(source, population, lone)) throw new NoNumber('a state without a counterpart');
      // Currents and receptors of LEMS are parameters and states of other notations: changes of rates lack them.
      const isDrivenAlike = drives(source, population, read) === drives(target, there, readThere);
      const isResting = restAtFirst(target, there, loneThere);
      if (!isDrivenAlike || !restAtZero(target, there, loneThere)) partly.add(population);
      const scope = (state: ReadonlyMap<string, number>): Scope => scopeOf(type, own, cell, state, source);
      const moved = (state: State): Map<string, number> =>
        new Map(
          [...state].flatMap(([name, value]) => {
            const [as, factor] = names.get(name) ?? [];
            return as === undefined || factor === undefined ? [] : [[as, value * factor] as const];
          }),
        );
      const otherScope = (state: ReadonlyMap<string, number>): Scope =>
        scopeOf(otherType, other, element, state, target);
      const found = (quantity: string, values: StateDifference['values'], unit: string): void => {
        if (!differences.some((one) => one.population === population && one.quantity === quantity))
          differences.push({ population, cell, quantity, values, unit });
      };
      const points = [...states, ...moreStates(states, next)];
      const [event, otherEvent] = [spikeOf(type), spikeOf(otherType)];
      for (const [name, { initial, unit }] of Object.entries(type.state)) {
        if (!names.has(name)) continue;
        const [as, factor] = names.get(name)!;
        const values = [
          valueOf(own.values[name] ?? initial, cell, scope(new Map()), source),
          otherScope(new Map())(as) / factor,
        ] as const;
        if (!same(...values, 0)) found(`first ${name}`, values, unit);
        const held = holdsOf(type, name);
        const rates = points.map(
          (state) =>
            [
              type.derivatives[name] ? valueAt(type.derivatives[name].rate, scope(state)) : 0,
              otherType.derivatives[as]
                ? valueAt(otherType.derivatives[as].rate, otherScope(moved(state))) / factor
                : 0,
            ] as const,
        );
        // Rates of held equations may be written as zero.
        for (const [k, [, rate]] of rates.entries())
          if (rate === 0 && held.some((when) => valueAt(when, scope(points[k] as State)) !== 0)) rates[k] = [0, 0];
        if (isGathered && !isResting) continue;
        const [base] = isGathered && !isDrivenAlike ? rates : [];
        const size = Math.max(...rates.map(([rate]) => Math.abs(rate)).filter(Number.isFinite));
        const apartIn = rates.find(([a, b]) => !same(a - (base?.[0] ?? 0), b - (base?.[1] ?? 0), size * 1e-2));
        if (apartIn) found(`rate of ${name}`, apartIn, `(${unit})/s`);
      }
      if (event && otherEvent) {
        let above: State | undefined;
        for (const name of [...namesIn(event.when)].filter((one) => type.state[one])) {
          const [point] = points;
          if (!point) continue;
          const at = (value: number): State => new Map([...point, [name, value]]);
          const values = points.map((state) => state.get(name) ?? 0);
          const thresholds = crossings(
            values,
            (value) => valueAt(event.when, scope(at(value))) !== 0,
            (value) => valueAt(otherEvent.when, otherScope(moved(at(value)))) !== 0,
          );
          // Other conditions, such as a peak, have no threshold: only runs tell.
          if (thresholds?.[1] === null) throw new NoNumber('a condition of another kind');
          // Bisection leaves a threshold of 0 with the rounding of the other values.
          const size = Math.max(...values.map(Math.abs));
          if (thresholds && !same(thresholds[0], thresholds[1], size))
            found('threshold', thresholds, type.state[name]?.unit ?? '1');
          const beyond = thresholds && [-size, size].map((further) => thresholds[0] + further);
          const value = beyond?.find((one) => valueAt(event.when, scope(at(one))) !== 0);
          if (value !== undefined) above = new Map([...(above ?? []), [name, value]]);
        }
        for (const point of points) {
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
          // Crossings need no period if the potential falls below the threshold after each spike.
          if (event.edge !== otherEvent.edge) partly.add(population);
          if (event.edge !== otherEvent.edge || refractory?.while || otherRefractory?.while) continue;
          // Other notations count refractory periods by states of their own.
          const isCounted = (refractory === undefined) !== (otherRefractory === undefined);
          if (isCounted && (refractory ?? otherRefractory)!.rate.length > 0) partly.add(population);
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
    }
  }
  const effects = comparedEffects(source, target, cells, same);
  const trains = comparedTrains(source, target, cells, seconds);
  return {
    ...trains,
    ...effects,
    differences: [...differences, ...trains.differences, ...effects.differences],
    apart: [...new Set([...apart, ...partly])],
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

/** Checks whether states of a population keep their first values before the first event. */
function restAtFirst({ model, data }: ValidModel, population: string, names: readonly string[]): boolean {
  const owner = model.populations[population]!;
  const type = model.neurons[owner.type ?? '']!;
  const first = scopeOf(type, owner, 0, new Map(), { model, data });
  return names.every((name) => {
    const rate = type.derivatives[name]?.rate;
    return rate === undefined || valueAt(rate, (read) => (names.includes(read) ? first(read) : 1)) === 0;
  });
}

/** Checks whether states of a population stay 0 without input, as states of receptors do. */
function restAtZero(valid: ValidModel, population: string, names: readonly string[]): boolean {
  const { type = '', values } = valid.model.populations[population]!;
  const { state, events } = valid.model.neurons[type]!;
  const written = writtenBy(Object.values(events).flatMap((event) => event.do));
  const isZero = names.every((name) => (values[name] ?? state[name]!.initial) === 0 && !written.has(name));
  return isZero && restAtFirst(valid, population, names);
}

/** Returns the number of currents and continuous synapses that act on a population, or on some of its variables. */
function drives({ model }: ValidModel, population: string, read?: ReadonlySet<string>): number {
  const acts = (to: Projection['to']['of']): boolean => populationsOf(writtenSelection(to)).includes(population);
  const synapses = Object.values(model.projections).filter(({ to, synapse, receptors }) => {
    const { contributes, summed } = model.synapses[synapse]!;
    const isRead = ({ to: { variable } }: Sum): boolean => read?.has(receptors[variable] ?? variable) ?? true;
    return acts(to.of) && [...contributes, ...summed].some(isRead);
  });
  return synapses.length + Object.values(model.stimuli).filter(({ to }) => acts(to)).length;
}

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

/** Returns the given spikes of each element of a population until a time in s; undefined if it has others. */
function givenTrains(
  { model, data }: ValidModel,
  name: string,
  until: number,
): readonly (readonly number[])[] | undefined {
  const { type, spikes, size = 0 } = model.populations[name] ?? {};
  if (type !== undefined || spikes === undefined || areInFile(spikes)) return undefined;
  const trains: number[][] = Array.from({ length: size }, () => []);
  const times = numbersOf(spikes.times, data);
  numbersOf(spikes.indices, data).forEach((element, k) => times[k]! < until && trains[element]?.push(times[k]!));
  return trains.map((train) => train.sort((a, b) => a - b));
}

/** Compares the times of given spikes. */
function comparedTrains(
  source: ValidModel,
  target: ValidModel,
  cells: readonly CellPair[],
  seconds: number,
): Pick<StateComparison, 'differences' | 'close'> {
  const { dt } = source.model.experiment;
  const trains = new Map<string, ReturnType<typeof givenTrains>>();
  const trainsOf = (valid: ValidModel, name: string): ReturnType<typeof givenTrains> => {
    const key = `${valid === source ? 'source' : 'target'} ${name}`;
    const known = trains.get(key) ?? givenTrains(valid, name, seconds - dt);
    trains.set(key, known);
    return known;
  };
  const differences: StateDifference[] = [];
  let close: StateComparison['close'];
  const found = new Set<string>();
  for (const { population, cell, there, element } of cells) {
    const [own, other] = [trainsOf(source, population)?.[cell], trainsOf(target, there)?.[element]];
    if (!own || !other || found.has(population)) continue;
    const add = (quantity: string, values: StateDifference['values'], unit: string): void => {
      found.add(population);
      differences.push({ population, cell, quantity, values, unit });
    };
    if (own.length !== other.length) add('number of spikes', [own.length, other.length], '1');
    else
      for (const [k, time] of own.entries()) {
        const values = [time, other[k]!] as const;
        if (Math.abs(values[1] - time) > dt * 0.51) {
          add(`spike ${k}`, values, 's');
          break;
        }
        if (isAtOneStep(source, target) && Math.abs(values[1] - time) > dt * 1e-6)
          close ??= { what: 'times of spikes', values };
      }
  }
  return { differences, ...(close ? { close } : {}) };
}
