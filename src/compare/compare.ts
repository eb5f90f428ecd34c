/** Comparison of two recordings: coverage, spikes, quantities and samples, and the grade of their agreement. */

import { UsageError } from '../diagnostics/diagnostic.js';
import { itemAt } from '../diagnostics/entry.js';
import { comparePair } from './compare-populations.js';
import {
  commonTime,
  refuseCoarse,
  selected,
  slipOfUnits,
  within as trainWithin,
  type Coverage,
  type NamedShare,
} from './coverage.js';
import { matchSpikes, type Matching } from './measures/matching.js';
import { compareTraces, type TraceDistance } from './measures/traces.js';
import type { Interval, Train } from './measures/train.js';
import { defaultMargins, type CompareOptions, type Margins } from './options.js';
import { pairCells, type PairedTrains } from './pair-cells.js';
import { compareFollowing } from './patterns.js';
import { pairSignals, type PairedSignal } from './pair-signals.js';
import type { Quantity } from './quantities.js';
import { eventName, timeRounding, type Recorded } from './recorded.js';
import { alpha, withHolm } from './statistics/equivalence.js';

/** Grades of agreement from the closest on; each but the last two implies all later ones. */
export const grades = [
  'identical',
  'same spikes',
  'same within δ',
  'statistically the same',
  'not shown to differ',
  'cannot say',
  'different',
] as const;

/** Agreement of two recordings. */
export type Grade = (typeof grades)[number];

/** A population in two recordings. */
export interface PopulationComparison {
  readonly population: string;
  readonly event: string;
  /** Cells that were compared. */
  readonly cells: number;
  readonly spikes: readonly [number, number];
  readonly grade: Grade;
  readonly matched: number;
  readonly missing: number;
  readonly extra: number;
  /** Mean signed shift of matched spikes in s, second minus first; null without any. */
  readonly offset: number | null;
  /** Whether all matched spikes are shifted by the same time. */
  readonly constantOffset: boolean;
  /** Largest shift of a matched spike in s. */
  readonly largestShift: number;
  /** First spike without a partner; null if all have one. */
  readonly divergence: { readonly time: number; readonly cell: number } | null;
  /** Distances of all quantities; null if spikes match or only shift, or if only matches were asked for. */
  readonly quantities: readonly Quantity[] | null;
  /** Circular lag in s that aligns both rates; null without one. */
  readonly lag: number | null;
  /** Share of the spikes after the first difference that both sides have: copies of one run have most of them. */
  readonly copied: number;
}

/** A variable of one cell in two recordings. */
export interface SignalComparison extends TraceDistance {
  readonly name: string;
  readonly unit: string | null;
  /** Time of the largest difference in s. */
  readonly time: number | null;
  /** Whether the second is sampled one sample later or earlier, and agrees apart from that. */
  readonly isLabelShift: boolean;
  readonly grade: Grade;
}

/** Sets of runs: distances between sides are compared with distances within sides. */
export interface Replicates {
  /** Distinct runs of each side. */
  readonly runs: readonly [number, number];
  /** Runs that are copies of others, and count once. */
  readonly copies: number;
  /** p of the permutation of runs; null if so few runs cannot give a small one. */
  readonly p: number | null;
  /** Population and quantity with the largest distance between sides. */
  readonly largest: string;
}

/** Agreement of two recordings. */
export interface Comparison {
  /** Grade of everything: different if anything is only in one side. */
  readonly grade: Grade;
  /** Grade of the parts that both have. */
  readonly common: Grade;
  readonly coverage: Coverage;
  /** Compared time in s. */
  readonly interval: Interval;
  /** Time of the quantities in s: after the first difference, if anything agrees before it. */
  readonly judged: Interval;
  /** δ in s. */
  readonly within: number;
  readonly margins: Margins;
  readonly paired: boolean;
  /** Earliest spike without a partner: all spikes agree before it. */
  readonly divergence: {
    readonly time: number;
    readonly population: string;
    readonly cell: number;
    /** Side that has the spike. */
    readonly side: 'first' | 'second';
  } | null;
  readonly populations: readonly PopulationComparison[];
  readonly signals: readonly SignalComparison[];
  /** Whether samples count for the grade: samples of cells with different spikes do not. */
  readonly signalsJudged: boolean;
  /** Null for one run of each side. */
  readonly replicates: Replicates | null;
  /** Sentences about slips of units. */
  readonly slips: readonly string[];
  /** Sentences about assumptions. */
  readonly notes: readonly string[];
}

