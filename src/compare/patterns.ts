/**
 * Patterns of activity that rates and sizes do not show: which named cells fire together, and with which lag one
 * population follows another. A pattern counts if it repeats in both halves of the time of a side.
 */

import { itemAt } from '../diagnostics/entry.js';
import { countCorrelations } from './measures/counts.js';
import { laggedProducts } from './measures/fourier.js';
import { binned } from './measures/spectrum.js';
import { inside, type Interval, type Train } from './measures/train.js';
import { meanOf, rankCorrelation, shuffled, type Quantity, type QuantityName } from './quantities.js';

/** Trains of both sides. */
type Sides = readonly [readonly Train[], readonly Train[]];

/** Part of the similarity of halves of a side that the sides must have at least between one another. */
const leastBetween = 0.5;

/** Returns the quantity of a pattern: halves of each side, and both sides, are as similar as these correlations. */
function pattern(name: QuantityName, within: number, between: number, over: string): Quantity {
  const distance = Math.max(0, 1 - Math.max(0, between) / within);
  const isDifferent = distance > 1 - leastBetween;
  return {
    name,
    unit: '',
    means: [within, between],
    distance,
    floor: 0,
    interval: [distance, distance],
    margin: 1 - leastBetween,
    departure: isDifferent ? 0 : 1,
    over,
    verdict: isDifferent ? 'different' : 'within',
  };
}

const halvesOf = ({ begin, end }: Interval): readonly Interval[] => {
  const middle = (begin + end) / 2;
  return [
    { begin, end: middle },
    { begin: middle, end },
  ];
};

/** Returns a similarity of the halves of each side, and the largest similarity of halves of different sides. */
function similarities<T>(
  [first, second]: readonly [readonly T[], readonly T[]],
  similarity: (a: T, b: T) => number,
): { readonly within: readonly [number, number]; readonly between: number } {
  const ofHalves = ([a, b]: readonly T[]): number => similarity(a!, b!) || 0;
  const between = first.flatMap((a) => second.map((b) => similarity(a, b) || 0));
  return { within: [ofHalves(first), ofHalves(second)], between: Math.max(...between) };
}

/** Cells whose pairs are correlated, the fewest of them, and the width of bins in s. */
const [mostCells, fewestCells, together] = [100, 20, 1e-2];

/** Least rank correlation of the matrices of both halves of a side. */
const leastTogether = 0.15;

/**
 * Compares the matrices of correlations of counts in bins of 10 ms: which cells fire together. Null if it does not
 * repeat on a side.
 */
export function compareTogether([first, second]: Sides, interval: Interval): Quantity | null {
  const sample = shuffled(first.length)
    .slice(0, mostCells)
    .toSorted((a, b) => a - b);
  if (sample.length < fewestCells) return null;
  const matrices = [first, second].map((trains) =>
    halvesOf(interval).map((half) =>
      countCorrelations(
        sample.map((k) => itemAt(trains, k)),
        together,
        half,
      ).map((value) => value || 0),
    ),
  ) as [Float64Array[], Float64Array[]];
  const { within, between } = similarities(matrices, rankCorrelation);
  const least = Math.min(...within);
  return least > leastTogether ? pattern('cells together', least, between, `${sample.length} cells`) : null;
}

/** Width of bins, longest lag and window of correlograms in s. */
const [lagBin, mostLag, lagWindow] = [1e-3, 5e-2, 5];

/** Least correlation of the correlograms of both halves of a side, and of a correlogram at its peak. */
const [leastRepeated, leastPeak] = [0.7, 0.1];

/**
 * Compares the cross-correlograms of two populations: how one follows the other. Null if it does not repeat on a side,
 * or if no lag stands out.
 */
export function compareFollowing(name: string, first: Sides, second: Sides, interval: Interval): Quantity | null {
  const correlograms = [first, second].map(([own, other]) =>
    halvesOf(interval).map((half) => correlogram(own, other, half)),
  ) as [Float64Array[], Float64Array[]];
  const { within, between } = similarities(correlograms, overlap);
  const peak = Math.max(...correlograms.flat().map((values) => Math.max(...values.map(Math.abs))));
  const most = Math.max(...within);
  return most > leastRepeated && peak > leastPeak ? pattern('lag', most, between, `lags to ${name}`) : null;
}

/** Returns the correlation of the summed activity of two populations by the lag, averaged over 5 ms. */
function correlogram(own: readonly Train[], other: readonly Train[], interval: Interval): Float64Array {
  const [a, b] = [own, other].map((trains) => {
    const counts = binned(inside(trains, interval), lagBin, interval);
    const mean = meanOf(counts);
    return counts.map((count) => count - mean);
  }) as [Float64Array, Float64Array];
  const size = Math.sqrt(a.reduce((sum, x) => sum + x * x, 0) * b.reduce((sum, x) => sum + x * x, 0));
  const products = laggedProducts(a, b);
  const reach = Math.round(mostLag / lagBin);
  return Float64Array.from({ length: 2 * reach + 1 }, (_, k) => {
    let sum = 0;
    for (let near = 0; near < lagWindow; near += 1) sum += products(k - reach + near - (lagWindow - 1) / 2);
    return size > 0 ? sum / lagWindow / size : 0;
  });
}

/** Returns the covariance over the larger variance: Pearson's correlation for equal sizes. NaN for constant values. */
function overlap(first: Float64Array, second: Float64Array): number {
  const [x, y] = [meanOf(first), meanOf(second)];
  let [product, a, b] = [0, 0, 0];
  for (const [k, value] of first.entries()) {
    const other = itemAt(second, k);
    product += (value - x) * (other - y);
    a += (value - x) ** 2;
    b += (other - y) ** 2;
  }
  return product / Math.max(a, b);
}
