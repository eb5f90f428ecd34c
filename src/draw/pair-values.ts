/** Values of synapses given or drawn by pair, as lists in order of creation. */

import type { DrawnValues, Value } from '../model/typed.js';
import { arrayOf } from '../model/arrays.js';
import * as messages from './messages.js';
import type { RandomState } from '../numpy/random-state.js';
import { drawVector, CannotDraw, inSi } from './generators.js';
import type { Pairs } from './ends.js';
import type { DrawnArrays } from './arrays.js';
import { numberFunction } from './numbers.js';

/** Values given by a model. */
export type GivenArray = Extract<Value, { kind: 'array' }>;

/** Whether values are given for pairs by pair, which drawing makes explicit. */
export const isForPairs = (value: Value): value is GivenArray =>
  typeof value === 'object' && value.kind === 'array' && (value.pairs !== undefined || value.gaps !== undefined);

/** The synapses of a projection: their ends, and the number of receiving elements. */
export interface Synapses {
  readonly projection: string;
  /** Their ends. */
  readonly pairs: Pairs;
  /** Number of elements of the receiving end. */
  readonly post: number;
}

/** Returns values given for connected pairs, or in a matrix with gaps, for each synapse in order of creation. */
export function explicitValue(what: string, value: GivenArray, synapses: Synapses, data: DrawnArrays): GivenArray {
  const numbers = arrayOf(value.array, data.store);
  const places = value.pairs === 'connected' ? ranksOf(synapses) : cellsOf(synapses, value.columns ?? synapses.post);
  if (value.pairs === 'connected') {
    const count = places.reduce((most, place) => Math.max(most, place + 1), 0);
    if (count !== numbers.length)
      throw new CannotDraw(messages.wrongNumberOfPairs(what, synapses.projection, count, numbers.length));
  }
  const gaps = new Set(value.gaps === undefined ? [] : Array.from(arrayOf(value.gaps, data.store)));
  const missing = places.findIndex((place) => gaps.has(place));
  if (missing >= 0) {
    const { sources, targets } = synapses.pairs;
    throw new CannotDraw(
      messages.noValueForPair(what, synapses.projection, sources[missing] as number, targets[missing] as number),
    );
  }
  return { kind: 'array', array: data.keep(Float64Array.from(places, (place) => numbers[place] as number)) };
}

/** The place of each synapse's pair in a matrix of all pairs, row by row. */
const cellsOf = ({ pairs: { sources, targets } }: Synapses, columns: number): Float64Array =>
  Float64Array.from({ length: sources.length }, (_, k) => (sources[k] as number) * columns + (targets[k] as number));

/** The rank of each synapse's pair among the connected ones, by sender and then receiver. */
function ranksOf(synapses: Synapses): Float64Array {
  const cells = cellsOf(synapses, synapses.post);
  const sorted = cells.slice().sort();
  const ranks = new Map<number, number>();
  for (const cell of sorted) if (!ranks.has(cell)) ranks.set(cell, ranks.size);
  return cells.map((cell) => ranks.get(cell) as number);
}

/** Draws a number for each pair of `pre` and `post` elements, and returns the number of each synapse's pair. */
export function drawnForPairs(draw: DrawnValues, pre: number, synapses: Synapses, state: RandomState): Float64Array {
  const numbers = drawVector(draw.distribution, draw.arguments, pre * synapses.post, state);
  return cellsOf(synapses, synapses.post).map((cell) => numbers[cell] as number);
}

/** Returns drawn numbers in SI units, transformed by the expression `then` if given. @param dt in s */
export function settledDraws(draw: DrawnValues, numbers: ArrayLike<number>, dt: number): Float64Array {
  const values = inSi(numbers, draw.exponent10);
  if (draw.then === undefined) return values;
  let drawn = 0;
  const then = numberFunction(draw.then, (name) => {
    if (name === 'drawn') return () => drawn;
    if (name === 'dt') return () => dt;
    throw new CannotDraw(`a function of a random number that depends on ${name},`);
  });
  return values.map((value) => {
    drawn = value;
    return then();
  });
}