/** Fewest spikes that make silence of the other side a difference: chance leaves out three expected ones in 1 of 20. */
const fewestSpikes = 3;

/**
 * Compares two recordings.
 *
 * @throws UsageError if they have no comparable data, or times coarser than δ
 */
export function compareRecorded(a: Recorded, b: Recorded, options: CompareOptions = {}): Comparison {
  const [{ recorded: first, leftOut }, { recorded: second, leftOut: leftOutSecond }] = selected([a, b], options) as [
    ReturnType<typeof selected>[number],
    ReturnType<typeof selected>[number],
  ];
  const notes = [...first.notes, ...second.notes];
  const { margins = defaultMargins, cells = { by: 'id', shift: 0 }, within = 1e-4 } = options;
  const slip = slipOfUnits(first, second);
  if (slip === null && options.matchesOnly !== true) refuseCoarse(first, second, within);
  const time = commonTime(first, second, options, notes);
  const interval: Interval = { begin: time.begin, end: time.end };
  const pairing = pairCells(first, second, cells);
  const signals = pairSignals(first, second, interval);
  notes.push(...pairing.notes, ...signals.notes);
  if (pairing.populations.length === 0 && signals.signals.length === 0)
    throw new UsageError(
      `${first.path} and ${second.path} have nothing in common`,
      'record the same populations or variables in both',
    );
  const rounding = roundingOf(first, second);
  const paired = options.unpaired !== true;
  const matchesOnly = slip !== null || options.matchesOnly === true;
  const pairs = pairing.populations.map((pair) => cropped(pair, interval));
  const matched = pairs.map((pair) => matchPopulation(pair, rounding, Math.max(rounding, within)));
  const divergence = earliest(pairs, matched);
  // Spikes before the first difference are the same, and show nothing of two runs.
  const agreesBefore = divergence && pairs.some(({ first }) => first.some(([at = Infinity]) => at < divergence.time));
  const rest = agreesBefore && divergence.time < interval.end ? { ...interval, begin: divergence.time } : interval;
  const populations = matchesOnly ? matched : judged(pairs, matched, rest, margins, options);
  for (const pair of pairs.filter((each, k) => isRenumbered(each, itemAt(matched, k))))
    notes.push(`the cells of ${eventName(pair)} have the same trains under other ids`);
  const spikesAgree = matched.every(({ missing, extra }) => missing + extra === 0);
  const traces = signals.signals.map((pair) => compareSignal(pair, margins, within));
  if (!spikesAgree && traces.length > 0) notes.push('samples are not judged, since the spikes differ');
  const slips = [...(slip === null ? [] : [slip]), ...signals.signals.flatMap(slipOfSignal)];
  const found = [...populations, ...(spikesAgree ? traces : [])].map(({ grade }) => grade);
  const share = (
    { onlyFirst, onlySecond }: Pick<typeof pairing, 'onlyFirst' | 'onlySecond'>,
    compared: number,
    left: readonly string[],
  ): Coverage['samples'] => ({ compared, onlyFirst, onlySecond, leftOut: [...new Set(left)] });
  const coverage = covered({
    populations: share(pairing, pairs.length, [...leftOut.populations, ...leftOutSecond.populations]),
    samples: share(signals, traces.length, [...leftOut.samples, ...leftOutSecond.samples]),
    cells: {
      compared: pairs.reduce((sum, { ids }) => sum + ids.length, 0),
      onlyFirst: pairs.reduce((sum, pair) => sum + pair.onlyFirst, 0),
      onlySecond: pairs.reduce((sum, pair) => sum + pair.onlySecond, 0),
    },
    time,
  });
  const worstOf = slips.length > 0 ? 'different' : worst(found);
  const isWhole =
    coverage.populations.leftOut.length + coverage.samples.leftOut.length === 0 &&
    [time.first, time.second].every(({ begin, end }) => begin === time.begin && end === time.end);
  const common = worstOf === 'identical' && !isWhole && coverage.complete ? 'same spikes' : worstOf;
  return {
    grade: coverage.complete ? common : 'different',
    common,
    coverage,
    interval,
    judged: rest,
    within,
    margins,
    paired,
    divergence,
    populations,
    signals: traces,
    signalsJudged: spikesAgree,
    replicates: null,
    slips,
    notes,
  };
}

