/** Quantities of a population in a run, and the form in which comparisons state their distance. */

import { itemAt } from '../diagnostics/entry.js';
import { countCorrelations, synchronyOf } from './measures/counts.js';
import { localVariation, variation } from './measures/intervals.js';
import { binned, spectrum, type Band } from './measures/spectrum.js';
import type { Interval, Train } from './measures/train.js';
import type { Margins } from './options.js';
import type { Verdict } from './statistics/equivalence.js';

/** Name of a quantity. */
export type QuantityName =
  | 'rate'
  | 'CV'
  | 'LV'
  | 'correlation'
  | 'rate over 5 ms'
  | 'rate over 50 ms'
  | 'rate over 500 ms'
  | 'spectrum'
  | 'order'
  | 'synchrony'
  | 'rates of cells'
  | 'cells together'
  | 'lag'
  | 'lost cells';

/** Distance of a population in two recordings, or two sets of runs, in one quantity. */
export interface Quantity {
  readonly name: QuantityName;
  /** Unit of the means: `Hz`, or empty. */
  readonly unit: string;
  /** Mean of each side; null if the quantity has none. */
  readonly means: readonly [number, number] | null;
  /** Distance of the sides; of spectra the ratio of powers in the band that differs most. */
  readonly distance: number;
  /** Distance that chance alone gives. */
  readonly floor: number;
  /** The 90 % interval of the distance beyond its floor. */
  readonly interval: readonly [number, number];
  /** Largest distance beyond the floor that counts as the same. */
  readonly margin: number;
  /** p of a distance no larger than the margin: small if different. */
  readonly departure: number;
  /** Compared objects, such as `200 cells` or `40 to 64 Hz`. */
  readonly over: string;
  readonly verdict: Verdict;
}

/** Everything that is compared of a population in one run. */
export interface Profile {
  readonly spikes: number;
  /** Rate of each cell in Hz. */
  readonly rates: Float64Array;
  /** Of each cell; NaN for cells with too few intervals. */
  readonly cv: Float64Array;
  readonly lv: Float64Array;
  /** Of a fixed sample of pairs of cells; NaN for pairs with a constant count. */
  readonly correlations: Float64Array;
  /** Spikes of the population in each bin, by the quantity; without bins of which there are few. */
  readonly overTime: ReadonlyMap<QuantityName, Float64Array>;
  readonly bands: readonly Band[];
  /** Mean time of the spikes of each cell; NaN without spikes. */
  readonly activation: Float64Array;
  /** Share of the variance of `activation` that is not chance. */
  readonly reliability: number;
  /** Time of the first spike of each cell; NaN without spikes. */
  readonly latency: Float64Array;
  /**
   * Share of nearby spikes that follow those of each cell, less the share that precede them, by the time that is near;
   * NaN without nearby spikes.
   */
  readonly leads: readonly Float64Array[];
  /** Of each part of time. */
  readonly synchrony: Float64Array;
}

/** Fewest intervals for CV and LV: fewer bias CV downwards, by a tenth for 10 intervals of a Poisson process. */
const fewestIntervals = 10;

/** Bin of correlations and synchrony in s (Gutzen et al. 2018, Front. Neuroinform. 12:90). */
const bin = 2e-3;

/** Fewest long bins: fewer of them compare little more than the rate. */
const fewestBins = 4;

/** A quantity of one run. */
interface Kind {
  /** Its margin; absent: none. */
  readonly margin?: keyof Margins;
  /** Values of elements, such as cells, with a mean; NaN for elements without a value. */
  readonly values?: (profile: Values) => Float64Array;
  /** Elements with values. */
  readonly elements?: 'cells' | 'pairs' | 'parts of time';
  /** Width of bins of time in s. */
  readonly bin?: number;
  /** Whether distances are relative to the size of the values. */
  readonly isRelative?: boolean;
  /** Numbers of a run whose means over runs describe a side; absent: its counts in bins, or quantiles of its values. */
  readonly vector?: (profile: Profile) => Float64Array | undefined;
}

