/** Comparison of two recordings: spikes, statistics and samples, and the grade of their agreement. */

import { UsageError } from '../diagnostics/diagnostic.js';
import { coincidenceFactor, matchSpikes, type Matching } from './measures/matching.js';
import { isiDistance, spikeDistance } from './measures/profile-distances.js';
import { spikeSynchronization } from './measures/synchronization.js';
import { spikeTimeTiling } from './measures/tiling.js';
import { compareTraces, type TraceDistance } from './measures/traces.js';
import { firstFrom, type Interval, type Train } from './measures/train.js';
import { vanRossum } from './measures/van-rossum.js';
import { victorPurpura } from './measures/victor-purpura.js';
import { defaultMargins, type CompareOptions, type Margins, type Measures } from './options.js';
import { pairCells, type PairedTrains } from './pair-cells.js';
import { pairSignals, type PairedSignal } from './pair-signals.js';
import { compareStatistics, type Quantity } from './population-statistics.js';
import { timeRounding, type Recorded } from './recorded.js';
import { withHolm, type Verdict } from './statistics/equivalence.js';

/** Grades of agreement from the closest on; each but the last two implies all later ones. */
export const grades = [
  'identical',
  'same spikes',
  'same within δ',
  'statistically the same',
  'cannot say',
  'different',
] as const;

/** Agreement of two recordings. */
export type Grade = (typeof grades)[number];

/** Means over cells of the measures of spike trains; null if no cell has a value. */
export interface Distances {
  /** Victor–Purpura distance over the number of spikes, from 0 to 1. */
  readonly victorPurpura: number | null;
  readonly vanRossum: number | null;
  readonly isiDistance: number | null;
  readonly spikeDistance: number | null;
  readonly spikeSynchronization: number | null;
  readonly spikeTimeTiling: number | null;
  readonly coincidenceFactor: number | null;
}

/** Parameters of the measures, in SI units. */
export const measureParameters = { cost: 200, tau: 5e-3, tiling: 5e-3, coincidence: 2e-3 } as const;

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
  /** Absent unless all measures were asked for. */
  readonly distances?: Distances;
  /** Absent if spikes match, or if only matches were asked for. */
  readonly statistics?: readonly Quantity[];
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

/** Agreement of two recordings. */
export interface Comparison {
  readonly grade: Grade;
  /** Compared time in s. */
  readonly interval: Interval;
  /** δ in s. */
  readonly within: number;
  readonly margins: Margins;
  readonly paired: boolean;
  readonly populations: readonly PopulationComparison[];
  readonly signals: readonly SignalComparison[];
  /** Whether samples count for the grade: samples of cells with different spikes do not. */
  readonly signalsJudged: boolean;
  /** Sentences about omissions and assumptions. */
  readonly notes: readonly string[];
}

/** Fewest spikes on one side that make silence on the other a difference. */
const fewestSpikes = 3;

/**
 * Compares two recordings in the time that both have.
 *
 * @throws UsageError if they have no comparable data
 */
export function compareRecorded(first: Recorded, second: Recorded, options: CompareOptions = {}): Comparison {
  const notes = [...first.notes, ...second.notes];
  const { margins = defaultMargins, cells = { by: 'id', shift: 0 } } = options;
  const interval = commonInterval(first, second, options.from, notes);
  const rounding = Math.max(timeRounding, first.resolution + second.resolution);
  const within = Math.max(rounding, options.within ?? Math.max(1e-4, first.dt ?? 0, second.dt ?? 0));
  const pairing = pairCells(first, second, cells);
  const signals = pairSignals(first, second, interval);
  notes.push(...pairing.notes, ...signals.notes);
  if (pairing.populations.length === 0 && signals.signals.length === 0)
    throw new UsageError(
      `${first.path} and ${second.path} have nothing in common`,
      'record the same populations or variables in both',
    );
  const paired = options.unpaired !== true;
  const tolerances = { rounding, within, margins, paired, measures: options.measures ?? 'all' };
  const populations = judged(
    pairing.populations.map((pair) => comparePopulation(cropped(pair, interval), interval, tolerances)),
  );
  const spikesAgree = populations.every(({ grade }) => isAtLeast(grade, 'same within δ'));
  const traces = signals.signals.map((pair) => compareSignal(pair, margins));
  const found = [...populations, ...(spikesAgree ? traces : [])].map(({ grade }) => grade);
  if (!spikesAgree && traces.length > 0) notes.push('samples are not judged, since the spikes differ');
  const grade = worst(found);
  const isWhole = pairing.complete && signals.complete && sameExtent(first, second, interval);
  return {
    grade: grade === 'identical' && !isWhole ? 'same spikes' : grade,
    interval,
    within,
    margins,
    paired,
    populations,
    signals: traces,
    signalsJudged: spikesAgree,
    notes,
  };
}

