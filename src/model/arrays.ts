/** Arrays of a model, decoded. */

import { invariant } from '../diagnostics/diagnostic.js';
import type { ArrayValue, DataStore } from './model.js';

/** Checks whether the numbers of an array value stand in the model itself. */
export const isListed = (value: ArrayValue): value is readonly number[] => !('$data' in value);

/**
 * Returns the numbers of an array value in SI, wherever they are kept.
 *
 * @throws InvariantError for an array that the store lacks: normalising has checked that all are there
 */
export function arrayOf(value: ArrayValue, data: DataStore): ArrayLike<number> {
  if (isListed(value)) return value;
  const stored = data.get(value.$data);
  invariant(stored, 'model/arrays', `no data for ${value.$data}`);
  return stored instanceof BigInt64Array ? Float64Array.from(stored, Number) : stored;
}

/**
 * Returns the numbers of an array value in SI; undefined if the store lacks them, as for a document that came without
 * its data.
 */
export function knownNumbers(value: ArrayValue, data: DataStore | undefined): readonly number[] | undefined {
  if (isListed(value)) return value;
  const stored = data?.get(value.$data);
  return stored && Array.from(stored as ArrayLike<number | bigint>, Number);
}

/** Returns the numbers of an array value in SI; an empty list if the store lacks them. */
export const numbersOf = (value: ArrayValue, data: DataStore | undefined): readonly number[] =>
  knownNumbers(value, data) ?? [];

/** Returns how many numbers an array value has along its first dimension. */
export const lengthOf = (value: ArrayValue): number => (isListed(value) ? value.length : (value.shape[0] ?? 0));

/** Most numbers of a model that an importer writes out one by one: two for each take half a gigabyte. */
export const mostListed = 33_554_432;
