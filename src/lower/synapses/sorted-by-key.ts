/** A counting sort, carried out when lowering, of connections that a model lists. */

/** Where the entries of each key begin, and which element each entry is. */
interface SortedByKey {
  /** One more than there are keys. */
  readonly starts: Uint32Array;
  readonly order: Uint32Array;
}

/** A stable sort of elements by whole numbers below `size`. */
export function sortedByKey(keys: ArrayLike<number>, size: number): SortedByKey {
  const starts = new Uint32Array(size + 1);
  for (let k = 0; k < keys.length; k++) {
    const behind = (keys[k] as number) + 1;
    starts[behind] = (starts[behind] as number) + 1;
  }
  for (let i = 0; i < size; i++) starts[i + 1] = (starts[i + 1] as number) + (starts[i] as number);
  const next = starts.slice();
  const order = new Uint32Array(keys.length);
  for (let k = 0; k < keys.length; k++) {
    const key = keys[k] as number;
    const at = next[key] as number;
    order[at] = k;
    next[key] = at + 1;
  }
  return { starts, order };
}