/** Checks whether a grade is as close as another. */
export const isAtLeast = (grade: Grade, other: Grade): boolean => grades.indexOf(grade) <= grades.indexOf(other);

/** Returns the least close of several grades. */
export const worst = (found: readonly Grade[]): Grade =>
  grades[Math.max(...found.map((grade) => grades.indexOf(grade)))]!;

const sameExtent = (first: Recorded, second: Recorded, { begin }: Interval): boolean =>
  first.begin === begin && second.begin === begin && first.end === second.end;

// --- Time -----------------------------------------------------------------------------------------------------------
/** Returns the time that two recordings have in common, from a time on. @param notes  receives sentences about the rest */
export function commonInterval(first: Recorded, second: Recorded, from: number | undefined, notes: string[]): Interval {
  const begin = Math.max(first.begin, second.begin, from ?? -Infinity);
  const ends = [first.end, second.end].filter((end) => end !== null);
  const last = Math.max(lastTime(first), lastTime(second));
  const end = ends.length > 0 ? Math.min(...ends) : last;
  if (ends.length === 0)
    notes.push(`neither file states its duration: compared until the last time, ${milliseconds(end)}`);
  if (first.end !== null && second.end !== null && Math.abs(first.end - second.end) > timeRounding)
    notes.push(
      `the recordings end at ${milliseconds(first.end)} and ${milliseconds(second.end)}: the common part was compared`,
    );
  for (const recorded of [first, second]) {
    const { path } = recorded;
    const stop = recorded.end ?? end;
    const outside = recorded.trains.reduce(
      (sum, { trains }) =>
        sum + trains.reduce((own, train) => own + train.length - countWithin(train, recorded.begin, stop), 0),
      0,
    );
    if (outside > 0)
      notes.push(
        `outside ${milliseconds(recorded.begin)} to ${milliseconds(stop)}, ${path} has ${outside} spike${outside === 1 ? '' : 's'}, left out`,
      );
  }
  if (!(end > begin))
    throw new UsageError(
      `${first.path} and ${second.path} have no time in common from ${milliseconds(begin)} on`,
      'compare recordings of the same stretch of time',
    );
  return { begin, end };
}

/** Returns a time in ms as text. */
export const milliseconds = (seconds: number): string => `${Number((seconds * 1e3).toPrecision(8))} ms`;

const lastTime = ({ trains, signals }: Recorded): number =>
  Math.max(
    ...trains.flatMap((population) => population.trains.map((train) => train.at(-1) ?? 0)),
    ...signals.map(({ times }) => times.at(-1) ?? 0),
    0,
  );

const countWithin = (train: Train, begin: number, end: number): number =>
  firstFrom(train, end + 2 * timeRounding) - firstFrom(train, begin - timeRounding);

/** Returns paired trains without spikes outside an interval. */
export function cropped(pair: PairedTrains, { begin, end }: Interval): PairedTrains {
  const crop = (train: Train): Train =>
    train.subarray(firstFrom(train, begin - timeRounding), firstFrom(train, end + 2 * timeRounding));
  return { ...pair, first: pair.first.map(crop), second: pair.second.map(crop) };
}

// --- Spikes ---------------------------------------------------------------------------------------------------------
interface Tolerances {
  readonly rounding: number;
  readonly within: number;
  readonly margins: Margins;
  readonly paired: boolean;
  readonly measures: Measures;
}

