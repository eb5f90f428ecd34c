/** Comparisons of results as text for people. */

import { formatDuration } from '../diagnostics/quantities.js';
import {
  measureParameters,
  type Comparison,
  type PopulationComparison,
  type SignalComparison,
} from '../compare/compare.js';
import type { Quantity } from '../compare/population-statistics.js';
import type { Recorded } from '../compare/recorded.js';
import type { ExactComparison, ResultComparison } from '../run/check/compare-results.js';
import { formatTable } from './table.js';

const ms = (seconds: number, digits = 6): string => `${Number((seconds * 1e3).toPrecision(digits))} ms`;

const short = (value: number): string => String(Number(value.toPrecision(4)));

/** Returns every finding of a comparison, from the grade to the distances. */
export function comparisonLines({ recorded, exact, comparison }: ResultComparison): readonly string[] {
  const { interval, within, notes, populations } = comparison;
  return [
    `${comparison.grade}${reason(comparison)}`,
    ...recorded.map((one, k) => `${k === 0 ? 'first ' : 'second'}    ${fileText(one)}`),
    ...runLines(exact),
    `compared  ${ms(interval.begin)} to ${ms(interval.end)}, spikes within ${ms(within)}`,
    ...notes.map((note) => `note      ${note}`),
    ...section(spikeTable(populations)),
    ...section(statisticsTable(populations)),
    ...section(distanceTable(populations)),
    ...section(signalTable(comparison)),
  ];
}

const section = (lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : ['', ...lines]);

function fileText({ path, format, end, dt }: Recorded): string {
  const duration = end === null ? '' : `, ${formatDuration(end)}`;
  return `${path}: ${format}${duration}${dt === undefined ? '' : ` in steps of ${ms(dt)}`}`;
}

/** Returns the difference of two runs, in one line. */
export function runLines(exact: ExactComparison | undefined): readonly string[] {
  if (!exact) return [];
  const { runs, reason: apart } = exact;
  const differences = runs.map(({ what, first, second }) => `${what} ${first} and ${second}`);
  return [
    `runs      ${differences.length === 0 ? 'the same model, seed, step and duration' : differences.join('; ')}`,
    ...(apart === null ? [] : [`note      the two are not expected to agree: ${apart}`]),
  ];
}

/** Returns the reason for a comparison's grade. */
function reason({ grade, within, margins, populations, signals }: Comparison): string {
  switch (grade) {
    case 'identical':
      return '';
    case 'same spikes':
      return signals.some((one) => one.grade !== 'identical') ? ': samples or final states differ' : '';
    case 'same within δ':
      return `: ${[
        ...offsets(populations),
        ...labels(signals),
        ...(populations.length > 0 ? [`δ = ${ms(within)}`] : []),
        ...(signals.length > 0 ? [`samples within ${short(margins.trace * 100)} % of their range`] : []),
      ].join(', ')}`;
    case 'statistically the same':
      return `: spikes agree ${upTo(populations)}, and all statistics are equal within their margins`;
    case 'cannot say':
      return `: spikes agree ${upTo(populations)}, and ${doubts(populations)}`;
    case 'different':
      return `: ${causes(populations, signals)}`;
  }
}

function offsets(populations: readonly PopulationComparison[]): readonly string[] {
  const constant = populations.find(({ constantOffset }) => constantOffset);
  if (constant?.offset !== null && constant?.offset !== undefined)
    return [
      `all spikes ${ms(Math.abs(constant.offset))} ${constant.offset > 0 ? 'later' : 'earlier'} in the second, a convention of labels`,
    ];
  const largest = Math.max(0, ...populations.map(({ largestShift }) => largestShift));
  return largest > 0 ? [`largest shift ${ms(largest)}`] : [];
}

const labels = (signals: readonly SignalComparison[]): readonly string[] =>
  signals.some(({ isLabelShift }) => isLabelShift) ? ['samples one step apart, a convention of labels'] : [];

