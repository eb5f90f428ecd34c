/** Connections and values of synapses that a named generator draws, receiver by receiver. */

import type { Expression } from '../lang/ast.js';
import type { DrawnValues, Projection } from '../model/typed.js';
import { distancesFrom, distancesTo, measuresOf } from './space/distances.js';
import { inMicrometres, micrometresPerMetre } from './space/micrometres.js';
import { axes, type Places } from './space/axes.js';
import { columnsOf, columnsOfPairs, type Column, type Connector, type ConnectorEnds } from './connectors.js';
import { CannotDraw, drawVector, isDraw, type Generators, type NamedGenerator } from './generators.js';
import { none, type Elements } from './drawn-model.js';
import { pairsOf, type Pairs } from './ends.js';
import type { RandomState } from '../numpy/random-state.js';
import { GrowingIndices, GrowingNumbers } from './growing-arrays.js';
import type { DrawnArrays } from './arrays.js';
import { lengthName, numberFunction } from './numbers.js';
import { settledDraws } from './pair-values.js';

/** A projection and its ends. */
export interface Between {
  readonly name: string;
  readonly projection: Projection;
  /** Elements of the presynaptic end. */
  readonly pre: Elements;
  /** Elements of the postsynaptic end. */
  readonly post: Elements;
  /** For each sender the same element among the receivers, or none; null if the ends have no common element. */
  readonly sameTarget: Uint32Array | null;
  /** Whether both ends are the same elements in the same order. */
  readonly identical: boolean;
  /** Coordinates by population. */
  readonly places: ReadonlyMap<string, Places>;
  /** Where drawn arrays go. */
  readonly data: DrawnArrays;
  /** Time step in s. */
  readonly dt: number;
}

interface RuleGenerator {
  readonly generator?: NamedGenerator;
}

/** One value that is drawn for each synapse. */
interface ValueDraw {
  readonly kind: 'values' | 'delays';
  readonly key: string;
  readonly value: DrawnValues;
  readonly numbers: GrowingNumbers;
}

/** Returns the projection with explicit rules and values, and its pairs if they were drawn. */
export function drawnConnections(
  projection: Projection,
  between: Between,
  generators: Generators,
): { readonly drawn: Projection; readonly pairs: Pairs | null } {
  const { data, dt } = between;
  const { rule, columns } = columnsFor(projection, between, generators);
  const draws = valueDraws(projection);
  const copies = new Copies(draws, generators);
  // Connectors that go through the receivers copy the values' generators before their own draws.
  if (!rule || receiverByReceiver.has(rule.connector)) copies.make();
  const [sources, targets, places] = [new GrowingIndices(), new GrowingIndices(), new GrowingIndices()];
  for (const column of columns) {
    if (rule) {
      sources.append(column.sources, column.count);
      targets.repeat(column.target, column.count);
    } else if (column.at) places.append(column.at, column.count);
    drawColumn(draws, column.count, copies);
  }
  const [values, delays] = [{ ...projection.values }, { ...projection.delays }];
  const at = places.done();
  for (const { kind, key, value, numbers } of draws)
    (kind === 'values' ? values : delays)[key] = {
      kind: 'array',
      array: data.keep(settledDraws(value, backInPlace(numbers.done(), at), dt)),
    };
  if (!rule) return { drawn: { ...projection, values, delays }, pairs: null };
  const pairs = { sources: sources.done(), targets: targets.done() };
  const list = { rule: 'list', sources: data.keep(pairs.sources), targets: data.keep(pairs.targets) } as const;
  return { drawn: { ...projection, connect: [list], values, delays }, pairs };
}

const receiverByReceiver: ReadonlySet<string> = new Set(['fixedProbability', 'probability', 'fixedNumberPre']);

/**
 * Generators of values. PyNN copies a synapse type together with its generators before it makes connections: each value
 * draws from its own copy, values that share a generator get the same numbers, and the generator itself does not
 * move on.
 */
