/** Records and lists in general. */

/** Returns a record with each item changed. */
export const mapped = <T, U>(
  record: Readonly<Record<string, T>>,
  change: (item: T, key: string) => U,
): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, item]): [string, U] => [key, change(item, key)]));

/** Returns a record without some keys. */
export const without = <T>(
  record: Readonly<Record<string, T>>,
  keys: { readonly has: (key: string) => boolean },
): Record<string, T> => Object.fromEntries(Object.entries(record).filter(([key]) => !keys.has(key)));

/** Checks whether a value is a list; unlike `Array.isArray`, it knows lists that cannot be changed. */
export const isList = <T, U>(value: readonly T[] | U): value is readonly T[] => Array.isArray(value);

/** Returns items by their keys, of which each may have several, in the order of the items. */
export function grouped<T, K>(items: Iterable<T>, keys: (item: T) => Iterable<K>): ReadonlyMap<K, readonly T[]> {
  const lists = new Map<K, T[]>();
  for (const item of items)
    for (const key of new Set(keys(item))) {
      const list = lists.get(key);
      if (list === undefined) lists.set(key, [item]);
      else list.push(item);
    }
  return lists;
}
