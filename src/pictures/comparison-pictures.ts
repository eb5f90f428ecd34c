/** Pictures of two results: spikes one over another, and samples with their difference. */

import * as Plot from '@observablehq/plot';
import { cropped, type Comparison } from '../compare/compare.js';
import type { Train } from '../compare/measures/train.js';
import { pairCells, type CellMatching, type PairedTrains } from '../compare/pair-cells.js';
import { pairSignals, type PairedSignal } from '../compare/pair-signals.js';
import type { Recorded } from '../compare/recorded.js';
import { axisUnit } from './axis-unit.js';
import { type Panel, type Picture } from './canvas.js';
import { colourOf } from './palette.js';
import { binOf, panelFrame, withMarks } from './recorded-pictures.js';

/** Cells of a population, and variables, that a picture shows. */
const mostCells = 30;
const mostSignals = 4;

/** Spikes of a population above which rates replace them. */
const mostSpikes = 6000;

const mostSamples = 1000;

/** Draws the spikes of both results in rows of cells, and the samples that differ most with their difference. */
export function comparisonPicture(
  [first, second]: readonly [Recorded, Recorded],
  { grade, interval, populations, signals }: Comparison,
  cells: CellMatching = { by: 'id', shift: 0 },
): Picture {
  const pairs = pairCells(first, second, cells).populations.filter((pair) =>
    populations.some(({ population, event }) => population === pair.population && event === pair.event),
  );
  const worstFirst = [...signals].sort((a, b) => (b.normalised || 0) - (a.normalised || 0));
  const names = new Set(worstFirst.slice(0, mostSignals).map(({ name }) => name));
  const traces = pairSignals(first, second, interval).signals.filter(({ name }) => names.has(name));
  const time = { begin: interval.begin, end: interval.end };
  const count = pairs.length + 2 * traces.length;
  const isLast = (ordinal: number): boolean => ordinal === count - 1;
  const panels: Panel[] = [
    ...pairs.map((pair, k) => spikePanel(cropped(pair, interval), time, isLast(k))),
    ...traces.flatMap((trace, k) => tracePanels(trace, time, isLast(pairs.length + 2 * k + 1))),
  ];
  return {
    title: `${first.path} and ${second.path}: ${grade}`,
    subtitle: `blue: the first, orange: the second; at most ${mostCells} cells of each population`,
    panels,
  };
}

interface Span {
  readonly begin: number;
  readonly end: number;
}

function spikePanel({ population, first, second }: PairedTrains, time: Span, isLast: boolean): Panel {
  const shown = [first, second].map((trains) => trains.slice(0, mostCells));
  const spikes = shown.flat().reduce((sum, { length }) => sum + length, 0);
  if (spikes > mostSpikes) return ratePanel(population, [first, second], time, isLast);
  const rows = Math.max(1, shown[0]!.length);
  const height = Math.max(40, Math.min(300, 16 * rows));
  const marks = shown.map((trains, side) => {
    const ticks = trains.flatMap((train, row) => Array.from(train, (at) => ({ at: at * 1e3, row })));
    const offset = side === 0 ? -0.45 : 0.02;
    return Plot.ruleX(ticks, {
      x: 'at',
      y1: ({ row }: { row: number }) => row + offset,
      y2: ({ row }: { row: number }) => row + offset + 0.43,
      stroke: colourOf(side),
      strokeWidth: 1,
    });
  });
  const frame = panelFrame(population, height, isLast, time);
  return withMarks(frame, marks, { y: { domain: [-0.6, rows - 0.4], axis: null, reverse: true } });
}

function ratePanel(population: string, sides: readonly (readonly Train[])[], time: Span, isLast: boolean): Panel {
  const width = binOf(time);
  const marks = sides.map((trains, side) => {
    const counts = new Float64Array(Math.max(1, Math.ceil((time.end - time.begin) / width - 1e-9)));
    for (const train of trains)
      for (const at of train)
        counts[Math.min(counts.length - 1, Math.max(0, Math.floor((at - time.begin) / width)))]! += 1;
    const rates = Array.from(counts, (spikes, k) => ({
      at: (time.begin + (k + 0.5) * width) * 1e3,
      rate: spikes / Math.max(1, trains.length) / width,
    }));
    return Plot.lineY(rates, { x: 'at', y: 'rate', stroke: colourOf(side), strokeWidth: 1.2 });
  });
  const y = { label: 'Hz', labelArrow: 'none', ticks: 3, nice: true } as const;
  return withMarks(panelFrame(population, 130, isLast, time), marks, { y });
}

function tracePanels(
  { name, unit, times, first, second }: PairedSignal,
  time: Span,
  isLast: boolean,
): readonly Panel[] {
  const every = Math.max(1, Math.ceil(times.length / mostSamples));
  const kept = Array.from({ length: Math.ceil(times.length / every) }, (_, k) => k * every);
  const panel = (title: string, lines: readonly Float64Array[], colour: number, last: boolean): Panel => {
    const all = Float64Array.from(lines.flatMap((line) => [...line]));
    const scale = unit === null || unit === '1' ? { unit: '', perSi: 1 } : axisUnit(all, unit);
    const marks = lines.map((line, side) =>
      Plot.lineY(
        kept.map((row) => ({ at: times[row]! * 1e3, value: line[row]! * scale.perSi })),
        { x: 'at', y: 'value', stroke: colourOf(colour + side), strokeWidth: 1 },
      ),
    );
    const y = { label: scale.unit, labelArrow: 'none', ticks: 3, nice: true } as const;
    return withMarks(panelFrame(title, 110, last, time), marks, { y });
  };
  const difference = first.map((value, k) => second[k]! - value);
  return [panel(name, [first, second], 0, false), panel('difference', [difference], 3, isLast)];
}
