/** Pictures of two results: spikes one over another, rates over time, and samples with their difference. */

import { itemAt } from '../diagnostics/entry.js';
import * as Plot from '@observablehq/plot';
import { cropped, type Comparison } from '../compare/compare.js';
import { gradeText } from '../compare/headline.js';
import { pairCells, type CellMatching, type PairedTrains } from '../compare/pair-cells.js';
import { pairSignals, type PairedSignal } from '../compare/pair-signals.js';
import { milliseconds, type Recorded } from '../compare/recorded.js';
import { markupText } from '../diagnostics/display.js';
import { axisUnit } from './axis-unit.js';
import type { Panel, Picture } from './canvas.js';
import { letterSize, pictureWidth, type Drawing } from './layout.js';
import { colourOf } from './palette.js';
import { axisIn, binOf, cellAxis, countIn, panelFrame, upright, withMarks, type Span } from './recorded-pictures.js';

/** Cells of a population, and variables, that a picture shows. */
const mostCells = 30;
const mostSignals = 4;

/** Fewest cells with a rate over time. */
const fewestCells = 8;

/** Spikes of a panel above which marks two pixels wide cover each other. */
const mostSpikes = 3000;

/** Time in s around the first difference that is shown of populations with more spikes. */
const around = 0.025;

const mostSamples = 1000;

/** Widths of lines in pixels: the first is seen under the second. */
const lineWidths = [3.5, 2] as const;

type Divergence = Comparison['divergence'];

/** A panel, and its form as the last one, with the axis of time. */
type Last = (isLast: boolean) => Panel;

/**
 * Draws spikes of both results in rows of cells, rates over time, and the samples that differ most with their
 * difference. A ring and a line mark the first difference.
 */
export function comparisonPicture(
  [first, second]: readonly [Recorded, Recorded],
  { grade, interval, within, populations, signals, divergence }: Comparison,
  cells: CellMatching = { by: 'id', shift: 0 },
): Picture {
  const pairs = pairCells(first, second, cells).populations.filter((pair) =>
    populations.some(({ population, event }) => population === pair.population && event === pair.event),
  );
  const worstFirst = [...signals].sort((a, b) => (b.normalised || 0) - (a.normalised || 0));
  const names = new Set(worstFirst.slice(0, mostSignals).map(({ name }) => name));
  const traces = pairSignals(first, second, interval).signals.filter(({ name }) => names.has(name));
  const panels = [
    ...pairs.flatMap((pair) => populationPanels(cropped(pair, interval), interval, divergence)),
    ...traces.flatMap((trace) => tracePanels(trace, interval, divergence)),
  ];
  return {
    title: `${short(first.path)} and ${short(second.path)}: ${grade === 'cannot say' ? 'no verdict' : gradeText(grade, within)}`,
    panels: [
      legend([first.path, second.path], divergence),
      ...panels.map((panel, k) => panel(k === panels.length - 1)),
    ],
  };
}

/** Returns the end of a path that fits into half of a line. */
const short = (path: string): string => (path.length > 44 ? `…${path.slice(-43)}` : path);

/** Explains colours and the mark of the first difference. */
function legend(paths: readonly [string, string], divergence: Divergence): Drawing {
  const text = (x: number, y: number, of: string): string =>
    `<text x="${x}" y="${y}" font-size="${letterSize}" fill="#444444">${markupText(of)}</text>`;
  const sides = paths.map((path, side) => {
    const x = 12 + 0.48 * pictureWidth * side;
    const mark = `<rect x="${x}" y="1" width="18" height="10" fill="${colourOf(side)}"/>`;
    return `${mark}${text(x + 24, 10, `${side === 0 ? 'first' : 'second'}: ${short(path)}`)}`;
  });
  if (!divergence) return { height: 20, svg: sides.join('') };
  const { time, population, cell, side } = divergence;
  const ring = `<circle cx="21" cy="25" r="6" fill="none" stroke="#000000" stroke-width="2"/>`;
  const place = `${population}[${cell}] lacks a spike in the ${side === 'first' ? 'second' : 'first'}`;
  const words = `first difference: at ${milliseconds(Number(time.toPrecision(9)))}, ${place}`;
  return { height: 38, svg: `${sides.join('')}${ring}${text(36, 29, words)}` };
}

/** Marks the time of the first difference. */
const differenceLine = (divergence: Divergence): readonly Plot.Markish[] =>
  divergence
    ? [Plot.ruleX([divergence.time * 1e3], { stroke: '#444444', strokeDasharray: '5 4', strokeWidth: 2 })]
    : [];

