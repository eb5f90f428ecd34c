/** Measures of spike trains: values of Elephant (recorded by `record-measures.py`), and definitions. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { countCorrelations, synchronyOf } from '../../src/compare/measures/counts.js';
import * as intervals from '../../src/compare/measures/intervals.js';
import { matchSpikes } from '../../src/compare/measures/matching.js';
import { compareTraces } from '../../src/compare/measures/traces.js';
import type { Train } from '../../src/compare/measures/train.js';

interface Pair {
  readonly name: string;
  readonly end: number;
  readonly first: number[];
  readonly second: number[];
  readonly expected: Readonly<Record<string, number | null>>;
}

const { pairs }: { pairs: Pair[] } = JSON.parse(readFileSync(new URL('measures.json', import.meta.url), 'utf8'));

const seconds = (times: readonly number[]): Train => Float64Array.from(times, (time) => time / 1000);

/** A measure by its name in the record, with its parameter in ms. */
function measure(name: string, first: Train, second: Train, end: number): number {
  const [kind = '', parameter = ''] = name.split(' ');
  const interval = { begin: 0, end };
  const own = parameter === 'first' ? first : second;
  const value = Number(parameter);
  switch (kind) {
    case 'correlation':
      return countCorrelations([first, second], value / 1000, interval)[0]!;
    case 'variation':
    case 'variation2':
    case 'localVariation':
      return intervals[kind](own);
    case 'revisedLocalVariation':
      return intervals.revisedLocalVariation(own, 0.005);
    default:
      throw new Error(name);
  }
}

describe.each(pairs)('$name', ({ first, second, end, expected }) => {
  it.each(Object.entries(expected))('%s', (name, value) => {
    const found = measure(name, seconds(first), seconds(second), end / 1000);
    if (value === null) expect(found).toBeNaN();
    else expect(Math.abs(found - value)).toBeLessThan(1e-9 * Math.max(1, Math.abs(value)));
  });
});

describe('definitions', () => {
  const train = seconds([10, 20, 40]);

  it('matching keeps the order and counts spikes without a partner', () => {
    expect(matchSpikes(train, seconds([10.05, 19.9, 33, 60]), 0.0001)).toMatchObject({
      matched: 2,
      missing: 1,
      extra: 2,
      divergence: 0.033,
    });
    expect(matchSpikes(train, train, 0)).toMatchObject({ matched: 3, largest: 0, divergence: null });
  });

  it('correlations of counts cover all pairs of varying cells', () => {
    const interval = { begin: 0, end: 0.1 };
    const trains = [[3, 17, 52], [2, 18, 80], [51, 83], []].map(seconds);
    // Each of three cells fires in 3, 3 and 2 of 10 bins; 1 and 2 share two bins, 1 and 3 one, 2 and 3 one.
    const pearson = (shared: number, a: number, b: number): number =>
      (shared - (a * b) / 10) / Math.sqrt((a - (a * a) / 10) * (b - (b * b) / 10));
    const found = countCorrelations(trains, 0.01, interval);
    for (const [k, expected] of [pearson(2, 3, 3), pearson(1, 3, 2), pearson(1, 3, 2)].entries())
      expect(found[k]).toBeCloseTo(expected, 12);
    expect([...found.subarray(3)]).toEqual([NaN, NaN, NaN]);
  });

  it('χ is 1 for equal trains and 1/√N for as many that never meet', () => {
    const interval = { begin: 0, end: 0.1 };
    expect(synchronyOf([train, train, train], 0.001, interval, 1)[0]).toBeCloseTo(1, 12);
    const apart = [[5], [15], [25], [35]].map(seconds);
    // Variance of one: 0.1·0.9; of the mean of four: 0.4·0.25² − 0.01 = 0.015; χ² = 0.015/0.09
    expect(synchronyOf(apart, 0.01, interval, 1)[0]).toBeCloseTo(Math.sqrt(0.015 / 0.09), 12);
  });

  it('traces: root mean square, R² and the lag of a label', () => {
    const wave = Float64Array.from({ length: 200 }, (_, k) => Math.sin(k / 7));
    const later = Float64Array.from({ length: 200 }, (_, k) => Math.sin((k - 1) / 7));
    expect(compareTraces(wave, later)).toMatchObject({ lag: 1 });
    const [a, b] = [Float64Array.of(0, 1, 2, 3), Float64Array.of(0, 1, 2, 5)];
    expect(compareTraces(a, b)).toMatchObject({ largest: 2, at: 3, rootMeanSquare: 1, determination: 1 - 4 / 5 });
    expect(compareTraces(Float64Array.of(0, NaN), Float64Array.of(0, NaN)).largest).toBe(0);
    expect(compareTraces(Float64Array.of(0, NaN), Float64Array.of(0, 1)).largest).toBe(Infinity);
  });
});