class Copies {
  readonly #draws: readonly ValueDraw[];
  readonly #generators: Generators;
  #states: ReadonlyMap<number, RandomState> | undefined;

  constructor(draws: readonly ValueDraw[], generators: Generators) {
    this.#draws = draws;
    this.#generators = generators;
  }

  /** Copies the generators as they are now, unless that was done before. */
  make(): ReadonlyMap<number, RandomState> {
    this.#states ??= new Map(this.#draws.map(({ value }) => [value.order, this.#generators.of(value).copy()] as const));
    return this.#states;
  }

  of({ order }: DrawnValues): RandomState {
    return this.make().get(order) as RandomState;
  }
}

function valueDraws(projection: Projection): readonly ValueDraw[] {
  return (['values', 'delays'] as const)
    .flatMap((kind) =>
      Object.entries(projection[kind]).flatMap(([key, value]) =>
        isDraw(value) ? [{ kind, key, value, numbers: new GrowingNumbers() }] : [],
      ),
    )
    .sort((a, b) => a.value.order - b.value.order);
}

/** Values of the synapses of one receiver. Draws of one order are one draw: a delay may be needed at several places. */
function drawColumn(draws: readonly ValueDraw[], count: number, copies: Copies): void {
  const done = new Map<number, Float64Array>();
  for (const { value, numbers } of draws) {
    let drawn = done.get(value.order);
    if (!drawn) {
      const state = copies.of(value);
      drawn = drawVector(value.distribution, value.arguments, count, value.anew ? state.copy() : state);
      done.set(value.order, drawn);
    }
    numbers.append(drawn);
  }
}

/** Columns of connections that are drawn, with the rule, or of given ones. */
function columnsFor(
  projection: Projection,
  between: Between,
  generators: Generators,
): { readonly rule: Connector | null; readonly columns: Iterable<Column> } {
  const { name, pre, post, sameTarget, data } = between;
  const [only] = projection.connect;
  if (only?.rule === 'hostDrawn') return drawnColumns(only, between, generators);
  const pairs = pairsOf(projection.connect, pre.indices.length, post.indices.length, sameTarget, data.store);
  if (!pairs)
    throw new CannotDraw(
      `values drawn by a named generator for connections that are drawn on the target (projection ${name})`,
    );
  return { rule: null, columns: columnsOfPairs(pairs.sources, pairs.targets, post.indices.length) };
}

type DrawnRule = Extract<Projection['connect'][number], { rule: 'hostDrawn' | 'csa' }>;

function drawnColumns(
  { arguments: written }: DrawnRule,
  between: Between,
  generators: Generators,
): { readonly rule: Connector; readonly columns: Iterable<Column> } {
  const { pre, post, sameTarget, identical } = between;
  const [n, m] = [pre.indices.length, post.indices.length];
  const rule = written as unknown as Connector & RuleGenerator;
  const ends: ConnectorEnds = { pre: n, post: m, sameSource: inverse(sameTarget, m), identical };
  const columns = columnsOf(rule, ends, {
    state: generators.of(rule.generator ?? { seed: '0' }),
    generatorOf: (draw) => generators.of(draw),
    chances: typeof rule.p === 'object' ? chancesOf(rule.p, between) : () => () => Number(rule.p),
    near: nearOf(inMicrometres(rule.degree ?? 0), between),
  });
  return { rule, columns };
}

/**
 * Replaces the rules that a named generator draws by lists, if there are several rules: synapses are created rule by
 * rule.
 */
export function listedRules(projection: Projection, between: Between, generators: Generators): Projection {
  const connect = projection.connect.map((rule) => {
    if (rule.rule !== 'hostDrawn') return rule;
    const [sources, targets] = [new GrowingIndices(), new GrowingIndices()];
    for (const column of drawnColumns(rule, between, generators).columns) {
      sources.append(column.sources, column.count);
      targets.repeat(column.target, column.count);
    }
    return {
      rule: 'list',
      sources: between.data.keep(sources.done()),
      targets: between.data.keep(targets.done()),
    } as const;
  });
  return { ...projection, connect };
}

