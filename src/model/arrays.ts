/** Arrays of a model, decoded. */

import { invariant } from '../diagnostics/diagnostic.js';
import type { ArrayValue, DataStore } from './model.js';

/**
 * The numbers of an array value in SI, wherever they are kept.
 *
 * @throws InvariantError for an array that the store lacks: normalising has checked that all are there
 */
export function arrayOf(value: ArrayValue, data: DataStore): ArrayLike<number> {
  if (!('$data' in value)) return value;
  const stored = data.get(value.$data);
  invariant(stored, 'model/arrays', `no data for ${value.$data}`);
  return stored instanceof BigInt64Array ? Float64Array.from(stored, Number) : stored;
}
