/**
 * Rows of tables as text: equal to the text of each number by itself, which other tests compare with its definition.
 */

import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { floatText } from '../../../../runtime/results/dat/float-text.js';
import { createRowWriter } from '../../../../runtime/results/dat/rows.js';

/** The text of rows, each a list of numbers. */
function written(rows: readonly (readonly number[])[]): string {
  const writer = createRowWriter(rows[0]!.length);
  let text = '';
  for (let first = 0; first < rows.length; first += writer.capacity) {
    const part = rows.slice(first, first + writer.capacity);
    part.forEach((row, r) => row.forEach((value, k) => (writer.columns[k]![r] = value)));
    text += Buffer.from(writer.text(part.length)).toString('latin1');
  }
  return text;
}

const expected = (rows: readonly (readonly number[])[]): string =>
  rows.map((row) => `${row.map((value) => `${floatText(value)}\t`).join('')}\n`).join('');

/** Compares line by line, so that a difference is short. */
function check(rows: readonly (readonly number[])[]): void {
  const [found, wanted] = [written(rows).split('\n'), expected(rows).split('\n')];
  expect(found.length).toBe(wanted.length);
  expect(found.filter((line, k) => line !== wanted[k]).slice(0, 5)).toEqual([]);
}

const single = new Float32Array(1);
const pattern = new Uint32Array(single.buffer);
function ofBits(bits: number): number {
  pattern[0] = bits;
  return single[0]!;
}

describe('rows', () => {
  test('have a tab after each number and a line feed after each row', () => {
    expect(
      written([
        [0, -0.065, 1e-5],
        [5e-6, 123456.7, -0],
      ]),
    ).toBe('0.0\t-0.065\t1.0E-5\t\n5.0E-6\t123456.7\t-0.0\t\n');
  });

  test('of numbers that are NaN, subnormal, infinite, or powers of two and ten, and their neighbours', () => {
    const values = [Number.NaN, Infinity, -Infinity, 1e39, -1e39, 1e-46, 2 ** -149, 2 ** -126, 0, -0];
    for (let field = 0; field < 256; field += 1)
      for (const mantissa of [0, 1, 2, 0x3fffff, 0x400000, 0x7ffffe, 0x7fffff])
        values.push(ofBits((field << 23) | mantissa));
    for (let exponent = -45; exponent <= 38; exponent += 1)
      for (const digits of [1, 2, 9, 9.9999, 9.999999, 9.99999999, 1.0000001, 1.2345678]) {
        single[0] = Number(`${digits}e${exponent}`);
        const bits = pattern[0]!;
        for (const near of [bits - 1, bits, bits + 1]) values.push(ofBits(near));
      }
    check(values.flatMap((value) => [[value], [-value]]));
  });

  test('of numbers of all sizes', () => {
    let state = 4711;
    const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
    check(Array.from({ length: 40_000 }, () => [ofBits(random()), ofBits(random()), ofBits(random())]));
  });

  test('of potentials and times, which are no floats before they are rounded', () => {
    check(Array.from({ length: 50_000 }, (_, k) => [k * 5e-6, -0.07 + 1e-6 * k * 0.77, k / 3, Math.sqrt(k)]));
  });

  test('of more columns than are written at once', () => {
    const columns = 20_000;
    expect(createRowWriter(columns).capacity).toBe(1);
    check([
      Array.from({ length: columns }, (_, k) => -(k + 0.1) * 1e-30),
      Array.from({ length: columns }, (_, k) => k),
    ]);
  });

  test('are written by the module assembled from rows.wat', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/assemble-rows.mjs', '--check'], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
  });
});