/** Returns a coverage with the answer whether anything is only in one side. */
export function covered(parts: Omit<Coverage, 'complete'>): Coverage {
  const { populations, samples, cells, time } = parts;
  const names = [populations, samples].flatMap(({ onlyFirst, onlySecond }) => [...onlyFirst, ...onlySecond]);
  return {
    ...parts,
    complete: names.length === 0 && cells.onlyFirst + cells.onlySecond + time.onlyFirst + time.onlySecond === 0,
  };
}

/** Leaves out everything that only the second has, as a run that was made to check the first. */
export function asCheckOfFirst(comparison: Comparison): Comparison {
  const { populations, samples, cells, time } = comparison.coverage;
  const leaving = ({ leftOut, onlySecond, ...share }: NamedShare): NamedShare => ({
    ...share,
    onlySecond: [],
    leftOut: [...new Set([...leftOut, ...onlySecond])],
  });
  const coverage = covered({
    populations: leaving(populations),
    samples: leaving(samples),
    cells: { ...cells, onlySecond: 0 },
    time: { ...time, onlySecond: 0 },
  });
  const isLeft = coverage.populations.leftOut.length + coverage.samples.leftOut.length + time.onlySecond > 0;
  const common = comparison.common === 'identical' && isLeft && coverage.complete ? 'same spikes' : comparison.common;
  return { ...comparison, coverage, common, grade: coverage.complete ? common : 'different' };
}

/** Returns a comparison of runs without random numbers: spikes without a partner are different. */
export function withoutDoubt(comparison: Comparison): Comparison {
  const { common, coverage, divergence } = comparison;
  if (divergence === null || isAtLeast(common, 'same within δ')) return comparison;
  const populations = comparison.populations.map((population) =>
    population.divergence === null
      ? population
      : { ...population, quantities: null, lag: null, grade: 'different' as const },
  );
  return { ...comparison, populations, common: 'different', grade: coverage.complete ? 'different' : comparison.grade };
}

/** Checks whether a grade is as close as another. */
export const isAtLeast = (grade: Grade, other: Grade): boolean => grades.indexOf(grade) <= grades.indexOf(other);

/** Returns the least close of several grades. */
export const worst = (found: readonly Grade[]): Grade =>
  itemAt(grades, Math.max(0, ...found.map((grade) => grades.indexOf(grade))));

/** Largest rounding of times that still identifies spikes: a tenth of the default δ. */
const mostRounding = 1e-5;

/** Returns the largest distance of equal times that were rounded to the digits of their files. */
function roundingOf({ resolution: a }: Recorded, { resolution: b }: Recorded): number {
  // Equal digits give equal texts.
  const rounding = Math.abs(a - b) <= 1e-6 * Math.max(a, b) ? 0 : a + b;
  return rounding <= mostRounding ? Math.max(timeRounding, rounding) : timeRounding;
}

/** Returns paired trains without spikes outside an interval. */
export function cropped(pair: PairedTrains, { begin, end }: Interval): PairedTrains {
  const crop = (train: Train): Train => trainWithin(train, begin, end);
  return { ...pair, first: pair.first.map(crop), second: pair.second.map(crop) };
}

/** Checks whether both sides have the same trains, but of other cells. */
function isRenumbered({ first, second }: PairedTrains, { missing, extra }: PopulationComparison): boolean {
  const sorted = (trains: readonly Train[]): readonly Train[] =>
    [...trains].sort((a, b) => {
      const at = a.length === b.length ? a.findIndex((time, k) => time !== b[k]) : -1;
      return at < 0 ? a.length - b.length : a[at]! - b[at]!;
    });
  return missing > 0 && missing === extra && areEqual(sorted(first), sorted(second));
}

/** Returns the earliest spike without a partner. */
function earliest(pairs: readonly PairedTrains[], matched: readonly PopulationComparison[]): Comparison['divergence'] {
  const found = matched.flatMap(({ divergence }, k) => (divergence ? [{ ...divergence, pair: itemAt(pairs, k) }] : []));
  const [first] = found.sort((a, b) => a.time - b.time);
  if (!first) return null;
  const { time, cell, pair } = first;
  const isFirst = itemAt(pair.first, pair.ids.indexOf(cell)).includes(time);
  return { time, cell, population: eventName(pair), side: isFirst ? 'first' : 'second' };
}

