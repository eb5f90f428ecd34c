/**
 * The tests of distributions themselves, against values computed with 30 digits (mpmath: the integral of Student's
 * density).
 */

import { describe, expect, test } from 'vitest';
import { incompleteBeta, twoSampleKolmogorovP, welchP } from './statistics.js';

test.each([
  [0.3, 4, 0.5, 0.00254437461641],
  [0.9, 0.5, 4, 0.999971488851],
  [0.5, 2, 3, 0.6875],
  [0.999, 40, 0.5, 0.777919867636],
])('the incomplete beta function at %d with %d and %d', (x, a, b, expected) => {
  expect(incompleteBeta(x, a, b)).toBeCloseTo(expected, 10);
});

test.each([
  [[5.1, 5.4, 4.9, 5.6, 5.0], [5.9, 6.3, 5.7, 6.8, 6.1, 6.0], 0.00133544671607],
  [[1, 2, 3], [1.5, 2.5, 3.5, 4], 0.326973678713],
])("Welch's test of %j and %j", (first, second, expected) => {
  expect(welchP(first, second)).toBeCloseTo(expected, 10);
  expect(welchP(second, first)).toBeCloseTo(expected, 10);
});

describe('the test of Kolmogorov and Smirnov for two samples', () => {
  const ramp = (n: number, shape: (x: number) => number): number[] =>
    Array.from({ length: n }, (_, i) => shape((i + 0.5) / n));

  test('finds samples of one law alike', () =>
    expect(
      twoSampleKolmogorovP(
        ramp(100, (x) => x),
        ramp(250, (x) => x),
      ),
    ).toBeGreaterThan(0.999));

  test('finds samples of other laws different', () =>
    expect(
      twoSampleKolmogorovP(
        ramp(1000, (x) => x),
        ramp(1000, (x) => x ** 1.5),
      ),
    ).toBeLessThan(1e-6));

  // n = 32*32/64 = 16. At 8/32, t = 0.25*(4 + 0.12 + 0.11/4) = 1.036875, and 2*(exp(-2t²) - exp(-8t²) + …) = 0.2325.
  test('at distances of 9/32 and a quarter', () => {
    const first = Array.from({ length: 32 }, (_, i) => i);
    expect(
      twoSampleKolmogorovP(
        first,
        first.map((x) => x + 8.5),
      ),
    ).toBeCloseTo(kolmogorovAt(0.28125), 12);
    expect(
      twoSampleKolmogorovP(
        first,
        first.map((x) => x + 7.5),
      ),
    ).toBeCloseTo(0.2325, 3);
  });

  /** The first terms of Kolmogorov's series for two samples of 32. */
  function kolmogorovAt(distance: number): number {
    const t = distance * (4 + 0.12 + 0.11 / 4);
    return 2 * (Math.exp(-2 * t * t) - Math.exp(-8 * t * t) + Math.exp(-18 * t * t) - Math.exp(-32 * t * t));
  }
});
