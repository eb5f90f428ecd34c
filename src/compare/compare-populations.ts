/**
 * Distances of a population in one run of each side. Their floors and errors follow from exchanging cells between the
 * sides, and from the counting noise of populations with few cells. The spread between runs stays unknown.
 */

import { entryOf, itemAt } from '../diagnostics/entry.js';
import type { Interval, Train } from './measures/train.js';
import { binned } from './measures/spectrum.js';
import type { Margins } from './options.js';
import {
  beyondFloor,
  chance,
  marginOf,
  meanOf,
  mostDistance,
  profileOf,
  quantities,
  quantityNames,
  rankCorrelation,
  shuffled,
  timeBinsIn,
  type Profile,
  type Quantity,
  type QuantityName,
} from './quantities.js';
import { alpha, compareMeans, moments } from './statistics/equivalence.js';
import { upperQuantile, upperTail } from './statistics/student.js';

/** Exchanges of cells that estimate a floor, and groups in which cells are exchanged in counts over time. */
const exchanges = 200;
const groups = 64;

/** Fewest cells that are exchanged: 8 have 128 different splits. */
const fewestCells = 8;

/** A distance, the mean of its values by chance, and their standard deviation. */
interface Estimate {
  readonly distance: number;
  readonly floor: number;
  readonly error: number;
  readonly freedom: number;
}

/**
 * Compares all quantities that have values on both sides. Cell k of the first is cell k of the second, unless `paired`
 * is false.
 *
 * @param unmatched  spikes of both sides without a partner in the same cell
 */
export function comparePair(
  first: readonly Train[],
  second: readonly Train[],
  interval: Interval,
  margins: Margins,
  paired: boolean,
  unmatched: number,
): readonly Quantity[] {
  const others = paired ? second : shuffled(second.length).map((k) => itemAt(second, k));
  const [a, b] = [profileOf(first, interval), profileOf(others, interval)];
  if (a.spikes + b.spikes === 0) return [];
  const bins = new Map(timeBinsIn(interval));
  return quantityNames.flatMap((name) => {
    const margin = marginOf(margins, name);
    const { values, elements = 'cells' } = quantities[name];
    if (name === 'spectrum') return compareSpectra(a, b, margin) ?? [];
    if (name === 'order') return (paired ? compareOrder(a, b, margin) : null) ?? [];
    if (name === 'lost cells') return lostCells(first, second, unmatched, margin) ?? [];
    if (!values) {
      const width = bins.get(name);
      const estimate = width === undefined ? null : timeDistance(first, others, width, interval);
      return estimate ? quantity(name, count(entryOf(a.overTime, name).length, 'bins'), estimate, null, margin) : [];
    }
    const [x, y] = [values(a), values(b)];
    const kept = [...x.keys()].filter((k) => !Number.isNaN(itemAt(x, k)) && !Number.isNaN(y[k] ?? NaN));
    const [own, theirs] = [kept.map((k) => itemAt(x, k)), kept.map((k) => itemAt(y, k))];
    const estimate =
      name === 'rate'
        ? rateDistance(own, theirs, a.spikes + b.spikes, interval)
        : name === 'synchrony'
          ? meanDistance(own, theirs)
          : exchanged(own, theirs);
    const leftOut = x.length - kept.length;
    const over = `${count(kept.length, elements)}${leftOut === 0 ? '' : `, ${leftOut} left out`}`;
    return estimate ? quantity(name, over, estimate, [meanOf(own), meanOf(theirs)], margin) : [];
  });
}

/** Returns a number of things, named in the plural. */
const count = (number: number, things: string): string =>
  `${number} ${number === 1 ? things.replace('s', '') : things}`;

/**
 * States a distance and its verdict: different if it is significantly beyond floor and margin, within if it is not and
 * its error is below the margin, otherwise undecided.
 */
