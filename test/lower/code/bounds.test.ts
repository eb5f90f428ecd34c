/** Interval arithmetic: hand-worked cases, and the one property that matters: no value ever lies outside. */

import { fc } from '../../support/property.js';
import { describe, expect, test } from 'vitest';
import { boundsOf, exactly, isBounded, functionBounds } from '../../../src/lower/code/bounds.js';
import type { Interval } from '../../../src/lower/code/bounds.js';
import { parseExpression } from '../../../src/lang/parse.js';

const names: Readonly<Record<string, Interval>> = {
  a: { low: -2, high: 3 },
  b: { low: 0.5, high: 4 },
  z: { low: -1, high: 1 },
  big: { low: 0, high: Infinity },
};
const lookup = (name: string): Interval | undefined => names[name];

describe('worked by hand', () => {
  test.each<[string, number, number]>([
    ['1.5', 1.5, 1.5],
    ['-a', -3, 2],
    ['a + b', -1.5, 7],
    ['a - b', -6, 2.5],
    ['a*b', -8, 12],
    ['a/b', -4, 6],
    ['a/z', -Infinity, Infinity],
    ['b//1', 0, 4],
    ['b % 3', 0, 3],
    ['clip(a, 0, 1)', 0, 1],
    ['clip(a, -5, 5)', -2, 3],
    ['clip(unknown, 0, 1)', 0, 1],
    ['clip(a, 4, 9)', 4, 4],
    ['clip(a, -9, -4)', -4, -4],
    // min(max(x, 5), 3) is 3 whatever x.
    ['clip(a, 5, 3)', 3, 3],
    ['min(a, b)', -2, 3],
    ['max(a, b)', 0.5, 4],
    ['abs(a)', 0, 3],
    ['abs(b)', 0.5, 4],
    ['abs(-b)', 0.5, 4],
    ['int(a > 0)', 0, 1],
    ['int(b)', 0, 4],
    ['floor(a)', -2, 3],
    ['ceil(b)', 0, 4],
    ['sign(a)', -1, 1],
    ['sqrt(4*b)', Math.sqrt(2), 4],
    ['sqrt(a)', -Infinity, Infinity],
    ['uniform()', 0, 1],
    ['uniform(a, b)', -2, 4],
    ['uniform(4, 1)', 1, 4],
    ['b if a > 0 else z', -1, 4],
    ['big', 0, Infinity],
    ['big - big', -Infinity, Infinity],
    ['0*big', 0, 0],
    ['a**2', -Infinity, Infinity],
    ['3**2', 9, 9],
    ['unknown + 1', -Infinity, Infinity],
    ['exp(a)', -Infinity, Infinity],
    ['poisson(b)', -Infinity, Infinity],
    ['gamma(b, b)', -Infinity, Infinity],
  ])('%s lies in [%f, %f]', (text, low, high) => {
    const got = boundsOf(parseExpression(text), lookup);
    expect(got.low + 0).toBeCloseTo(low, 12);
    expect(got.high + 0).toBeCloseTo(high, 12);
  });

  test.each([
    'normal()',
    'normal(1, 2)',
    'normal(a, -b)',
    'exponential(b)',
    'binomial(10, 0.5)',
    'clip(normal(), 0, 1)*b',
  ])('%s is bounded', (text) => {
    expect(isBounded(boundsOf(parseExpression(text), lookup))).toBe(true);
  });

  test('a normal number is at most sqrt(-2 log 2^-53) from its mean', () => {
    const limit = Math.sqrt(2 * 53 * Math.LN2);
    const got = boundsOf(parseExpression('normal(10, 2)'), lookup);
    expect(got.high).toBeGreaterThanOrEqual(10 + 2 * limit);
    expect(got.low).toBeLessThanOrEqual(10 - 2 * limit);
    expect(got.high).toBeLessThan(10 + 2 * limit * 1.01);
  });

  test('a constant that is not a number has no bounds', () => {
    expect(isBounded(exactly(NaN))).toBe(false);
  });
});

// --- No value lies outside ------------------------------------------------------------------------------------------
interface Case {
  readonly text: string;
  readonly value: (x: number, y: number) => number;
}

