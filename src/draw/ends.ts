/**
 * Turns ends of projections into lists of elements, and projections between selections into projections between pieces
 * of populations.
 */

import type { ConnectionRule, DataStore, Places, Projection, SelectionRule, Value } from '../model/typed.js';
import { limits } from '../diagnostics/limits.js';
import { arrayOf } from '../model/arrays.js';
import { CannotDraw } from './generators.js';
import { none, type Elements } from './drawn-model.js';
import * as messages from './messages.js';
import type { DrawnArrays } from './arrays.js';

/** Whether lowering takes a selection as an end as it is: a population, or a slice of it without gaps. */
export function isPlain(rule: SelectionRule): boolean {
  return rule.kind === 'synapses' || (rule.kind === 'slice' && (rule.slice?.[2] ?? 1) === 1);
}

/** Elements of a selection of populations. */
export function elementsOf(rule: SelectionRule, sizes: (population: string) => number, data: DataStore): Elements {
  const single = (population: string, indices: Uint32Array): Elements => ({
    populations: [population],
    ordinals: new Uint16Array(indices.length),
    indices,
  });
  switch (rule.kind) {
    case 'assembly':
      return joined(rule.assembly.map((part) => elementsOf(part, sizes, data)));
    case 'indices':
      return single(rule.population, Uint32Array.from(arrayOf(rule.indices, data)));
    case 'mask': {
      const mask = arrayOf(rule.mask, data);
      const all = Uint32Array.from({ length: mask.length }, (_, k) => k);
      return single(
        rule.population,
        all.filter((k) => mask[k] !== 0),
      );
    }
    case 'slice': {
      const [from, until, by] = rule.slice ?? [0, sizes(rule.population), 1];
      const length = Math.max(0, Math.ceil((until - from) / by));
      return single(
        rule.population,
        Uint32Array.from({ length }, (_, k) => from + k * by),
      );
    }
    case 'synapses':
      throw new CannotDraw('a projection onto the synapses of another');
    case 'sample':
      throw new CannotDraw(`a sample of ${rule.population} that has not been drawn`);
    case 'sampleOf':
      throw new CannotDraw('a sample that has not been drawn');
    default:
      return rule satisfies never;
  }
}

/** Elements of several selections, one after another. */
function joined(parts: readonly Elements[]): Elements {
  const populations = [...new Set(parts.flatMap((part) => part.populations))];
  const length = parts.reduce((sum, part) => sum + part.indices.length, 0);
  const ordinals = new Uint16Array(length);
  const indices = new Uint32Array(length);
  let at = 0;
  for (const part of parts) {
    const partPopulations = part.populations.map((population) => populations.indexOf(population));
    for (let k = 0; k < part.indices.length; k++, at++) {
      ordinals[at] = partPopulations[part.ordinals[k] as number] as number;
      indices[at] = part.indices[k] as number;
    }
  }
  return { populations, ordinals, indices };
}

/**
 * Returns for each element of the sending end the number of the same element at the receiving end, or none; null if the
 * ends have no common element.
 */
export function sameTargetsOf(pre: Elements, post: Elements): Uint32Array | null {
  const places = new Map<string, Uint32Array>();
  post.populations.forEach((population, ordinal) => {
    if (!pre.populations.includes(population)) return;
    let most = 0;
    for (let k = 0; k < post.indices.length; k++)
      if (post.ordinals[k] === ordinal) most = Math.max(most, (post.indices[k] as number) + 1);
    const place = new Uint32Array(most).fill(none);
    for (let k = 0; k < post.indices.length; k++)
      if (post.ordinals[k] === ordinal) place[post.indices[k] as number] = k;
    places.set(population, place);
  });
  if (places.size === 0) return null;
  const byOrdinal = pre.populations.map((population) => places.get(population));
  const result = new Uint32Array(pre.indices.length);
  for (let k = 0; k < result.length; k++)
    result[k] = byOrdinal[pre.ordinals[k] as number]?.[pre.indices[k] as number] ?? none;
  return result.some((target) => target !== none) ? result : null;
}

