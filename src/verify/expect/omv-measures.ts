import { itemAt } from '../../diagnostics/entry.js';
/** Measures of OMV (Open Source Brain model validation) on columns of numbers. */

/** Rows of a table of numbers. */
export type Rows = readonly (readonly number[])[];

/** Returns the rows of a text as NumPy's `loadtxt` reads them; null if it holds anything but numbers. */
export function numbersIn(text: string, header: number): Rows | null {
  const lines = text.split(/\r?\n/).slice(header);
  const rows = lines
    .map((line) => line.replace(/#.*$/, '').trim())
    .filter((line) => line !== '')
    .map((line) => line.split(/\s+/).map(Number));
  const width = rows[0]?.length ?? 0;
  return rows.every((row) => row.length === width && row.every((value) => !Number.isNaN(value))) ? rows : null;
}

/**
 * Returns spike times of a sampled voltage: at the first sample above a threshold after one that is not, or at local
 * maxima (`derivative`).
 *
 * @param rows  times and voltages
 */
export function detectedSpikes(rows: Rows, method: 'threshold' | 'derivative', threshold: number): readonly number[] {
  const v = (k: number): number => rows[k]?.[1] ?? NaN;
  const isSpike =
    method === 'threshold'
      ? (k: number): boolean => v(k - 1) <= threshold && v(k) > threshold
      : (k: number): boolean => v(k) - v(k - 1) >= 0 && v(k + 1) - v(k) < 0;
  return rows.flatMap(([time = NaN], k) => (k > 0 && isSpike(k) ? [time] : []));
}

/** How OMV counts a rate: from intervals, or by the number of spikes over the time. */
export interface RateWindow {
  readonly method: 'isi based' | 'duration based';
  readonly start: number;
  readonly end: number;
}

/** Returns the mean rate of cells; 0 without cells, and 0 for a cell without an interval. */
export function meanRate(cells: readonly (readonly number[])[], { method, start, end }: RateWindow): number {
  const rates = cells.map((times) => {
    const inside = (time: number): boolean => time >= start && time <= end;
    if (method === 'duration based') return times.filter(inside).length / (end - start);
    const intervals = times.slice(1).flatMap((time, k) => {
      const before = itemAt(times, k);
      return inside(time) && inside(before) ? [time - before] : [];
    });
    return intervals.length === 0 ? 0 : intervals.length / intervals.reduce((sum, interval) => sum + interval, 0);
  });
  return rates.length === 0 ? 0 : rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
}

/** Absolute tolerance that NumPy's `allclose` adds. */
const absolute = 1e-8;

/** Checks whether observed numbers are as many as expected, each within a tolerance relative to the expected one. */
export const areClose = (observed: readonly number[], expected: readonly number[], tolerance: number): boolean =>
  observed.length === expected.length &&
  observed.every(
    (value, k) => Math.abs(value - itemAt(expected, k)) <= absolute + tolerance * Math.abs(itemAt(expected, k)),
  );