// --- Spikes ---------------------------------------------------------------------------------------------------------
function matchPopulation(
  { population, event, ids, first, second, onlyFirst, onlySecond }: PairedTrains,
  rounding: number,
  within: number,
): PopulationComparison {
  const matchings = first.map((train, k) => matchSpikes(train, itemAt(second, k), within));
  const total = (of: 'matched' | 'missing' | 'extra' | 'shifts'): number =>
    matchings.reduce((sum, matching) => sum + matching[of], 0);
  const largest = (of: (matching: Matching) => number): number =>
    matchings.reduce((most, matching) => Math.max(most, of(matching)), -Infinity);
  const [matched, missing, extra] = [total('matched'), total('missing'), total('extra')];
  const [most, least] = [largest((matching) => matching.most), -largest((matching) => -matching.least)];
  const shift = matchings.reduce((most, matching) => Math.max(most, matching.largest), 0);
  const isExact = areEqual(first, second);
  const allMatch = missing + extra === 0;
  const grade: Grade =
    isExact && onlyFirst + onlySecond === 0
      ? 'identical'
      : isExact || (allMatch && shift <= rounding)
        ? 'same spikes'
        : allMatch
          ? 'same within δ'
          : 'different';
  const earliest = -largest(({ divergence }) => -(divergence ?? Infinity));
  const at = matchings.findIndex(({ divergence }) => divergence === earliest);
  return {
    population,
    event,
    cells: ids.length,
    spikes: [matched + missing, matched + extra],
    grade,
    matched,
    missing,
    extra,
    offset: matched === 0 ? null : total('shifts') / matched,
    constantOffset: matched > 0 && most - least <= 2 * rounding && Math.abs(most) > rounding,
    largestShift: shift,
    divergence: at < 0 ? null : { time: earliest, cell: itemAt(ids, at) },
    quantities: null,
    lag: null,
    copied: 0,
  };
}

/** Checks whether all trains have equal times. */
export const areEqual = (first: readonly Train[], second: readonly Train[]): boolean =>
  first.length === second.length &&
  first.every((train, k) => {
    const other = itemAt(second, k);
    return train.length === other.length && train.every((time, at) => time === other[at]);
  });

/** Returns populations with unequal spikes with their quantities, corrected for the number of tests. */
function judged(
  pairs: readonly PairedTrains[],
  matched: readonly PopulationComparison[],
  rest: Interval,
  margins: Margins,
  { unpaired = false, within = 1e-4 }: CompareOptions,
): readonly PopulationComparison[] {
  const unmatched = matched.map(({ missing, extra }) => missing + extra);
  const all = pairs.map((pair, k) => {
    const apart = itemAt(unmatched, k);
    const { first, second } = cropped(pair, rest);
    if (apart === 0) return null;
    const found = comparePair(first, second, rest, margins, !unpaired, apart);
    // Each pair of populations counts for the earlier one.
    const following = pairs.slice(k + 1).flatMap((other) => {
      const { first: theirs, second: others } = cropped(other, rest);
      return compareFollowing(eventName(other), [first, theirs], [second, others], rest) ?? [];
    });
    return { ...found, quantities: [...found.quantities, ...following] };
  });
  const corrected = [...withHolm(all.flatMap((entry) => entry?.quantities ?? []))];
  return matched.map((population, k) => {
    const found = all[k];
    if (!found) return population;
    const quantities = corrected.splice(0, found.quantities.length);
    const single = gradeOf(population.spikes, quantities);
    const both = cropped(itemAt(pairs, k), rest);
    const copied = copiedShare(both.first, both.second, within);
    const areCopies = copied > mostCopied && isAtLeast(single, 'cannot say');
    const grade = areCopies ? (rejoins(both, rest, within) ? 'different' : 'cannot say') : single;
    return { ...population, quantities, lag: found.lag, copied, grade };
  });
}

/** Share of spikes with partners above which two sides are copies of one run, and the fewest spikes that show it. */
export const mostCopied = 0.5;
const fewestCopied = 20;

/** Returns the share of spikes that both sides have, no more than δ apart; 0 for few spikes. */
export function copiedShare(first: readonly Train[], second: readonly Train[], within: number): number {
  let [matched, all] = [0, 0];
  for (const [k, train] of first.entries()) {
    const other = itemAt(second, k);
    matched += matchSpikes(train, other, within).matched;
    all += Math.max(train.length, other.length);
  }
  return all < fewestCopied ? 0 : matched / all;
}

/** Parts of time in which two sides are copies, or not; shares of spikes with partners in those of each kind. */
const [copyParts, apartShare, sameShare] = [10, 0.5, 0.99];

