/** Means over time, with errors that allow for the correlation of nearby values. */

import { laggedProducts } from '../measures/fourier.js';

/** A mean, its standard error, and the degrees of freedom of the error. */
export interface MeanOverTime {
  readonly mean: number;
  readonly error: number;
  readonly freedom: number;
}

/** Lags up to which sums are faster than Fourier's transform. */
const fewLags = 64;

/**
 * Returns the mean of a series in time. The autocovariances of neighbours are added in pairs while they are positive
 * (Geyer 1992, Stat. Sci. 7:473); a series whose values hang together has few degrees of freedom.
 */
export function meanOverTime(series: Float64Array): MeanOverTime {
  const { length } = series;
  const mean = series.reduce((sum, value) => sum + value, 0) / length;
  const apart = series.map((value) => value - mean);
  let products: ReturnType<typeof laggedProducts> | undefined;
  const covariance = (lag: number): number => {
    if (lag >= fewLags) return (products ??= laggedProducts(apart, apart))(lag) / length;
    let sum = 0;
    for (let k = lag; k < length; k += 1) sum += apart[k]! * apart[k - lag]!;
    return sum / length;
  };
  const variance = covariance(0);
  if (!(variance > 0)) return { mean, error: 0, freedom: length - 1 };
  let [total, least] = [-variance, Infinity];
  for (let lag = 0; lag + 1 < length; lag += 2) {
    least = Math.min(least, covariance(lag) + covariance(lag + 1));
    if (least <= 0) break;
    total += 2 * least;
  }
  // The mean that is taken off hides a share of slow changes.
  const independent = Math.max(2, Math.min(length, (length * variance) / Math.max(total, variance)));
  return { mean, error: Math.sqrt(variance / (independent - 1)), freedom: independent - 1 };
}