/** An element that occurs twice in an end has no unique number there. */
export function checkDistinct(elements: Elements, what: string): void {
  const seen = elements.populations.map(() => new Set<number>());
  for (let k = 0; k < elements.indices.length; k++) {
    const of = seen[elements.ordinals[k] as number];
    const index = elements.indices[k] as number;
    if (of?.has(index)) throw new CannotDraw(`${what} that names element ${index} of a population twice`);
    of?.add(index);
  }
}

/** Both ends of synapses, as numbered within the ends. */
export interface Pairs {
  /** Number of each synapse's element within the sending end. */
  readonly sources: ArrayLike<number>;
  /** Number of each synapse's element within the receiving end. */
  readonly targets: ArrayLike<number>;
}

/** Both ends of each synapse of rules without chance, in order of creation; null for others. */
export function pairsOf(
  rules: readonly ConnectionRule[],
  pre: number,
  post: number,
  sameTarget: Uint32Array | null,
  data: DataStore,
): Pairs | null {
  const lists: Pairs[] = [];
  for (const rule of rules) {
    switch (rule.rule) {
      case 'all':
        lists.push(allPairs(pre, post, rule.self ? null : sameTarget));
        break;
      case 'oneToOne': {
        const both = Uint32Array.from({ length: Math.min(pre, post) }, (_, k) => k);
        lists.push({ sources: both, targets: both });
        break;
      }
      case 'list':
        lists.push({ sources: arrayOf(rule.sources, data), targets: arrayOf(rule.targets, data) });
        break;
      default:
        return null;
    }
  }
  const [only] = lists;
  if (lists.length === 1 && only) return only;
  const joined = (side: 'sources' | 'targets'): Uint32Array => {
    const all = new Uint32Array(lists.reduce((sum, list) => sum + list[side].length, 0));
    let at = 0;
    for (const list of lists) for (let k = 0; k < list[side].length; k++) all[at++] = list[side][k] as number;
    return all;
  };
  return { sources: joined('sources'), targets: joined('targets') };
}

function allPairs(pre: number, post: number, leftOut: Uint32Array | null): Pairs {
  const count = pre * post - (leftOut ? leftOut.reduce((sum, target) => sum + (target === none ? 0 : 1), 0) : 0);
  const sources = new Uint32Array(count);
  const targets = new Uint32Array(count);
  let k = 0;
  for (let i = 0; i < pre; i++) {
    const skipped = leftOut?.[i] ?? none;
    for (let j = 0; j < post; j++) {
      if (j === skipped) continue;
      sources[k] = i;
      targets[k++] = j;
    }
  }
  return { sources, targets };
}

/** The synapses from one population to another. */
interface Piece {
  readonly from: string;
  readonly to: string;
  /** Numbers of the synapses in order of creation; null for all. */
  readonly at: Uint32Array | null;
}

/** A projection between populations instead of one between selections. */
interface SplitPiece {
  readonly name: string;
  readonly projection: Projection;
  /** Numbers of its synapses in order of creation; null for all, or if they are unknown. */
  readonly at: Uint32Array | null;
}

/** Projections between populations instead of one with listed connections between selections. */
export function splitList(
  name: string,
  projection: Projection,
  pre: Elements,
  post: Elements,
  pairs: Pairs,
  data: DrawnArrays,
  most: number,
): SplitPiece[] {
  const pieces = piecesOf(pre, post, pairs, (count) => requireFew(name, count, most));
  return pieces.map(({ from, to, at }) => {
    const count = at?.length ?? pairs.sources.length;
    const sources = new Uint32Array(count);
    const targets = new Uint32Array(count);
    for (let k = 0; k < count; k++) {
      const synapse = at ? (at[k] as number) : k;
      sources[k] = pre.indices[pairs.sources[synapse] as number] as number;
      targets[k] = post.indices[pairs.targets[synapse] as number] as number;
    }
    const taken = (values: Readonly<Record<string, Value>>): Record<string, Value> =>
      Object.fromEntries(Object.entries(values).map(([key, value]) => [key, partOf(value, at, data)]));
    const rule: ConnectionRule = { rule: 'list', sources: data.keep(sources), targets: data.keep(targets) };
    return {
      name: pieces.length === 1 ? name : pieceName(name, from, to),
      projection: {
        ...placed(between(projection, from, to), at, data),
        connect: [rule],
        values: taken(projection.values),
        delays: taken(projection.delays),
      },
      at,
    };
  });
}

