/** Output files of LEMS models, compared. */

import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Returns the fields of each row of an output file. */
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

/**
 * Returns the output files of a run by name: the files in `results` below a folder, without the hidden list of them.
 */
export function outputs(folder: string): ReadonlyMap<string, Table> {
  const results = join(folder, 'results');
  const names = readdirSync(results).filter((name) => !name.startsWith('.'));
  return new Map(names.map((name) => [name, rowsOf(join(results, name))]));
}

/** The rows of one output file. */
export const rowsOf = (path: string): Table => tableOf(readFileSync(path, 'utf8'));

/** The rows of the text of an output file. */
export const tableOf = (text: string): Table => linesOf(text).map((line) => line.trimEnd().split('\t'));

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');

/** Every tenth line of a long table, from its last tenth line all: tables of different lengths stay different. */
export const thinned = (text: string, name: string): string => linesOf(text).filter(isKept(name)).join('\n');

const isKept =
  (name: string) =>
  (_: unknown, k: number, { length }: readonly unknown[]): boolean =>
    length < 400 || name.endsWith('.spikes') || k % 10 === 0 || k >= length - (length % 10);

/** The rows of a table that `thinned` keeps. */
export const thinnedTable = (table: Table, name: string): Table => table.filter(isKept(name));

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
