/** Philox against its published vectors, draws against their laws. Keys are fixed; a p-value below 1e-4 fails. */

import { describe, expect, it } from 'vitest';
import { someOf } from '../../support/effort.js';
import { createEvaluator } from '../../../src/ir/evaluate.js';
import { drawFunction, drawNames, libraryFunction, withCallees } from '../../../src/ir/library/index.js';
import { philox } from '../../../src/ir/library/philox-host.js';
import { chiSquareP, gammaQ, kolmogorovP, logGamma, mean, variance } from '../../support/statistics.js';

const evaluator = createEvaluator(withCallees([...drawNames.map(drawFunction), libraryFunction('erf', 'f64')]));
const call = (name: string, ...args: number[]): number[] => evaluator.call(name, args).map(Number);
const one = (name: string, ...args: number[]): number => call(name, ...args)[0] ?? NaN;

const [k0, k1] = [0x243f6a88, 0x85a308d3];
const site = 3 * 2 ** 24;
/** One draw for each of `count` elements. */
const draws = (name: string, count: number, ...parameters: number[]): number[] =>
  Array.from({ length: count }, (_, element) => one(name, element, 0, 17, site, k0, k1, ...parameters));

const significance = 1e-4;
const normalCumulative = (x: number): number => 0.5 + 0.5 * one('erf_f64', x * Math.SQRT1_2);

describe('philox4x32', () => {
  // Random123 1.14, tests/kat_vectors, philox4x32 with 10 rounds.
  const ones = 0xffffffff;
  const vectors = [
    { counter: [0, 0, 0, 0], key: [0, 0], words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
    { counter: [ones, ones, ones, ones], key: [ones, ones], words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd] },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ] as const;
  it.each(vectors)('$counter under $key', ({ counter, key, words }) => {
    expect(call('philox4x32', ...counter, ...key)).toEqual(words);
    expect(philox(counter, key)).toEqual(words);
  });

  it('has the same 32-bit values in the host form', () => {
    for (let k = 0; k < 200; k++) {
      const [a, b, c, d] = philox([k, 2 ** 31 + k, 7 * k, ~k >>> 0], [k0, k1]);
      expect(call('philox4x32', a, b, c, d, k0, k1)).toEqual(philox([a, b, c, d], [k0, k1]));
    }
  });
});

describe('uniformFromWords', () => {
  it.each([
    { words: [0, 0], value: 2 ** -53 },
    { words: [0xffffffff, 0xffffffff], value: 1 - 2 ** -53 },
    { words: [0, 0x80000000], value: 0.5 + 2 ** -53 },
    { words: [0xfff, 0], value: 2 ** -53 },
    { words: [0x1000, 0], value: 3 * 2 ** -53 },
  ])('$words → $value', ({ words, value }) => {
    expect(one('uniformFromWords', ...words)).toBe(value);
  });
});

describe('counters', () => {
  const at = (element: number, subElement: number, step: number, siteWord: number): number[] => [
    element,
    subElement,
    step,
    siteWord,
    k0,
    k1,
  ];
  it('uniform uses values 0 and 1 of iteration 0', () => {
    const [w0 = 0, w1 = 0] = call('philox4x32', 5, 6, 7, site, k0, k1);
    expect(one('uniform', ...at(5, 6, 7, site))).toBe(one('uniformFromWords', w0, w1));
  });

  it('normal takes all four, by the cosine; within steps two steps share a pair', () => {
    const [even, odd] = call('normalPair', ...call('philox4x32', 5, 6, 7, site, k0, k1));
    expect(one('normal', ...at(5, 6, 7, site))).toBe(even);
    expect(one('normalPerStep', ...at(5, 6, 14, site))).toBe(even);
    expect(one('normalPerStep', ...at(5, 6, 15, site))).toBe(odd);
  });

  it('normalPair is Box and Muller', () => {
    const words = [0x12345678, 0x9abcdef0, 0x0fedcba9, 0x87654321] as const;
    const radius = Math.sqrt(-2 * Math.log(one('uniformFromWords', words[0], words[1])));
    const angle = 2 * Math.PI * one('uniformFromWords', words[2], words[3]);
    const [even = NaN, odd = NaN] = call('normalPair', ...words);
    expect(even).toBeCloseTo(radius * Math.cos(angle), 12);
    expect(odd).toBeCloseTo(radius * Math.sin(angle), 12);
  });

  it('every element of the counter and of the key matters', () => {
    const reference = at(5, 6, 7, site);
    const others = reference.map((word, k) => reference.map((same, j) => (j === k ? word + 1 : same)));
    for (const name of ['uniform', 'normal', 'poisson', 'binomial', 'gamma'] as const) {
      const parameters = { uniform: [], normal: [], poisson: [1e6], binomial: [1e9, 0.3], gamma: [2.5] }[name];
      const values = [reference, ...others].map((point) => one(name, ...point, ...parameters));
      expect(new Set(values).size).toBe(values.length);
    }
  });
});