/** Pairs by the populations that they connect. `require` checks the number of pieces so far. */
function piecesOf(
  pre: Elements,
  post: Elements,
  { sources, targets }: Pairs,
  require: (count: number) => void,
): readonly Piece[] {
  const [first, second] = [pre.populations[0] ?? '', post.populations[0] ?? ''];
  if (pre.populations.length === 1 && post.populations.length === 1) return [{ from: first, to: second, at: null }];
  const width = post.populations.length;
  const keyOf = (k: number): number =>
    (pre.ordinals[sources[k] as number] as number) * width + (post.ordinals[targets[k] as number] as number);
  const counts = new Map<number, number>();
  for (let k = 0; k < sources.length; k++) {
    const key = keyOf(k);
    const count = counts.get(key);
    counts.set(key, (count ?? 0) + 1);
    if (count === undefined) require(counts.size);
  }
  if (counts.size === 0) return [{ from: first, to: second, at: null }];
  const lists = new Map([...counts].map(([key, count]) => [key, { at: new Uint32Array(count), next: 0 }]));
  for (let k = 0; k < sources.length; k++) {
    const list = lists.get(keyOf(k));
    if (list) list.at[list.next++] = k;
  }
  return [...lists].map(([key, { at }]) => ({
    from: pre.populations[Math.floor(key / width)] ?? '',
    to: post.populations[key % width] ?? '',
    at,
  }));
}

/** Splits a projection between selections into projections between populations, for connections drawn on the target. */
export function splitDrawn(name: string, projection: Projection, pre: Elements, post: Elements): SplitPiece[] {
  const many = pre.populations.length * post.populations.length > 1;
  return pre.populations.flatMap((from) =>
    post.populations.map((to) => ({
      name: many ? pieceName(name, from, to) : name,
      projection: between(projection, from, to),
      at: null,
    })),
  );
}

/**
 * Checks the number of projections that replace one between assemblies.
 *
 * @diagnostic draw/too-many-pieces
 */
export function requireFew(name: string, count: number, most: number): void {
  if (count > 1 && count > most) throw new CannotDraw(messages.tooManyPieces(name, count, limits.projectionPieces));
}

const pieceName = (name: string, from: string, to: string): string => `${name}_${from}_${to}`;

const between = (projection: Projection, from: string, to: string): Projection => ({
  ...projection,
  from: { ...projection.from, of: { kind: 'slice', population: from } },
  to: { ...projection.to, of: { kind: 'slice', population: to } },
});

/** Some of the places. */
const placesAt = ({ sections, section, fraction }: Places, at: Uint32Array, data: DrawnArrays): Places => ({
  sections,
  section: partOf(section, at, data),
  fraction: partOf(fraction, at, data),
});

/** The places of some of the synapses. */
function placed(projection: Projection, at: Uint32Array | null, data: DrawnArrays): Projection {
  if (!at) return projection;
  const some = (end: Projection['from']): Projection['from'] =>
    end.places ? { ...end, places: placesAt(end.places, at, data) } : end;
  return { ...projection, from: some(projection.from), to: some(projection.to) };
}

/** The part of a value that is for some of the synapses. */
export function partOf(value: Value, at: Uint32Array | null, data: DrawnArrays): Value {
  if (at === null || typeof value !== 'object' || value.kind !== 'array' || value.columns !== undefined) return value;
  const array = arrayOf(value.array, data.store);
  return { kind: 'array', array: data.keep(Float64Array.from(at, (k) => array[k] as number)) };
}
