/** Measures of spike trains: values of Elephant and PySpike (recorded by `record-measures.py`), and definitions. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { countCorrelations, synchronyOf } from '../../src/compare/measures/counts.js';
import * as intervals from '../../src/compare/measures/intervals.js';
import { coincidenceFactor, matchSpikes } from '../../src/compare/measures/matching.js';
import { isiDistance, spikeDistance } from '../../src/compare/measures/profile-distances.js';
import { spikeSynchronization } from '../../src/compare/measures/synchronization.js';
import { spikeTimeTiling } from '../../src/compare/measures/tiling.js';
import { compareTraces } from '../../src/compare/measures/traces.js';
import type { Train } from '../../src/compare/measures/train.js';
import { vanRossum } from '../../src/compare/measures/van-rossum.js';
import { victorPurpura } from '../../src/compare/measures/victor-purpura.js';

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
    case 'victorPurpura':
      return victorPurpura(first, second, value * 1000);
    case 'vanRossum':
      return vanRossum(first, second, value / 1000);
    case 'spikeTimeTiling':
      return spikeTimeTiling(first, second, value / 1000, interval);
    case 'correlation':
      return countCorrelations([first, second], value / 1000, interval)[0]!;
    case 'isiDistance':
      return isiDistance(first, second, interval);
    case 'spikeDistance':
      return spikeDistance(first, second, interval);
    case 'spikeSynchronization':
      return spikeSynchronization(first, second);
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

  it('limits of the distances count equal times', () => {
    const other = seconds([10, 21, 40, 50]);
    expect(victorPurpura(train, other, Infinity)).toBe(3);
    expect(victorPurpura(train, train, Infinity)).toBe(0);
    expect(vanRossum(train, other, 0)).toBe(Math.sqrt(3));
    expect(vanRossum(train, train, 0)).toBe(0);
    expect(vanRossum(train, other, Infinity)).toBe(1);
  });

  it('max_tau bounds the window of coincidence', () => {
    expect(spikeSynchronization(seconds([0, 50, 100]), seconds([0, 49, 100]), 0.0005)).toBeCloseTo(2 / 3, 12);
  });

  it('spikes that are further apart than the window of tiling count as apart, however late they are', () => {
    // T = 0.01/100, P = 0: ½ · 2 · (0 − T)/(1 − 0)
    expect(spikeTimeTiling(seconds([99000]), seconds([99005.9]), 0.005, { begin: 0, end: 100 })).toBeCloseTo(-1e-4, 12);
  });

  it('the distances of Victor and Purpura equal the result of the whole table', () => {
    const table = (a: Train, b: Train, cost: number): number => {
      let row = Float64Array.from({ length: b.length + 1 }, (_, j) => j);
      for (const [i, time] of a.entries()) {
        const next = Float64Array.of(i + 1, ...b);
        for (const [j, other] of b.entries())
          next[j + 1] = Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + cost * Math.abs(time - other));
        row = next;
      }
      return row.at(-1)!;
    };
    let state = 7;
    const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
    for (let k = 0; k < 200; k += 1) {
      const [a, b] = [12, 17].map((count) =>
        Float64Array.from({ length: Math.floor(random() * count) }, random).sort(),
      );
      const cost = [0.5, 3, 20, 200][k % 4]!;
      expect(victorPurpura(a!, b!, cost)).toBeCloseTo(table(a!, b!, cost), 10);
    }
  });

  it('matching keeps the order and counts spikes without a partner', () => {
    expect(matchSpikes(train, seconds([10.05, 19.9, 33, 60]), 0.0001)).toMatchObject({
      matched: 2,
      missing: 1,
      extra: 2,
      divergence: 0.033,
    });
    expect(matchSpikes(train, train, 0)).toMatchObject({ matched: 3, largest: 0, divergence: null });
  });

  it('Γ is 1 for equal trains and undefined if windows cover all time', () => {
    expect(coincidenceFactor(train, train, 0.002, { begin: 0, end: 1 })).toBeCloseTo(1, 12);
    expect(coincidenceFactor(train, train, 0.002, { begin: 0, end: 0.012 })).toBeNaN();
    // m = 1 of 3 and 2, r = 2 Hz: E = 2·2·0.002·3 = 0.024, N = 0.992
    expect(coincidenceFactor(train, seconds([10, 30]), 0.002, { begin: 0, end: 1 })).toBeCloseTo(
      (1 - 0.024) / 2.5 / 0.992,
      12,
    );
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
