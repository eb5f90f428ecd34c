/** Entries of lists and maps that the surrounding code has shown to be there. */

import { InvariantError } from './diagnostic.js';

/** Returns the item of a list at an index. @throws InvariantError if there is none */
export function itemAt<T>(items: ArrayLike<T>, index: number): T {
  const item = items[index];
  if (item === undefined) throw new InvariantError('a list', `there is no item ${index} of ${items.length}`);
  return item;
}

/** Returns the value of a map for a key. @throws InvariantError if there is none */
export function entryOf<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new InvariantError('a map', `there is no entry ${String(key)}`);
  return value;
}
