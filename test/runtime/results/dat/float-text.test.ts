import { describe, expect, test } from 'vitest';

import { floatText } from '../../../../runtime/results/dat/float-text.js';

/** As Java's `Float.toString` is specified: its documentation, and values that the reference interpreter wrote. */
const cases: readonly (readonly [value: number, text: string])[] = [
  [0, '0.0'],
  [-0, '-0.0'],
  [1, '1.0'],
  [-0.065, '-0.065'],
  [0.001, '0.001'],
  [0.00099999, '9.9999E-4'],
  [5e-6, '5.0E-6'],
  [1e-5, '1.0E-5'],
  [1.05e-5, '1.05E-5'],
  [9999999, '9999999.0'],
  [1e7, '1.0E7'],
  [123456.7, '123456.7'],
  [1234567.9, '1234567.9'],
  [100, '100.0'],
  [0.1 + 0.2, '0.3'],
  [1 / 3, '0.33333334'],
  // Half way between two decimals of eight digits: the even one.
  [-0.0595703125, '-0.059570312'],
  [3.4028234663852886e38, '3.4028235E38'],
  [2 ** -126, '1.1754944E-38'],
  [1e-16, '1.0E-16'],
  [Number.NaN, 'NaN'],
  [Infinity, 'Infinity'],
  [-1e39, '-Infinity'],
];

describe('a number of 32 bits', () => {
  test.each(cases)('%d is %s', (value, text) => {
    expect(floatText(value)).toBe(text);
  });

  test('reads back to its bits, and no text with a digit less does', () => {
    let state = 12345;
    const next = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
    for (let i = 0; i < 20_000; i += 1) {
      const single = new Float32Array(Uint32Array.of(next()).buffer)[0]!;
      if (!Number.isFinite(single) || single === 0) continue;
      const text = floatText(single);
      expect(Math.fround(Number(text)), text).toBe(single);
      const digits = text.replace(/E.*/, '').replace(/[-.]/g, '').replace(/^0+/, '').replace(/0+$/, '').length;
      if (digits > 1) expect(Math.fround(Number(single.toPrecision(digits - 1))), text).not.toBe(single);
    }
  });
});