/** All quantities, in the order of tables. */
export const quantities: Readonly<Record<QuantityName, Kind>> = {
  rate: { margin: 'rate', elements: 'cells', values: ({ rates }) => rates, isRelative: true },
  CV: { margin: 'cv', elements: 'cells', values: ({ cv }) => cv },
  LV: { margin: 'lv', elements: 'cells', values: ({ lv }) => lv },
  correlation: { margin: 'correlation', elements: 'pairs', values: ({ correlations }) => correlations },
  'rate over 5 ms': { margin: 'time', bin: 5e-3, isRelative: true },
  'rate over 50 ms': { margin: 'time', bin: 5e-2, isRelative: true },
  'rate over 500 ms': { margin: 'time', bin: 0.5, isRelative: true },
  spectrum: { margin: 'spectrum', vector: ({ bands }) => Float64Array.from(bands, ({ power }) => power) },
  order: { margin: 'order', vector: ({ activation }) => (activation.length < 3 ? undefined : activation) },
  synchrony: {
    margin: 'synchrony',
    elements: 'parts of time',
    values: ({ synchrony }) => synchrony,
    vector: ({ synchrony }) => Float64Array.of(meanOf(synchrony)).filter((value) => !Number.isNaN(value)),
  },
  'rates of cells': { margin: 'order', vector: ({ rates }) => (rates.length < 3 ? undefined : rates) },
  'cells together': {},
  lag: {},
  'lost cells': {},
};

/** Names of all quantities, in the order of tables. */
export const quantityNames = Object.keys(quantities) as readonly QuantityName[];

/** Returns the bins of the rate over time that fit into an interval, in s. */
export const timeBinsIn = ({ begin, end }: Interval): readonly (readonly [QuantityName, number])[] =>
  quantityNames.flatMap((name) => {
    const { bin: width = Infinity } = quantities[name];
    return width < 0.1 || (end - begin) / width > fewestBins - 1 + 1e-6 ? [[name, width] as const] : [];
  });

/** Logarithm of a tenth of the Poisson floor: powers below it are leakage of the peaks of regular cells. */
const leastPower = Math.log(0.1);

/** Parts of time for the synchrony, which has no value for each cell. */
const parts = 10;

/** Cells whose pairs are correlated: 1770 pairs. */
const sampledCells = 60;

/** Quantities with a mean over cells, pairs or parts of time. */
export type Values = Pick<Profile, 'rates' | 'cv' | 'lv' | 'correlations' | 'synchrony'>;

/** Computes quantities with a mean. */
export function valuesOf(trains: readonly Train[], interval: Interval): Values {
  const of = (value: (train: Train) => number): Float64Array => Float64Array.from(trains, value);
  const ofIntervals = (value: (train: Train) => number): Float64Array =>
    of((train) => (train.length > fewestIntervals ? value(train) : NaN));
  const sample = shuffled(trains.length).slice(0, sampledCells);
  return {
    rates: of(({ length }) => length / (interval.end - interval.begin)),
    cv: ofIntervals(variation),
    lv: ofIntervals(localVariation),
    correlations: countCorrelations(
      sample.map((k) => itemAt(trains, k)),
      bin,
      interval,
    ),
    synchrony: trains.length < 2 ? new Float64Array(0) : synchronyOf(trains, bin, interval, parts),
  };
}

/** Computes all quantities of a population. */
export function profileOf(trains: readonly Train[], interval: Interval): Profile {
  const activation = Float64Array.from(trains, (train) => meanOf(train));
  return {
    ...valuesOf(trains, interval),
    spikes: trains.reduce((sum, { length }) => sum + length, 0),
    overTime: new Map(timeBinsIn(interval).map(([name, width]) => [name, binned(trains, width, interval)])),
    bands: spectrum(trains, interval).map((band) => ({ ...band, power: Math.max(leastPower, band.power) })),
    activation,
    reliability: reliabilityOf(trains, activation),
    latency: Float64Array.from(trains, (train) => train[0] ?? NaN),
    leads: leadsOf(trains, interval),
  };
}

