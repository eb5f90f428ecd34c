import { describe, expect, test } from 'vitest';
import { fc } from '../../support/property.js';

import { numberText } from '../../../runtime/results/number-text.js';
import { stepOf, timeOf } from '../../../runtime/results/result.js';

describe('numbers as text', () => {
  test.each([
    [0.1, 'f64', '0.1'],
    [Math.fround(0.1), 'f32', '0.1'],
    [-0, 'f64', '-0'],
    [NaN, 'f32', 'NaN'],
    [-Infinity, 'f64', '-Infinity'],
    [16777216, 'f32', '16777216'],
    [-9223372036854775808n, 'i64', '-9223372036854775808'],
    [4294967295, 'u32', '4294967295'],
  ] as const)('%s as %s is %s', (value, element, text) => expect(numberText(value, element)).toBe(text));

  test('doubles read back to the same bits', () => {
    fc.assert(fc.property(fc.double(), (value) => Object.is(Number(numberText(value, 'f64')), value)));
  });

  test('floats read back to the same bits', () => {
    fc.assert(fc.property(fc.float(), (value) => Object.is(Math.fround(Number(numberText(value, 'f32'))), value)));
  });
});

describe('times', () => {
  test('a step comes back from its time, for any step and label', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.constantFrom(0, 1),
        fc.constantFrom(1e-4, 5e-5, 1e-3, 2.5e-5, 1 / 3, 7e-7),
        (step, label, dt) => stepOf(timeOf(step, label, dt), label, dt) === step,
      ),
    );
  });
});
