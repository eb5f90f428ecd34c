/** Zeros, infinities, NaN and the ends of each range, as IEEE 754 and C (annex F) have them. */

import { describe, expect, it } from 'vitest';
import { createEvaluator } from '../../../src/ir/evaluate.js';
import { type LibraryName, libraryFunction, withCallees } from '../../../src/ir/library/index.js';

const inf = Infinity;
const smallest = 5e-324;
const largest = Number.MAX_VALUE;

type Row = readonly [name: LibraryName, args: readonly number[], value: number];

const unary: readonly Row[] = [
  ['exp', [0], 1], ['exp', [-0], 1], ['exp', [inf], inf], ['exp', [-inf], 0], ['exp', [NaN], NaN],
  ['exp', [709.7827128933841], inf], ['exp', [largest], inf],
  ['exp', [-745.1332191019411], smallest], ['exp', [-745.1332191019412], 0], ['exp', [smallest], 1],
  ['expm1', [0], 0], ['expm1', [-0], -0], ['expm1', [inf], inf], ['expm1', [-inf], -1], ['expm1', [NaN], NaN], ['expm1', [smallest],
  smallest],
  ['expm1', [-100], -1], ['expm1', [710], inf],
  ['exprel', [0], 1], ['exprel', [-0], 1], ['exprel', [smallest], 1], ['exprel', [-inf], 0], ['exprel', [inf], inf], ['exprel', [NaN], NaN],
  ['exprel', [1e300], inf], ['exprel', [-largest], 1 / largest],
  ['sinh', [0], 0], ['sinh', [-0], -0], ['sinh', [inf], inf], ['sinh', [-inf], -inf], ['sinh', [NaN], NaN], ['sinh', [smallest], smallest],
  ['sinh', [711], inf], ['cosh', [0], 1], ['cosh', [-inf], inf], ['cosh', [711], inf], ['cosh', [NaN], NaN],
  ['tanh', [0], 0], ['tanh', [-0], -0], ['tanh', [inf], 1], ['tanh', [-inf], -1], ['tanh', [NaN], NaN], ['tanh', [smallest], smallest],
  ['log', [1], 0], ['log', [0], -inf], ['log', [-0], -inf], ['log', [-1], NaN], ['log', [-inf], NaN], ['log', [inf], inf], ['log', [NaN],
  NaN],
  ['log', [smallest], -744.4400719213812], ['log', [largest], 709.782712893384],
  ['log2', [smallest], -1074], ['log2', [0], -inf], ['log2', [-1], NaN], ['log2', [inf], inf],
  ['log10', [0], -inf], ['log10', [-1], NaN], ['log10', [inf], inf], ['log10', [NaN], NaN],
  ['log1p', [0], 0], ['log1p', [-0], -0], ['log1p', [-1], -inf], ['log1p', [-2], NaN], ['log1p', [inf], inf], ['log1p', [NaN], NaN],
  ['log1p', [smallest], smallest],
  ['sin', [0], 0], ['sin', [-0], -0], ['sin', [inf], NaN], ['sin', [-inf], NaN], ['sin', [NaN], NaN], ['sin', [smallest], smallest],
  ['cos', [0], 1], ['cos', [inf], NaN], ['cos', [NaN], NaN], ['tan', [-0], -0], ['tan', [inf], NaN], ['tan', [NaN], NaN],
  ['asin', [0], 0], ['asin', [-0], -0], ['asin', [1], Math.PI / 2], ['asin', [-1], -Math.PI / 2], ['asin', [1.5], NaN], ['asin', [NaN],
  NaN],
  ['acos', [1], 0], ['acos', [-1], Math.PI], ['acos', [0], Math.PI / 2], ['acos', [-1.5], NaN], ['acos', [inf], NaN], ['acos', [NaN], NaN],
  ['atan', [0], 0], ['atan', [-0], -0], ['atan', [inf], Math.PI / 2], ['atan', [-inf], -Math.PI / 2], ['atan', [NaN], NaN], ['atan',
  [smallest], smallest],
  ['erf', [0], 0], ['erf', [-0], -0], ['erf', [inf], 1], ['erf', [-inf], -1], ['erf', [NaN], NaN],
  ['sqrt', [-0], -0], ['sqrt', [-1], NaN], ['sqrt', [2], Math.SQRT2],
  ['round', [0.5], 0], ['round', [1.5], 2], ['round', [2.5], 2], ['round', [-0.5], -0], ['round', [-1.5], -2],
  ['floor', [-0.5], -1], ['ceil', [-0.5], -0], ['abs', [-0], 0],
  ['sign', [-3], -1], ['sign', [0.1], 1], ['sign', [-0], 0], ['sign', [NaN], NaN],
];