const leaf = fc.oneof(
  fc.constant<Case>({ text: 'x', value: (x) => x }),
  fc.constant<Case>({ text: 'y', value: (_, y) => y }),
  fc.integer({ min: -4, max: 4 }).map((n): Case => ({ text: n < 0 ? `(${n})` : String(n), value: () => n })),
);
const modulo = (a: number, b: number): number => a - b * Math.floor(a / b);
const operators: readonly [string, (a: number, b: number) => number][] = [
  ['+', (a, b) => a + b],
  ['-', (a, b) => a - b],
  ['*', (a, b) => a * b],
  ['/', (a, b) => a / b],
  ['//', (a, b) => Math.floor(a / b)],
  ['%', modulo],
];
const functions: readonly [string, (a: number, b: number) => number][] = [
  ['min', Math.min],
  ['max', Math.max],
];
const { expression } = fc.letrec<{ expression: Case }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.tuple(fc.constantFrom(...operators), tie('expression'), tie('expression')).map(([[op, f], a, b]): Case => ({
      text: `(${a.text} ${op} ${b.text})`,
      value: (x, y) => f(a.value(x, y), b.value(x, y)),
    })),
    fc.tuple(fc.constantFrom(...functions), tie('expression'), tie('expression')).map(([[name, f], a, b]): Case => ({
      text: `${name}(${a.text}, ${b.text})`,
      value: (x, y) => f(a.value(x, y), b.value(x, y)),
    })),
    fc.tuple(tie('expression'), tie('expression'), tie('expression')).map(([a, b, c]): Case => ({
      text: `clip(${a.text}, ${b.text}, ${c.text})`,
      value: (x, y) => Math.min(Math.max(a.value(x, y), b.value(x, y)), c.value(x, y)),
    })),
    tie('expression').map((a): Case => ({ text: `abs(${a.text})`, value: (x, y) => Math.abs(a.value(x, y)) })),
    tie('expression').map((a): Case => ({ text: `floor(${a.text})`, value: (x, y) => Math.floor(a.value(x, y)) })),
  ),
}));

test('no value lies outside of the bounds of its expression', () => {
  const interval = fc
    .tuple(fc.integer({ min: -5, max: 5 }), fc.integer({ min: 0, max: 6 }))
    .map(([low, width]) => ({ low, high: low + width }));
  fc.assert(
    fc.property(
      expression,
      interval,
      interval,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (e, ix, iy, u, v) => {
        const bounds = boundsOf(parseExpression(e.text), (name) => ({ x: ix, y: iy })[name as 'x' | 'y']);
        const value = e.value(ix.low + u * (ix.high - ix.low), iy.low + v * (iy.high - iy.low));
        if (Number.isNaN(value)) return;
        // The bounds are worked out in doubles too: a last digit may be lost.
        const slack = 1e-9 * Math.max(1, Math.abs(value));
        expect(value, e.text).toBeGreaterThanOrEqual(bounds.low - slack);
        expect(value, e.text).toBeLessThanOrEqual(bounds.high + slack);
      },
    ),
    { numRuns: 2000, seed: 7 },
  );
});

describe('delays', () => {
  test.each([
    ['exp(a)', Math.exp(-2), Math.exp(3)],
    ['b/exp(log(50) + z*log(20))', 0.5 / 1000, 4 / 2.5],
    ['log(b)', Math.log(0.5), Math.log(4)],
    ['log(a)', -Infinity, Infinity],
    ['exp(big)', 1, Infinity],
  ])('%s', (text, low, high) => {
    const found = boundsOf(parseExpression(text), lookup, functionBounds);
    expect(found.low).toBeLessThanOrEqual(low);
    expect(found.high).toBeGreaterThanOrEqual(high);
    if (Number.isFinite(low)) expect(found.low).toBeCloseTo(low, 9);
    if (Number.isFinite(high)) expect(found.high).toBeCloseTo(high, 9);
    // The bounds of weights decide bits of results, and stay as they are.
    expect(boundsOf(parseExpression('exp(a)'), lookup)).toEqual({ low: -Infinity, high: Infinity });
  });
});
