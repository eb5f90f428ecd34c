/** Statistics of a population in two recordings, each with a test of equivalence. */

import { commonActivity, type CommonActivity } from './measures/counts.js';
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
  readonly over: 'cells' | 'parts of time';
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

/** Parts of time in which correlations, synchrony, and the rate of a single cell are compared: they are of all cells. */
const parts = 10;

/** Compares all quantities that have at least two values on both sides. */
export function compareStatistics(
  first: readonly Train[],
  second: readonly Train[],
  interval: Interval,
  margins: Margins,
  paired: boolean,
): readonly Quantity[] {
  const seconds = interval.end - interval.begin;
  const both = [first, second] as const;
  const spikes = both.map((trains) => trains.reduce((sum, { length }) => sum + length, 0));
  if (spikes[0] === 0 && spikes[1] === 0) return [];
  const rate = Math.max(margins.rate * (spikes[0]! / first.length / seconds), margins.rateFloor);
  const intervals =
    (of: (train: Train) => number) =>
    (train: Train): number =>
      train.length > fewestIntervals ? of(train) : NaN;
  const perCell = (of: (train: Train) => number): Values => both.map((trains) => trains.map(of));
  const single = first.length < 2 || second.length < 2;
  const rates: Values = single
    ? both.map((trains) => ratesInParts(trains, interval))
    : perCell((train) => train.length / seconds);
  const common = single ? [] : both.map((trains) => commonActivity(trains, bin, interval, parts));
  const inParts = (name: keyof CommonActivity): Values => common.map((one) => [...one[name]]);
  const found = [
    quantity('rate', single ? 'parts of time' : 'cells', rates, rate, paired),
    quantity('CV', 'cells', perCell(intervals(variation)), margins.cv, paired),
    quantity('LV', 'cells', perCell(intervals(localVariation)), margins.lv, paired),
    ...(single
      ? []
      : [
          quantity('correlation', 'parts of time', inParts('correlation'), margins.correlation, true),
          quantity('synchrony', 'parts of time', inParts('synchrony'), margins.synchrony, true),
        ]),
  ];
  return found.filter((one) => one !== null);
}

type Values = readonly (readonly number[])[];

function ratesInParts(trains: readonly Train[], { begin, end }: Interval): readonly number[] {
  const width = (end - begin) / parts;
  const counts = Array.from({ length: parts }, () => 0);
  for (const train of trains)
    for (const time of train) counts[Math.min(parts - 1, Math.max(0, Math.floor((time - begin) / width)))]! += 1;
  return counts.map((count) => count / width / trains.length);
}

function quantity(
  name: Quantity['name'],
  over: Quantity['over'],
  [first = [], second = []]: Values,
  margin: number,
  paired: boolean,
): Quantity | null {
  const isPair = (k: number): boolean => !Number.isNaN(first[k]!) && !Number.isNaN(second[k]!);
  const kept = [first, second].map((values) =>
    values.filter((value, k) => (paired ? isPair(k) : !Number.isNaN(value))),
  );
  const [a = [], b = []] = kept;
  const difference = compareMeans(a, b, paired, margin);
  if (!difference) return null;
  const leftOut = Math.max(first.length - a.length, second.length - b.length);
  return {
    name,
    unit: name === 'rate' ? 'Hz' : '',
    over,
    leftOut,
    kolmogorovSmirnov: kolmogorovSmirnov(a, b),
    difference,
  };
}
