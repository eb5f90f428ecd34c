/** A counting sort, carried out when lowering, of connections that a model lists. */

/** Where the entries of each key begin, and which element each entry is. */
interface SortedByKey {
  /** One more than there are keys. */
  readonly starts: Uint32Array;
  readonly order: Uint32Array;
}

/**
 * Sorts elements stably by integers below `size`. @param carry moves a value of each element to its place in the same
 * pass: a later pass would miss the cache for each
 */
export function sortedByKey(
  keys: ArrayLike<number>,
  size: number,
  carry?: { readonly from: ArrayLike<number>; readonly to: Uint32Array | Uint16Array },
): SortedByKey {
  // Counts are stored at key + 2. While elements are placed, entry key + 1 is the next free position of a key, and
  // finally the beginning of the next key.
  const places = new Uint32Array(size + 2);
  for (let k = 0; k < keys.length; k++) {
    const behind = (keys[k] as number) + 2;
    places[behind] = (places[behind] as number) + 1;
  }
  if (keys.length > 0)
    for (let i = 1; i <= size; i++) places[i + 1] = (places[i + 1] as number) + (places[i] as number);
  const order = new Uint32Array(keys.length);
  for (let k = 0; k < keys.length; k++) {
    const next = (keys[k] as number) + 1;
    const at = places[next] as number;
    order[at] = k;
    if (carry) carry.to[at] = carry.from[k] as number;
    places[next] = at + 1;
  }
  return { starts: places.slice(0, size + 1), order };
}