/** Returns the earliest time of a spike without a partner. */
function upTo(populations: readonly PopulationComparison[]): string {
  const times = populations.flatMap(({ divergence }) => (divergence === null ? [] : [divergence.time]));
  return times.length === 0 ? 'throughout' : `up to ${ms(Math.min(...times), 4)}`;
}

function doubts(populations: readonly PopulationComparison[]): string {
  const doubtful = populations.flatMap((one) =>
    (one.statistics ?? [])
      .filter(({ difference }) => difference.verdict === 'cannot say')
      .map(({ name, over, difference: { needed } }) =>
        needed === undefined
          ? `${name} of ${eventName(one)}`
          : `${name} of ${eventName(one)} (about ${needed} ${over} needed)`,
      ),
  );
  return doubtful.length === 0
    ? 'there are too few spikes for statistics'
    : `there is too little data for ${doubtful.slice(0, 3).join(', ')}${doubtful.length > 3 ? ` and ${doubtful.length - 3} more` : ''}`;
}

function causes(populations: readonly PopulationComparison[], signals: readonly SignalComparison[]): string {
  const found = [
    ...populations.flatMap((one) => {
      const { spikes, grade, statistics = [] } = one;
      if (grade !== 'different') return [];
      const quantities = statistics.filter(({ difference }) => difference.verdict === 'different');
      return quantities.length === 0
        ? [`${spikes[0]} and ${spikes[1]} spikes of ${eventName(one)}`]
        : quantities.map(({ name }) => `${name} of ${eventName(one)}`);
    }),
    ...signals.filter(({ grade }) => grade === 'different').map(({ name }) => name),
  ];
  return `${found.slice(0, 4).join(', ')}${found.length > 4 ? ` and ${found.length - 4} more` : ''}`;
}

// --- Tables ---------------------------------------------------------------------------------------------------------
const left = (heading: string) => ({ heading, align: 'left' }) as const;
const right = (heading: string) => ({ heading, align: 'right' }) as const;

/** Returns name of a population, with its event unless that is a spike. */
export const eventName = ({ population, event }: Pick<PopulationComparison, 'population' | 'event'>): string =>
  event === 'spike' ? population || 'cells' : `${population}.${event}`;

function spikeTable(populations: readonly PopulationComparison[]): readonly string[] {
  if (populations.length === 0) return [];
  return formatTable(
    [
      left('population'),
      right('cells'),
      right('spikes'),
      right('matched'),
      right('missing'),
      right('extra'),
      right('mean shift'),
      right('largest shift'),
      left('first without partner'),
      left('grade'),
    ],
    populations.map((one) => [
      eventName(one),
      String(one.cells),
      one.spikes[0] === one.spikes[1] ? String(one.spikes[0]) : `${one.spikes[0]} and ${one.spikes[1]}`,
      String(one.matched),
      String(one.missing),
      String(one.extra),
      one.offset === null ? '' : ms(one.offset, 3),
      ms(one.largestShift, 3),
      one.divergence === null ? '' : `cell ${one.divergence.cell} at ${ms(one.divergence.time)}`,
      one.grade,
    ]),
  );
}

function statisticsTable(populations: readonly PopulationComparison[]): readonly string[] {
  const rows = populations.flatMap((one) =>
    (one.statistics ?? []).map((quantity) => [eventName(one), ...quantityCells(quantity)]),
  );
  if (rows.length === 0) return [];
  return formatTable(
    [
      left('population'),
      left('quantity'),
      right('first'),
      right('second'),
      right('difference'),
      right('90 % interval'),
      right('margin'),
      right('effect'),
      right('KS'),
      left('over'),
      left('verdict'),
    ],
    rows,
  );
}

