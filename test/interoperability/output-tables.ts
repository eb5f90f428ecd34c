/** Output files of LEMS models, compared. */

import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The words of each row of an output file. */
export type Table = readonly (readonly string[])[];

/** Does something in a folder that is gone afterwards. */
export async function inFolder<T>(action: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'interneuron-neuroml-'));
  try {
    return await action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The output files of a run by name: those in `results` below a folder, without the hidden list of them. */
export function outputs(folder: string): ReadonlyMap<string, Table> {
  const results = join(folder, 'results');
  const names = readdirSync(results).filter((name) => !name.startsWith('.'));
  return new Map(names.map((name) => [name, rowsOf(join(results, name))]));
}

/** The rows of one output file. */
export function rowsOf(path: string): Table {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => line.trimEnd().split('\t'));
}

/** Largest difference of each column, as a part of the column's range. */
export function differences(ours: Table, theirs: Table): readonly number[] {
  return (theirs[0] ?? []).map((_, column) => {
    const values = theirs.map((row) => Number(row[column]));
    const range =
      values.reduce((most, value) => Math.max(most, value), -Infinity) -
      values.reduce((least, value) => Math.min(least, value), Infinity);
    const largest = ours.reduce((most, row, at) => Math.max(most, Math.abs(Number(row[column]) - values[at]!)), 0);
    return largest === 0 ? 0 : largest / range;
  });
}
