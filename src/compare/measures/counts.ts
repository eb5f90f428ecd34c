/** Correlations of spike counts, and the synchrony of a population. */

import type { Interval, Train } from './train.js';

/** How the cells of a population act together, in parts of an interval. */
export interface CommonActivity {
  /** Mean correlation of the counts of all pairs of cells; NaN for less than two cells with varying counts. */
  readonly correlation: Float64Array;
  /**
   * Synchrony χ of Golomb & Rinzel (1994, Physica D 72:259): the standard deviation of the mean count over the root mean
   * variance of single counts. 0 for many independent cells, 1 for equal trains, NaN without spikes.
   */
  readonly synchrony: Float64Array;
}

/**
 * Returns correlations and synchrony in equal parts of an interval, from counts in bins of `width` s. The rest of a part
 * after its last whole bin is left out. Time goes with spikes.
 *
 * Spikes that are no more than 1e-8 of a bin below an edge belong to the next bin, since multiples of steps are rounded.
 */
export function commonActivity(
  trains: readonly Train[],
  width: number,
  { begin, end }: Interval,
  parts: number,
): CommonActivity {
  const bins = Math.floor((end - begin) / parts / width + 1e-8);
  const found = { correlation: new Float64Array(parts), synchrony: new Float64Array(parts) };
  const at = trains.map(() => 0);
  for (let part = 0; part < parts; part += 1) {
    const from = begin + part * bins * width;
    const [sum, standardisedSum] = [new Float64Array(bins), new Float64Array(bins)];
    let [varying, means, spread] = [0, 0, 0];
    for (const [cell, train] of trains.entries()) {
      const own: number[] = [];
      let [k, squares, repeated] = [at[cell]!, 0, 0];
      for (; k < train.length; k += 1) {
        const place = Math.floor((train[k]! - from) / width + 1e-8);
        if (place >= bins) break;
        if (place < 0) continue;
        repeated = own.at(-1) === place ? repeated + 1 : 1;
        squares += 2 * repeated - 1;
        own.push(place);
      }
      at[cell] = k;
      const deviation = squares - own.length ** 2 / bins;
      for (const place of own) sum[place]! += 1;
      if (!(deviation > 1e-12 * squares)) continue;
      const length = Math.sqrt(deviation);
      for (const place of own) standardisedSum[place]! += 1 / length;
      varying += 1;
      means += own.length / bins / length;
      spread += deviation;
    }
    let [squares, total, standardisedSquares] = [0, 0, 0];
    for (let place = 0; place < bins; place += 1) {
      total += sum[place]!;
      squares += sum[place]! ** 2;
      standardisedSquares += (standardisedSum[place]! - means) ** 2;
    }
    found.correlation[part] = varying < 2 ? NaN : (standardisedSquares - varying) / varying / (varying - 1);
    found.synchrony[part] = spread > 0 ? Math.sqrt((squares - total ** 2 / bins) / (spread * trains.length)) : NaN;
  }
  return found;
}
