/** Spike time tiling coefficient (Cutts & Eglen 2014, J. Neurosci. 34:14288). */

import type { Interval, Train } from './train.js';

/**
 * Returns the correlation of two trains that does not depend on their rates; NaN if one has no spikes.
 *
 * @param within  Δ in s
 */
export function spikeTimeTiling(first: Train, second: Train, within: number, interval: Interval): number {
  if (first.length === 0 || second.length === 0) return NaN;
  const [near, other] = [shareNear(first, second, within), shareNear(second, first, within)];
  const [tiles, otherTiles] = [tiled(first, within, interval), tiled(second, within, interval)];
  const half = (share: number, tile: number): number => (share * tile === 1 ? 1 : (share - tile) / (1 - share * tile));
  return (half(near, otherTiles) + half(other, tiles)) / 2;
}

/** Returns the share of spikes of one train within Δ of a spike of the other. */
function shareNear(train: Train, others: Train, within: number): number {
  let [at, near] = [0, 0];
  for (const time of train) {
    while ((others[at] ?? Infinity) < time - within * (1 + 1e-9)) at += 1;
    if ((others[at] ?? Infinity) <= time + within * (1 + 1e-9)) near += 1;
  }
  return near / train.length;
}

/** Returns the share of time within Δ of a spike. */
function tiled(train: Train, within: number, { begin, end }: Interval): number {
  let [covered, until] = [0, begin];
  for (const time of train) {
    const to = Math.min(end, time + within);
    covered += Math.max(0, to - Math.max(until, time - within));
    until = Math.max(until, to);
  }
  return covered / (end - begin);
}
