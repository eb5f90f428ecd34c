/**
 * Keys of phases: `population.variable`, `projection[0:10:2].variable`, `population[1, 3].variable`; on cells with
 * compartments also `population.mechanism.variable`.
 */

import { numbersOf } from './arrays.js';
import type { ArrayValue, DataStore } from './model.js';
import { inSlice } from './selected.js';

/** Target of a key: a variable of a population or projection, or of some of its elements. */
export interface Assigned {
  /** A population or projection; empty if a selection accompanies the values. */
  readonly owner: string;
  /** Start, end (not included) and step of the elements; absent: not limited so. */
  readonly slice?: readonly [number, number, number];
  /** Numbers of the elements; absent: not limited so. */
  readonly indices?: readonly number[];
  /** A variable, a mechanism's variable as `mechanism.variable`, or the pathway that gets a delay. */
  readonly variable: string;
}

/** Parses a key. A key without an owner is a variable of the selection that accompanies it. */
export function assignedBy(key: string): Assigned {
  const [, owner = '', inside, variable = key] = /^(\w+)(?:\[([^\]]*)\])?\.(\w+(?:\.\w+)?)$/.exec(key) ?? [];
  if (inside === undefined) return { owner, variable };
  const numbers = inside.split(inside.includes(':') ? ':' : ',').map(Number);
  const [from = 0, until = 0, by = 1] = numbers;
  return inside.includes(':') ? { owner, slice: [from, until, by], variable } : { owner, indices: numbers, variable };
}

/** Returns the key of a target: the text that `assignedBy` parses. */
export function assignedKey({ owner, slice, indices, variable }: Assigned): string {
  const range = slice && (slice[2] === 1 ? slice.slice(0, 2) : slice).join(':');
  const elements = range ?? indices?.join(', ');
  return `${owner}${elements === undefined ? '' : `[${elements}]`}${owner === '' ? '' : '.'}${variable}`;
}

/** Returns the elements or synapses that a key names by number; undefined for all. */
export function numbersIn({ slice, indices }: Pick<Assigned, 'slice' | 'indices'>): readonly number[] | undefined {
  return slice ? inSlice(slice) : indices;
}

/** Returns the numbers of the synapses in a slice or list of a selection; undefined for all. */
export const synapsesIn = (
  { slice, indices }: Pick<Assigned, 'slice'> & { readonly indices?: ArrayValue },
  data: DataStore,
): readonly number[] | undefined =>
  indices === undefined ? numbersIn(slice ? { slice } : {}) : Array.from(numbersOf(indices, data));