describe('continuous laws', () => {
  const count = 8000;
  const laws: readonly { name: string; drawn: () => number[]; cumulative: (x: number) => number }[] = [
    { name: 'uniform', drawn: () => draws('uniform', count), cumulative: (x) => x },
    { name: 'normal', drawn: () => draws('normal', count), cumulative: normalCumulative },
    {
      name: 'normalPerStep',
      drawn: () => Array.from({ length: count }, (_, step) => one('normalPerStep', 1, 0, step, site, k0, k1)),
      cumulative: normalCumulative,
    },
    {
      name: 'exponential',
      drawn: () => draws('uniform', count).map((u) => one('exponentialFromUniform', u)),
      cumulative: (x) => 1 - Math.exp(-x),
    },
    ...[0.05, 0.5, 1, 2.5, 40].map((shape) => ({
      name: `gamma of shape ${shape}`,
      drawn: () => draws('gamma', count, shape),
      cumulative: (x: number) => 1 - gammaQ(shape, x),
    })),
  ];
  it.each(laws)('$name', ({ drawn, cumulative }) => {
    expect(kolmogorovP(drawn(), cumulative)).toBeGreaterThan(significance);
  });

  it('consecutive steps of normal noise are not correlated', () => {
    const noise = Array.from({ length: count }, (_, step) => one('normalPerStep', 2, 0, step, site, k0, k1));
    const correlation = mean(noise.slice(1).map((x, k) => x * (noise[k] ?? 0)));
    const squares = mean(noise.slice(1).map((x, k) => (x * x - 1) * ((noise[k] ?? 0) ** 2 - 1)));
    expect(Math.abs(correlation) * Math.sqrt(count)).toBeLessThan(4);
    expect((Math.abs(squares) * Math.sqrt(count)) / 2).toBeLessThan(4);
    expect(variance(noise)).toBeCloseTo(1, 1);
  });
});

describe('counts', () => {
  const count = 8000;
  const poissonLaw =
    (m: number) =>
    (k: number): number =>
      Math.exp(k * Math.log(m) - m - logGamma(k + 1));
  it.each([0.02, 1, 9.99, 10, 12.5, 60, 1000])('Poisson numbers of mean %d', (m) => {
    expect(chiSquareP(draws('poisson', count, m), poissonLaw(m))).toBeGreaterThan(significance);
  });

  const binomialLaw =
    (n: number, p: number) =>
    (k: number): number =>
      k > n
        ? 0
        : Math.exp(
            logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) + k * Math.log(p) + (n - k) * Math.log1p(-p),
          );
  it.each([
    [1, 0.3],
    [5, 0.5],
    [20, 0.97],
    [30, 0.4],
    [50, 0.5],
    [40, 0.75],
    [1000, 0.02],
    [1000, 0.001],
    [2000, 0.5],
  ])('binomial numbers of %d trials at %d', (n, p) => {
    expect(chiSquareP(draws('binomial', count, n, p), binomialLaw(n, p))).toBeGreaterThan(significance);
  });

  it.each([1e8, 1e12])('Poisson numbers of mean %d have its moments', (m) => {
    const standard = draws('poisson', count, m).map((k) => (k - m) / Math.sqrt(m));
    expect(kolmogorovP(standard, normalCumulative)).toBeGreaterThan(significance);
  });

  it.each([
    [0, 1, -0.5, 0.5],
    [2, 3, 1, 20],
    [-1, 0.5, -1, -0.2],
  ])('normal numbers of mean %d and deviation %d from %d to %d', (m, s, low, high) => {
    const [below, above] = [normalCumulative((low - m) / s), normalCumulative((high - m) / s)];
    const law = (x: number): number => (normalCumulative((x - m) / s) - below) / (above - below);
    expect(kolmogorovP(draws('truncatedNormal', count, m, s, low, high), law)).toBeGreaterThan(significance);
  });

  it.each([0.3, 2, 40])('von Mises numbers of concentration %d', (kappa) => {
    // The density is proportional to exp(kappa cos x); summed up by the midpoint rule.
    const cells = 4000;
    const densities = Array.from({ length: cells }, (_, k) =>
      Math.exp(kappa * (Math.cos(-Math.PI + ((k + 0.5) * 2 * Math.PI) / cells) - 1)),
    );
    const sums = densities.reduce<number[]>((all, density) => [...all.slice(-cells), (all.at(-1) ?? 0) + density], []);
    const total = sums.at(-1)!;
    const law = (x: number): number =>
      (sums[Math.min(cells - 1, Math.floor(((x + Math.PI) / (2 * Math.PI)) * cells))] ?? 0) / total;
    expect(kolmogorovP(draws('vonMises', 2000, 0, kappa), law)).toBeGreaterThan(significance);
    const turned = draws('vonMises', 500, 3, kappa);
    expect(turned.every((x) => x > -Math.PI && x <= Math.PI)).toBe(true);
  });

  const logChoose = (n: number, k: number): number => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
  it.each(
    someOf(
      [
        [3, 4, 2],
        [5, 95, 20],
        [50, 50, 90],
        [30, 10, 25],
        [400, 600, 100],
        [1024, 1276, 700],
        [900, 100, 500],
        [10000, 90, 40],
      ] as const,
      3,
      'laws',
    ),
  )('hypergeometric numbers of %d marked and %d others in a sample of %d', (marked, others, sample) => {
    const law = (k: number): number =>
      k > marked || k > sample || sample - k > others
        ? 0
        : Math.exp(logChoose(marked, k) + logChoose(others, sample - k) - logChoose(marked + others, sample));
    expect(chiSquareP(draws('hypergeometric', count, marked, others, sample), law)).toBeGreaterThan(significance);
  });

  it('hypergeometric numbers of large samples have their moments', () => {
    const [marked, others, sample] = [6e9, 4e9, 3e8];
    const [total, p] = [marked + others, marked / (marked + others)];
    const deviation = Math.sqrt((sample * p * (1 - p) * (total - sample)) / (total - 1));
    const standard = draws('hypergeometric', count, marked, others, sample).map((k) => (k - sample * p) / deviation);
    expect(kolmogorovP(standard, normalCumulative)).toBeGreaterThan(significance);
  });

  it('binomial numbers of many trials have their moments', () => {
    const [n, p] = [1e10, 0.37];
    const standard = draws('binomial', count, n, p).map((k) => (k - n * p) / Math.sqrt(n * p * (1 - p)));
    expect(kolmogorovP(standard, normalCumulative)).toBeGreaterThan(significance);
  });

  it.each([
    ['poisson', [0], 0],
    ['poisson', [-1], NaN],
    ['poisson', [NaN], NaN],
    ['poisson', [Infinity], Infinity],
    ['binomial', [0, 0.5], 0],
    ['binomial', [7, 0], 0],
    ['binomial', [7, 1], 7],
    ['binomial', [1e9, 1], 1e9],
    ['binomial', [7, 1.5], NaN],
    ['binomial', [-1, 0.5], NaN],
    ['binomial', [7, NaN], NaN],
    ['binomial', [Infinity, 0.5], NaN],
    ['hypergeometric', [0, 9, 4], 0],
    ['hypergeometric', [9, 0, 4], 4],
    ['hypergeometric', [9, 5, 14], 9],
    ['hypergeometric', [9, 5, 0], 0],
    ['hypergeometric', [9, 5, 15], NaN],
    ['hypergeometric', [-1, 5, 2], NaN],
    ['truncatedNormal', [0, 0, -1, 1], 0],
    ['truncatedNormal', [0, 1, 50, 60], NaN],
    ['vonMises', [0, -1], NaN],
    ['gamma', [0], 0],
    ['gamma', [-1], NaN],
    ['gamma', [NaN], NaN],
    ['gamma', [Infinity], NaN],
  ] as const)('%s%j is %d', (name, parameters, value) => {
    expect(draws(name, 5, ...parameters)).toEqual(Array.from({ length: 5 }, () => value));
  });
});

