import { describe, expect, it } from 'vitest';
import { RandomState } from '../../src/numpy/random-state.js';
import { missingPython, runPython } from './python-environment.js';

const missing = missingPython(['numpy']);
const rows: readonly (readonly [string, readonly number[]])[] = [
  ['uniform', [-1, 1]],
  ['integer', [0, 7]],
  ['integer', [0, 4294967296]],
  ['normal', [-60, 2]],
  ['lognormal', [1, 0.5]],
  ['exponential', [3]],
  ['gamma', [0.5, 1]],
  ['gamma', [7.5, 2]],
  ['poisson', [0.7]],
  ['poisson', [12]],
  ['poisson', [123456]],
  ['binomial', [40, 0.5]],
  ['binomial', [500, 0.13]],
  ['binomial', [1000000, 0.75]],
  ['vonMises', [1, 4]],
];
const exact = new Set(['uniform', 'integer', 'poisson', 'binomial']);

function draw(state: RandomState, method: string, [a = 0, b = 0]: readonly number[]): number {
  switch (method) {
    case 'uniform':
      return state.uniform(a, b);
    case 'integer':
      return state.integer(a, b);
    case 'normal':
      return state.normal(a, b);
    case 'lognormal':
      return state.lognormal(a, b);
    case 'exponential':
      return state.exponential(a);
    case 'gamma':
      return state.gamma(a, b);
    case 'poisson':
      return state.poisson(a);
    case 'binomial':
      return state.binomial(a, b);
    case 'vonMises':
      return state.vonMises(a, b);
    default:
      throw new Error(method);
  }
}

describe.skipIf(missing !== null)(`RandomState against NumPy itself${missing === null ? '' : ` (${missing})`}`, () => {
  it.each([0, 42, 4294967295])('seed %d: a thousand draws of each distribution', async (seed) => {
    const found = (await runPython('numpy_draws.py', [JSON.stringify(rows), '1000', String(seed)])) as [
      string,
      number[],
      number[],
    ][];
    for (const [method, parameters, expected] of found) {
      const state = new RandomState(seed);
      const got = expected.map(() => draw(state, method, parameters));
      const label = `${method}(${parameters.join(', ')})`;
      if (exact.has(method)) expect(got, label).toEqual(expected);
      // Two units in the last place of the drawn value, or of the mean or the angle that it is added to.
      else
        got.forEach((value, k) =>
          expect(Math.abs(value - expected[k]!), `${label} ${k}`).toBeLessThanOrEqual(
            4 *
              2 ** -52 *
              Math.max(Math.abs(expected[k]!), method === 'normal' ? 60 : method === 'vonMises' ? Math.PI : 0),
          ),
        );
    }
  });
});
