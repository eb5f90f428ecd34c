/** Comparison of text files: JSON value by value, and all by their bytes. */

import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';

import { bitsText } from './bit-patterns.js';
import type { DifferenceList } from './differences.js';

/**
 * Compares two JSON files value by value and, if they agree, byte by byte.
 *
 * @param name prefix of places; empty if there is only one file
 */
export function compareJsonFiles(stored: string, expected: string, name: string, differences: DifferenceList): void {
  if (sameBytes(stored, expected)) return;
  const [a, b] = [readFileSync(stored, 'utf8'), readFileSync(expected, 'utf8')];
  const places: [string, unknown, unknown][] = [];
  compareValues(JSON.parse(a), JSON.parse(b), name, '', (place, left, right) => places.push([place, left, right]));
  for (const [place, left, right] of places) differences.add(place, valueText(left, right), valueText(right));
  if (places.length > 0) return;
  const [line, left, right] = firstLine(a, b);
  differences.add(
    `${name === '' ? '' : `${name}: `}line ${line}, with the same meaning but different text`,
    left,
    right,
  );
}

type Found = (place: string, stored: unknown, expected: unknown) => void;

/**
 * Calls `found` for each place of a difference between two JSON values.
 *
 * @param label name of the nearest enclosing object, which is clearer than its position
 */
export function compareValues(a: unknown, b: unknown, place: string, label: string, found: Found): void {
  if (Object.is(a, b)) return;
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let k = 0; k < Math.max(a.length, b.length); k += 1) {
      const at = `${place}[${k}]`;
      if (k >= a.length) found(`${at}${label}`, missing, b[k]);
      else if (k >= b.length) found(`${at}${label}`, a[k], missing);
      else compareValues(a[k], b[k], at, label, found);
    }
    return;
  }
  if (isObject(a) && isObject(b)) {
    const inner = typeof b['name'] === 'string' ? ` (${b['name']})` : label;
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const at = place === '' ? key : `${place}.${key}`;
      if (!Object.hasOwn(a, key)) found(`${at}${inner}`, missing, b[key]);
      else if (!Object.hasOwn(b, key)) found(`${at}${inner}`, a[key], missing);
      else compareValues(a[key], b[key], at, inner, found);
    }
    return;
  }
  found(`${place}${label}`, a, b);
}

const missing = Symbol('missing');

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** A value as JSON; two numbers with their bits. */
export function valueText(value: unknown, other?: unknown): string {
  if (value === missing) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return typeof value === 'number' && typeof other === 'number'
    ? `${text} (${bitsText(Float64Array.of(value), Float64Array.of(other), 0)})`
    : text;
}

/** Returns the number of the first differing line of two texts, and the line in each. */
function firstLine(a: string, b: string): readonly [line: number, a: string, b: string] {
  const [left, right] = [a.split('\n'), b.split('\n')];
  const at = left.findIndex((line, k) => line !== right[k]);
  const line = at < 0 ? left.length : at;
  return [line + 1, left[line] ?? 'nothing', right[line] ?? 'nothing'];
}

const blockBytes = 1 << 20;

/** Whether two files hold the same bytes. Both must be there. */
export function sameBytes(a: string, b: string): boolean {
  const [left, right] = [openSync(a, 'r'), openSync(b, 'r')];
  const [blockA, blockB] = [Buffer.alloc(blockBytes), Buffer.alloc(blockBytes)];
  try {
    for (;;) {
      const [lengthA, lengthB] = [fill(left, blockA), fill(right, blockB)];
      if (lengthA !== lengthB || blockA.compare(blockB, 0, lengthB, 0, lengthA) !== 0) return false;
      if (lengthA < blockBytes) return true;
    }
  } finally {
    closeSync(left);
    closeSync(right);
  }
}

function fill(descriptor: number, block: Buffer): number {
  let length = 0;
  for (;;) {
    const read = readSync(descriptor, block, length, block.length - length, null);
    length += read;
    if (read === 0 || length === block.length) return length;
  }
}

/** Lines of a file with their numbers from 1, without holding the whole of it; none for a file that is missing. */
export function* linesOf(path: string): Generator<readonly [number: number, line: string]> {
  if (!existsSync(path)) return;
  const descriptor = openSync(path, 'r');
  const block = Buffer.alloc(blockBytes);
  try {
    let rest = '';
    let number = 0;
    for (;;) {
      const length = readSync(descriptor, block);
      if (length === 0) break;
      // Bytes are taken one by one, so a block may end anywhere.
      const parts = (rest + block.toString('latin1', 0, length)).split('\n');
      rest = parts.pop()!;
      for (const part of parts) yield [(number += 1), part];
    }
    if (rest !== '') yield [number + 1, rest];
  } finally {
    closeSync(descriptor);
  }
}