/** Returns the mean of the numbers; NaN if there are none. */
export function meanOf(values: Iterable<number>): number {
  let [sum, count] = [0, 0];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    count += 1;
  }
  return sum / count;
}

/** Returns the margin of a quantity. */
export function marginOf(margins: Margins, name: QuantityName): number {
  const { margin } = quantities[name];
  return margin === undefined ? 0 : margins[margin];
}

/** Checks whether noise and differences add up by their squares, as in many independent bins; else they add up. */
const isOverTime = (name: QuantityName): boolean => quantities[name].bin !== undefined;

/** Returns the part of a distance that is beyond its floor. */
export const beyondFloor = (name: QuantityName, distance: number, floor: number): number =>
  isOverTime(name) ? Math.sqrt(Math.max(0, Math.max(0, distance) ** 2 - floor ** 2)) : Math.max(0, distance - floor);

/** Returns the largest distance with a part beyond its floor that is within the margin. */
export const mostDistance = (name: QuantityName, floor: number, margin: number): number =>
  isOverTime(name) ? Math.hypot(floor, margin) : floor + margin;

/** A generator of random numbers below 1 that gives the same numbers each time (Marsaglia 2003, xorshift). */
export function chance(seed = 1): () => number {
  let state = (seed * 2654435761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return (state + 0.5) / 2 ** 32;
  };
}

/** Brings numbers into a random order in place, and returns them. */
export function shuffle<T extends number[] | Int8Array>(values: T, random: () => number): T {
  for (let k = values.length - 1; k > 0; k -= 1) {
    const other = Math.floor(random() * (k + 1));
    [values[k], values[other]] = [values[other]!, values[k]!];
  }
  return values;
}

/** Returns the numbers below `length` in a random order that is always the same. */
export const shuffled = (length: number): readonly number[] =>
  shuffle(
    Array.from({ length }, (_, k) => k),
    chance(length),
  );

/**
 * Returns the share of the variance of mean times between cells that is not explained by the variance within cells: 1
 * for a sequence, about 0 if all cells fire at any time.
 */
function reliabilityOf(trains: readonly Train[], activation: Float64Array): number {
  const times = activation.filter((time) => !Number.isNaN(time));
  if (times.length < 3) return 0;
  let [sum, squares, count] = [0, 0, 0];
  for (const [k, train] of trains.entries()) {
    const mean = itemAt(activation, k);
    for (const time of train) {
      sum += time;
      squares += (time - mean) ** 2;
    }
    count += train.length;
  }
  const freedom = count - times.length;
  if (freedom < 1) return 0;
  const within = squares / freedom;
  const all = sum / count;
  let between = 0;
  for (const [k, { length }] of trains.entries())
    if (length > 0) between += length * (itemAt(activation, k) - all) ** 2;
  between /= times.length - 1;
  // Fisher's F is 1 by chance, and more by bursts, whose spikes are not independent. Three standard deviations above it
  // count as an order.
  const f = within > 0 ? between / within / Math.max(1, fanoFactor(trains)) : Infinity;
  return f < 1 + 3 * Math.sqrt(2 / times.length + 2 / freedom) ? 0 : 1 - 1 / f;
}

/** Distances of nearby spikes, and least width of the bins that count them, in s. */
const [nearby, leadBin] = [[5e-3, 25e-3, 125e-3], 1e-4];

/** Bins of a block of time: their sums fit into the cache of a processor. */
const blockBins = 2 ** 14;

/**
 * Returns whether cells lead or follow the population: mean SPIKE-order of each cell and all others (Kreuz et al. 2017,
 * New J. Phys. 19:043028), with fixed windows. All cells are taken block by block of time.
 */
