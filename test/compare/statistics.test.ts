/** Statistics: values of SciPy 1.17.1, and decisions of the tests of equivalence. */

import { describe, expect, it } from 'vitest';
import { compareMeans, kolmogorovSmirnov, withHolm } from '../../src/compare/statistics/equivalence.js';
import { upperQuantile, upperTail } from '../../src/compare/statistics/student.js';

const a = [5.1, 4.8, 6.2, 5.5, 5.9, 4.4];
const b = [5.3, 5.0, 6.1, 5.9, 6.0, 4.9, 5.2];

describe("Student's t", () => {
  it.each([
    [0.5, 1, 0.35241638234956674],
    [2, 3, 0.06966298427942152],
    [1.96, 1e4, 0.025011760115916513],
    [3.7, 39, 0.0003318924041392633],
    [-1.2, 7.3, 0.8661846667241719],
    [12, 5, 3.544746258580761e-5],
  ])('scipy.stats.t.sf(%f, %f)', (t, freedom, expected) => {
    expect(Math.abs(upperTail(t, freedom) / expected - 1)).toBeLessThan(1e-10);
  });

  it.each([
    [0.05, 1, 6.313751514675044],
    [0.05, 9, 1.8331129326562376],
    [0.05, 39.5, 1.6843564321090374],
    [0.05, 5000, 1.645158437596971],
    [0.025, 12, 2.1788128296672293],
  ])('scipy.stats.t.isf(%f, %f)', (p, freedom, expected) => {
    expect(Math.abs(upperQuantile(p, freedom) - expected)).toBeLessThan(1e-9);
  });
});

describe('means', () => {
  it("Welch's interval and the two one-sided tests", () => {
    const found = compareMeans(a, b, false, 1)!;
    expect(found.interval[0]).toBeCloseTo(-0.44598504676558004, 9);
    expect(found.interval[1]).toBeCloseTo(0.7840802848608185, 9);
    expect(found.equivalence).toBeCloseTo(0.01754307767359742, 9);
    expect(found.verdict).toBe('same');
  });

  it('pairs', () => {
    const found = compareMeans(a, b.slice(0, 6), true, 0.5)!;
    expect(found.interval[0]).toBeCloseTo(0.04087045688552471, 9);
    expect(found.interval[1]).toBeCloseTo(0.3924628764478085, 9);
    expect(found.equivalence).toBeCloseTo(0.011377154231281276, 9);
  });

  it('too few values cannot say, and how many would', () => {
    const found = compareMeans([1, 5, 3], [2, 4, 9], false, 0.5)!;
    expect(found.verdict).toBe('cannot say');
    // s² = (4 + 13)/2: n = 2 · 8.5 · 3.2898² / 0.25
    expect(found.needed).toBe(737);
    expect(compareMeans([1], [2], true, 0.5)).toBeNull();
  });

  it('a difference beyond the margin is found, and none without deviation', () => {
    expect(
      compareMeans(
        a,
        a.map((value) => value + 3),
        false,
        1,
      )!.verdict,
    ).toBe('different');
    expect(compareMeans([1, 1], [1, 1], true, 0.1)!).toMatchObject({ verdict: 'same', effect: null });
    expect(compareMeans([1, 1], [2, 2], true, 0.1)!.verdict).toBe('different');
  });

  it('one small p of many is no difference', () => {
    const doubtful = compareMeans([0, 0.1, 0.2, 0.1], [0.6, 0.9, 0.5, 0.6], true, 0.28)!;
    expect(doubtful.departure).toBeLessThan(0.05);
    expect(doubtful.departure).toBeGreaterThan(0.05 / 20);
    const others = Array.from({ length: 19 }, () => compareMeans(a, a, true, 1)!);
    expect(withHolm([doubtful])[0]!.verdict).toBe('different');
    expect(withHolm([doubtful, ...others])[0]!.verdict).toBe('cannot say');
  });

  it('scipy.stats.ks_2samp', () => {
    expect(kolmogorovSmirnov(a, b)).toBeCloseTo(1 / 3, 12);
  });
});
