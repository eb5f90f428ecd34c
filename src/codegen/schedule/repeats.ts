/** Where a list of calls repeats itself, so it can be written as a loop. */

/** Entries `first` to `first + period * times - 1`: `times` repetitions of the same `period` entries. */
export interface Repeat {
  /** Ordinal of the first entry of the first iteration. */
  readonly first: number;
  /** Entries of an iteration. */
  readonly period: number;
  /** Number of iterations. */
  readonly times: number;
}

/** Longer patterns are not looked for. */
const longestPeriod = 24;

/**
 * Returns the number of entries from `first` on that equal the entry `period` before them, including the first
 * `period`.
 */
function extent(keys: readonly string[], first: number, period: number): number {
  let at = first + period;
  while (at < keys.length && keys[at] === keys[at - period]) at += 1;
  return at - first;
}

/**
 * Divides a list into repeats, in its order; an unrepeated entry is a repeat of one turn.
 *
 * @param keys equal for entries that can share code
 */
export function repeatsOf(keys: readonly string[]): readonly Repeat[] {
  const repeats: Repeat[] = [];
  for (let first = 0; first < keys.length;) {
    let best: Repeat = { first, period: 1, times: 1 };
    for (let period = 1; period <= longestPeriod && first + 2 * period <= keys.length; period += 1) {
      const times = Math.floor(extent(keys, first, period) / period);
      if (times > 1 && times * period > best.times * best.period) best = { first, period, times };
    }
    repeats.push(best);
    first += best.period * best.times;
  }
  return repeats;
}
