/**
 * Distances of a population in one run of each side. Their floors and errors follow from exchanging cells between the
 * sides, and from the counting noise of populations with few cells. The spread between runs stays unknown.
 */

import { itemAt } from '../diagnostics/entry.js';
import { lagOf, sharedSizes } from './fluctuations.js';
import { firstFrom, type Interval, type Train } from './measures/train.js';
import { binned } from './measures/spectrum.js';
import type { Margins } from './options.js';
import { compareTogether } from './patterns.js';
import {
  beyondFloor,
  chance,
  marginOf,
  meanOf,
  mostDistance,
  leadsOf,
  profileOf,
  quantities,
  quantityNames,
  rankCorrelation,
  shuffled,
  timeBinsIn,
  valuesOf,
  type Profile,
  type Quantity,
  type QuantityName,
  type Values,
} from './quantities.js';
import { alpha, compareMeans, moments } from './statistics/equivalence.js';
import { meanOverTime, type MeanOverTime } from './statistics/over-time.js';
import { upperQuantile, upperTail } from './statistics/student.js';

/** Exchanges of cells that estimate a floor. */
const exchanges = 200;

/** Fewest cells that are exchanged: 8 have 128 different splits. */
const fewestCells = 8;

/** A distance, the mean of its values by chance, and their standard deviation. */
interface Estimate {
  readonly distance: number;
  readonly floor: number;
  readonly error: number;
  readonly freedom: number;
}

