/** SPIKE-synchronization (Kreuz, Mulansky & Bozanic 2015, J. Neurophysiol. 113:3432). */

import { intervalAt, withoutRepeats, type Train } from './train.js';

/** Rounding of times and intervals, relative to the window: a distance of exactly the window is no coincidence. */
const rounding = 1e-9;

/**
 * Share of spikes that coincide with one of the other train: closer than half of each adjacent interval, or at the same
 * time. Two trains without spikes are synchronous.
 *
 * @param longest  bound of the coincidence window in s
 */
export function spikeSynchronization(first: Train, second: Train, longest = Infinity): number {
  const [a, b] = [withoutRepeats(first), withoutRepeats(second)];
  const spikes = a.length + b.length;
  if (spikes === 0) return 1;
  const window = (train: Train, k: number): number =>
    Math.min(k > 0 ? intervalAt(train, k - 1) : Infinity, k + 1 < train.length ? intervalAt(train, k) : Infinity);
  let [i, j, coincidences] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const apart = b[j]! - a[i]!;
    const within = Math.min(longest, window(a, i) / 2, window(b, j) / 2);
    if (apart === 0 || Math.abs(apart) < within * (1 - rounding)) {
      coincidences += 1;
      i += 1;
      j += 1;
    } else if (apart > 0) i += 1;
    else j += 1;
  }
  return (2 * coincidences) / spikes;
}