export function quantity(
  name: QuantityName,
  over: string,
  { distance, floor, error, freedom }: Estimate,
  means: Quantity['means'],
  margin: number,
): Quantity {
  const half = error > 0 ? error * upperQuantile(alpha, freedom) : error;
  const most = mostDistance(name, floor, margin);
  const departure = error > 0 ? upperTail((distance - most) / error, freedom) : distance > most ? 0 : 1;
  return {
    name,
    unit: name === 'rate' ? 'Hz' : '',
    means,
    distance,
    floor,
    interval: [beyondFloor(name, distance - half, floor), beyondFloor(name, distance + half, floor)],
    margin,
    departure: Number.isNaN(departure) ? 1 : departure,
    over,
    verdict: departure < alpha ? 'different' : half <= most - floor && distance <= most ? 'within' : 'cannot say',
  };
}

// --- Distributions over cells ---------------------------------------------------------------------------------------
function rateDistance(
  own: readonly number[],
  theirs: readonly number[],
  spikes: number,
  { begin, end }: Interval,
): Estimate {
  const seconds = end - begin;
  const found = exchanged(own, theirs);
  const scale = (found ? own.length * seconds : 1) / (spikes / 2);
  if (found) return scaled(found, scale);
  const [floor, variance] = countingNoise(spikes);
  const apart = Math.abs(meanOf(own) - meanOf(theirs)) * own.length * seconds;
  return scaled({ distance: apart, floor, error: Math.sqrt(variance), freedom: 1e6 }, scale);
}

const scaled = ({ distance, floor, error, freedom }: Estimate, scale: number): Estimate => ({
  distance: distance * scale,
  floor: floor * scale,
  error: error * scale,
  freedom,
});

/** Returns the difference of the means of matched elements; null for less than two. */
function meanDistance(own: readonly number[], theirs: readonly number[]): Estimate | null {
  const found = compareMeans(own, theirs, true);
  return found && { distance: Math.abs(found.difference), floor: 0, error: found.error, freedom: found.freedom };
}

/**
 * Returns Wasserstein's distance of two samples of matched elements, and its distribution if the sides of each element
 * are chosen at random; null for few elements.
 */
function exchanged(first: readonly number[], second: readonly number[]): Estimate | null {
  const { length } = first;
  if (length < fewestCells) return null;
  const values = [...first, ...second];
  const order = [...values.keys()].sort((p, q) => values[p]! - values[q]!);
  const steps = Float64Array.from(order, (k, at) => (values[order[at + 1] ?? k]! - values[k]!) / length);
  const distanceWith = (sides: Int8Array): number => {
    let [excess, distance] = [0, 0];
    for (const [at, k] of order.entries()) {
      excess += k < length ? sides[k]! : -sides[k - length]!;
      distance += Math.abs(excess) * steps[at]!;
    }
    return distance;
  };
  const random = chance(length);
  const sides = new Int8Array(length);
  const drawn = Array.from({ length: exchanges }, () => distanceWith(sides.map(() => (random() < 0.5 ? 1 : -1))));
  return { distance: distanceWith(sides.fill(1)), ...spread(drawn), freedom: length - 1 };
}

/** Returns the mean and the standard deviation of distances by chance. */
function spread(drawn: readonly number[]): Pick<Estimate, 'floor' | 'error'> {
  const { mean, variance } = moments(drawn);
  return { floor: mean, error: Math.sqrt(variance) };
}

