/** Victor–Purpura distance (1996, J. Neurophysiol. 76:1310). */

import type { Train } from './train.js';

/**
 * Returns the least cost of turning one train into the other: 1 to insert or delete a spike, `cost` per second of
 * shift. A shift pays only if it costs less than deleting and inserting, so each spike meets only spikes less than
 * 2/cost s away. The distance is the number of all spikes minus the largest saving of an order-preserving matching.
 * `saved[j]` is the largest saving of the spikes of `first` so far with the first j of `second`. It is constant from
 * `reached` on.
 *
 * @param cost  q in 1/s; infinite for the number of spikes without an equal time
 */
export function victorPurpura(first: Train, second: Train, cost: number): number {
  const total = first.length + second.length;
  if (cost === 0) return Math.abs(first.length - second.length);
  const saved = new Float64Array(second.length + 1);
  let [low, reached] = [0, 0];
  for (const time of first) {
    const saving = (other: number): number => (time === other ? 2 : 2 - cost * Math.abs(time - other));
    while (low < second.length && second[low]! < time && saving(second[low]!) <= 0) low += 1;
    // Savings without this spike: all beyond `reached`, and one place to the left.
    const beyond = saved[reached]!;
    let before = saved[Math.min(low, reached)]!;
    for (let j = low; j < second.length; j += 1) {
      const other = second[j]!;
      const gain = saving(other);
      if (gain <= 0 && other > time) break;
      if (j + 1 > reached) {
        saved.fill(beyond, reached + 1, j + 2);
        reached = j + 1;
      }
      const above = saved[j + 1]!;
      saved[j + 1] = Math.max(above, saved[j]!, before + gain);
      before = above;
    }
  }
  return Math.max(0, total - saved[reached]!);
}
