/** Comparisons of results as text for people. */

import { differenceText } from '../../runtime/results/compare.js';
import { formatDuration } from '../diagnostics/quantities.js';
import { firstFew } from '../diagnostics/suggest.js';
import type { Comparison, PopulationComparison, SignalComparison } from '../compare/compare.js';
import { coverageText, distanceText, gradeText, headline } from '../compare/headline.js';
import type { Quantity } from '../compare/quantities.js';
import { eventName, type Recorded } from '../compare/recorded.js';
import type { ExactComparison, ResultComparison } from '../verify/compare-results.js';
import type { Cause } from '../verify/why-different.js';
import { formatTable } from './table.js';

const ms = (seconds: number, digits = 6): string => `${Number((seconds * 1e3).toPrecision(digits))} ms`;

const short = (value: number): string => String(Number(value.toPrecision(4)));

/** Returns the grade with the figure that decides it, and a table; with details also all quantities. */
export function comparisonLines(
  { recorded, exact, comparison }: ResultComparison,
  details: boolean,
): readonly string[] {
  const { notes, populations, coverage, common, slips, within, signalsJudged } = comparison;
  const leftOut = [...coverage.populations.leftOut, ...coverage.samples.leftOut];
  return [
    headline(comparison),
    `compared  ${coverageText(comparison)}`,
    ...(coverage.complete ? [] : [`in both   ${gradeText(common, within)}`]),
    ...(details ? recorded.map((file, k) => `${k === 0 ? 'first ' : 'second'}    ${fileText(file)}`) : []),
    ...runLines(exact),
    ...firstLines(exact),
    ...(leftOut.length === 0 ? [] : [`left out  ${firstFew(leftOut)}`]),
    ...[...slips, ...notes].map((note) => `note      ${note}`),
    ...advice(comparison, details),
    ...section(spikeTable(populations)),
    ...(details ? section(quantityTable(comparison)) : []),
    ...(details || signalsJudged ? section(signalTable(comparison)) : []),
  ];
}

/** Returns the trials of conventions, and the ones that remove the difference. */
export function causeLines(cause: Cause | null | undefined): readonly string[] {
  if (cause === undefined) return [];
  if (cause === null) return ['', 'why: all spikes are in the same steps'];
  const {
    until,
    open,
    trials,
    removes: [first, ...others],
    notRun,
  } = cause;
  const verdict =
    first !== undefined
      ? `${first} removes the difference`
      : `none of ${trials.length} conventions removes the difference`;
  const removing = trials.find(({ convention }) => convention === first);
  const share = removing ? `${removing.matched} of ${removing.spikes} spikes match ` : '';
  const at = (time: number | null): string => (time === null ? 'none' : ms(time));
  return [
    '',
    `why: ${verdict} (${share}until ${ms(until)}${open ? ', with the spikes of the other side as input of all cells' : ''})${others.length === 0 ? '' : `, and so does each of: ${others.join(', ')}`}`,
    ...formatTable(
      [left('convention'), right('spikes matched'), right('first difference')],
      trials.map((trial) => [
        trial.convention,
        `${trial.before.matched} of ${trial.before.spikes} → ${trial.matched} of ${trial.spikes}`,
        `${at(trial.before.divergence)} → ${at(trial.divergence)}`,
      ]),
    ),
    ...(notRun.length === 0 ? [] : ['not run:']),
    ...notRun.map(({ convention, reason }) => `  ${convention}: ${reason}`),
  ];
}

/** Returns the next step after an open verdict. */
function advice({ grade, coverage, replicates, populations }: Comparison, details: boolean): readonly string[] {
  const differ = populations
    .flatMap(({ quantities: compared }) => compared ?? [])
    .filter(({ verdict }) => verdict === 'different');
  const hints = [
    ...(differ.length > 0 && differ.every(({ name }) => name === 'order' || name === 'cells together')
      ? ['--unpaired leaves the order of cells out, for models that draw it anew in each run']
      : []),
    ...(coverage.complete ? [] : ['--only, --ignore, --from and --to leave parts out of the comparison']),
    ...(grade === 'not shown to differ' && !replicates
      ? ['one run of each side shows no spread between runs: five of each can show that they are the same']
      : []),
    ...(details || populations.every(({ quantities: compared }) => compared === null)
      ? []
      : ['--details lists all quantities']),
  ];
  return hints.map((hint) => `hint      ${hint}`);
}