// --- Time -----------------------------------------------------------------------------------------------------------
/** Returns the integral of the difference of rates over that of their mean. */
function timeDistance(
  first: readonly Train[],
  second: readonly Train[],
  width: number,
  interval: Interval,
): Estimate | null {
  const [a, b] = [binned(first, width, interval), binned(second, width, interval)];
  let [total, distance, counting, variance] = [0, 0, 0, 0];
  for (const [k, own] of a.entries()) {
    const both = own + b[k]!;
    const [mean, noise] = countingNoise(both);
    [total, distance] = [total + both / 2, distance + Math.abs(own - b[k]!)];
    [counting, variance] = [counting + mean, variance + noise];
  }
  if (total === 0) return null;
  const freedom = 1e6;
  if (first.length < fewestCells)
    return { distance: distance / total, floor: counting / total, error: Math.sqrt(variance) / total, freedom };
  // Cells that are exchanged as a whole keep their bursts and refractoriness.
  const bins = a.length;
  const number = Math.max(fewestCells, Math.min(groups, first.length, Math.floor(mostCounts / bins)));
  const apart = Array.from({ length: number }, (_, group) => {
    const isOwn = (_train: Train, k: number): boolean => k % number === group;
    const counts = (trains: readonly Train[]): Float64Array => binned(trains.filter(isOwn), width, interval);
    const theirs = counts(second);
    return counts(first).map((value, k) => value - itemAt(theirs, k));
  });
  const whole = a.map((value, k) => value - itemAt(b, k));
  const common = width > longestNoise ? 1 : commonNoise(whole, apart);
  const random = chance(number);
  const draws = Math.max(fewestDraws, Math.min(exchanges / 2, Math.floor(mostSteps / bins / number)));
  const drawn = Array.from({ length: draws }, () => {
    const sum = new Float64Array(bins);
    for (const trial of apart)
      if (random() < 0.5) for (let k = 0; k < bins; k += 1) sum[k]! += trial[k]!;
      else for (let k = 0; k < bins; k += 1) sum[k]! -= trial[k]!;
    let all = 0;
    for (let k = 0; k < bins; k += 1) all += Math.abs(sum[k]!);
    return all / total;
  });
  const { floor: alone, error } = spread(drawn);
  const together = Math.min(alone * Math.sqrt(common - 1), mostCommon);
  return {
    distance: distance / total,
    floor: Math.hypot(alone, together),
    // Common noise adds the error of its mean over bins, and of its estimate.
    error: Math.hypot(error, together * Math.sqrt(3 / bins)),
    freedom: number - 1,
  };
}

/**
 * Largest distance that common noise explains: fluctuations of half of the rate on both sides. Deeper ones, such as
 * responses to a stimulus, count as a property of the model.
 */
const mostCommon = 0.5 * (2 / Math.sqrt(Math.PI));

/**
 * Returns the variance of the differences of counts between both sides over that of independent groups of their cells,
 * at least
 * 1. Cells with common input or connections fluctuate together, in other ways in each run. Steps between nearby bins
 *   leave out
 * slow changes (Allan 1966, Proc. IEEE 54:221).
 */
function commonNoise(whole: Float64Array, groups: readonly Float64Array[]): number {
  const steps = (values: Float64Array, lag: number): number =>
    values.reduce((sum, value, k) => sum + (value - (values[k - lag] ?? value)) ** 2, 0);
  const shares = lags.map((lag) => steps(whole, lag) / groups.reduce((sum, group) => sum + steps(group, lag), 0));
  return Math.max(1, ...shares.filter(Number.isFinite));
}

/** Bins between counts of which the differences are taken, and the longest bin in s: slower changes are differences. */
const lags = [1, 2];
const longestNoise = 0.1;

/** Bounds of memory and time for recordings of hours. */
const [mostCounts, mostSteps, fewestDraws] = [2 ** 24, 2 ** 29, 20];

/**
 * Returns mean and variance of |n₁ − n₂| of two equal Poisson counts with a given sum, which are binomial:
 * E = 2 m C(n, m)/2ⁿ with m = ⌈n/2⌉.
 */
function countingNoise(sum: number): readonly [mean: number, variance: number] {
  const n = Math.round(sum);
  if (n === 0) return [0, 0];
  const known = expectedDifference[n];
  // Stirling's formula is accurate to 1e-4 beyond.
  const mean = known ?? Math.sqrt((2 * n) / Math.PI);
  return [mean, n - mean * mean];
}

/** Expected |n₁ − n₂| by n₁ + n₂. Even numbers have that of the odd number before: E(2m) = E(2m − 1). */
const expectedDifference: readonly number[] = (() => {
  const found = [0, 1, 1];
  // E(2m + 1) = E(2m) (2m + 1)/(2m).
  for (let n = 3; n < 2000; n += 1) found[n] = n % 2 === 1 ? (found[n - 1]! * n) / (n - 1) : found[n - 1]!;
  return found;
})();

// --- Spectrum, order, synchrony -------------------------------------------------------------------------------------
/** Standard errors that a band must differ by, beyond the margin. */
const errors = 3;