const binary: readonly Row[] = [
  ['atan2', [0, 1], 0], ['atan2', [-0, 1], -0], ['atan2', [0, -1], Math.PI], ['atan2', [-0, -1], -Math.PI], ['atan2', [0, 0], 0],
  ['atan2', [-0, 0], -0],
  ['atan2', [0, -0], Math.PI], ['atan2', [-0, -0], -Math.PI], ['atan2', [1, 0], Math.PI / 2], ['atan2', [-1, -0], -Math.PI / 2],
  ['atan2', [1, inf], 0], ['atan2', [-1, inf], -0], ['atan2', [1, -inf], Math.PI], ['atan2', [inf, 3], Math.PI / 2], ['atan2', [-inf, 3],
  -Math.PI / 2],
  ['atan2', [inf, inf], Math.PI / 4], ['atan2', [inf, -inf], (3 * Math.PI) / 4], ['atan2', [NaN, 1], NaN], ['atan2', [1, NaN], NaN],
  ['pow', [0, 0], 1], ['pow', [NaN, 0], 1], ['pow', [1, NaN], 1], ['pow', [1, inf], 1], ['pow', [-1, inf], 1], ['pow', [-1, -inf], 1],
  ['pow', [NaN, 1], NaN], ['pow', [2, NaN], NaN], ['pow', [0, 3], 0], ['pow', [-0, 3], -0], ['pow', [-0, 2], 0], ['pow', [0, 0.5], 0],
  ['pow', [0, -1], inf], ['pow', [-0, -1], -inf], ['pow', [-0, -2], inf], ['pow', [0, -0.5], inf], ['pow', [0, inf], 0], ['pow', [0,
  -inf], inf],
  ['pow', [0.5, inf], 0], ['pow', [0.5, -inf], inf], ['pow', [2, inf], inf], ['pow', [2, -inf], 0], ['pow', [-2, inf], inf],
  ['pow', [inf, 2], inf], ['pow', [inf, -2], 0], ['pow', [-inf, 3], -inf], ['pow', [-inf, 2], inf], ['pow', [-inf, -3], -0], ['pow',
  [-inf, 0.5], inf],
  ['pow', [-8, 1 / 3], NaN], ['pow', [-2, 3], -8], ['pow', [-2, -1], -0.5], ['pow', [2, 1024], inf], ['pow', [2, -1075], 0], ['pow', [-2,
  1e300], inf],
  ['pow', [1 + 2 ** -52, 1e300], inf], ['pow', [1 - 2 ** -53, 1e300], 0], ['pow', [smallest, 1], smallest], ['pow', [largest, 1], largest],
  ['min', [2, 1], 1], ['min', [1, NaN], 1], ['min', [NaN, 1], NaN], ['min', [-0, 0], -0], ['min', [0, -0], 0],
  ['max', [2, 1], 2], ['max', [1, NaN], 1], ['max', [NaN, 1], NaN], ['max', [0, -0], 0],
  ['clip', [5, 0, 1], 1], ['clip', [-5, 0, 1], 0], ['clip', [0.5, 0, 1], 0.5], ['clip', [NaN, 0, 1], NaN], ['clip', [5, 3, 1], 1],
  ['clip', [0, 3, 1], 1],
];

describe.each([['functions of one number', unary], ['functions of several numbers', binary]] as const)('%s', (_, rows) => {
  it.each(rows)('%s(%j) = %d', (name, args, value) => {
    const f = libraryFunction(name, 'f64');
    expect(createEvaluator(withCallees([f])).call(f.name, args)[0]).toBe(value);
  });

  // Float32 has the same values at the same special arguments; those whose numbers it does not have are left out.
  const known = rows.filter(([, args, value]) => [...args, value].every((x) => Object.is(Math.fround(x), x)));
  it.each(known)('%s(%j) = %d in float32', (name, args, value) => {
    const f = libraryFunction(name, 'f32');
    expect(createEvaluator(withCallees([f])).call(f.name, args)[0]).toBe(value);
  });
});

describe('the ends of the float32 range', () => {
  it.each([
    ['exp', 88.72283, 3.40279851e38], ['exp', 88.7228394, inf], ['exp', -103.972076, 2 ** -149], ['exp', -103.972084, 0],
    ['expm1', -18, -1], ['sinh', 89.5, inf], ['cosh', 89.5, inf], ['exprel', 94, inf], ['log', 2 ** -149, -103.278930664],
  ] as const)('%s(%d) = %d', (name, x, value) => {
    const f = libraryFunction(name, 'f32');
    expect(createEvaluator(withCallees([f])).call(f.name, [x])[0]).toBe(Math.fround(value));
  });
});

describe('the largest results', () => {
  it.each([['exp', 709.782712893384], ['expm1', 709.782712893384], ['sinh', 710.4758600739439], ['cosh', 710.4758600739439], ['exprel',
    716.3]] as const)(
    '%s(%d) is finite', (name, x) => {
      const f = libraryFunction(name, 'f64');
      const value = Number(createEvaluator(withCallees([f])).call(f.name, [x])[0]);
      expect(value).toBeGreaterThan(1e307);
      expect(value).toBeLessThan(inf);
    });
});
