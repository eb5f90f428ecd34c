/**
 * Compares two models at states along a run, without a step: rates, thresholds, resets, refractory periods, and the
 * effects and delays of synapses. Differences by more than rounding are differences of the models.
 */

import type { Expression } from '../lang/ast.js';
import { NoNumber } from '../lang/evaluate.js';
import { namesIn, writtenBy } from '../lang/walk.js';
import { near, sequence, valueAt } from '../library/recognise/numbers.js';
import { lengthOf, numbersOf } from '../model/arrays.js';
import { elementsIn, populationOf, populationsOf } from '../model/selected.js';
import type { NeuronType, Population, Projection, Sum, ValidModel } from '../model/typed.js';
import { areInFile } from '../model/tagged.js';
import { writtenSelection } from '../model/typed-model.js';
import {
  cellNumber,
  compartmentsApart,
  structuredCell,
  withoutCompartments,
  type StructuredCell,
} from './compartment-comparison.js';
import { perform, scopeOf, valueOf, type Scope } from './element-scope.js';
import { hasMemory, playedEffects, spikesToPlay, type Effect, type PlayedSpikes } from './played-synapse.js';

/** Variables of a population by name. */
export type State = ReadonlyMap<string, number>;

/** A cell of the source, and the element of the target that it became. */
export interface CellPair {
  readonly population: string;
  readonly cell: number;
  readonly there: string;
  readonly element: number;
  /** Whether the effects of synapses on it are compared. */
  readonly isTaken: boolean;
  /** States of the source along a run. */
  readonly states: readonly State[];
  /** Names of the target's variables and their size relative to the source's. */
  readonly names: ReadonlyMap<string, readonly [name: string, factor: number]>;
}

/** A quantity that differs. */
export interface StateDifference {
  readonly population: string;
  readonly cell: number;
  /** Such as `threshold` or `rate of v`. */
  readonly quantity: string;
  /** Values in SI units of both models; null for a part that one of them lacks. */
  readonly values: readonly [source: number | null, target: number | null];
  /** SI unit of the values. */
  readonly unit: string;
}

/** Result of comparing states. */
export interface StateComparison {
  readonly differences: readonly StateDifference[];
  /** Populations whose states have no counterparts, so that only their runs are compared. */
  readonly apart: readonly string[];
  /** Largest difference of two numbers that are equal up to rounding, relative to their size. */
  readonly rounding: number;
  /** Whether the effects of all synapses were compared. */
  readonly synapses: boolean;
  /** Delays or times of given spikes in s that differ by less than half a step of the source: the first two. */
  readonly close?: { readonly what: string; readonly values: readonly [source: number, target: number] };
}

const spikeOf = (type: NeuronType): NeuronType['events'][string] | undefined =>
  type.events['spike'] ?? Object.values(type.events)[0];

/** Returns conditions that hold an equation without a spike. */
const holdsOf = (type: NeuronType, name: string): readonly Expression[] =>
  Object.values(type.events).flatMap(({ refractory }) =>
    refractory?.while && !refractory.suppress && refractory.rate.includes(name) ? [refractory.while] : [],
  );

/** Returns a population of a model and its type. @throws NoNumber for types whose state has other parts */
function cellType(valid: ValidModel, name: string): readonly [Population, NeuronType] {
  const population = valid.model.populations[name];
  const type = valid.model.neurons[population?.type ?? ''];
  if (!population || !type) throw new NoNumber('no equations');
  const isPlain = Object.keys(type.regimes).length === 0 && !type.compartments && !population.linked;
  if (!isPlain || type.noise.length > 0) throw new NoNumber('regimes or compartments');
  return [population, type];
}

