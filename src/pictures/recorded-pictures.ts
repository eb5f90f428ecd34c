/** Pictures of the recordings of a run: spikes, rates, samples. */

import { variableLabel } from './variable-label.js';
import * as Plot from '@observablehq/plot';
import type { Recorded, RecordedSignal, RecordedTrains } from '../compare/recorded.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { formatCount } from '../diagnostics/quantities.js';
import { axisUnit, type AxisUnit } from './axis-unit.js';
import type { Panel, Picture } from './canvas.js';
import { margins, pictureWidth } from './layout.js';
import { colourLegend, shadeScale } from './legends.js';
import { colourOf, shade } from './palette.js';
import { rateBins } from './ticks.js';

/** Spikes in a panel beyond which single ones cannot be told apart. */
const mostSpikes = 20_000;
/** Height of all panels of spikes together, in pixels. */
const spikesHeight = 380;
/** Traces of a panel. */
const mostTraces = 8;
/** Samples of a trace, as smallest and largest values of so many stretches. */
const mostSamples = 1000;

const axisHeight = 34;
const plotWidth = pictureWidth - margins.marginLeft - margins.marginRight;

/** Spikes of each population, one row for each cell; populations with too many spikes show rates of groups of cells. */
export function rasterPicture(recorded: Recorded, bin?: number): Picture {
  const trains = recordedTrains(recorded);
  const colours = coloursOf(recorded, trains);
  const time = timesOf(recorded);
  const cells = trains.reduce((sum, { ids }) => sum + ids.length, 0);
  const heights = trains.map(({ ids }) => Math.max(30, Math.round((spikesHeight * ids.length) / cells)));
  const dense = trains.filter((train, k) => isDense(train, heights[k] ?? 0));
  const width = bin ?? binOf(time);
  const densities = new Map(dense.map((one) => [one, densityOf(one, heights[trains.indexOf(one)] ?? 0, time, width)]));
  const most = [...densities.values()].flat().reduce((largest, { rate }) => Math.max(largest, rate), 0);
  const panels = trains.map((one, ordinal): Panel => {
    const height = heights[ordinal] ?? 0;
    const isLast = ordinal === trains.length - 1;
    const frame = panelFrame(one.population, height, isLast, time);
    const density = densities.get(one);
    return withMarks(
      frame,
      density ? densityMarks(one, density, most) : spikeMarks(one, height, colours[ordinal] ?? ''),
    );
  });
  const bins = `${Number((width * 1e3).toPrecision(6))} ms`;
  return {
    title: titleOf(recorded),
    subtitle:
      dense.length === 0
        ? `each mark is a spike; ${countsText(trains)}`
        : `${dense.map(({ population }) => population).join(', ')}: rates of groups of cells in bins of ${bins}; ${countsText(trains)}`,
    panels: dense.length === 0 ? panels : [shadeScale(`${Number(most.toPrecision(3))} Hz`), ...panels],
  };
}

/** The rate of each population over time, by counting spikes in bins. */
export function ratesPicture(recorded: Recorded, bin?: number): Picture {
  const trains = recordedTrains(recorded);
  const colours = coloursOf(recorded, trains);
  const time = timesOf(recorded);
  const width = bin ?? binOf(time, rateBins(trains.map(spikesOf)));
  const height = Math.max(70, Math.min(160, Math.round(spikesHeight / trains.length)));
  const panels = trains.map((train, ordinal): Panel => {
    const counts = countIn(train.trains, time, width);
    const rows = Array.from(counts, (count, k) => ({
      from: time.begin + k * width,
      to: Math.min(time.begin + (k + 1) * width, time.end),
      rate: count / (Math.max(1, train.ids.length) * width),
    }));
    const frame = panelFrame(train.population, height, ordinal === trains.length - 1, time);
    const marks = [
      Plot.rectY(rows, { x1: inMs('from'), x2: inMs('to'), y: 'rate', fill: colours[ordinal] ?? '' }),
      Plot.ruleY([0]),
    ];
    return withMarks(frame, marks, axisIn('Hz', 3));
  });
  return {
    title: titleOf(recorded),
    subtitle: `rate per cell in bins of ${Number((width * 1e3).toPrecision(6))} ms`,
    panels,
  };
}

