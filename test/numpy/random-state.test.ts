import { describe, expect, it } from 'vitest';
import { RandomState } from '../../src/numpy/random-state.js';

/**
 * Numbers of NumPy 1.26.4's `RandomState(1234)`, each row from a new state: `.venv/bin/python
 * test/interoperability/python/numpy_draws.py` prints them all.
 */
const draws: readonly [method: string, parameters: readonly number[], expected: readonly number[]][] = [
  [
    'uniform',
    [-2, 3],
    [-1.0424027481055385, 1.1105438551991593, 0.1886386950355723, 1.9267929185688462, 1.8998790405940174],
  ],
  ['integer', [0, 10], [3, 6, 5, 4, 8, 9, 1, 7]],
  ['integer', [5, 1000000], [486196, 451288, 165163, 908346, 978129]],
  [
    'normal',
    [1, 2],
    [
      1.9428703274649861, -1.381951389412929, 3.8654139368521947, 0.3746962078165742, -0.4411774667300232,
      2.774325880615477, 2.7191768274348327,
    ],
  ],
  [
    'lognormal',
    [0, 1],
    [1.602292095394183, 0.30392458174898, 4.190026122603125, 0.7315045078316139, 0.4864657730057049],
  ],
  [
    'exponential',
    [2],
    [0.4251973152369602, 1.9462977576906522, 1.151538192462531, 3.077572948920385, 3.028035551157852],
  ],
  [
    'gamma',
    [2, 0.5],
    [
      1.1761882365106089, 0.27673360643500533, 0.4493695032008951, 1.5471868434912193, 0.8435064161215224,
      0.06215601545044406,
    ],
  ],
  [
    'gamma',
    [0.3, 2],
    [
      0.008098531667851643, 0.12736308168827493, 0.9232059230511667, 0.027531293902274157, 4.6837585677394955,
      0.06504805598233737,
    ],
  ],
  ['gamma', [1, 3], [0.6377959728554403, 2.9194466365359784, 1.7273072886937966, 4.616359423380578]],
  ['poisson', [3], [3, 3, 6, 2, 4, 5, 4, 4]],
  ['poisson', [50], [43, 49, 56, 45, 47, 54, 47, 50]],
  ['poisson', [1000], [969, 994, 1028, 979, 987, 1017, 988, 1000]],
  ['binomial', [10, 0.3], [2, 3, 3, 4, 4, 2, 2, 4]],
  ['binomial', [10, 1], [10, 10, 10]],
  ['binomial', [200, 0.4], [77, 81, 85, 77, 93, 82, 82, 92]],
  ['binomial', [1000, 0.9], [904, 900, 894, 905, 883, 897, 898, 885]],
  ['binomial', [100000, 0.5], [49873, 49929, 49850, 49646, 49991, 50067, 49976, 50225]],
  [
    'vonMises',
    [0, 2],
    [-0.21686059844624106, 0.31759246127887986, 0.4349722614718843, 1.253257909822274, 0.6809637915277698],
  ],
  [
    'vonMises',
    [3, 0.5],
    [2.605827840526727, 0.8558813188627257, -2.7030291456011932, -0.7367756461211048, 1.259497881528902],
  ],
];

/** Uniforms and integers agree to the bit; numbers from logarithms to 2 units in the last place. */
const exact = new Set(['uniform', 'integer', 'poisson', 'binomial']);

const draw = (state: RandomState, method: string, [a = 0, b = 0]: readonly number[]): number => {
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
};

describe('RandomState', () => {
  it.each(draws)('%s(%j) gives the values of NumPy', (method, parameters, expected) => {
    const state = new RandomState(1234);
    for (const value of expected) {
      const got = draw(state, method, parameters);
      if (exact.has(method)) expect(got).toBe(value);
      else expect(Math.abs(got - value)).toBeLessThanOrEqual(2 * 2 ** -52 * Math.abs(value));
    }
  });

  it('permutes as NumPy does', () => {
    expect([...new RandomState(1234).permutation(8)]).toEqual([2, 1, 6, 0, 4, 5, 3, 7]);
    expect([...new RandomState(1234).permutation(1)]).toEqual([0]);
  });

  it('skips 32-bit draws as if they had been drawn', () => {
    for (const words of [1, 623, 624, 625, 2001]) {
      const [one, other] = [new RandomState(7), new RandomState(7)];
      for (let k = 0; k < words; k++) one.interval(0xffffffff);
      other.skip(words);
      expect(other.double()).toBe(one.double());
    }
  });

  it('goes on alike in a copy, the second normal number of a pair included', () => {
    const state = new RandomState(5);
    state.gauss();
    const copy = state.copy();
    const next = (from: RandomState): number[] => [from.gauss(), from.double(), from.gauss(), from.interval(1000)];
    expect(next(copy)).toEqual(next(state));
  });
});