/** Returns states besides those of a run, where terms that were zero in the run count. */
function moreStates(states: readonly State[], next: () => number): readonly State[] {
  const [first] = states;
  if (!first) return [];
  return Array.from(
    { length: 4 },
    () =>
      new Map(
        [...first.keys()].map((name) => {
          const values = states.map((state) => state.get(name) ?? 0).filter(Number.isFinite);
          const [low, high] = [Math.min(...values), Math.max(...values)];
          const middle =
            high - low > 1e-6 * Math.abs(high)
              ? low + (high - low) * next()
              : high === 0
                ? 1e-9
                : high * (0.9 + 0.2 * next());
          return [name, middle] as const;
        }),
      ),
  );
}

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

/** Returns the names that the rates of states read, by derived variables and other states, too. */
function readByRates({ derivatives, derived }: NeuronType, states: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (name: string): void => {
    const read = [derivatives[name]?.rate, derived[name]?.value].flatMap((e) => (e ? [...namesIn(e)] : []));
    for (const one of read.filter((other) => !found.has(other))) {
      found.add(one);
      add(one);
    }
  };
  states.forEach(add);
  return found;
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

/** Checks whether states of a population stay 0 if nothing acts on it: those of receptors. */
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

/** Returns the values at which two conditions change near values of a run; undefined if none was found. */
function crossings(
  values: readonly number[],
  first: (value: number) => boolean,
  second: (value: number) => boolean,
): readonly [number, number | null] | undefined {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const range = high - low || Math.abs(high) / 2 || 1;
  for (let wider = 1; wider <= 4096; wider *= 2)
    for (const [from, to] of [
      [low, high + wider * range],
      [high, low - wider * range],
    ] as const) {
      if (first(from) === first(to)) continue;
      return [changeOf(first, from, to), second(from) === second(to) ? null : changeOf(second, from, to)];
    }
  return undefined;
}

/** Checks whether both have one step: a target that was written for a shorter one has its times on its grid. */
const isAtOneStep = (source: ValidModel, target: ValidModel): boolean =>
  source.model.experiment.dt === target.model.experiment.dt;

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

/** Most synapses whose effects are compared, and most spikes that are played into synapses with memory. */
const [mostSynapses, mostPlayed] = [200_000, 20_000];

/** Least time between spikes of a cell that are played, in s. */
const leastInterval = 3e-3;

/** Effects of the spikes of a cell on a variable of a cell, by one or more synapses. */
interface Effects {
  readonly source: CellPair;
  readonly receiver: CellPair;
  /** Name in the source model. */
  readonly variable: string;
  readonly list: Effect[];
}

/** Compares effects and delays of synapses on populations that have their variables in both models. */
function comparedEffects(
  source: ValidModel,
  target: ValidModel,
  cells: readonly CellPair[],
  same: (a: number, b: number, size: number) => boolean,
): Pick<StateComparison, 'differences' | 'close' | 'synapses'> {
  const { dt } = source.model.experiment;
  const own = new Map(cells.map((pair) => [`${pair.population}[${pair.cell}]`, pair]));
  const other = new Map(cells.map((pair) => [`${pair.there}[${pair.element}]`, pair]));
  const spikes = spikesToPlay(Math.ceil(longestDelay(source) / dt), Math.ceil(leastInterval / dt));
  const rare = Math.ceil((withMemory(source) * (spikes.pre.length + spikes.post.length)) / mostPlayed);
  const playedTo = ({ cell }: CellPair, receiver: CellPair): PlayedSpikes | undefined =>
    (cell + receiver.cell) % Math.max(1, rare) === 0 ? spikes : undefined;
  const ours = effectsIn(source, dt, playedTo, {
    pairOf: (name, cell) => own.get(`${name}[${cell}]`),
    nameOf: (_, variable) => [variable, 1],
  });
  const theirs = effectsIn(target, dt, playedTo, {
    pairOf: (name, cell) => other.get(`${name}[${cell}]`),
    nameOf: ({ names }, variable) => {
      const found = [...names].find(([, [as]]) => as === variable);
      return found && [found[0], found[1][1]];
    },
  });
  let close: StateComparison['close'];
  const differences: StateDifference[] = [];
  for (const key of new Set([...ours.effects.keys(), ...theirs.effects.keys()])) {
    const [mine, others] = [ours.effects.get(key), theirs.effects.get(key)];
    const { source: from, receiver, variable } = (mine ?? others)!;
    const { population, cell } = receiver;
    if (ours.unknown.has(population) || theirs.unknown.has(population)) continue;
    const found = (quantity: string, values: StateDifference['values'], unit: string): void =>
      void differences.push({
        population,
        cell,
        quantity: `${quantity} of a synapse from ${from.population}[${from.cell}]`,
        values,
        unit,
      });
    const lists = [mine, others].map((one) => inOrder(one?.list ?? []));
    const apart = lists[0]!.length === lists[1]!.length ? undefined : lists.map(({ length }) => length);
    if (apart) {
      found('number of effects', [apart[0]!, apart[1]!], '1');
      continue;
    }
    for (const [k, effect] of lists[0]!.entries()) {
      const there = lists[1]![k]!;
      const size = Math.max(...effect.jumps.map(Math.abs));
      const jumpsAt = (spike: number): readonly [number, number] => [jumpOf(effect, spike), jumpOf(there, spike)];
      const all = Array.from({ length: Math.max(effect.jumps.length, there.jumps.length) }, (_, spike) => spike);
      if (Math.abs(effect.delay - there.delay) > dt * 0.51) found('delay', [effect.delay, there.delay], 's');
      else {
        const spike = all.find((number) => !same(...jumpsAt(number), size));
        if (spike === undefined) {
          if (isAtOneStep(source, target) && !near(effect.delay, there.delay))
            close ??= { what: 'delays', values: [effect.delay, there.delay] };
          continue;
        }
        const which = spike === 0 ? 'effect' : `effect of spike ${spike + 1}`;
        found(`${which} on ${variable}`, jumpsAt(spike), unitOf(source, population, variable));
      }
      break;
    }
  }
  return {
    differences,
    ...(close ? { close } : {}),
    synapses: ours.unknown.size + theirs.unknown.size === 0,
  };
}

/** Returns the effect of one spike; without memory, all spikes have the effect of the first. */
const jumpOf = ({ jumps }: Effect, spike: number): number => jumps[spike] ?? jumps[0] ?? 0;

/** Returns effects in an order that both models have. */
const inOrder = (effects: readonly Effect[]): readonly Effect[] =>
  effects.toSorted((a, b) => {
    const apart = a.jumps.findIndex((jump, spike) => jump !== jumpOf(b, spike));
    return a.delay - b.delay || (apart < 0 ? 0 : a.jumps[apart]! - jumpOf(b, apart));
  });

const unitOf = ({ model }: ValidModel, population: string, variable: string): string =>
  model.neurons[model.populations[population]?.type ?? '']?.state[variable]?.unit ?? '1';

/** Returns the number of listed synapses with memory. */
const withMemory = ({ model }: ValidModel): number =>
  Object.values(model.projections).reduce((sum, { synapse, connect: [rule] }) => {
    const isPlayed = rule?.rule === 'list' && hasMemory(model.synapses[synapse]!);
    return sum + (isPlayed ? lengthOf(rule.sources) : 0);
  }, 0);

/** Returns the longest delay of the pathways of a model in s. */
const longestDelay = ({ model, data }: ValidModel): number =>
  Math.max(
    0,
    ...Object.values(model.projections).flatMap(({ synapse, delays }) =>
      Object.entries(model.synapses[synapse]!.pathways).flatMap(([name, pathway]) => {
        const delay = delays[name] ?? pathway.delay;
        if (typeof delay === 'number') return [delay];
        return delay.kind === 'array' ? [numbersOf(delay.array, data).reduce((a, b) => Math.max(a, b), 0)] : [];
      }),
    ),
  );

/** How the cells and variables of a model are named in the source. */
interface Naming {
  readonly pairOf: (population: string, cell: number) => CellPair | undefined;
  readonly nameOf: (pair: CellPair, variable: string) => readonly [name: string, factor: number] | undefined;
}

/** Returns the effects of the synapses of a model, and populations of the source that receive other effects. */
function effectsIn(
  valid: ValidModel,
  dt: number,
  playedTo: (source: CellPair, receiver: CellPair) => PlayedSpikes | undefined,
  naming: Naming,
): { readonly effects: ReadonlyMap<string, Effects>; readonly unknown: ReadonlySet<string> } {
  const { model } = valid;
  const found = new Map<string, Effects>();
  const unknown = new Set<string>();
  let count = 0;
  for (const projection of Object.values(model.projections))
    try {
      for (const [source, receiver, effect] of effectsOf(valid, projection, dt, playedTo, naming)) {
        count += 1;
        if (count > mostSynapses) throw new NoNumber('many synapses');
        const { variable, end } = effect;
        const key = `${source.population}[${source.cell}] → ${receiver.population}[${receiver.cell}].${variable} ${end}`;
        const effects = found.get(key) ?? { source, receiver, variable, list: [] };
        effects.list.push(effect);
        found.set(key, effects);
      }
    } catch (error) {
      if (!(error instanceof NoNumber || error instanceof RangeError)) throw error;
      for (const name of populationsOf(writtenSelection(projection.to.of)))
        unknown.add(naming.pairOf(name, 0)?.population ?? name);
    }
  return { effects: found, unknown };
}

/** Returns the effects of the synapses of a projection on cells that are taken. @throws NoNumber for other effects */
function* effectsOf(
  valid: ValidModel,
  projection: Projection,
  dt: number,
  playedTo: (source: CellPair, receiver: CellPair) => PlayedSpikes | undefined,
  { pairOf, nameOf }: Naming,
): Generator<readonly [source: CellPair, receiver: CellPair, effect: Effect]> {
  const { model, data } = valid;
  const type = model.synapses[projection.synapse]!;
  const [rule] = projection.connect;
  if (rule?.rule !== 'list') throw new NoNumber('connections that are not listed');
  const ends = [projection.from, projection.to].map((end) => endIn(valid, end));
  const targets = numbersOf(rule.targets, data);
  for (const [synapse, from] of numbersOf(rule.sources, data).entries()) {
    const [pre, post] = [ends[0]!(from), ends[1]!(targets[synapse] ?? 0)];
    const [source, receiver] = [pairOf(...pre), pairOf(...post)];
    if (!source || !receiver) throw new NoNumber('a cell without a counterpart');
    if (!receiver.isTaken) continue;
    const [population, neuron] = cellType(valid, post[0]);
    const cell = scopeOf(neuron, population, post[1], new Map(), valid);
    const values = new Map<string, number>();
    const scope = scopeOf(type, projection, synapse, values, valid, (variable) =>
      variable.startsWith('post.') ? cell(variable.slice(5)) : type.ports[variable] ? 0 : undefined,
    );
    const delayOf = (name: string): number =>
      valueOf(projection.delays[name] ?? type.pathways[name]!.delay, synapse, scope, valid);
    const spikes = hasMemory(type) ? playedTo(source, receiver) : undefined;
    for (const effect of playedEffects(type, { scope, values, delayOf, dt, ...(spikes ? { spikes } : {}) })) {
      const on = projection.receptors[effect.variable] ?? effect.variable.replace(/^post\./, '');
      const [variable, factor] = nameOf(receiver, on) ?? [];
      if (variable === undefined || factor === undefined) throw new NoNumber('another variable');
      yield [source, receiver, { ...effect, variable, jumps: effect.jumps.map((jump) => jump / factor) }];
    }
  }
}

/** Returns a function that gives the cell of an index of an end. */
function endIn({ model, data }: ValidModel, { of }: Projection['from']): (index: number) => readonly [string, number] {
  const rule = writtenSelection(of);
  const population = populationOf(rule) ?? '';
  const elements = elementsIn(rule, model.populations[population]?.size ?? 0, data) ?? [];
  return (index) => [population, elements[index] ?? 0];
}
