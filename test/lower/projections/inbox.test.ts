/**
 * Fixed-point sums: how many digits they keep, how they round, and that no order shows (`docs/determinism.md`, sums).
 */

import { describe, expect, test } from 'vitest';
import { createEvaluator } from '../../../src/ir/evaluate.js';
import * as ir from '../../../src/ir/builder.js';
import { scaleOf, unitOf } from '../../../src/ir/fixed-point.js';
import { powerOfTwo } from '../../../src/ir/library/formats.js';
import { exponentFor, quantise } from '../../../src/lower/projections/inbox.js';

const evaluator = createEvaluator([]);
const quantised = (value: number, exponent: number): bigint =>
  evaluator.evaluate(quantise(ir.f64(value), scaleOf(exponent))) as bigint;
const valued = (sum: bigint, exponent: number): number =>
  evaluator.evaluate(ir.fromFixed(ir.i64(sum), unitOf(exponent))) as number;

describe('the exponent', () => {
  test.each([
    [1, 50],
    [2, 49],
    [1.5, 49],
    [0.5, 51],
    [0.75, 50],
    [1e-9, 79],
    [2 ** 50, 0],
    [2 ** 60, -10],
    [0, 0],
  ])('a sum of at most %f counts in units of 2^-%i', (bound, exponent) => {
    expect(exponentFor(bound)).toBe(exponent);
  });

  test.each([1e-300, 1e-12, 0.3, 7, 1e6, 1e15, 1e200])(
    'the sum stays within 2^50 units, and one digit more would not: %f',
    (bound) => {
      const s = exponentFor(bound);
      if (s < 1000) expect(bound * powerOfTwo(s) * 2).toBeGreaterThan(2 ** 50);
      expect(bound * powerOfTwo(s)).toBeLessThanOrEqual(2 ** 50);
    },
  );

  test('powers of two are exact', () => {
    for (const n of [0, 1, -1, 50, -50, 1000, -1000]) expect(powerOfTwo(n)).toBe(2 ** n);
  });
});

describe('rounding', () => {
  test.each([
    [0, 0n],
    [-0, 0n],
    [1, 1n],
    [-1, -1n],
    [2.4, 2n],
    [2.6, 3n],
    [-2.4, -2n],
    [-2.6, -3n],
    // Half to even.
    [0.5, 0n],
    [1.5, 2n],
    [2.5, 2n],
    [-0.5, 0n],
    [-1.5, -2n],
    [-2.5, -2n],
    [2 ** 50, 2n ** 50n],
    [-(2 ** 50), -(2n ** 50n)],
    [2 ** 51 - 1, 2n ** 51n - 1n],
  ])('%f is %s units of 1', (value, units) => {
    expect(quantised(value, 0)).toBe(units);
  });

  test('a value and its sum are off by at most half a unit', () => {
    for (const exponent of [50, 79, -4]) {
      const unit = 2 ** -exponent;
      for (let k = 1; k < 200; k += 1) {
        const value = Math.sin(k * 12.9898) * unit * 2 ** 40;
        expect(Math.abs(valued(quantised(value, exponent), exponent) - value)).toBeLessThanOrEqual(unit / 2);
      }
    }
  });

  test.each([0n, 1n, -1n, 2n ** 50n, -(2n ** 50n), 2n ** 51n - 1n, 123456789n])('%s comes back as it is', (sum) => {
    expect(valued(sum, 0)).toBe(Number(sum));
    expect(valued(sum, 30)).toBe(Number(sum) / 2 ** 30);
  });
});

test('sums of doubles depend on the order, sums of units do not', () => {
  const weights = Array.from({ length: 1000 }, (_, k) => Math.sin(k * k) * 1e-3);
  const exponent = exponentFor(1);
  const backwards = [...weights].reverse();
  const sum = (list: readonly number[]): bigint => list.reduce((total, w) => total + quantised(w, exponent), 0n);
  expect(sum(backwards)).toBe(sum(weights));
  const plain = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
  expect(plain(backwards)).not.toBe(plain(weights));
  expect(valued(sum(weights), exponent)).toBeCloseTo(plain(weights), 12);
});
