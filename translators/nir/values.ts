/** Values of models as numbers. */

import { numbersOf } from '../../src/model/arrays.js';
import type { DataStore, Value } from '../../src/model/model.js';
import { isGiven } from '../../src/model/tagged.js';

/** Returns numbers of a value, one for each element; undefined unless they are given. */
export function numbersIn(value: Value | undefined, size: number, data: DataStore): Float64Array | undefined {
  if (typeof value === 'number') return new Float64Array(size).fill(value);
  if (!isGiven(value)) return undefined;
  const given = numbersOf(value.array, data);
  return given.length === size ? Float64Array.from(given) : undefined;
}
