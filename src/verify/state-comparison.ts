/**
 * Compares two models at states along a run, without a step: rates, thresholds, resets, refractory periods, and the
 * effects and delays of synapses. Differences by more than rounding are differences of the models.
 */

import type { Statement } from '../lang/ast.js';
import { NoNumber } from '../lang/evaluate.js';
import { namesIn, writtenBy } from '../lang/walk.js';
import { near, sequence, valueAt } from '../library/recognise/numbers.js';
import { arrayOf, numbersOf } from '../model/arrays.js';
import { elementsIn, populationOf, populationsOf } from '../model/selected.js';
import {
  isNeuronType,
  type NeuronType,
  type Population,
  type Projection,
  type SynapseType,
  type ValidModel,
  type Value,
} from '../model/typed.js';
import { areInFile } from '../model/tagged.js';
import { writtenSelection } from '../model/typed-model.js';

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

type Scope = (name: string) => number;

/** Returns the value of an element. @throws NoNumber */
function valueOf(value: Value, element: number, scope: Scope, { data }: ValidModel): number {
  if (typeof value === 'number') return value;
  if (value.kind === 'expression') return valueAt(value.expression, scope);
  if (value.kind === 'array') return Number(arrayOf(value.array, data)[element] ?? NaN);
  throw new NoNumber('a drawn value');
}

/** Returns the names of an element of a type: its state, parameters, inputs without events, and derived variables. */
function scopeOf(
  type: NeuronType | SynapseType,
  owner: Pick<Population, 'values'>,
  element: number,
  state: ReadonlyMap<string, number>,
  valid: ValidModel,
  more: (name: string) => number | undefined = () => undefined,
): Scope {
  const scope: Scope = (name) => {
    const known = state.get(name) ?? more(name);
    if (known !== undefined) return known;
    const [parameter, variable, derived] = [type.parameters[name], type.state[name], type.derived[name]];
    if (derived) return valueAt(derived.value, scope);
    const value = owner.values[name] ?? parameter?.value ?? variable?.initial;
    if ((parameter || variable) && value !== undefined) return valueOf(value, element, scope, valid);
    if (isNeuronType(type) && type.inputs[name]) return type.inputs[name].reduce === 'sum' ? 0 : 1;
    if (name === 'i') return element;
    if (name === 't') return 0;
    if (name === 'dt') return valid.model.experiment.dt;
    throw new NoNumber(name);
  };
  return scope;
}

/** Runs statements on variables. @param into  the variables that they change */
function perform(statements: readonly Statement[], scope: Scope, into: Map<string, number>): void {
  for (const statement of statements) {
    if (statement.kind !== 'assignment') throw new NoNumber('a delayed effect');
    const { target, operator } = statement;
    const value = valueAt(statement.value, scope);
    const before = operator === '=' ? 0 : scope(target);
    into.set(
      target,
      { '=': value, '+=': before + value, '-=': before - value, '*=': before * value, '/=': before / value, '%=': NaN }[
        operator
      ],
    );
  }
}

const spikeOf = (type: NeuronType): NeuronType['events'][string] | undefined =>
  type.events['spike'] ?? Object.values(type.events)[0];