/** Quantities of a population in one run of each side. */
interface PopulationJudgement {
  readonly quantities: readonly Quantity[];
  /** Circular lag in s that aligns both rates; null without one. */
  readonly lag: number | null;
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
): PopulationJudgement {
  const others = paired ? second : shuffled(second.length).map((k) => itemAt(second, k));
  const [a, b] = [profileOf(first, interval), profileOf(others, interval)];
  if (a.spikes + b.spikes === 0) return { quantities: [], lag: null };
  const bins = new Map(timeBinsIn(interval));
  const inTime = overTime(first, others, a, b, interval);
  const lag = lagOf(first, others, interval);
  const cellRates = paired ? ratesOfCells([first, others], interval, marginOf(margins, 'rates of cells')) : null;
  const found = quantityNames.flatMap((name) => {
    const margin = marginOf(margins, name);
    const { values, elements = 'cells' } = quantities[name];
    if (name === 'spectrum') return compareSpectra(a, b, margin) ?? [];
    if (name === 'order')
      return (
        (paired ? compareOrder([first, others], a, b, interval, margin, cellRates?.verdict !== 'cannot say') : null) ??
        []
      );
    if (name === 'rates of cells') return cellRates ?? [];
    if (name === 'cells together') return (paired ? compareTogether([first, others], interval) : null) ?? [];
    if (name === 'lag') return [];
    if (name === 'lost cells') return lostCells(first, second, unmatched, margin) ?? [];
    if (!values) {
      const width = bins.get(name);
      return (width && compareOverTime(name, [first, others], width, interval, margin, lag)) || [];
    }
    const [x, y] = [values(a), values(b)];
    const kept = [...x.keys()].filter((k) => !Number.isNaN(itemAt(x, k)) && !Number.isNaN(y[k] ?? NaN));
    const [own, theirs] = [kept.map((k) => itemAt(x, k)), kept.map((k) => itemAt(y, k))];
    const scale = name === 'rate' ? 2 / (meanOf(own) + meanOf(theirs)) : 1;
    const single =
      name === 'synchrony'
        ? meanDistance(own, theirs)
        : (exchanged(own, theirs) ??
          (name === 'rate' ? rateDistance(own, theirs, a.spikes + b.spikes, interval) : null));
    const alone = compareMeans(own, theirs, true)?.error ?? 0;
    const estimate = single && scaled(withTime(single, alone, inTime(values)), scale);
    const leftOut = x.length - kept.length;
    const over = `${count(kept.length, elements)}${leftOut === 0 ? '' : `, ${leftOut} left out`}`;
    return estimate ? quantity(name, over, estimate, [meanOf(own), meanOf(theirs)], margin) : [];
  });
  return { quantities: found, lag };
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
/** Returns the distance of the mean rates of few cells in Hz, with the noise of their counts. */
function rateDistance(
  own: readonly number[],
  theirs: readonly number[],
  spikes: number,
  { begin, end }: Interval,
): Estimate {
  const [floor, variance] = countingNoise(spikes);
  const apart = Math.abs(meanOf(own) - meanOf(theirs)) * own.length * (end - begin);
  const counts = { distance: apart, floor, error: Math.sqrt(variance), freedom: 1e6 };
  return scaled(counts, 1 / own.length / (end - begin));
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
/** Parts of time that are left out in turn, and the number in long recordings. */
const [timeParts, fewParts, longRecording] = [20, 8, 1e6];

/**
 * Returns the difference of the means of both sides with its error over time: cells that fluctuate together give fewer
 * independent values than cells. Each part of time is left out in turn (Tukey's jackknife).
 */
function overTime(first: readonly Train[], second: readonly Train[], a: Profile, b: Profile, interval: Interval) {
  const parts = a.spikes + b.spikes > longRecording ? fewParts : timeParts;
  const width = (interval.end - interval.begin) / parts;
  const rest = { begin: interval.begin, end: interval.end - width };
  const without = Array.from({ length: parts }, (_, part) => {
    const [from, to] = [interval.begin + part * width, interval.begin + (part + 1) * width];
    const cut = (train: Train): Train => {
      const [start, stop] = [firstFrom(train, from), firstFrom(train, to)];
      const kept = new Float64Array(train.length - stop + start);
      kept.set(train.subarray(0, start));
      for (let k = stop; k < train.length; k += 1) kept[start + k - stop] = train[k]! - width;
      return kept;
    };
    return [first, second].map((trains) => valuesOf(trains.map(cut), rest)) as [Values, Values];
  });
  return (values: (profile: Values) => Float64Array): MeanOverTime => {
    const apart = (x: Values, y: Values): number => meanOf(values(y)) - meanOf(values(x));
    const whole = apart(a, b);
    return meanOverTime(Float64Array.from(without, ([x, y]) => parts * whole - (parts - 1) * apart(x, y)));
  };
}

/** Adds the error over time to an estimate that takes elements as independent. */
function withTime(estimate: Estimate, alone: number, { error, freedom }: MeanOverTime): Estimate {
  const common = Math.sqrt(Math.max(0, error ** 2 - alone ** 2));
  if (!(common > 0)) return estimate;
  const total = Math.hypot(estimate.error, common);
  return {
    distance: estimate.distance,
    floor: Math.hypot(estimate.floor, common * Math.sqrt(2 / Math.PI)),
    error: total,
    freedom: total ** 4 / (estimate.error ** 4 / estimate.freedom + common ** 4 / freedom),
  };
}

/**
 * Returns the integral of the difference of rates over that of their mean. The floor is the distance at which counting
 * alone brings two sides.
 */
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
  return total === 0
    ? null
    : { distance: distance / total, floor: counting / total, error: Math.sqrt(variance) / total, freedom: 1e6 };
}

/**
 * Compares the rate over time. Fluctuations of both sides may be at other times, so a distance alone is no difference:
 * they differ if they are the same at another lag, or if their sizes differ.
 */
function compareOverTime(
  name: QuantityName,
  [first, second]: readonly [readonly Train[], readonly Train[]],
  width: number,
  interval: Interval,
  margin: number,
  lag: number | null,
): Quantity | null {
  const estimate = timeDistance(first, second, width, interval);
  if (!estimate) return null;
  const bins = Math.ceil((interval.end - interval.begin) / width - 1e-6);
  const shared = sharedSizes(first, second, width, interval);
  const sizes = shared?.sizes ?? null;
  const isApart = sizes !== null && Math.abs(sizes[0] - sizes[1]) > margin;
  const departure = lag === null ? (isApart ? shared!.chance : 1) : 0;
  const found = quantity(name, count(bins, 'bins'), estimate, null, margin);
  const verdict = departure < alpha ? 'different' : found.verdict === 'within' ? 'within' : 'cannot say';
  return { ...found, means: sizes && [100 * sizes[0], 100 * sizes[1]], unit: '%', departure, verdict };
}

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

/** Least reliability of an order of cells that is one of the model: others come from wiring. */
const leastOrder = 0.5;

/** Least rank correlation of leads in two parts of a run. */
const leastLead = 0.7;

/** Parts of time whose odd and even ones are the halves of a run for the rates of cells. */
const halvedParts = 8;

/** Returns the trains in every other part of the time. */
function halfOf(trains: readonly Train[], odd: number, { begin, end }: Interval, parts: number): readonly Train[] {
  const width = (end - begin) / parts;
  return trains.map((train) => train.filter((time) => Math.floor((time - begin) / width) % 2 === odd));
}

/** Judges a rank correlation of cells that should be as high as expected. */
function judgeOrder(
  name: QuantityName,
  [own, theirs]: readonly [Float64Array, Float64Array],
  expected: number,
  margin: number,
): Quantity | null {
  const rank = rankCorrelation(own, theirs);
  const cells = own.filter((value, k) => !Number.isNaN(value) && !Number.isNaN(itemAt(theirs, k))).length;
  if (Number.isNaN(rank) || cells < fewestCells) return null;
  const [distance, error] = [Math.max(0, expected - rank), (1 - rank * rank) / Math.sqrt(cells - 1)];
  return quantity(name, count(cells, 'cells'), { distance, floor: 0, error, freedom: cells - 2 }, null, margin);
}

/** Returns the rank correlation that two sides with the same cells have, from that of the halves of each side. */
function expectedRank(halves: readonly (readonly [Float64Array, Float64Array])[]): number {
  const [a = 0, b = 0] = halves.map(([even, odd]) => Math.max(0, rankCorrelation(even, odd)) || 0);
  const within = Math.sqrt(a * b);
  // Halves have half of the spikes (Spearman 1910, Br. J. Psychol. 3:271).
  return (2 * within) / (1 + within);
}

/**
 * Compares the order in which cells fire, if one side has an order, or both have opposite ones, also of rates.
 *
 * @param areAlike  whether cells have the rates of their partners: cells that are drawn anew have another order, too
 */
function compareOrder(
  [first, second]: readonly [readonly Train[], readonly Train[]],
  a: Profile,
  b: Profile,
  interval: Interval,
  margin: number,
  areAlike: boolean,
): Quantity | null {
  const ordered = Math.max(a.reliability, b.reliability);
  const judge = (own: Float64Array, theirs: Float64Array, expected: number): Quantity | null =>
    judgeOrder('order', [own, theirs], expected, margin);
  // First spikes, rates and leads show an order that repeats, but not its reliability: they only count if reversed.
  const isReversed = [
    ...(['latency', 'activation', 'rates'] as const).map((key) => judge(a[key], b[key], 0)),
    ...a.leads.map((lead, k) => judge(lead, itemAt(b.leads, k), 0)),
  ];
  // Cells that fire regularly keep their phases for some time: an order counts if both halves of the time have it.
  const halves = areAlike
    ? [first, second].map((trains) => [0, 1].map((later) => leadsOf(halfOf(trains, later, interval, 2), interval)))
    : [];
  const isOther = a.leads.map((lead, k) => {
    if (!areAlike) return null;
    const expected = expectedRank(halves.map(([even, odd]) => [itemAt(even!, k), itemAt(odd!, k)] as const));
    return expected < leastLead ? null : judge(lead, itemAt(b.leads, k), expected);
  });
  const candidates = [...isReversed, ...isOther].filter((candidate) => candidate !== null);
  const certain = candidates
    .map((candidate): Quantity => ({ ...candidate, departure: Math.min(1, candidates.length * candidate.departure) }))
    .find(({ verdict, departure }) => verdict === 'different' && departure < alpha);
  const found = certain ?? judge(a.activation, b.activation, ordered);
  if (found?.verdict === 'cannot say' && ordered === 0) return { ...found, verdict: 'within' };
  return found?.verdict === 'different' && !certain && (ordered < leastOrder || !areAlike)
    ? { ...found, verdict: 'cannot say' }
    : found;
}

// --- Cells ----------------------------------------------------------------------------------------------------------
/** Spikes of one side at least that a cell must have for its rate to be another one, and the least ratio. */
const [fewestOfCell, leastRatio] = [20, 3];

/**
 * Compares the rates of single cells: their rank correlation between sides with that between halves of a side, and the
 * cell that differs most. Networks that are wired anew have other rates, so one run of each side leaves it open.
 */
function ratesOfCells(
  [first, second]: readonly [readonly Train[], readonly Train[]],
  interval: Interval,
  margin: number,
): Quantity | null {
  const ratesOf = (trains: readonly Train[]): Float64Array => Float64Array.from(trains, ({ length }) => length);
  const sides = [ratesOf(first), ratesOf(second)] as const;
  const expected = expectedRank(
    [first, second].map(
      (trains) =>
        [ratesOf(halfOf(trains, 0, interval, halvedParts)), ratesOf(halfOf(trains, 1, interval, halvedParts))] as const,
    ),
  );
  const found = judgeOrder('rates of cells', sides, expected, margin);
  if (!found) return null;
  // Square roots of Poisson counts have one variance; the median also measures that of bursts.
  const apart = sides[0].map((count, k) => Math.sqrt(itemAt(sides[1], k)) - Math.sqrt(count));
  const middle = medianOf(apart);
  const off = apart.map((value) => Math.abs(value - middle));
  const error = Math.max(Math.SQRT1_2, medianOf(off) / normalMedian);
  const worst = off.reduce((most, value, k) => (value > itemAt(off, most) ? k : most), 0);
  const [a, b] = sides.map((counts) => itemAt(counts, worst)) as [number, number];
  const departure = Math.min(1, off.length * 2 * upperTail(itemAt(off, worst) / error, 1e6));
  const isApart = departure < alpha && Math.max(a, b) >= Math.max(fewestOfCell, leastRatio * Math.min(a, b));
  return {
    ...found,
    over: isApart ? `a cell with ${a} and ${b} spikes` : found.over,
    departure: isApart ? departure : found.departure,
    verdict: found.verdict === 'different' || isApart ? 'cannot say' : 'within',
  };
}

/** The median of the absolute value of a standard normal number. */
const normalMedian = 0.6745;

function medianOf(values: Float64Array): number {
  const sorted = values.toSorted();
  return itemAt(sorted, Math.floor(sorted.length / 2));
}

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
