import { Decimal } from 'decimal.js';
import { fc } from '../support/property.js';
import { describe, expect, it } from 'vitest';
import { canonicalDecimal, scaleDecimal } from '../../src/lang/decimal.js';
import { powerOfTen } from '../../src/lang/rational.js';

const Precise = Decimal.clone({ precision: 1200, toExpNeg: -5000, toExpPos: 5000, minE: -9e15, maxE: 9e15 });

const numerals = fc
  .tuple(
    fc.constantFrom('', '-', '+'),
    fc.stringMatching(/^[0-9]{1,30}$/),
    fc.stringMatching(/^[0-9]{0,30}$/),
    fc.option(fc.integer({ min: -340, max: 320 })),
  )
  .map(
    ([sign, whole, fraction, exponent]) =>
      `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}${exponent === null ? '' : `e${exponent}`}`,
  );

describe('scaleDecimal', () => {
  it('rounds once: powers of ten agree with the reading of a shifted literal', () => {
    fc.assert(
      fc.property(numerals, fc.integer({ min: -30, max: 30 }), (text, power) => {
        const [digits = '', exponent = '0'] = text.split('e');
        expect(scaleDecimal(text, powerOfTen(power))).toBe(Number(`${digits}e${Number(exponent) + power}`));
      }),
      { numRuns: 2000 },
    );
  });

  it('rounds once: other scales agree with arithmetic of 1200 digits', () => {
    fc.assert(
      fc.property(numerals, fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 1e6 }), (text, n, d) => {
        const expected = Number(new Precise(text).times(n).div(d).toString());
        expect(scaleDecimal(text, { numerator: BigInt(n), denominator: BigInt(d) })).toBe(
          text.startsWith('-') && expected === 0 ? -0 : expected,
        );
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['1e-9999999999', 0],
    ['1e9999999999', Infinity],
    ['-1e9999', -Infinity],
    ['0e99999', 0],
    ['-0', -0],
    ['abc', NaN],
    ['', NaN],
    ['.', NaN],
    ['5e-324', 5e-324],
  ])('%s', (text, expected) => {
    expect(scaleDecimal(text, powerOfTen(0))).toBe(expected);
  });
});

describe('canonicalDecimal', () => {
  it('keeps the exact value, in a single spelling', () => {
    fc.assert(
      fc.property(numerals, fc.integer({ min: 0, max: 5 }), (text, zeros) => {
        const canonical = canonicalDecimal(text, false);
        expect(new Precise(canonical).equals(new Precise(text))).toBe(true);
        const [digits = '', exponent] = text.split('e');
        const padded = `${digits}${digits.includes('.') ? '' : '.'}${'0'.repeat(zeros)}${exponent === undefined ? '' : `e${exponent}`}`;
        expect(canonicalDecimal(padded, false)).toBe(canonical);
        expect(canonicalDecimal(canonical, false)).toBe(canonical);
      }),
    );
  });

  it('is a double as JavaScript prints it, but for the point of whole numbers', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = canonicalDecimal(String(value), false);
        expect(Number(text)).toBe(value === 0 ? 0 : value);
        if (!Number.isInteger(value)) expect(text.replace('e', '')).toBe(String(value).replace('e', ''));
      }),
    );
  });
});
