/**
 * Fluctuations that the cells of a population share: their size on each side, and the circular lag at which those of
 * both sides are the same. Fluctuations of two runs need not be at the same times.
 */

import { circularProducts } from './measures/fourier.js';
import { binned } from './measures/spectrum.js';
import { inside, type Interval, type Train } from './measures/train.js';
import { meanOverTime, type MeanOverTime } from './statistics/over-time.js';
import { upperTail, varianceTail } from './statistics/student.js';

/** Sizes of the shared fluctuations of both sides in bins of one width. */
export interface SharedSizes {
  /** Standard deviations of the shared rate over its mean. */
  readonly sizes: readonly [number, number];
  /** Probability of so different sizes in two runs of one process. */
  readonly chance: number;
}

/** Standard errors above the smaller size at which it is taken, and above 0 at which the larger one is seen. */
const [standardErrors, seen] = [1.65, 3.5];

/** Returns the sizes of fluctuations in bins; null for one cell, or too few spikes. */
export function sharedSizes(
  first: readonly Train[],
  second: readonly Train[],
  width: number,
  interval: Interval,
): SharedSizes | null {
  const found = [first, second].map((trains) => sharedVariance(trains, width, interval));
  const [a, b] = found;
  if (!a || !b) return null;
  const sizes = [Math.sqrt(Math.max(0, a.mean)), Math.sqrt(Math.max(0, b.mean))] as const;
  const [small, large] = a.mean < b.mean ? [a, b] : [b, a];
  const freedom = Math.min(large.freedom, 2 * (large.mean / large.error) ** 2);
  const ratio = large.mean / (Math.max(0, small.mean) + standardErrors * small.error);
  return { sizes, chance: large.isSeen && ratio > 1 ? 2 * varianceTail(ratio, freedom) : 1 };
}

/** Returns the covariance of the counts of two halves of the cells, over the square of their mean. */
function sharedVariance(
  trains: readonly Train[],
  width: number,
  interval: Interval,
): (MeanOverTime & { readonly isSeen: boolean }) | null {
  const half = (odd: number): Float64Array => {
    const counts = binned(
      trains.filter((_, k) => k % 2 === odd),
      width,
      interval,
    );
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    return counts.map((count) => count / mean - 1);
  };
  const [even, odd] = [half(0), half(1)];
  const products = even.map((value, k) => value * odd[k]!);
  const found = meanOverTime(products);
  if (!Number.isFinite(found.mean)) return null;
  const both = meanOverTime(even.map((value, k) => value + odd[k]!));
  const squares = [even, odd].map((counts) => counts.reduce((sum, count) => sum + count * count, 0) / counts.length);
  const correlation = found.mean / Math.sqrt(squares[0]! * squares[1]!);
  return {
    ...found,
    freedom: Math.min(found.freedom, both.freedom),
    isSeen: correlation * Math.sqrt(products.length) > seen,
  };
}

// --- Lags -----------------------------------------------------------------------------------------------------------
/** Bin and window of rates whose lag is sought, in s, and the most bins. */
const [bin, window, mostBins] = [1e-3, 5e-3, 2 ** 18];

/** Least part of the shared variance that is the same at a lag, in all of the time and in each quarter. */
const [leastShare, leastInQuarter] = [0.8, 0.55];

/** Largest probability of a lag by chance. */
const mostChance = 1e-3;

/**
 * Returns the circular lag in s by which the rate of the second is later, if it is the same there in each quarter of
 * the time, and not at the same times; else null.
 */
export const lagOf = (first: readonly Train[], second: readonly Train[], interval: Interval): number | null =>
  lagOfAll(first, second, interval) ?? lagOfQuarters(first, second, interval);