/** Recorded variables over time. */
export function tracesPicture(recorded: Recorded): Picture {
  const { signals } = recorded;
  if (signals.length === 0) throw nothing(recorded, 'samples', 'record a variable, such as run --record cells:v@1ms');
  const time = timesOf(recorded);
  const height = Math.max(90, Math.min(220, Math.round(480 / signals.length)));
  let explained = '';
  const panels = signals.flatMap((signal, ordinal): Picture['panels'] => {
    const { unit, perSi } = readableUnit(signal);
    const shown = signal.columns.slice(0, mostTraces);
    const needsLegend = shown.length > 1 && shown.join('\n') !== explained;
    if (needsLegend) explained = shown.join('\n');
    const rows = shown.flatMap((column, k) =>
      thinned(signal, k).map(([t, value]) => ({ column, t: t * 1e3, value: value * perSi })),
    );
    const name = `${signal.owner === '' ? '' : `${signal.owner} `}${variableLabel(signal.variable)}`;
    const frame = panelFrame(name, height, ordinal === signals.length - 1, time);
    const marks = [
      Plot.lineY(rows, {
        x: 't',
        y: 'value',
        z: 'column',
        stroke: ({ column }: { column: string }) => colourOf(shown.indexOf(column)),
        strokeWidth: 1,
      }),
    ];
    const panel = withMarks(frame, marks, axisIn(unit, 4));
    return needsLegend ? [colourLegend(shown), panel] : [panel];
  });
  const most = Math.max(...signals.map(({ columns }) => columns.length));
  return {
    title: titleOf(recorded),
    ...(most > mostTraces
      ? { subtitle: `the first ${mostTraces} of at most ${formatCount(most)} traces of each variable` }
      : {}),
    panels,
  };
}

const inMs =
  (key: 'from' | 'to') =>
  (row: { readonly from: number; readonly to: number }): number =>
    row[key] * 1e3;

/** Observed time in s. */
export interface Span {
  readonly begin: number;
  readonly end: number;
}

/** The time that a file states; else the time of its last spike or sample. */
function timesOf({ begin, end, trains, signals }: Recorded): Span {
  const lasts = [
    ...trains.flatMap((one) => one.trains.map((train) => train.at(-1) ?? 0)),
    ...signals.map(({ times }) => times.at(-1) ?? 0),
  ];
  const last = end ?? lasts.reduce((most, one) => Math.max(most, one), 0);
  return { begin, end: last > begin ? last : begin + 1e-3 };
}

function recordedTrains(recorded: Recorded): readonly RecordedTrains[] {
  const trains = recorded.trains.filter(({ event, ids }) => event === 'spike' && ids.length > 0);
  if (trains.length === 0) throw nothing(recorded, 'spikes', 'record them, such as run --record cells:spikes');
  return trains;
}

/** Returns the colours of trains: those that the diagram of the model gives their populations, if all are known. */
function coloursOf({ record }: Recorded, trains: readonly RecordedTrains[]): readonly string[] {
  const names = record?.populations.map(({ name }) => name) ?? [];
  const isKnown = trains.every(({ population }) => names.includes(population));
  return trains.map(({ population }, k) => colourOf(isKnown ? names.indexOf(population) : k));
}

const nothing = ({ path }: Recorded, what: string, hint: string): UsageError =>
  new UsageError(`${path} holds no ${what}`, hint);

const titleOf = ({ record, path }: Recorded): string => record?.name ?? path;

const spikesOf = (trains: RecordedTrains): number => trains.trains.reduce((sum, train) => sum + train.length, 0);

const counted = (count: number, name: string): string => `${formatCount(count)} ${name}${count === 1 ? '' : 's'}`;

const countsText = (trains: readonly RecordedTrains[]): string => {
  const spikes = trains.reduce((sum, one) => sum + spikesOf(one), 0);
  const cells = trains.reduce((sum, { ids }) => sum + ids.length, 0);
  return `${counted(spikes, 'spike')} of ${counted(cells, 'cell')}`;
};

/** Smallest width and height of the mark of a spike, in pixels. */
const markWidth = 1.5;
const markHeight = 2;

/** Whether marks of single spikes would cover half of a panel, or are too many. */
function isDense(trains: RecordedTrains, height: number): boolean {
  const spikes = spikesOf(trains);
  const area = markWidth * Math.max(markHeight, (0.8 * height) / trains.ids.length);
  return spikes > mostSpikes || spikes * area > 0.5 * plotWidth * height;
}

/** Returns a bin of 1, 2 or 5 times a power of ten, of which at most so many cover the time. */
export function binOf({ begin, end }: Span, bins = 150): number {
  const wanted = (end - begin) / bins;
  const power = 10 ** Math.floor(Math.log10(wanted));
  return ([1, 2, 5].find((factor) => factor * power >= wanted) ?? 10) * power;
}

export function countIn(trains: RecordedTrains['trains'], { begin, end }: Span, width: number): Float64Array {
  const counts = new Float64Array(Math.max(1, Math.ceil((end - begin) / width - 1e-9)));
  for (const train of trains)
    for (const time of train) {
      const k = Math.min(Math.floor((time - begin) / width), counts.length - 1);
      if (k >= 0) counts[k] = (counts[k] ?? 0) + 1;
    }
  return counts;
}

/** A panel with its name and the axis of time, which only the last one shows. */
export function panelFrame(name: string, height: number, isLast: boolean, { begin, end }: Span): Panel {
  return {
    name: name === '' ? 'cells' : name,
    height: height + (isLast ? axisHeight : margins.marginBottom),
    options: {
      marginBottom: isLast ? axisHeight : margins.marginBottom - 6,
      x: {
        domain: [begin * 1e3, end * 1e3],
        label: isLast ? 'time (ms)' : null,
        labelAnchor: 'center',
        labelArrow: 'none',
        ...(isLast ? {} : { axis: null }),
      },
    },
  };
}