describe('geometricSkip', () => {
  const skip = (u: number, p: number): number => one('geometricSkip', u, 1 / Math.log1p(-p));
  it.each([0.9, 0.3, 0.02])('counts the failures before a success of probability %d', (p) => {
    const skips = draws('uniform', 8000).map((u) => skip(u, p));
    expect(chiSquareP(skips, (k) => p * (1 - p) ** k)).toBeGreaterThan(significance);
  });

  it('never skips a certain success, and goes beyond every end for an impossible one', () => {
    expect([0.01, 0.5, 1 - 2 ** -53].map((u) => skip(u, 1))).toEqual([0, 0, 0]);
    expect(skip(0.5, 0)).toBe(2 ** 32 - 1);
    expect(skip(2 ** -53, 1e-9)).toBe(2 ** 32 - 1);
  });
});

describe('sampleSkip', () => {
  /** The values before each of many samples' first one: attempts are repeated until one is accepted. */
  const skips = (left: number, wanted: number, count: number): number[] =>
    Array.from({ length: count }, (_, element) => {
      for (let attempt = 0; ; attempt++) {
        const words = philox([element, left, wanted, attempt], [k0, k1]);
        const [skip = NaN, accepted] = call('sampleSkip', left, wanted, ...words);
        if (accepted) return skip;
      }
    });

  // P(s) = C(left - s - 1, wanted - 1)/C(left, wanted), by the ratio P(s + 1)/P(s).
  const law = (left: number, wanted: number): ((s: number) => number) => {
    const probabilities = [wanted / left];
    for (let s = 0; s < left - wanted; s++)
      probabilities.push((probabilities[s]! * (left - wanted - s)) / (left - s - 1));
    return (s) => probabilities[s] ?? 0;
  };

  it.each([
    [10, 4],
    [26, 2],
    [30, 2],
    [500, 38],
    [2000, 100],
    [1000000, 3],
  ])('passes by values of %d until the first of a sample of %d', (left, wanted) => {
    expect(chiSquareP(skips(left, wanted, 4000), law(left, wanted))).toBeGreaterThan(significance);
  });

  it('takes the first of all, and any of many for a sample of one', () => {
    expect(new Set(skips(7, 7, 100))).toEqual(new Set([0]));
    expect(skips(2 ** 32 - 1, 1, 100).every((skip) => skip < 2 ** 32 - 1)).toBe(true);
  });
});
