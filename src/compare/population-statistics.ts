/** Statistics of a population in two recordings, each with a test of equivalence. */

import { commonActivity } from './measures/counts.js';
import { localVariation, variation } from './measures/intervals.js';
import type { Interval, Train } from './measures/train.js';
import type { Margins } from './options.js';
import { compareMeans, kolmogorovSmirnov, type Difference } from './statistics/equivalence.js';

/** A quantity of a population in two recordings. */
export interface Quantity {
  readonly name: 'rate' | 'CV' | 'LV' | 'correlation' | 'synchrony';
  /** `Hz`, or empty. */
  readonly unit: string;
  /** Whose values were compared. */
  readonly over: 'cells' | 'parts of time' | 'runs';
  /** Cells or parts without a value on one side. */
  readonly leftOut: number;
  /** Distance of the distributions; reported and not judged. */
  readonly kolmogorovSmirnov: number;
  readonly difference: Difference;
}

/** Fewest intervals for CV and LV: fewer bias CV downwards, by a tenth for 10 intervals of a Poisson process. */
const fewestIntervals = 10;

/** Bin of correlations and synchrony in s (Gutzen et al. 2018, Front. Neuroinform. 12:90). */
const bin = 2e-3;

/** Number of parts of time for correlations, synchrony, and the rate of a single cell, since they have no value for each cell. */
const parts = 10;

type Name = Quantity['name'];

/** Values of each quantity of a population. */
type Values = Readonly<Record<Name, readonly number[]>>;

/** Compares all quantities that have at least two values on both sides. */
export function compareStatistics(
  first: readonly Train[],
  second: readonly Train[],
  interval: Interval,
  margins: Margins,
  paired: boolean,
): readonly Quantity[] {
  const single = first.length < 2 || second.length < 2;
  const [a, b] = [valuesOf(first, interval, single), valuesOf(second, interval, single)];
  const over = (name: Name): Quantity['over'] =>
    name === 'correlation' || name === 'synchrony' || (name === 'rate' && single) ? 'parts of time' : 'cells';
  const sizes = marginsOf(margins, first, interval);
  return names.flatMap((name) => {
    const isPaired = paired || name === 'correlation' || name === 'synchrony';
    return quantity(name, over(name), a[name], b[name], sizes[name], isPaired);
  });
}

/**
 * Compares several runs of each side by the means of each run. Runs with other seeds vary as a whole, because cells of a
 * network act together.
 */
export function compareRuns(
  first: readonly (readonly Train[])[],
  second: readonly (readonly Train[])[],
  interval: Interval,
  margins: Margins,
): readonly Quantity[] {
  const meansOf = (runs: readonly (readonly Train[])[], name: Name): readonly number[] =>
    runs.map((trains) => {
      const values = valuesOf(trains, interval, false)[name].filter((value) => !Number.isNaN(value));
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    });
  const sizes = marginsOf(margins, first.flat(), interval);
  return names.flatMap((name) =>
    quantity(name, 'runs', meansOf(first, name), meansOf(second, name), sizes[name], false),
  );
}

const names: readonly Name[] = ['rate', 'CV', 'LV', 'correlation', 'synchrony'];

/** @param inParts  whether rates are computed in parts of time, as for a single cell */
function valuesOf(trains: readonly Train[], interval: Interval, inParts: boolean): Values {
  const seconds = interval.end - interval.begin;
  const ofIntervals = (of: (train: Train) => number): readonly number[] =>
    trains.map((train) => (train.length > fewestIntervals ? of(train) : NaN));
  const { correlation, synchrony } = commonActivity(trains, bin, interval, parts);
  return {
    rate: inParts ? ratesInParts(trains, interval) : trains.map(({ length }) => length / seconds),
    CV: ofIntervals(variation),
    LV: ofIntervals(localVariation),
    correlation: trains.length < 2 ? [] : [...correlation],
    synchrony: trains.length < 2 ? [] : [...synchrony],
  };
}

/** Margins in the unit of each quantity. */
function marginsOf(
  margins: Margins,
  trains: readonly Train[],
  { begin, end }: Interval,
): Readonly<Record<Name, number>> {
  const spikes = trains.reduce((sum, { length }) => sum + length, 0);
  const rate = spikes / trains.length / (end - begin);
  const { cv, lv, correlation, synchrony } = margins;
  return { rate: Math.max(margins.rate * rate, margins.rateFloor), CV: cv, LV: lv, correlation, synchrony };
}

function ratesInParts(trains: readonly Train[], { begin, end }: Interval): readonly number[] {
  const width = (end - begin) / parts;
  const counts = Array.from({ length: parts }, () => 0);
  for (const train of trains)
    for (const time of train) counts[Math.min(parts - 1, Math.max(0, Math.floor((time - begin) / width)))]! += 1;
  return counts.map((count) => count / width / trains.length);
}

function quantity(
  name: Name,
  over: Quantity['over'],
  first: readonly number[],
  second: readonly number[],
  margin: number,
  paired: boolean,
): readonly Quantity[] {
  const isPair = (k: number): boolean => !Number.isNaN(first[k]!) && !Number.isNaN(second[k]!);
  const kept = (values: readonly number[]): readonly number[] =>
    values.filter((value, k) => (paired ? isPair(k) : !Number.isNaN(value)));
  const [a, b] = [kept(first), kept(second)];
  const difference = compareMeans(a, b, paired, margin);
  if (!difference) return [];
  const leftOut = Math.max(first.length - a.length, second.length - b.length);
  const unit = name === 'rate' ? 'Hz' : '';
  return [{ name, unit, over, leftOut, kolmogorovSmirnov: kolmogorovSmirnov(a, b), difference }];
}