function compareSpectra(a: Profile, b: Profile, margin: number): Quantity | null {
  const bands = a.bands.flatMap((band, k) => {
    const other = b.bands[k];
    if (!other) return [];
    const apart = Math.abs(band.power - other.power);
    const error = Math.hypot(band.error, other.error);
    return [{ ...band, apart, error, isResolved: errors * error <= Math.log(margin) }];
  });
  const [worst] = [...bands].sort((x, y) => y.apart - errors * y.error - (x.apart - errors * x.error));
  if (!worst) return null;
  const { apart, error, from, to } = worst;
  const departure = Math.min(1, bands.length * upperTail((apart - Math.log(margin)) / error, 1e6));
  const beyond = apart - errors * error;
  const half = error * upperQuantile(alpha, 1e6);
  const isResolved = bands.some((band) => band.isResolved);
  return {
    name: 'spectrum',
    unit: '',
    means: null,
    distance: Math.exp(apart),
    floor: Math.exp(errors * error),
    interval: [Math.max(1, Math.exp(beyond - half)), Math.max(1, Math.exp(beyond + half))],
    margin,
    departure,
    over: `${Math.round(from)} to ${Math.round(to)} Hz`,
    verdict:
      departure < alpha && beyond > 0
        ? 'different'
        : isResolved && beyond <= Math.log(margin)
          ? 'within'
          : 'cannot say',
  };
}

/**
 * Least share of the variance of spike times in the order of cells that is an order of the model: others come from
 * wiring.
 */
const leastOrder = 0.5;

/** Compares the order in which cells fire, if one side has an order, or both have opposite ones, also of rates. */
function compareOrder(a: Profile, b: Profile, margin: number): Quantity | null {
  const cells = a.activation.filter((time, k) => !Number.isNaN(time) && !Number.isNaN(itemAt(b.activation, k))).length;
  if (cells < fewestCells) return null;
  const ordered = Math.max(a.reliability, b.reliability);
  const judge = (own: Float64Array, theirs: Float64Array, expected: number): Quantity | null => {
    const rank = rankCorrelation(own, theirs);
    if (Number.isNaN(rank)) return null;
    const [distance, error] = [Math.max(0, expected - rank), (1 - rank * rank) / Math.sqrt(cells - 1)];
    const estimate = { distance, floor: 0, error, freedom: cells - 2 };
    return quantity('order', count(cells, 'cells'), estimate, null, margin);
  };
  // First spikes, rates and leads show an order that repeats, but not its reliability: they only count if reversed.
  const isReversed = (['latency', 'activation', 'rates', 'lead'] as const).map((key) => judge(a[key], b[key], 0));
  const found =
    isReversed.find((candidate) => candidate?.verdict === 'different') ?? judge(a.activation, b.activation, ordered);
  if (found?.verdict === 'cannot say' && ordered === 0) return { ...found, verdict: 'within' };
  const isOrder = ordered >= leastOrder || isReversed.includes(found);
  return found?.verdict === 'different' && !isOrder ? { ...found, verdict: 'cannot say' } : found;
}

// --- Cells ----------------------------------------------------------------------------------------------------------
/**
 * Returns the most spikes of a cell that is silent on the other side; null unless such cells make all differences. In
 * another run, other cells would differ, too. The floor is the number of spikes at which chance silences a Poisson
 * process in 1 of 20.
 */
function lostCells(
  first: readonly Train[],
  second: readonly Train[],
  unmatched: number,
  margin: number,
): Quantity | null {
  let [cells, spikes, distance] = [0, 0, 0];
  for (const [k, { length }] of first.entries()) {
    const other = itemAt(second, k).length;
    if (length * other > 0 || length + other === 0) continue;
    [cells, spikes, distance] = [cells + 1, spikes + length + other, Math.max(distance, length + other)];
  }
  if (cells === 0 || spikes !== unmatched) return null;
  const estimate = { distance, floor: -Math.log(alpha), error: 0, freedom: 1 };
  return quantity('lost cells', count(cells, 'cells'), estimate, null, margin);
}
