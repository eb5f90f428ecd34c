/** Lists that scripts write in short form: NumPy's rounding gives the same doubles. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { evenNumbers } from '../../translators/shared/python.js';

/** As NumPy computes it: `arange` and `linspace` by steps from the start, `round` by a power of ten. */
function numbersOf(text: string): readonly number[] {
  const range = /arange\(([^,]+), ([^,]+), ([^)]+)\)/.exec(text)?.slice(1).map(Number);
  if (range !== undefined) {
    const [begin = 0, end = 0, every = 1] = range;
    return Array.from({ length: (end - begin) / every }, (_, k) => begin + k * every);
  }
  const [, first, last, count, decimals = /round/.test(text) ? '0' : undefined] =
    /linspace\(([^,]+), ([^,]+), (\d+)\)(?:, (\d+))?/.exec(text) ?? [];
  const step = (Number(last) - Number(first)) / (Number(count) - 1);
  const scale = Number(`1e${decimals ?? 0}`);
  return Array.from({ length: Number(count) }, (_, k) => {
    const value = k === Number(count) - 1 ? Number(last) : k * step + Number(first);
    return decimals === undefined ? value : Math.round(value * scale) / scale + 0;
  });
}

it('numbers at equal distances are the same again', () => {
  const decimal = fc.integer({ min: 0, max: 5 });
  const whole = fc.integer({ min: -1e6, max: 1e6 });
  fc.assert(
    fc.property(whole, fc.integer({ min: 1, max: 1e4 }), decimal, fc.integer({ min: 10, max: 500 }), (a, b, d, n) => {
      const values = Array.from({ length: n }, (_, k) => Number(`${a + k * b}e-${d}`));
      const text = evenNumbers(values);
      expect(text).toBeDefined();
      expect(numbersOf(text ?? '')).toEqual(values);
    }),
  );
});

it('numbers at distances that are equal up to their last decimal are the same again', () => {
  const whole = fc.integer({ min: -1e6, max: 1e6 });
  const decimal = fc.integer({ min: 0, max: 12 });
  fc.assert(
    fc.property(whole, whole, decimal, fc.integer({ min: 5, max: 200 }), (a, b, d, half) => {
      // Of an even number of values none is halfway between two.
      const n = 2 * half;
      fc.pre(Math.abs(b - a) / (n - 1) > 100);
      const values = Array.from({ length: n }, (_, k) =>
        Number(`${Math.round(k === n - 1 ? b : a + (k * (b - a)) / (n - 1))}e-${d}`),
      );
      // Numbers that JavaScript writes with an exponent are skipped.
      fc.pre(values.every((value) => !String(value).includes('e')));
      const text = evenNumbers(values);
      expect(text).toBeDefined();
      expect(numbersOf(text ?? '')).toEqual(values);
    }),
  );
});

it.each([
  [[0.5, 1, 1.5]],
  [[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
  [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11]],
  [Array.from({ length: 20 }, (_, k) => 0.1 * k)],
  [Array.from({ length: 20 }, (_, k) => Math.round(7.3 * k))],
])('%j are listed', (values) => {
  expect(evenNumbers(values)).toBeUndefined();
});

it('a few decimals', () => {
  const values = Array.from({ length: 10 }, (_, k) => Number(`${9699 + 10000 * k}e-2`));
  expect(evenNumbers(values)).toBe('np.round(np.linspace(96.99, 996.99, 10), 2)');
  expect(evenNumbers(Array.from({ length: 11 }, (_, k) => 5 * k))).toBe('np.arange(0, 55, 5)');
  expect(evenNumbers([...Array.from({ length: 21 }, (_, k) => k), 0])).toBe('np.append(np.arange(0, 21, 1), 0)');
});
