import { expect, it } from 'vitest';
import { slowestRelaxation, steadyOccupancies } from '../../../src/present/describe/kinetic-scheme.js';

/** The smaller root of a characteristic polynomial x**2 - sum x + product, without loss of digits. */
const smallerRoot = (sum: number, product: number): number => (2 * product) / (sum + Math.sqrt(sum ** 2 - 4 * product));

it('solves schemes of two states, from equal rates to rates 30 decades apart', () => {
  for (const [alpha, beta] of [
    [3, 3],
    [250, 1000],
    [1e-15, 1e15],
    [1e15, 1e-15],
    [40, 0],
  ] as const) {
    const rates = [
      [0, alpha],
      [beta, 0],
    ];
    const [, open = NaN] = steadyOccupancies(rates);
    expect(open / (alpha / (alpha + beta))).toBeCloseTo(1, 12);
    expect(slowestRelaxation(rates) * (alpha + beta)).toBeCloseTo(1, 12);
  }
});

it('solves three states in a row by the product formula and by the characteristic polynomial', () => {
  for (const [a, b, c, d] of [
    [1, 1, 1, 1],
    [300, 20, 5, 700],
    [1e-4, 1e4, 1e-3, 1e5],
  ] as const) {
    const rates = [
      [0, a, 0],
      [b, 0, c],
      [0, d, 0],
    ];
    const weights = [1, a / b, (a * c) / (b * d)];
    const sum = weights.reduce((total, weight) => total + weight, 0);
    for (const [k, occupancy] of steadyOccupancies(rates).entries())
      expect(occupancy / ((weights[k] ?? NaN) / sum)).toBeCloseTo(1, 12);
    const slowest = smallerRoot(a + b + c + d, a * c + a * d + b * d);
    expect(slowestRelaxation(rates) * slowest).toBeCloseTo(1, 9);
  }
});

it('solves n independent gates in a row: binomial states, and the slowest time of one gate', () => {
  const [alpha, beta, n] = [80, 320, 4];
  const rates = Array.from({ length: n + 1 }, (_, i) =>
    Array.from({ length: n + 1 }, (_, j) => (j === i + 1 ? (n - i) * alpha : j === i - 1 ? i * beta : 0)),
  );
  expect(steadyOccupancies(rates)[n]! / (alpha / (alpha + beta)) ** n).toBeCloseTo(1, 12);
  expect(slowestRelaxation(rates) * (alpha + beta)).toBeCloseTo(1, 9);
});

it('has no value for steady states that depend on the start, or for relaxation that oscillates', () => {
  const apart = [
    [0, 0, 0],
    [5, 0, 7],
    [0, 0, 0],
  ];
  expect(steadyOccupancies(apart)).toEqual([NaN, NaN, NaN]);
  expect(slowestRelaxation(apart)).toBeNaN();
  const cycle = [
    [0, 10, 0],
    [0, 0, 10],
    [10, 0, 0],
  ];
  for (const occupancy of steadyOccupancies(cycle)) expect(occupancy).toBeCloseTo(1 / 3, 12);
  expect(slowestRelaxation(cycle)).toBeNaN();
});