function comparePopulation(
  { population, event, ids, first, second, onlyFirst, onlySecond }: PairedTrains,
  interval: Interval,
  { rounding, within, margins, paired, measures }: Tolerances,
): PopulationComparison {
  const matchAll = (tolerance: number): readonly Matching[] =>
    first.map((train, k) => matchSpikes(train, second[k]!, tolerance));
  const matchings = matchAll(within);
  const total = (of: (matching: Matching) => number): number => matchings.reduce((sum, one) => sum + of(one), 0);
  const largest = (of: (matching: Matching) => number): number =>
    matchings.reduce((most, one) => Math.max(most, of(one)), -Infinity);
  const [matched, missing, extra] = [
    total((one) => one.matched),
    total((one) => one.missing),
    total((one) => one.extra),
  ];
  const [most, least] = [largest((one) => one.most), -largest((one) => -one.least)];
  const isExact = first.every((train, k) => equal(train, second[k]!));
  const allMatch = missing + extra === 0;
  const grade: Grade =
    isExact && onlyFirst + onlySecond === 0
      ? 'identical'
      : isExact || (allMatch && largest((one) => one.largest) <= rounding)
        ? 'same spikes'
        : allMatch
          ? 'same within δ'
          : 'different';
  const at = matchings.reduce<number | null>(
    (earliest, { divergence }, k) =>
      divergence !== null && (earliest === null || divergence < matchings[earliest]!.divergence!) ? k : earliest,
    null,
  );
  return {
    population,
    event,
    cells: ids.length,
    spikes: [matched + missing, matched + extra],
    grade,
    matched,
    missing,
    extra,
    offset: matched === 0 ? null : total((one) => one.shifts) / matched,
    constantOffset: matched > 0 && most - least <= 2 * rounding && Math.abs(most) > rounding,
    largestShift: Math.max(
      0,
      largest((one) => one.largest),
    ),
    divergence: at === null ? null : { time: matchings[at]!.divergence!, cell: ids[at]! },
    ...(measures === 'all' ? { distances: meanDistances(first, second, interval) } : {}),
    ...(allMatch || measures === 'matches'
      ? {}
      : { statistics: compareStatistics(first, second, interval, margins, paired) }),
  };
}

const equal = (a: Train, b: Train): boolean => a.length === b.length && a.every((time, k) => time === b[k]);

function meanDistances(first: readonly Train[], second: readonly Train[], interval: Interval): Distances {
  const { cost, tau, tiling, coincidence } = measureParameters;
  const mean = (of: (a: Train, b: Train) => number): number | null => {
    let [sum, count] = [0, 0];
    for (const [k, train] of first.entries()) {
      const value = of(train, second[k]!);
      if (Number.isNaN(value)) continue;
      sum += value;
      count += 1;
    }
    return count === 0 ? null : sum / count;
  };
  return {
    victorPurpura: mean((a, b) => victorPurpura(a, b, cost) / (a.length + b.length)),
    vanRossum: mean((a, b) => vanRossum(a, b, tau)),
    isiDistance: mean((a, b) => isiDistance(a, b, interval)),
    spikeDistance: mean((a, b) => spikeDistance(a, b, interval)),
    spikeSynchronization: mean((a, b) => spikeSynchronization(a, b)),
    spikeTimeTiling: mean((a, b) => spikeTimeTiling(a, b, tiling, interval)),
    coincidenceFactor: mean((a, b) => coincidenceFactor(a, b, coincidence, interval)),
  };
}

/** Returns populations with unequal spikes with the verdict of their statistics, corrected for the number of tests. */
export function judged(populations: readonly PopulationComparison[]): readonly PopulationComparison[] {
  const all = populations.flatMap(({ statistics = [] }) => statistics.map(({ difference }) => difference));
  const corrected = [...withHolm(all)];
  return populations.map((one) => {
    if (!one.statistics) return one;
    const statistics = one.statistics.map((quantity) => ({ ...quantity, difference: corrected.shift()! }));
    return { ...one, statistics, grade: statisticalGrade(one, statistics) };
  });
}

/** Returns the grade of a population with unequal spikes, by its statistics. */
export function statisticalGrade(
  { spikes: [a, b] }: Pick<PopulationComparison, 'spikes'>,
  statistics: readonly Quantity[],
): Grade {
  if (a === 0 || b === 0) return a + b >= fewestSpikes ? 'different' : 'cannot say';
  const verdicts: readonly Verdict[] = statistics.map(({ difference }) => difference.verdict);
  if (verdicts.includes('different')) return 'different';
  return verdicts.length > 0 && verdicts.every((verdict) => verdict === 'same')
    ? 'statistically the same'
    : 'cannot say';
}

// --- Samples --------------------------------------------------------------------------------------------------------
function compareSignal(
  { name, unit, times, first, second, samples }: PairedSignal,
  { trace }: Margins,
): SignalComparison {
  const found = compareTraces(first, second);
  const shifted = Math.abs(found.lag) === 1 ? lagged(first, second, found.lag) : null;
  const isLabelShift = shifted !== null && shifted.normalised <= trace && shifted.normalised < found.normalised;
  const { normalised, largest } = isLabelShift ? shifted : found;
  // The differences of constant samples are relative to their value.
  const size = first.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const share = Number.isNaN(normalised) ? largest / size : normalised;
  const isWhole = samples[0] === samples[1] && samples[0] === times.length;
  return {
    ...found,
    name,
    unit,
    time: times.length === 0 || found.largest === 0 ? null : times[found.at]!,
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
