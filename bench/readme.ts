/**
 * Writes the tables of `bench/results/*.json` into `bench/README.md`, between its two marks:
 *
 *     npx tsx bench/readme.ts
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { speedTables, type SpeedResults } from './speed-tables.js';

const marks = ['<!-- from bench/results -->', '<!-- end of bench/results -->'] as const;

/** Returns the text of the README with the tables of all results of a folder between its marks. */
export function withSpeedTables(readme: string, folder: string): string {
  const [begin, end] = marks.map((mark) => readme.indexOf(mark));
  if (begin === undefined || end === undefined || begin < 0 || end < begin)
    throw new Error('bench/README.md has no marks');
  const tables = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => speedTables(JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as SpeedResults));
  return `${readme.slice(0, begin + marks[0].length)}\n\n${tables.join('\n')}\n${readme.slice(end)}`;
}

if (process.argv[1] === import.meta.filename) {
  const file = path.join(import.meta.dirname, 'README.md');
  writeFileSync(file, withSpeedTables(readFileSync(file, 'utf8'), path.join(import.meta.dirname, 'results')));
}