/** Returns a population of a model and its type. @throws NoNumber for types whose state has other parts */
function cellType(valid: ValidModel, name: string): readonly [Population, NeuronType] {
  const population = valid.model.populations[name];
  const type = valid.model.neurons[population?.type ?? ''];
  if (!population || !type) throw new NoNumber('no equations');
  const isPlain = Object.keys(type.regimes).length === 0 && !type.compartments && !type.cable && !population.linked;
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
  source: ValidModel,
  target: ValidModel,
  cells: readonly CellPair[],
  { seconds, isGathered }: { readonly seconds: number; readonly isGathered: boolean },
): StateComparison {
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
  for (const pair of cells) {
    const { population, cell, there, element, names } = pair;
    // Sources of listed spikes are compared by their spikes.
    if (apart.has(population) || source.model.populations[population]?.type === undefined) continue;
    try {
      const [own, type] = cellType(source, population);
      const [other, otherType] = cellType(target, there);
      const lone = Object.keys(type.state).filter((name) => !names.has(name));
      const images = new Set([...names.values()].map(([as]) => as));
      const loneThere = Object.keys(otherType.state).filter((name) => !images.has(name));
      if (!restAtZero(source, population, lone)) throw new NoNumber('a state without a counterpart');
      // Currents and receptors of LEMS are parameters and states of other notations: changes of rates lack them.
      const isDrivenAlike = drives(source, population) === drives(target, there);
      const isResting = restAtZero(target, there, loneThere);
      if (!isResting || !isDrivenAlike) partly.add(population);
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
      const points = [...pair.states, ...moreStates(pair.states, next)];
      const [event, otherEvent] = [spikeOf(type), spikeOf(otherType)];
      for (const [name, { initial, unit }] of Object.entries(type.state)) {
        if (!names.has(name)) continue;
        const [as, factor] = names.get(name)!;
        const values = [
          valueOf(own.values[name] ?? initial, cell, scope(new Map()), source),
          otherScope(new Map())(as) / factor,
        ] as const;
        if (!same(...values, 0)) found(`first ${name}`, values, unit);
        const rates = points.map(
          (state) =>
            [
              type.derivatives[name] ? valueAt(type.derivatives[name].rate, scope(state)) : 0,
              otherType.derivatives[as]
                ? valueAt(otherType.derivatives[as].rate, otherScope(moved(state))) / factor
                : 0,
            ] as const,
        );
        if (isGathered && !isResting) continue;
        const [base] = isGathered && !isDrivenAlike ? rates : [];
        const size = Math.max(...rates.map(([rate]) => Math.abs(rate)).filter(Number.isFinite));
        const apartIn = rates.find(([a, b]) => !same(a - (base?.[0] ?? 0), b - (base?.[1] ?? 0), size * 1e-2));
        if (apartIn) found(`rate of ${name}`, apartIn, `(${unit})/s`);
      }
      if (event && otherEvent) {
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
          if (thresholds && !same(thresholds[0], thresholds[1], 0))
            found('threshold', thresholds, type.state[name]?.unit ?? '1');
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
          // Other notations count refractory periods by states of their own.
          if ((event.refractory === undefined) !== (otherEvent.refractory === undefined))
            throw new NoNumber('refractoriness');
          const [period, otherPeriod] = [event.refractory?.for, otherEvent.refractory?.for];
          const periods = [
            period ? valueAt(period, scope(after)) : 0,
            otherPeriod ? valueAt(otherPeriod, otherScope(otherAfter)) : 0,
          ] as const;
          if (!event.refractory?.while && !otherEvent.refractory?.while && !same(...periods, 0))
            found('refractory period', periods, 's');
        }
      }
    } catch (error) {
      if (!(error instanceof NoNumber || error instanceof RangeError)) throw error;
      apart.add(population);
    }
  }
  const effects = comparedEffects(source, target, cells);
  const trains = comparedTrains(source, target, cells, seconds);
  return {
    ...trains,
    ...effects,
    differences: [...differences, ...trains.differences, ...effects.differences],
    apart: [...new Set([...apart, ...partly])],
    rounding,
  };
}

/** Checks whether states of a population rest at 0, so that both models can be compared there: those of receptors. */
function restAtZero({ model }: ValidModel, population: string, names: readonly string[]): boolean {
  const { type = '', values } = model.populations[population]!;
  const { state, derivatives, events } = model.neurons[type]!;
  const written = writtenBy(Object.values(events).flatMap((event) => event.do));
  return names.every((name) => {
    const rate = derivatives[name]?.rate;
    const isResting = rate === undefined || valueAt(rate, (read) => (names.includes(read) ? 0 : 1)) === 0;
    return (values[name] ?? state[name]!.initial) === 0 && !written.has(name) && isResting;
  });
}

