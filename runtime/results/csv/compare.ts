/** Comparison of two CSV results: their tables line by line, their provenance value by value. */

import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

import type { DifferenceList } from '../differences.js';
import { readProvenance } from '../record-text.js';
import { compareJsonFiles, linesOf, sameBytes } from '../text-compare.js';
import { provenancePath, seriesPath } from './write.js';

/** @param expected  path of the spikes of a result that was written just now */
export function compareCsvFiles(stored: string, expected: string, differences: DifferenceList): void {
  const provenance = provenancePath(expected);
  const { record } = readProvenance(readFileSync(provenance, 'utf8'), provenance);
  compareLines(stored, expected, differences);
  for (const { name } of record.series) compareLines(seriesPath(stored, name), seriesPath(expected, name), differences);
  compareJsonFiles(provenancePath(stored), provenance, basename(provenancePath(stored)), differences);
}

function compareLines(stored: string, expected: string, differences: DifferenceList): void {
  const name = basename(stored);
  if (!existsSync(stored)) {
    differences.add(name, 'nothing', 'a file');
    return;
  }
  if (sameBytes(stored, expected)) return;
  const [left, right] = [linesOf(stored), linesOf(expected)];
  let head = '';
  for (let number = 1; ; number += 1) {
    const [a, b] = [lineOf(left.next()), lineOf(right.next())];
    if (a === null && b === null) break;
    if (number === 1) head = b ?? '';
    if (a === b) continue;
    differences.add(`${name} line ${number} (${head})`, a ?? 'nothing', b ?? 'nothing');
    // One line more or less shifts all that follow.
    return;
  }
  differences.add(`${name}, its last line`, 'a different line ending', 'a line feed');
}

function lineOf(next: IteratorResult<readonly [number, string]>): string | null {
  return next.done === true ? null : next.value[1];
}
