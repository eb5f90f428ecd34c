/** Correlations of spike counts, and the synchrony of a population. */

import type { Interval, Train } from './train.js';

/**
 * Returns Pearson's correlation of counts in bins of `width` s for all pairs of cells; NaN for pairs with a constant
 * count. Spikes that are no more than 1e-8 of a bin below an edge belong to the next bin, since multiples of steps are
 * rounded. Spikes after the last whole bin are left out.
 */
export function countCorrelations(trains: readonly Train[], width: number, { begin, end }: Interval): Float64Array {
  const bins = Math.max(1, Math.floor((end - begin) / width + 1e-8));
  const cells = trains.map((train) => {
    const places = Int32Array.from(train, (time) => Math.floor((time - begin) / width + 1e-8)).filter(
      (place) => place >= 0 && place < bins,
    );
    const counts = new Uint16Array(bins);
    let squares = 0;
    for (const place of places) squares += 2 * (counts[place]! += 1) - 1;
    return { places, counts, deviation: Math.sqrt(squares - places.length ** 2 / bins) };
  });
  const found = new Float64Array((cells.length * (cells.length - 1)) / 2);
  let at = 0;
  for (const [k, { places, deviation }] of cells.entries())
    for (const other of cells.slice(0, k)) {
      let products = 0;
      for (const place of places) products += other.counts[place]!;
      const spread = deviation * other.deviation;
      found[at++] = spread > 1e-9 ? (products - (places.length * other.places.length) / bins) / spread : NaN;
    }
  return found;
}

/**
 * Returns the synchrony χ of Golomb & Rinzel (1994, Physica D 72:259) in equal parts of an interval, from counts in
 * bins of `width` s: the standard deviation of the mean count over the root mean variance of single counts. It is 0 for
 * many independent cells, 1 for equal trains, NaN without spikes. The rest of a part after its last whole bin is left
 * out. Time goes with spikes.
 */
export function synchronyOf(
  trains: readonly Train[],
  width: number,
  { begin, end }: Interval,
  parts: number,
): Float64Array {
  const bins = Math.floor((end - begin) / parts / width + 1e-8);
  const found = new Float64Array(parts);
  const at = trains.map(() => 0);
  for (let part = 0; part < parts; part += 1) {
    const from = begin + part * bins * width;
    const sum = new Float64Array(bins);
    let spread = 0;
    for (const [cell, train] of trains.entries()) {
      let [k, spikes, squares, repeated, last] = [at[cell]!, 0, 0, 0, -1];
      for (; k < train.length; k += 1) {
        const place = Math.floor((train[k]! - from) / width + 1e-8);
        if (place >= bins) break;
        if (place < 0) continue;
        repeated = last === place ? repeated + 1 : 1;
        squares += 2 * repeated - 1;
        [spikes, last] = [spikes + 1, place];
        sum[place]! += 1;
      }
      at[cell] = k;
      const deviation = squares - spikes ** 2 / bins;
      if (deviation > 1e-12 * squares) spread += deviation;
    }
    const total = sum.reduce((all, count) => all + count, 0);
    const squares = sum.reduce((all, count) => all + count ** 2, 0);
    found[part] = spread > 0 ? Math.sqrt((squares - total ** 2 / bins) / (spread * trains.length)) : NaN;
  }
  return found;
}
