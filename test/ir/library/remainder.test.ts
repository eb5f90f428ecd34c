/**
 * Remainders and floor division: Python's results (written down from CPython 3.11), and exactness against JavaScript's
 * %.
 */

import { describe, expect, it } from 'vitest';
import { createEvaluator } from '../../../src/ir/evaluate.js';
import { libraryFunction, withCallees } from '../../../src/ir/library/index.js';
import { points } from '../../support/ulp.js';

const inf = Infinity;
const names = ['fmod', 'modulo', 'floorDivide'] as const;
const evaluator = createEvaluator(
  withCallees(names.flatMap((name) => (['f64', 'f32', 'i32'] as const).map((type) => libraryFunction(name, type)))),
);
const call = (name: string, x: number, y: number): number => Number(evaluator.call(name, [x, y])[0]);

describe("modulo and floorDivide are Python's % and //", () => {
  const floats: readonly (readonly [x: number, y: number, rest: number, quotient: number])[] = [
    [5.5, 2, 1.5, 2],
    [-5.5, 2, 0.5, -3],
    [5.5, -2, -0.5, -3],
    [-5.5, -2, -1.5, 2],
    [-1e-20, 1, 1, -1],
    [1e-20, -1, -1, -1],
    [0, 3, 0, 0],
    [-0, 3, 0, -0],
    [0, -3, -0, -0],
    [6, 3, 0, 2],
    [-6, 3, 0, -2],
    [6, -3, -0, -2],
    [1, 0.1, 0.09999999999999995, 9],
    [0.3, 0.1, 0.09999999999999998, 2],
    [-1, inf, inf, -1],
    [1, -inf, -inf, -1],
    [1, inf, 1, 0],
    [1e300, 7.3, 0.7299664879653811, 1.3698630136986302e299],
    [-1e300, 7.3, 6.570033512034619, -1.3698630136986302e299],
    [5e-324, 2.5, 5e-324, 0],
    // Python raises an error for them; NumPy gives the quotient.
    [1, 0, NaN, inf],
    [-1, 0, NaN, -inf],
    [0, 0, NaN, NaN],
    [inf, 2, NaN, NaN],
    [NaN, 2, NaN, NaN],
  ];
  it.each(floats)('%d by %d: rest %d, quotient %d', (x, y, rest, quotient) => {
    expect(call('modulo_f64', x, y)).toBe(rest);
    expect(call('floorDivide_f64', x, y)).toBe(quotient);
  });

  it.each([
    [7.5, 2],
    [-7.5, 2],
    [7.5, -2],
    [-0.125, 3],
    [2 ** 100, 0.75],
    [-(2 ** 100), 0.75],
    [-0, 3],
  ])('%d by %d alike in float32', (x, y) => {
    expect(call('modulo_f32', x, y)).toBe(call('modulo_f64', x, y));
    expect(call('floorDivide_f32', x, y)).toBe(Math.fround(call('floorDivide_f64', x, y)));
  });

  const least = -(2 ** 31);
  it.each([
    [7, 3, 1, 2],
    [-7, 3, 2, -3],
    [7, -3, -2, -3],
    [-7, -3, -1, 2],
    [6, 3, 0, 2],
    [-6, 3, 0, -2],
    [0, -5, 0, 0],
    [5, 0, 0, 0],
    [least, -1, 0, least],
    [least, 3, 1, -715827883],
  ])('whole numbers: %d by %d: rest %d, quotient %d', (x, y, rest, quotient) => {
    expect(call('modulo_i32', x, y) + 0).toBe(rest);
    expect(call('floorDivide_i32', x, y) + 0).toBe(quotient);
  });
});

describe('fmod is exact', () => {
  it.each(['f64', 'f32'] as const)('in %s, like the remainder of ECMAScript', (type) => {
    const powers = type === 'f64' ? ([-1074, 1023] as const) : ([-149, 127] as const);
    const spreads = [{ powers }, { from: -100, to: 100 }, { powers: [-20, 20] as const }];
    const xs = points(type, spreads, 400, 11);
    const ys = points(type, spreads, 400, 12);
    xs.forEach((x, k) => {
      const y = ys[k] ?? 1;
      expect(call(`fmod_${type}`, x, y), `${x} fmod ${y}`).toBe(x % y);
      // A quotient just above and below a whole number.
      const near = x - (x % y) + (k % 2) * y;
      if (Number.isFinite(near) && type === 'f64')
        expect(call('fmod_f64', near, y), `${near} fmod ${y}`).toBe(near % y);
    });
  });

  it.each([
    [1, 0],
    [inf, 1],
    [NaN, 1],
    [1, NaN],
    [1, inf],
    [-1, inf],
    [-0, 1],
    [-3, 1.5],
  ])('%d fmod %d', (x, y) => {
    expect(call('fmod_f64', x, y)).toBe(x % y);
  });

  it('of whole numbers keeps the sign of the dividend', () => {
    expect(
      [
        [7, 3],
        [-7, 3],
        [7, -3],
        [-7, 0],
      ].map(([x = 0, y = 0]) => call('fmod_i32', x, y) + 0),
    ).toEqual([1, -1, 1, 0]);
  });
});

describe('timestep', () => {
  const timestep = libraryFunction('timestep', 'f64');
  const steps = (t: number, dt: number): number => Number(createEvaluator([timestep]).call(timestep.name, [t, dt])[0]);
  it.each([
    [0, 1e-4, 0],
    [5e-3, 1e-4, 50],
    [3 * 1e-4, 1e-4, 3],
    [0.9989e-4, 1e-4, 0],
    [0.9991e-4, 1e-4, 1],
    [-1e-4, 1e-4, 0],
    [1e10, 1e-4, 2 ** 31 - 1],
  ])('time %d s with steps of %d s is step %d', (t, dt, step) => {
    expect(steps(t, dt) + 0).toBe(step);
  });
});