function quantityCells({ name, unit, over, leftOut, kolmogorovSmirnov, difference }: Quantity): readonly string[] {
  const { means, interval, margin, effect, verdict, count, paired } = difference;
  const counted = count[0] === count[1] ? String(count[0]) : `${count[0]} and ${count[1]}`;
  return [
    unit === '' ? name : `${name} (${unit})`,
    short(means[0]),
    short(means[1]),
    short(difference.difference),
    `${short(interval[0])} to ${short(interval[1])}`,
    short(margin),
    effect === null ? '' : String(Number(effect.toFixed(2)) + 0),
    kolmogorovSmirnov.toFixed(2),
    `${counted} ${paired ? 'pairs of ' : ''}${over}${leftOut === 0 ? '' : `, ${leftOut} left out`}`,
    verdict,
  ];
}

/** Returns a quantity of two recordings in one line. */
export function quantityText({ name, unit, over, difference }: Quantity): string {
  const { means, interval, margin, verdict, count } = difference;
  const suffix = unit === '' ? '' : ` ${unit}`;
  return (
    `${name}: ${short(means[0])} and ${short(means[1])}${suffix}, ${verdict} ` +
    `(difference ${short(interval[0])} to ${short(interval[1])}${suffix}, margin ${short(margin)}${suffix}, over ${count[0]} ${over})`
  );
}

function distanceTable(populations: readonly PopulationComparison[]): readonly string[] {
  const apart = populations.filter(
    ({ grade, distances }) => grade !== 'identical' && grade !== 'same spikes' && distances,
  );
  if (apart.length === 0) return [];
  const { cost, tau, tiling, coincidence } = measureParameters;
  const value = (one: number | null): string => (one === null ? '' : one.toFixed(4));
  return formatTable(
    [
      left('population'),
      right(`Victor–Purpura (${ms(1 / cost)})`),
      right(`van Rossum (${ms(tau)})`),
      right('ISI'),
      right('SPIKE'),
      right('SPIKE-sync'),
      right(`STTC (${ms(tiling)})`),
      right(`Γ (${ms(coincidence)})`),
    ],
    apart.map((one) => [
      eventName(one),
      ...(one.distances
        ? [
            one.distances.victorPurpura,
            one.distances.vanRossum,
            one.distances.isiDistance,
            one.distances.spikeDistance,
            one.distances.spikeSynchronization,
            one.distances.spikeTimeTiling,
            one.distances.coincidenceFactor,
          ].map(value)
        : []),
    ]),
  );
}

/** Most variables that are listed for people, the worst first. */
const mostSignals = 10;

function signalTable({ signals, signalsJudged }: Comparison): readonly string[] {
  const apart = signals.filter(({ grade }) => grade !== 'identical');
  const same = signals.length - apart.length;
  const size = ({ normalised }: SignalComparison): number => (Number.isNaN(normalised) ? 0 : normalised);
  const shown = [...apart].sort((a, b) => size(b) - size(a)).slice(0, mostSignals);
  const rows = shown.map((one) => [
    one.name,
    String(one.samples),
    withUnit(one.largest, one.unit),
    one.time === null ? '' : ms(one.time),
    withUnit(one.rootMeanSquare, one.unit),
    Number.isNaN(one.normalised) ? '' : `${short(one.normalised * 100)} %`,
    Number.isNaN(one.determination) ? '' : short(one.determination),
    String(one.lag),
    !signalsJudged ? 'not judged' : one.grade === 'same spikes' ? 'same' : one.grade,
  ]);
  const headings = [
    left('variable'),
    ...['samples', 'largest', 'at', 'RMSE', 'of range', 'R²', 'lag'].map(right),
    left('grade'),
  ];
  return [
    ...(rows.length > 0 ? formatTable(headings, rows) : []),
    ...(apart.length > rows.length ? [`and ${apart.length - rows.length} more variables that differ less`] : []),
    ...(same > 0 ? [`identical samples of ${same} variable${same === 1 ? '' : 's'}`] : []),
  ];
}

const withUnit = (value: number, unit: string | null): string =>
  `${Number(value.toPrecision(3))}${unit === null || unit === '1' ? '' : ` ${unit}`}`;