const section = (lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : ['', ...lines]);

function fileText({ path, format, end, dt }: Recorded): string {
  const duration = end === null ? '' : `, ${formatDuration(end)}`;
  return `${path}: ${format}${duration}${dt === undefined ? '' : ` in steps of ${ms(dt)}`}`;
}

/** Returns the first difference of two runs to the bit, in one line. */
function firstLines(exact: ExactComparison | undefined): readonly string[] {
  if (!exact?.first) return [];
  const text = differenceText(exact.first, exact.records[0].dt, ['first', 'second']);
  return [`earliest  ${text.replace(/^first difference /, '')}`];
}

/** Returns the difference of two runs, in one line. */
function runLines(exact: ExactComparison | undefined): readonly string[] {
  if (!exact) return [];
  const { runs, reason: apart } = exact;
  const differences = runs.map(({ what, first, second }) => `${what} ${first} and ${second}`);
  return [
    `runs      ${differences.length === 0 ? 'the same model, seed, step and duration' : differences.join('; ')}`,
    ...(apart === null ? [] : [`note      the two are not expected to agree: ${apart}`]),
  ];
}

// --- Tables ---------------------------------------------------------------------------------------------------------
const left = (heading: string) => ({ heading, align: 'left' }) as const;
const right = (heading: string) => ({ heading, align: 'right' }) as const;

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
    populations.map((population) => [
      eventName(population),
      String(population.cells),
      population.spikes[0] === population.spikes[1]
        ? String(population.spikes[0])
        : `${population.spikes[0]} and ${population.spikes[1]}`,
      String(population.matched),
      String(population.missing),
      String(population.extra),
      population.offset === null ? '' : ms(population.offset, 3),
      ms(population.largestShift, 3),
      population.divergence === null ? '' : `cell ${population.divergence.cell} at ${ms(population.divergence.time)}`,
      population.grade,
    ]),
  );
}

function quantityTable({ populations, interval, judged }: Comparison): readonly string[] {
  const since = judged.begin > interval.begin ? ` from ${ms(judged.begin, 4)}` : '';
  const rows = populations.flatMap((population) =>
    (population.quantities ?? []).map((quantity) => [eventName(population) + since, ...quantityCells(quantity)]),
  );
  if (rows.length === 0) return [];
  return formatTable(
    [
      left('population'),
      left('quantity'),
      right('first'),
      right('second'),
      right('distance'),
      right('by chance'),
      right('beyond (90 %)'),
      right('margin'),
      left('over'),
      left('verdict'),
    ],
    rows,
  );
}

function quantityCells({
  name,
  unit,
  means,
  distance,
  floor,
  interval,
  margin,
  over,
  verdict,
}: Quantity): readonly string[] {
  const text = (value: number): string => distanceText(name, value);
  return [
    unit === '' ? name : `${name} (${unit})`,
    ...(means ? means.map(short) : ['', '']),
    text(distance),
    text(floor),
    interval.some((value) => !Number.isFinite(value)) ? '' : `${text(interval[0])} to ${text(interval[1])}`,
    text(margin),
    over,
    verdict,
  ];
}

/** Most variables that are listed for people, the worst first. */
const mostSignals = 10;

function signalTable({ signals, signalsJudged }: Comparison): readonly string[] {
  const apart = signals.filter(({ grade }) => grade !== 'identical');
  const same = signals.length - apart.length;
  const size = ({ normalised }: SignalComparison): number => (Number.isNaN(normalised) ? 0 : normalised);
  const shown = [...apart].sort((a, b) => size(b) - size(a)).slice(0, mostSignals);
  const rows = shown.map((signal) => [
    signal.name,
    String(signal.samples),
    withUnit(signal.largest, signal.unit),
    signal.time === null ? '' : ms(signal.time),
    withUnit(signal.rootMeanSquare, signal.unit),
    Number.isNaN(signal.normalised) ? '' : `${short(signal.normalised * 100)} %`,
    Number.isNaN(signal.determination) ? '' : short(signal.determination),
    String(signal.lag),
    !signalsJudged ? 'not judged' : signal.grade === 'same spikes' ? 'same' : signal.grade,
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
