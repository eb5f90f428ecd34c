/** Order-preserving matching of two spike trains. */

/** Matched spikes of two trains, and spikes without a partner. */
export interface Matching {
  /** Pairs no more than δ apart. */
  readonly matched: number;
  /** Spikes of the first train without a partner. */
  readonly missing: number;
  /** Spikes of the second train without a partner. */
  readonly extra: number;
  /** Sum of the signed shifts of all pairs in s, second minus first. */
  readonly shifts: number;
  /** Largest absolute shift of a pair in s. */
  readonly largest: number;
  /** Smallest and largest signed shift in s; infinite without a pair. */
  readonly least: number;
  readonly most: number;
  /** Time in s of the first spike without a partner; null if all have one. */
  readonly divergence: number | null;
}

/** Rounding of times that are read from text or computed in steps, relative to the largest time. */
const rounding = 2 ** -50;

/**
 * Matches as many spikes as possible in their order, with pairs at most `within` s apart. With equal windows, pairing
 * the earliest possible spikes is optimal.
 *
 * @param within  δ in s
 */
export function matchSpikes(first: ArrayLike<number>, second: ArrayLike<number>, within: number): Matching {
  let [i, j, matched, shifts, largest] = [0, 0, 0, 0, 0];
  let [least, most, divergence] = [Infinity, -Infinity, Infinity];
  while (i < first.length && j < second.length) {
    const [a, b] = [first[i]!, second[j]!];
    const shift = b - a;
    if (Math.abs(shift) <= within + rounding * Math.abs(a)) {
      matched += 1;
      shifts += shift;
      largest = Math.max(largest, Math.abs(shift));
      least = Math.min(least, shift);
      most = Math.max(most, shift);
      i += 1;
      j += 1;
    } else {
      divergence = Math.min(divergence, a, b);
      if (shift > 0) i += 1;
      else j += 1;
    }
  }
  divergence = Math.min(divergence, first[i] ?? Infinity, second[j] ?? Infinity);
  return {
    matched,
    missing: first.length - matched,
    extra: second.length - matched,
    shifts,
    largest,
    least,
    most,
    divergence: divergence === Infinity ? null : divergence,
  };
}
