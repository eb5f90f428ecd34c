/**
 * Writes the tables of `bench/results/*.json` between the two marks of their pages: the newest into `bench/README.md`,
 * all others into `bench/records/brian-nest-genn.md`:
 *
 *     npx tsx bench/readme.ts
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { speedTables, type SpeedResults } from './speed-tables.js';

const marks = ['<!-- from bench/results -->', '<!-- end of bench/results -->'] as const;

/** The pages with tables, and which results each shows. */
export const pages: readonly { readonly file: string; readonly shows: 'newest' | 'earlier' }[] = [
  { file: 'README.md', shows: 'newest' },
  { file: 'records/brian-nest-genn.md', shows: 'earlier' },
];

/** Returns the text of a page with tables of results of a folder between its marks. */
export function withSpeedTables(page: string, folder: string, shows: 'newest' | 'earlier'): string {
  const [begin, end] = marks.map((mark) => page.indexOf(mark));
  if (begin === undefined || end === undefined || begin < 0 || end < begin) throw new Error('the page has no marks');
  const results = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as SpeedResults)
    .sort((a, b) => (a.date < b.date ? 1 : -1));
  const tables = (shows === 'newest' ? results.slice(0, 1) : results.slice(1)).map(speedTables);
  return `${page.slice(0, begin + marks[0].length)}\n\n${tables.join('\n')}\n${page.slice(end)}`;
}

if (process.argv[1] === import.meta.filename)
  for (const { file, shows } of pages) {
    const page = path.join(import.meta.dirname, file);
    writeFileSync(page, withSpeedTables(readFileSync(page, 'utf8'), path.join(import.meta.dirname, 'results'), shows));
  }