/** Returns the circular lag in s of all of the time, if it holds in each quarter; else null. */
function lagOfAll(first: readonly Train[], second: readonly Train[], interval: Interval): number | null {
  const width = Math.max(bin, (interval.end - interval.begin) / mostBins);
  const rateOf = (trains: readonly Train[]): Float64Array => smoothed(binned(trains, width, interval), width);
  const [a, b] = [rateOf(first), rateOf(second)];
  const products = circularProducts(a, b);
  const { length } = a;
  const lag = nearestPeak(products);
  if (Math.min(lag, length - lag) * width < bin * 1.5) return null;
  const shared = [first, second].map((trains) => {
    const [even, odd] = [0, 1].map((part) => rateOf(trains.filter((_, k) => k % 2 === part)));
    return even!.map((value, k) => 4 * value * odd![k]!);
  });
  const sum = (values: Float64Array, from = 0, to = length): number => {
    let total = 0;
    for (let k = from; k < to; k += 1) total += values[k % length]!;
    return total;
  };
  const squares = [a, b].map((values) => values.map((value) => value * value));
  /** Share of the shared variance that is the same at a lag, in a part of the time of the first. */
  const shareAt = (shift: number, from: number, to: number): number => {
    let product = 0;
    for (let k = from; k < to; k += 1) product += a[k]! * b[(k + shift) % length]!;
    const sizes = [0, 1].map((side) => {
      const offset = side === 0 ? 0 : shift;
      const [own, all] = [shared[side]!, squares[side]!].map((values) => sum(values, from + offset, to + offset));
      return Math.max(own!, leastShared * all!);
    });
    return product / Math.sqrt(sizes[0]! * sizes[1]!);
  };
  const share = shareAt(lag, 0, length);
  if (!(share >= leastShare) || shareAt(0, 0, length) > share - (1 - leastShare)) return null;
  const correlation = products[lag]! / Math.sqrt((sum(squares[0]!) * sum(squares[1]!)) / length ** 2);
  const freedom = independentOf(a, b);
  const z = Math.atanh(Math.min(0.999, correlation)) * Math.sqrt(Math.max(0, freedom - 3));
  if (upperTail(z, 1e6) * freedom > mostChance) return null;
  const quarters = [0, 1, 2, 3].map((k) => Math.floor((k * length) / 4));
  const isSame = quarters.every((from, k) => {
    const to = quarters[k + 1] ?? length;
    return shareAt(lag, from, to) >= Math.max(leastInQuarter, shareAt(0, from, to));
  });
  return isSame ? (lag <= length / 2 ? lag : lag - length) * width : null;
}

/** Longest lag of a quarter of the time, and least correlation at it. */
const [longestQuarterLag, leastQuarterCorrelation] = [20e-3, 0.3];

/**
 * Returns the lag in s at which the rates correlate best, if it is the same in each quarter of the time to 1 ms; else
 * null.
 */
function lagOfQuarters(first: readonly Train[], second: readonly Train[], { begin, end }: Interval): number | null {
  const width = (end - begin) / 4;
  const lags = [0, 1, 2, 3].map((k) => {
    const quarter = { begin: begin + k * width, end: begin + (k + 1) * width };
    const [a, b] = [first, second].map((trains) => {
      return smoothed(binned(inside(trains, quarter), bin, quarter), bin, 2 * bin);
    }) as [Float64Array, Float64Array];
    const products = circularProducts(a, b);
    const at = products.indexOf(products.reduce((most, value) => Math.max(most, value), -Infinity));
    const size = Math.sqrt(meanSquare(a) * meanSquare(b));
    return { lag: 2 * at <= a.length ? at : at - a.length, correlation: products[at]! / size };
  });
  const sorted = lags.map(({ lag }) => lag).toSorted((a, b) => a - b) as [number, number, number, number];
  const isOne = sorted[3] - sorted[0] <= 1 && (sorted[0] >= 1 || sorted[3] <= -1);
  const isShort = Math.max(...sorted.map(Math.abs)) * bin <= longestQuarterLag;
  return isOne && isShort && lags.every(({ correlation }) => correlation > leastQuarterCorrelation)
    ? ((sorted[1] + sorted[2]) / 2) * bin
    : null;
}

const meanSquare = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value * value, 0) / values.length;

/** Part of the largest product that a peak of a rhythm has. */
const leastPeak = 0.9;

/** Returns the circular lag of the peak nearest to 0: a regular rhythm has one in each period. */
function nearestPeak(products: Float64Array): number {
  const { length } = products;
  const largest = products.reduce((most, value) => Math.max(most, value), -Infinity);
  const isPeak = (lag: number): boolean =>
    products[lag]! >= leastPeak * largest &&
    products[lag]! >= products[(lag + 1) % length]! &&
    products[lag]! >= products[(lag + length - 1) % length]!;
  for (let lag = 0; 2 * lag <= length; lag += 1)
    for (const side of [lag, (length - lag) % length]) if (isPeak(side)) return side;
  return 0;
}

/** Least part of the variance that counts as shared. */
const leastShared = 0.05;

/** Returns counts less their mean, averaged over a window in s, with circular ends. */
function smoothed(counts: Float64Array, width: number, over = window): Float64Array {
  const { length } = counts;
  const mean = counts.reduce((sum, count) => sum + count, 0) / length;
  const reach = Math.round(over / width / 2);
  const at = (k: number): number => counts[(k + length) % length]!;
  let sum = 0;
  for (let k = -reach; k <= reach; k += 1) sum += at(k);
  const found = new Float64Array(length);
  for (let k = 0; k < length; k += 1) {
    found[k] = sum / (2 * reach + 1) - mean;
    sum += at(k + reach + 1) - at(k - reach);
  }
  return found;
}

/** Returns the number of independent products of two series at a lag (Bartlett 1935, J. R. Stat. Soc. 98:536). */
function independentOf(a: Float64Array, b: Float64Array): number {
  const [own, other] = [circularProducts(a, a), circularProducts(b, b)];
  const sum = own.reduce((total, value, k) => total + value * other[k]!, 0);
  return sum > 0 ? Math.min(a.length, (a.length * own[0]! * other[0]!) / sum) : 0;
}
