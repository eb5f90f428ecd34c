/** The table of a sweep as CSV, and as rows for JSON. */

import { platform } from '#platform';
import { quoted } from '../../runtime/results/csv/write.js';
import { diagnosticsToJson } from '../diagnostics/render.js';
import { partsOf, type Axis } from './axes.js';
import type { SweepRow } from './run-sweep.js';

/** Headings, and a line of texts for each run. */
export interface SweepTable {
  readonly headings: readonly string[];
  readonly lines: readonly (readonly string[])[];
}

/** Returns the unit that all values of an axis share; null if one is no number, or has another unit. */
function unitOf({ values }: Axis): string | null {
  const units = new Set(values.map((value) => partsOf(value)?.unit));
  const [unit = null] = units;
  return units.size === 1 ? unit : null;
}

/**
 * Returns a line for each run: varied values, seed, outcome, fingerprint, and spikes and rate of each population. Units
 * stand in the headings, as in all CSV files of results.
 *
 * @param withFiles  whether runs have written files
 */
export function sweepTable(
  axes: readonly Axis[],
  populations: readonly string[],
  rows: readonly SweepRow[],
  withFiles: boolean,
): SweepTable {
  const columns = axes.map((axis) => ({ ...axis, unit: unitOf(axis) }));
  return {
    headings: [
      ...columns.map(({ name, unit }) => (unit === null || unit === '' ? name : `${name}_${unit}`)),
      'seed',
      'outcome',
      'fingerprint',
      ...populations.flatMap((name) => [`${name}.spikes`, `${name}.rate_Hz`]),
      ...(withFiles ? ['file'] : []),
    ],
    lines: rows.map(({ set, seed, outcome, fingerprint, populations: reports, outputs }) => [
      ...columns.map(({ name, unit }) => {
        const value = set[name] ?? '';
        return unit === null ? value : (partsOf(value)?.number ?? value);
      }),
      seed,
      outcome,
      fingerprint ?? '',
      ...populations.flatMap((name) => {
        const report = reports[name];
        return report ? [String(report.spikes), String(report.rate)] : ['', ''];
      }),
      ...(withFiles ? [outputs.map(platform.files.shareable).join(' ')] : []),
    ]),
  };
}

/** Returns a table as CSV (RFC 4180, with line feeds). */
export const tableText = ({ headings, lines }: SweepTable): string =>
  [headings, ...lines].map((line) => `${line.map(quoted).join(',')}\n`).join('');

/** Returns the rows of a sweep as `--json` prints them. */
export const rowsToJson = (rows: readonly SweepRow[]): readonly unknown[] =>
  rows.map(({ number, set, seed, outcome, fingerprint, populations, outputs, diagnostics }) => ({
    number,
    set,
    seed,
    outcome,
    fingerprint,
    populations,
    outputs,
    diagnostics: diagnosticsToJson(diagnostics),
  }));