function inverse(sameTarget: Uint32Array | null, post: number): Uint32Array | null {
  if (!sameTarget) return null;
  const result = new Uint32Array(post).fill(none);
  for (let source = 0; source < sameTarget.length; source++) {
    const target = sameTarget[source] as number;
    if (target !== none) result[target] = source;
  }
  return result;
}

/** Restores the order of creation for numbers that were drawn column by column. */
function backInPlace(numbers: Float64Array, places: Uint32Array): Float64Array {
  if (places.length === 0) return numbers;
  const result = new Float64Array(numbers.length);
  for (let k = 0; k < places.length; k++) result[places[k] as number] = numbers[k] as number;
  return result;
}

/** Places of the elements of an end. */
function endPlaces({ populations, ordinals, indices }: Elements, places: ReadonlyMap<string, Places>): Places {
  const known = populations.map((population) => {
    const populationPlaces = places.get(population);
    if (!populationPlaces) throw new CannotDraw(`a distance from or to ${population}, which has no positions,`);
    return populationPlaces;
  });
  const along = (axis: 'x' | 'y' | 'z'): Float64Array =>
    Float64Array.from(indices, (index, k) => known[ordinals[k] as number]?.[axis][index] ?? NaN);
  return { x: along('x'), y: along('y'), z: along('z') };
}

/** Receivers within a distance of a sender; places are looked up when the first is asked for. */
function nearOf(degree: number, { projection, pre, post, places }: Between): (source: number) => readonly number[] {
  const measures = measuresOf(projection.space);
  const distances = new Float64Array(post.indices.length);
  let ends: readonly [Places, Places] | undefined;
  return (source) => {
    ends ??= [endPlaces(pre, places), endPlaces(post, places)];
    distancesFrom(measures, ends[0], source, ends[1], distances);
    const near: number[] = [];
    for (let target = 0; target < distances.length; target++)
      if ((distances[target] as number) < degree) near.push(target);
    return near;
  };
}

/** The probabilities of the pairs of a receiver, by an expression of indices, distance and places. */
function chancesOf(
  probability: Expression,
  { projection, pre, post, places }: Between,
): (target: number) => (source: number) => number {
  const measures = measuresOf(projection.space);
  const distances = new Float64Array(pre.indices.length);
  let [i, j] = [0, 0];
  let ends: { readonly pre: Places; readonly post: Places } | undefined;
  let readsDistance = false;
  const read = (name: string): (() => number) => {
    switch (name) {
      case 'i':
        return () => i;
      case 'j':
        return () => j;
      case 'N_pre':
        return () => pre.indices.length;
      case 'N_post':
        return () => post.indices.length;
      default:
        break;
    }
    const length = lengthName(name);
    if (!length) throw new CannotDraw(`a probability that reads ${name}, drawn by a named generator,`);
    ends ??= { pre: endPlaces(pre, places), post: endPlaces(post, places) };
    if (length === 'distance') readsDistance = true;
    const inUm = length === 'distance' ? () => distances[i] as number : along(length, ends);
    return name === length ? () => inUm() / micrometresPerMetre : inUm;
  };
  const along = (
    length: string,
    { pre: from, post: into }: { readonly pre: Places; readonly post: Places },
  ): (() => number) => {
    const [side, axis] = length.split('.');
    const values = (side === 'pre' ? from : into)[axes.find((each) => each === axis) ?? 'x'];
    return side === 'pre' ? () => values[i] as number : () => values[j] as number;
  };
  const chance = numberFunction(probability, read);
  return (target) => {
    j = target;
    if (readsDistance && ends) distancesTo(measures, ends.pre, ends.post, target, distances);
    return (source) => {
      i = source;
      return chance();
    };
  };
}
