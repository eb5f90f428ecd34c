/**
 * Splits a projection with individual places of its synapses into projections between populations of compartments: one
 * for each pair of classes at its ends.
 */

import type { DrawnArrays } from '../../draw/arrays.js';
import type { Cells, Part } from '../../draw/drawn-model.js';
import { partOf, type Pairs } from '../../draw/ends.js';
import { arrayOf } from '../../model/arrays.js';
import type { Places, Projection, Value } from '../../model/typed.js';
import type { Tree } from '../../model/compartment-tree.js';

/** One end of a projection: on cells with structure, or on points. */
export interface SplitEnd {
  /** Populations of the elements: one per class, or the population of points. */
  readonly populations: readonly string[];
  /** Cells with structure; null for points. */
  readonly cells: Cells | null;
  /** Class, and ordinal within it, of each compartment; null for points. */
  readonly table: { readonly classes: Uint32Array; readonly ordinals: Uint32Array } | null;
  /** Compartment of each synapse. */
  readonly compartment: (synapse: number) => number;
}

/** A projection between two populations that replaces a part of one between several. */
interface SplitPiece {
  readonly projection: Projection;
  /** Ordinals of the populations of its ends. */
  readonly pre: number;
  readonly post: number;
  /** Numbers of its synapses in order of creation; null for all. */
  readonly at: Uint32Array | null;
}

/** The compartment of each of some places. */
export function compartmentsAt(places: Places, tree: Tree, data: DrawnArrays): (at: number) => number {
  const [section, fraction] = [places.section, places.fraction].map((value) => numberAt(value, data));
  return (at) => tree.placeOf(places.sections[section?.(at) ?? 0] ?? '', fraction?.(at) ?? 0.5);
}

function numberAt(value: Value, data: DrawnArrays): (at: number) => number {
  if (typeof value === 'number') return () => value;
  const numbers = value.kind === 'array' ? arrayOf(value.array, data.store) : [];
  return (at) => numbers[at] ?? 0;
}

/** The pieces of a projection with listed synapses, in the order of their first synapses. */
export function splitByPlace(
  projection: Projection,
  pairs: Pairs,
  pre: SplitEnd,
  post: SplitEnd,
  data: DrawnArrays,
): readonly SplitPiece[] {
  const count = pairs.sources.length;
  const width = post.populations.length;
  const keys = new Uint32Array(count);
  const counts = new Map<number, number>();
  for (let k = 0; k < count; k++) {
    const key = populationOf(pre, k) * width + populationOf(post, k);
    keys[k] = key;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  if (counts.size === 0) counts.set(0, 0);
  const lists = new Map([...counts].map(([key, length]) => [key, { at: new Uint32Array(length), next: 0 }]));
  keys.forEach((key, k) => {
    const list = lists.get(key);
    if (list) list.at[list.next++] = k;
  });
  const single = lists.size === 1;
  return [...lists].map(([key, { at }]) => {
    const synapseNumbers = single ? null : at;
    const taken = (values: Readonly<Record<string, Value>>): Record<string, Value> =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, partOf(value, synapseNumbers, data)]));
    const [from, to] = [Math.floor(key / width), key % width];
    return {
      projection: {
        ...projection,
        from: movedEnd(projection.from, pre, from),
        to: movedEnd(projection.to, post, to),
        connect: [
          {
            rule: 'list',
            sources: data.keep(at.map((k) => elementOf(pre, k, pairs.sources[k] as number))),
            targets: data.keep(at.map((k) => elementOf(post, k, pairs.targets[k] as number))),
          },
        ],
        values: taken(projection.values),
        delays: taken(projection.delays),
      },
      pre: from,
      post: to,
      at: synapseNumbers,
    };
  });
}

const populationOf = ({ table, compartment }: SplitEnd, synapse: number): number =>
  table?.classes[compartment(synapse)] ?? 0;

/** Returns the element of a synapse in its population: compartments are ordered by ordinal and then by cell. */
function elementOf({ table, cells, compartment }: SplitEnd, synapse: number, index: number): number {
  if (!table || !cells) return index;
  return (table.ordinals[compartment(synapse)] ?? 0) * cells.size + cells.first + index;
}

function movedEnd(end: Projection['from'], { table, populations }: SplitEnd, ordinal: number): Projection['from'] {
  const { section: _, fraction: __, places: ___, ...rest } = end;
  return table ? { ...rest, of: { kind: 'slice', population: populations[ordinal] ?? '' } } : rest;
}

/** Returns the number of synapses of each element of the ends, as numbered within them. */
export const synapsesOfEach = (pairs: Pairs, pre: number, post: number): NonNullable<Part['synapses']> => ({
  pre: tally(pairs.sources, pre),
  post: tally(pairs.targets, post),
});

function tally(indices: ArrayLike<number>, size: number): Uint32Array {
  const counts = new Uint32Array(size);
  for (let k = 0; k < indices.length; k++) counts[indices[k] as number] = (counts[indices[k] as number] ?? 0) + 1;
  return counts;
}