/** Draws spikes of the cells next to the first difference, or of the first cells, and the rate of all cells. */
function populationPanels(pair: PairedTrains, time: Span, divergence: Divergence): readonly Last[] {
  const { population, ids } = pair;
  const own = divergence?.population === population ? divergence : null;
  const place = own ? ids.indexOf(own.cell) : 0;
  const from = Math.max(0, Math.min(place - mostCells / 2, ids.length - mostCells));
  const rows = ids.slice(from, from + mostCells);
  const cut = [pair.first, pair.second].map((trains) => trains.slice(from, from + mostCells));
  const isDense = cut.flat().reduce((sum, { length }) => sum + length, 0) > mostSpikes;
  const shown =
    isDense && own
      ? { begin: Math.max(time.begin, own.time - around), end: Math.min(time.end, own.time + around) }
      : time;
  const marks = cut.map((trains, side) => {
    const offset = side === 0 ? -0.46 : 0.02;
    const ticks = trains.flatMap((train, row) =>
      Array.from(
        train.filter((at) => at >= shown.begin && at <= shown.end),
        (at) => ({ at: at * 1e3, from: row + offset, to: row + offset + 0.44 }),
      ),
    );
    return upright(ticks, colourOf(side), 2);
  });
  const ring = own
    ? [
        Plot.dot([own], {
          x: own.time * 1e3,
          y: place - from + (own.side === 'first' ? -0.24 : 0.24),
          r: 7,
          stroke: '#000000',
          strokeWidth: 2,
        }),
      ]
    : [];
  const raster: Last = (isLast) =>
    withMarks(
      panelFrame(population, Math.max(40, Math.min(420, 14 * rows.length)), isLast || shown !== time, shown),
      [...differenceLine(divergence), ...marks, ...ring, cellAxis({ ids: rows }, own ? [place - from] : [])],
      { y: { domain: [-0.6, rows.length - 0.4], reverse: true } },
    );
  const rates: Last = (isLast) => ratePanel(pair, time, isLast, divergence);
  return [...(isDense && !own ? [] : [raster]), ...(ids.length < fewestCells && !isDense ? [] : [rates])];
}

function ratePanel({ ids, first, second }: PairedTrains, time: Span, isLast: boolean, divergence: Divergence): Panel {
  const width = binOf(time);
  const marks = [first, second].map((trains, side) => {
    // The last bin may be cut off.
    const bins = Math.max(1, Math.floor((time.end - time.begin) / width + 1e-9));
    const rates = Array.from(countIn(trains, time, width).subarray(0, bins), (spikes, k) => ({
      at: (time.begin + (k + 0.5) * width) * 1e3,
      rate: spikes / ids.length / width,
    }));
    return Plot.lineY(rates, { x: 'at', y: 'rate', stroke: colourOf(side), strokeWidth: itemAt(lineWidths, side) });
  });
  return withMarks(panelFrame('rate', 130, isLast, time), [...differenceLine(divergence), ...marks], axisIn('Hz', 3));
}

function tracePanels(
  { name, unit, times, first, second }: PairedSignal,
  time: Span,
  divergence: Divergence,
): readonly Last[] {
  const every = Math.max(1, Math.ceil(times.length / mostSamples));
  const kept = Array.from({ length: Math.ceil(times.length / every) }, (_, k) => k * every);
  const panel = (title: string, lines: readonly Float64Array[], colour: number, isLast: boolean): Panel => {
    const all = Float64Array.from(lines.flatMap((line) => [...line]));
    const scale = unit === null || unit === '1' ? { unit: '', perSi: 1 } : axisUnit(all, unit);
    const marks = lines.map((line, side) =>
      Plot.lineY(
        kept.map((row) => ({ at: itemAt(times, row) * 1e3, value: itemAt(line, row) * scale.perSi })),
        {
          x: 'at',
          y: 'value',
          stroke: colourOf(colour + side),
          strokeWidth: lines.length > 1 ? itemAt(lineWidths, side) : 2,
        },
      ),
    );
    return withMarks(
      panelFrame(title, 110, isLast, time),
      [...differenceLine(divergence), ...marks],
      axisIn(scale.unit, 3),
    );
  };
  const difference = first.map((value, k) => itemAt(second, k) - value);
  return [() => panel(name, [first, second], 0, false), (isLast) => panel('difference', [difference], 3, isLast)];
}