/** Returns the number of currents and continuous synapses that act on a population. */
function drives({ model }: ValidModel, population: string): number {
  const acts = (to: Projection['to']['of']): boolean => populationsOf(writtenSelection(to)).includes(population);
  const synapses = Object.values(model.projections).filter(({ to, synapse }) => {
    const { contributes, summed } = model.synapses[synapse]!;
    return acts(to.of) && contributes.length + summed.length > 0;
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
      const bisected = (test: (value: number) => boolean): number | null => {
        if (test(from) === test(to)) return null;
        let [a, b] = [from, to];
        for (let k = 0; k < 60; k += 1) {
          const middle = (a + b) / 2;
          if (test(middle) === test(from)) a = middle;
          else b = middle;
        }
        return b;
      };
      return [bisected(first)!, bisected(second)];
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

/** Most synapses whose effects are compared. */
const mostSynapses = 200_000;

/** Effect of a spike on a variable of a cell. */
interface Effect {
  readonly jump: number;
  readonly delay: number;
}

/** Compares effects and delays of synapses on populations that have their variables in both models. */
function comparedEffects(
  source: ValidModel,
  target: ValidModel,
  cells: readonly CellPair[],
): Pick<StateComparison, 'differences' | 'close' | 'synapses'> {
  const own = new Map(cells.map((pair) => [`${pair.population}[${pair.cell}]`, pair]));
  const other = new Map(cells.map((pair) => [`${pair.there}[${pair.element}]`, pair]));
  const ours = effectsIn(
    source,
    (name, cell) => own.get(`${name}[${cell}]`),
    (_, variable) => [variable, 1],
  );
  const theirs = effectsIn(
    target,
    (name, cell) => other.get(`${name}[${cell}]`),
    ({ names }, variable) => {
      const found = [...names].find(([, [as]]) => as === variable);
      return found && [found[0], found[1][1]];
    },
  );
  let close: StateComparison['close'];
  const differences: StateDifference[] = [];
  for (const key of new Set([...ours.effects.keys(), ...theirs.effects.keys()])) {
    const [, from = '', to = '', cell = '', variable = ''] = /^(.*) → (.*)\[(\d+)\]\.(.*)$/.exec(key) ?? [];
    if (ours.unknown.has(to) || theirs.unknown.has(to)) continue;
    const [mine, others] = [ours.effects.get(key) ?? [], theirs.effects.get(key) ?? []].map((list) =>
      list.toSorted((a, b) => a.delay - b.delay || a.jump - b.jump),
    ) as [Effect[], Effect[]];
    const found = (quantity: string, values: StateDifference['values'], unit: string): void =>
      void differences.push({
        population: to,
        cell: Number(cell),
        quantity: `${quantity} of a synapse from ${from}`,
        values,
        unit,
      });
    if (mine.length !== others.length) {
      found('number of effects', [mine.length, others.length], '1');
      continue;
    }
    for (const [k, { jump, delay }] of mine.entries()) {
      const there = others[k]!;
      if (!near(jump, there.jump)) found(`effect on ${variable}`, [jump, there.jump], unitOf(source, to, variable));
      else if (Math.abs(delay - there.delay) > source.model.experiment.dt * 0.51)
        found('delay', [delay, there.delay], 's');
      else {
        if (isAtOneStep(source, target) && !near(delay, there.delay))
          close ??= { what: 'delays', values: [delay, there.delay] };
        continue;
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

const unitOf = ({ model }: ValidModel, population: string, variable: string): string =>
  model.neurons[model.populations[population]?.type ?? '']?.state[variable]?.unit ?? '1';

/** Effects of the synapses of a model. */
interface Effects {
  /** By the source, the cell that receives, and its variable. */
  readonly effects: ReadonlyMap<string, readonly Effect[]>;
  /** Populations of the source model that receive other effects. */
  readonly unknown: ReadonlySet<string>;
}

function effectsIn(
  valid: ValidModel,
  pairOf: (population: string, cell: number) => CellPair | undefined,
  nameOf: (pair: CellPair, variable: string) => readonly [string, number] | undefined,
): Effects {
  const { model } = valid;
  const found = new Map<string, Effect[]>();
  const unknown = new Set<string>();
  let count = 0;
  for (const projection of Object.values(model.projections))
    try {
      for (const { source, receiver, variable, effect } of effectsOf(valid, projection, pairOf, nameOf)) {
        count += 1;
        if (count > mostSynapses) throw new NoNumber('many synapses');
        const key = `${source.population}[${source.cell}] → ${receiver.population}[${receiver.cell}].${variable}`;
        const effects = found.get(key) ?? [];
        effects.push(effect);
        found.set(key, effects);
      }
    } catch (error) {
      if (!(error instanceof NoNumber || error instanceof RangeError)) throw error;
      for (const name of populationsOf(writtenSelection(projection.to.of)))
        unknown.add(pairOf(name, 0)?.population ?? name);
    }
  return { effects: found, unknown };
}

/** Returns the effects of the synapses of a projection on cells that are taken. @throws NoNumber for other effects */
function* effectsOf(
  valid: ValidModel,
  projection: Projection,
  pairOf: Parameters<typeof effectsIn>[1],
  nameOf: Parameters<typeof effectsIn>[2],
): Generator<{
  readonly source: CellPair;
  readonly receiver: CellPair;
  readonly variable: string;
  readonly effect: Effect;
}> {
  const { model, data } = valid;
  const type = model.synapses[projection.synapse]!;
  const [rule] = projection.connect;
  if (rule?.rule !== 'list' || type.contributes.length + type.summed.length > 0)
    throw new NoNumber('continuous effects');
  const ends = [projection.from, projection.to].map((end) => endIn(valid, end));
  const targets = numbersOf(rule.targets, data);
  for (const [synapse, from] of numbersOf(rule.sources, data).entries()) {
    const [pre, post] = [ends[0]!(from), ends[1]!(targets[synapse] ?? 0)];
    const [source, receiver] = [pairOf(...pre), pairOf(...post)];
    if (!source || !receiver) throw new NoNumber('a cell without a counterpart');
    if (!receiver.isTaken) continue;
    const [population, neuron] = cellType(valid, post[0]);
    const cell = scopeOf(neuron, population, post[1], new Map(), valid);
    for (const [name, { on, do: actions, delay }] of Object.entries(type.pathways)) {
      if (on.end !== 'pre') continue;
      const state = new Map<string, number>();
      const scope = scopeOf(type, projection, synapse, state, valid, (variable) =>
        variable.startsWith('post.') ? cell(variable.slice(5)) : type.ports[variable] ? 0 : undefined,
      );
      perform(actions, scope, state);
      const after = valueOf(projection.delays[name] ?? delay, synapse, scope, valid);
      for (const [variable, value] of state) {
        const isPort = type.ports[variable] !== undefined;
        if (!isPort && !variable.startsWith('post.')) continue;
        const on = isPort ? projection.receptors[variable]! : variable.slice(5);
        const [as, factor] = nameOf(receiver, on) ?? [];
        if (as === undefined || factor === undefined) throw new NoNumber('another variable');
        const jump = (value - (isPort ? 0 : cell(on))) / factor;
        yield { source, receiver, variable: as, effect: { jump, delay: after } };
      }
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