export function leadsOf(trains: readonly Train[], interval: Interval): readonly Float64Array[] {
  const width = Math.max(leadBin, (interval.end - interval.begin) / 2 ** 22);
  const reaches = nearby.map((window) => Math.round(window / width));
  const counts = binned(trains, width, interval);
  const margin = Math.max(...reaches) + 2;
  /** Element `margin + k` is the number of spikes in bins up to k. */
  const sums = new Float64Array(counts.length + 2 * margin);
  for (let k = 1; k < sums.length; k += 1) sums[k] = sums[k - 1]! + (counts[k - margin] ?? 0);
  const sides = reaches.map((reach) => ({
    reach,
    before: new Float64Array(trains.length),
    after: new Float64Array(trains.length),
  }));
  const next = new Uint32Array(trains.length);
  const places = new Int32Array(trains.reduce((most, { length }) => Math.max(most, length), 0));
  for (let begin = 0; begin < counts.length; begin += blockBins) {
    const end = begin + blockBins < counts.length ? begin + blockBins : Infinity;
    for (const [cell, train] of trains.entries()) {
      let [k, length] = [next[cell]!, 0];
      for (; k < train.length; k += 1) {
        const place = Math.floor((train[k]! - interval.begin) / width + 1e-8);
        if (place >= end) break;
        places[length++] = place + margin;
      }
      next[cell] = k;
      for (const { reach, before, after } of sides) {
        let [earlier, later] = [0, 0];
        for (let j = 0; j < length; j += 1) {
          const at = places[j]!;
          earlier += sums[at - 1]! - sums[at - 1 - reach]!;
          later += sums[at + reach]! - sums[at]!;
        }
        before[cell]! += earlier;
        after[cell]! += later;
      }
    }
  }
  return sides.map(({ before, after }) => after.map((later, k) => (later - before[k]!) / (later + before[k]!)));
}

/** Returns the variance of counts in 20 parts of time over their mean, of all cells. */
function fanoFactor(trains: readonly Train[]): number {
  const parts = 20;
  let [begin, end] = [Infinity, -Infinity];
  for (const train of trains)
    [begin, end] = [Math.min(begin, train[0] ?? Infinity), Math.max(end, train.at(-1) ?? -Infinity)];
  let [variance, mean] = [0, 0];
  for (const train of trains) {
    const counts = binned([train], (end - begin) / parts, { begin, end });
    mean += train.length / parts;
    variance += counts.reduce((sum, count) => sum + (count - train.length / parts) ** 2, 0) / (parts - 1);
  }
  return variance / mean;
}

/** Returns Spearman's rank correlation over elements with two numbers; NaN for less than three. */
export function rankCorrelation(first: Float64Array, second: Float64Array): number {
  const kept = [...first.keys()].filter((k) => !Number.isNaN(itemAt(first, k)) && !Number.isNaN(itemAt(second, k)));
  if (kept.length < 3) return NaN;
  const ranked = (values: Float64Array): Float64Array => ranks(kept.map((k) => itemAt(values, k)));
  const others = ranked(second);
  const middle = (kept.length - 1) / 2;
  let [product, x, y] = [0, 0, 0];
  for (const [k, rank] of ranked(first).entries()) {
    const other = itemAt(others, k);
    product += (rank - middle) * (other - middle);
    x += (rank - middle) ** 2;
    y += (other - middle) ** 2;
  }
  return x > 0 && y > 0 ? product / Math.sqrt(x * y) : NaN;
}

/** Returns the rank of each value; equal values share their mean rank. */
export function ranks(values: readonly number[]): Float64Array {
  const order = [...values.keys()].sort((p, q) => values[p]! - values[q]!);
  const found = new Float64Array(values.length);
  for (let k = 0; k < order.length;) {
    let end = k + 1;
    while (end < order.length && values[order[end]!] === values[order[k]!]) end += 1;
    for (let j = k; j < end; j += 1) found[order[j]!] = (k + end - 1) / 2;
    k = end;
  }
  return found;
}
