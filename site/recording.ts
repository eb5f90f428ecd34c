/** Spikes and samples of a run, as they arrive. */

import type { BeginMessage, LiveMessage } from './messages.js';

/** Spikes of one message. */
export interface SpikeChunk {
  readonly steps: Uint32Array;
  readonly cells: Uint32Array;
}

/** The shown samples of a series: a row for each time, a column for each cell. */
export interface SampleRows {
  readonly cells: readonly number[];
  /** In s. */
  readonly times: number[];
  /** By column. */
  readonly columns: readonly number[][];
  /** Number of rows that came, and of those for one that is kept. */
  seen: number;
  stride: number;
}

/** A run, or the part of it that is complete. */
export interface Recording {
  readonly begin: BeginMessage;
  /** Duration of the whole run in s. */
  readonly end: number;
  /** By train. */
  readonly spikes: readonly SpikeChunk[][];
  /** By series. */
  readonly samples: SampleRows[];
}

export const emptyRecording = (begin: BeginMessage): Recording => ({
  begin,
  end: begin.steps * begin.dt,
  spikes: begin.trains.map(() => []),
  samples: begin.series.map(({ cells }) => emptyRows(cells)),
});

const emptyRows = (cells: readonly number[]): SampleRows => ({
  cells,
  times: [],
  columns: cells.map(() => []),
  seen: 0,
  stride: 1,
});

/** Rows of samples that are kept; of longer series, every second one is dropped, and of those that come later. */
const mostRows = 20_000;

/** Adds what a message holds. */
export function addTo(recording: Recording, { spikes, samples }: LiveMessage): void {
  for (const { train, steps, cells } of spikes) if (steps.length > 0) recording.spikes[train]?.push({ steps, cells });
  for (const { series, steps, values } of samples) {
    const rows = recording.samples[series];
    if (rows) addRows(rows, steps, values, recording.begin.dt);
  }
}

function addRows(rows: SampleRows, steps: ArrayLike<number>, values: Float64Array, dt: number): void {
  const { times, columns } = rows;
  for (let row = 0; row < steps.length; row += 1) {
    rows.seen += 1;
    if ((rows.seen - 1) % rows.stride !== 0) continue;
    times.push((steps[row] ?? 0) * dt);
    columns.forEach((column, k) => column.push(values[row * columns.length + k] ?? NaN));
    if (times.length < mostRows) continue;
    for (const list of [times, ...columns]) {
      const kept = list.filter((_, k) => k % 2 === 0);
      list.length = 0;
      for (const one of kept) list.push(one);
    }
    rows.stride *= 2;
  }
}

/** Shows other cells of the series. */
export function replaceSamples(
  recording: Recording,
  series: readonly { readonly cells: readonly number[]; readonly steps: Int32Array; readonly values: Float64Array }[],
): void {
  series.forEach(({ cells, steps, values }, k) => {
    const rows = emptyRows(cells);
    addRows(rows, steps, values, recording.begin.dt);
    recording.samples[k] = rows;
  });
}

/** A stretch of time in s. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Counts the spikes of a train in equal bins. */
export function countSpikes(recording: Recording, train: number, { from, to }: Span, bins: number): Float64Array {
  const counts = new Float64Array(bins);
  const perBin = (to - from) / bins;
  for (const { steps } of recording.spikes[train] ?? [])
    for (const step of steps) {
      const bin = Math.floor((step * recording.begin.dt - from) / perBin);
      if (bin >= 0 && bin < bins) counts[bin] = (counts[bin] ?? 0) + 1;
    }
  return counts;
}