/** Returns the axis of values, with its unit turned next to the numbers. */
export const axisIn = (unit: string, ticks: number): Plot.PlotOptions => ({
  y: { label: null, ticks, nice: true },
  marks: [Plot.text([unit], { frameAnchor: 'left', dx: -45, rotate: -90, textAnchor: 'middle' })],
});

/** Returns a panel with marks. */
export const withMarks = (
  { options, ...panel }: Panel,
  marks: readonly Plot.Markish[],
  more: Plot.PlotOptions = {},
): Panel => ({
  ...panel,
  options: { ...options, ...more, marks: [Plot.frame({ stroke: '#cccccc' }), ...marks, ...(more.marks ?? [])] },
});

function spikeMarks(trains: RecordedTrains, height: number, colour: string): Plot.Markish[] {
  const half = 0.5 * Math.max(0.8, (markHeight * trains.ids.length) / height);
  const marks = trains.trains.flatMap((train, row) =>
    Array.from(train, (time) => ({ at: time * 1e3, from: row - half, to: row + half })),
  );
  return [upright(marks, colour, markWidth), cellAxis(trains)];
}

/** An upright mark at a time in ms, between two places of the axis of values. */
interface UprightMark {
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

/** Draws marks as one line with gaps: an element for each of thousands would take most of the time and of the file. */
export const upright = (marks: readonly UprightMark[], stroke: string, strokeWidth: number): Plot.Markish =>
  Plot.line(
    marks.flatMap(({ at, from, to }) => [from, to, NaN].map((y) => [at, y] as const)),
    { stroke, strokeWidth, strokeLinecap: 'butt' },
  );

/** Names the first and the last cell, and those in other rows that matter. */
export function cellAxis({ ids }: Pick<RecordedTrains, 'ids'>, rows: readonly number[] = []): Plot.Markish {
  const shown = [...new Set([0, ids.length - 1, ...rows])].filter((row) => row >= 0);
  return Plot.axisY(shown, { tickFormat: (row: number) => String(ids[row] ?? row), label: null });
}

/** Rate per cell in Hz, of a group of cells during a bin; limits in ms and rows. */
interface GroupRate {
  readonly x1: number;
  readonly x2: number;
  readonly y1: number;
  readonly y2: number;
  readonly rate: number;
}

/** Returns the rates of groups of cells, a group for each four pixels of a panel. */
function densityOf(trains: RecordedTrains, height: number, time: Span, bin: number): readonly GroupRate[] {
  const rows = Math.min(trains.ids.length, Math.max(1, Math.floor(height / 4)));
  const width = Math.max(bin, (time.end - time.begin) / 200);
  return Array.from({ length: rows }, (_, row) => {
    const [from, to] = [row, row + 1].map((k) => Math.round((k * trains.ids.length) / rows)) as [number, number];
    return Array.from(countIn(trains.trains.slice(from, to), time, width), (count, k) => ({
      x1: (time.begin + k * width) * 1e3,
      x2: Math.min(time.begin + (k + 1) * width, time.end) * 1e3,
      y1: from - 0.5,
      y2: to - 0.5,
      rate: count / ((to - from) * width),
    }));
  }).flat();
}

const densityMarks = (trains: RecordedTrains, density: readonly GroupRate[], most: number): Plot.Markish[] => [
  Plot.rect(
    density.filter(({ rate }) => rate > 0),
    { x1: 'x1', x2: 'x2', y1: 'y1', y2: 'y2', inset: 0, fill: ({ rate }: GroupRate) => shade(rate / most) },
  ),
  cellAxis(trains),
];

/** The usual unit of a signal, and the factor from the SI unit. */
const readableUnit = ({ unit, values }: RecordedSignal): AxisUnit =>
  unit === null || unit === '1' ? { unit: '', perSi: 1 } : axisUnit(values, unit);

/** Times and values of a column; of long ones the smallest and the largest value of each stretch. */
function thinned({ times, values, columns }: RecordedSignal, column: number): readonly (readonly [number, number])[] {
  const at = (k: number): readonly [number, number] => [times[k] ?? NaN, values[k * columns.length + column] ?? NaN];
  if (times.length <= 2 * mostSamples) return Array.from(times, (_, k) => at(k));
  return Array.from({ length: mostSamples }, (_, part) => {
    const [from, to] = [part, part + 1].map((k) => Math.floor((k * times.length) / mostSamples)) as [number, number];
    let [low, high] = [from, from];
    for (let k = from; k < to; k++) {
      if (at(k)[1] < at(low)[1]) low = k;
      if (at(k)[1] > at(high)[1]) high = k;
    }
    return low <= high ? [at(low), at(high)] : [at(high), at(low)];
  }).flat();
}