/** Checks whether two sides are the same again after a part of time in which they were not: chaos stays apart. */
function rejoins(pair: PairedTrains, { begin, end }: Interval, within: number): boolean {
  const width = (end - begin) / copyParts;
  const shares = Array.from({ length: copyParts }, (_, k) => {
    const { first, second } = cropped(pair, { begin: begin + k * width, end: begin + (k + 1) * width });
    const spikes = [first, second].map((trains) => trains.reduce((sum, { length }) => sum + length, 0));
    return Math.max(...spikes) < fewestCopied ? NaN : copiedShare(first, second, within);
  });
  const apart = shares.findIndex((share) => share < apartShare);
  return apart >= 0 && shares.slice(apart).some((share) => share >= sameShare);
}

/**
 * Returns the grade of a population with unequal spikes in one run of each side. It is at most *not shown to differ*,
 * with half of the quantities within their margins and no difference in doubt.
 */
export function gradeOf([a, b]: readonly [number, number], quantities: readonly Quantity[]): Grade {
  if (a === 0 || b === 0) return a + b >= fewestSpikes ? 'different' : 'cannot say';
  if (quantities.some(({ verdict }) => verdict === 'different')) return 'different';
  const areOpen = quantities.some((quantity) => isOpen(quantity, quantities, [a, b]));
  return !areOpen && quantities.length > 0 && 2 * withinMargins(quantities) >= quantities.length
    ? 'not shown to differ'
    : 'cannot say';
}

/**
 * Checks whether a quantity may differ, but one run of each side cannot prove it: a significant difference, or numbers
 * of spikes that differ by more than the margin of the rate.
 */
export const isOpen = (
  { name, margin, verdict, departure }: Quantity,
  { length }: readonly Quantity[],
  [a, b]: readonly [number, number],
): boolean =>
  (verdict === 'cannot say' && departure < alpha / length) ||
  (name === 'rate' && Math.abs(a - b) > (margin * (a + b)) / 2);

/** Returns the number of quantities within their margins. */
export const withinMargins = (quantities: readonly Quantity[]): number =>
  quantities.filter(({ verdict }) => verdict === 'within').length;

// --- Samples --------------------------------------------------------------------------------------------------------
function compareSignal(
  { name, unit, times, first, second, samples }: PairedSignal,
  { trace }: Margins,
  within: number,
): SignalComparison {
  const slack = Math.floor((within / ((times[1] ?? Infinity) - (times[0] ?? 0))) * (1 + 1e-6));
  const found = compareTraces(first, second, Math.min(slack, first.length));
  const shifted = slack >= 1 && Math.abs(found.lag) === 1 ? lagged(first, second, found.lag) : null;
  const isLabelShift = shifted !== null && shifted.normalised <= trace && shifted.rootMeanSquare < found.rootMeanSquare;
  const { normalised, largest } = isLabelShift ? shifted : found;
  // The differences of constant samples are relative to their value.
  const size = first.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const share = Number.isNaN(normalised) ? largest / size : normalised;
  const isWhole = samples[0] === samples[1] && samples[0] === times.length;
  return {
    ...found,
    name,
    unit,
    time: times.length === 0 || found.largest === 0 ? null : itemAt(times, found.at),
    isLabelShift,
    grade:
      times.length === 0
        ? 'cannot say'
        : largest === 0 && !isLabelShift
          ? isWhole
            ? 'identical'
            : 'same spikes'
          : share <= trace
            ? 'same within δ'
            : 'different',
  };
}

function lagged(first: Float64Array, second: Float64Array, lag: number): TraceDistance {
  const [from, to] = [Math.max(0, -lag), Math.min(first.length, first.length - lag)];
  return compareTraces(first.subarray(from, to), second.subarray(from + lag, to + lag));
}

/** Returns a sentence if all values of one side are a power of 1000 times those of the other. */
function slipOfSignal({ name, first, second }: PairedSignal): readonly string[] {
  let [squares, products] = [0, 0];
  for (const [k, value] of first.entries()) {
    squares += value * value;
    products += value * itemAt(second, k);
  }
  const ratio = products / squares;
  const power = Math.round(Math.log10(Math.abs(ratio)) / 3) * 3;
  if (first.length < 2 || !Number.isFinite(power) || power === 0 || Math.abs(ratio / 10 ** power - 1) > 0.01) return [];
  const isScaled = first.every(
    (value, k) => Math.abs(itemAt(second, k) - value * ratio) <= 0.01 * Math.abs(value * ratio),
  );
  return isScaled ? [`values of ${name} are 10^${power} times as large in the second: a slip of units`] : [];
}
