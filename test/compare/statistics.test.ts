/** Statistics: values of SciPy 1.17.1, and decisions of the tests of equivalence. */

import { describe, expect, it } from 'vitest';
import { spectrum } from '../../src/compare/measures/spectrum.js';
import { rankCorrelation } from '../../src/compare/quantities.js';
import { compareMeans, withHolm } from '../../src/compare/statistics/equivalence.js';
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
  it("Welch's interval", () => {
    const { difference, error, freedom } = compareMeans(a, b, false)!;
    const half = error * upperQuantile(0.05, freedom);
    expect(difference - half).toBeCloseTo(-0.44598504676558004, 9);
    expect(difference + half).toBeCloseTo(0.7840802848608185, 9);
  });

  it('pairs', () => {
    const { difference, error, freedom } = compareMeans(a, b.slice(0, 6), true)!;
    const half = error * upperQuantile(0.05, freedom);
    expect(difference - half).toBeCloseTo(0.04087045688552471, 9);
    expect(difference + half).toBeCloseTo(0.3924628764478085, 9);
  });

  it('one small p of many is no difference', () => {
    const one = { departure: 0.02, verdict: 'different' } as const;
    const others = Array.from({ length: 19 }, () => ({ departure: 1, verdict: 'within' }) as const);
    expect(withHolm([one])[0]!.verdict).toBe('different');
    expect(withHolm([one, ...others])[0]!.verdict).toBe('cannot say');
  });
});

describe('power spectrum', () => {
  // scipy.signal.welch(counts, fs=1000, window='hann', nperseg=1024, noverlap=512, detrend='constant') * 500 /
  // mean(counts).
  it('scipy.signal.welch, in bands of two thirds of an octave, then of 20 Hz, over the Poisson floor', () => {
    const train = Float64Array.from({ length: 600 }, (_, k) => (((k + 1) * 0.6180339887498949) % 1) * 4.096).sort();
    const bands = spectrum([train], { begin: 0, end: 4.096 });
    const expected = [
      -4.375367324109757, -4.211532794894469, -3.869460280221896, -4.470279966906791, -3.844045518702787,
      -4.015443428784378, -2.766202371396047, -2.0441327972968875, -0.6779935932228345, 0.27200014580772697,
      -1.161172066101603, -0.6528331576225076, -1.2755590067944698, 1.5338120575014358, -0.9453433219107921,
      -1.4974639217855643, -2.1184597503870806, -1.9871818691650849, -1.2429467580954099, 0.42483409113452686,
      1.4212717651245335, -0.9320338212391539, -1.0669173748592258, -0.9047686892941872, -0.2249885534308206,
      0.36589093564087105,
    ];
    expect(bands.map(({ power }) => power)).toHaveLength(expected.length);
    for (const [k, { power }] of bands.entries()) expect(power).toBeCloseTo(expected[k]!, 9);
  });
});

describe('ranks', () => {
  it('scipy.stats.spearmanr, with ties and without cells that are silent', () => {
    const [x, y] = [Float64Array.of(1, 2, 2, 4, 5, NaN), Float64Array.of(2, 1, 4, 4, 3, 7)];
    expect(rankCorrelation(x, y)).toBeCloseTo(0.39473684210526316, 12);
  });
});
