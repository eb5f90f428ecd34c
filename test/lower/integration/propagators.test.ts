/** Propagators against closed forms, and against their defining properties. */

import { Decimal } from 'decimal.js';
import { describe, expect, test } from 'vitest';
import { propagators } from '../../../src/lower/integration/propagators.js';

type Matrix = readonly (readonly number[])[];

const identity = (n: number): Matrix =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => (i === j ? 1 : 0)));

const close = (a: Matrix, b: Matrix, tolerance: number): void => {
  a.forEach((row, i) =>
    row.forEach((x, j) =>
      expect(Math.abs(x - b[i]![j]!), `entry ${i}, ${j}: ${x} and ${b[i]![j]!}`).toBeLessThanOrEqual(
        tolerance * Math.max(1, Math.abs(b[i]![j]!)),
      ),
    ),
  );
};
const times = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((sum, x, k) => sum + x * b[k]![j]!, 0)));

describe('closed forms', () => {
  test.each<[string, Matrix, number, Matrix, Matrix]>([
    ['nothing', [], 0.1, [], []],
    ['zero', [[0]], 0.25, [[1]], [[0.25]]],
    ['a decay', [[-3]], 0.5, [[Math.exp(-1.5)]], [[-Math.expm1(-1.5) / 3]]],
    ['a fast decay', [[-1e6]], 1e-4, [[Math.exp(-100)]], [[1e-6]]],
    ['growth', [[2]], 1, [[Math.exp(2)]], [[Math.expm1(2) / 2]]],
    [
      'a Jordan block',
      [
        [-2, 1],
        [0, -2],
      ],
      0.7,
      [
        [Math.exp(-1.4), 0.7 * Math.exp(-1.4)],
        [0, Math.exp(-1.4)],
      ],
      [
        [-Math.expm1(-1.4) / 2, (1 - Math.exp(-1.4) * 2.4) / 4],
        [0, -Math.expm1(-1.4) / 2],
      ],
    ],
    [
      'nilpotent',
      [
        [0, 1, 0],
        [0, 0, 1],
        [0, 0, 0],
      ],
      2,
      [
        [1, 2, 2],
        [0, 1, 2],
        [0, 0, 1],
      ],
      [
        [2, 2, 8 / 6],
        [0, 2, 2],
        [0, 0, 2],
      ],
    ],
    [
      'a rotation',
      [
        [0, 1],
        [-1, 0],
      ],
      3,
      [
        [Math.cos(3), Math.sin(3)],
        [-Math.sin(3), Math.cos(3)],
      ],
      [
        [Math.sin(3), 1 - Math.cos(3)],
        [Math.cos(3) - 1, Math.sin(3)],
      ],
    ],
  ])('%s', (_, m, h, p, r) => {
    const got = propagators(m, h);
    close(got.p, p, 1e-13);
    close(got.r, r, 1e-13);
  });
});

describe('properties', () => {
  // Entries from a fixed congruence (Lehmer), so that the matrices are arbitrary and the same each time.
  const arbitrary = (n: number, scale: number, seed: number): number[][] => {
    let state = seed;
    return Array.from({ length: n }, () =>
      Array.from({ length: n }, () => {
        state = (state * 48271) % 2147483647;
        return (state / 2147483647 - 0.5) * scale;
      }),
    );
  };

  test.each([
    [1, 1, 11],
    [2, 3, 12],
    [3, 10, 13],
    [4, 40, 14],
    [5, 0.01, 15],
  ])('%i equations of scale %f: two halves make a whole, and M R = P - 1', (n, scale, seed) => {
    const m = arbitrary(n, scale, seed);
    const [whole, half] = [propagators(m, 0.1), propagators(m, 0.05)];
    close(times(half.p, half.p), whole.p, 1e-11);
    const derivative = times(m, whole.r);
    close(
      derivative.map((row, i) => row.map((x, j) => x + identity(n)[i]![j]!)),
      whole.p,
      1e-11,
    );
  });

  test('every entry to 40 digits: an arbitrary 3 by 3 matrix by its Taylor series in decimal arithmetic', () => {
    const m = arbitrary(3, 4, 99);
    const D = Decimal.clone({ precision: 60 });
    let term = identity(3).map((row) => row.map((x) => new D(x)));
    let sum = term.map((row) => [...row]);
    for (let k = 1; k < 80; k += 1) {
      term = term.map((row) =>
        [0, 1, 2].map((j) => row.reduce((total, x, l) => total.plus(x.times(m[l]![j]!).times(0.5)), new D(0)).div(k)),
      );
      sum = sum.map((row, i) => row.map((x, j) => x.plus(term[i]![j]!)));
    }
    close(
      propagators(m, 0.5).p,
      sum.map((row) => row.map(Number)),
      1e-14,
    );
  });
});
