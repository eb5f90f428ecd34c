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

  describe('of the decimals with as many digits none is nearer', () => {
    const bits = new Uint32Array(1);
    const single = new Float32Array(bits.buffer);
    const ofBits = (pattern: number): number => {
      bits[0] = pattern;
      return single[0]!;
    };
    let state = 987;
    const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) & 0x7fffffff;
    // Round powers of ten and of two, at which the distance of floats changes, and their neighbours.
    const around = (value: number): number[] => {
      single[0] = value;
      const pattern = bits[0]!;
      return [-2, -1, 0, 1, 2].map((step) => ofBits(Math.max(1, pattern + step)));
    };
    const groups: readonly (readonly [string, readonly number[]])[] = [
      ['powers of ten', Array.from({ length: 83 }, (_, k) => Number(`1e${k - 44}`)).flatMap(around)],
      ['powers of two', Array.from({ length: 277 }, (_, k) => 2 ** (k - 149)).flatMap(around)],
      ['membrane potentials', Array.from({ length: 2000 }, (_, k) => Math.fround(-0.08 + k * 4.5e-5))],
      ['times', Array.from({ length: 2000 }, (_, k) => Math.fround(k * 5e-6))],
      ['any bits', Array.from({ length: 2000 }, () => ofBits(random()))],
    ];

    test.each(groups)('%s', (_, values) => {
      const wrong = values.filter(
        (value) => Number.isFinite(value) && value !== 0 && !isNearest(floatText(value), value),
      );
      expect(wrong).toEqual([]);
    });
  });
});

/** Whether a decimal with a digit more or less at its end is not nearer to a number, in exact arithmetic. */
function isNearest(text: string, value: number): boolean {
  const [mantissa = '', power = '0'] = text.split('E');
  const [whole = '', fraction = ''] = mantissa.replace(/^-/, '').replace(/\.0$/, '.').split('.');
  const digits = BigInt(whole + fraction);
  const exponent = Number(power) - fraction.length;
  // Both in units of 2^-149 * 10^-60.
  const exact = BigInt(Math.abs(value) * 2 ** 149) * 10n ** 60n;
  const off = (decimal: bigint): bigint => {
    const difference = decimal * 10n ** BigInt(exponent + 60) * 2n ** 149n - exact;
    return difference < 0n ? -difference : difference;
  };
  return off(digits) <= off(digits + 1n) && off(digits) <= off(digits - 1n);
}
