import { Decimal } from 'decimal.js';
import { fc } from '../support/property.js';
import { expect, it } from 'vitest';
import {
  divideRationals,
  equalRationals,
  multiplyRationals,
  powerOfRational,
  powerOfTen,
  type Rational,
} from '../../src/lang/rational.js';

const Precise = Decimal.clone({ precision: 100 });
const toDecimal = ({ numerator, denominator }: Rational): Decimal =>
  new Precise(numerator.toString()).div(denominator.toString());
const positive = fc
  .tuple(fc.bigInt(1n, 10n ** 30n), fc.bigInt(1n, 10n ** 30n))
  .map(([numerator, denominator]): Rational => ({ numerator, denominator }));

it('multiplies and divides exactly', () => {
  fc.assert(
    fc.property(positive, positive, (a, b) => {
      expect(equalRationals(divideRationals(multiplyRationals(a, b), b), a)).toBe(true);
    }),
  );
});

it('raises to whole powers exactly', () => {
  fc.assert(
    fc.property(positive, fc.integer({ min: 0, max: 8 }), (a, power) => {
      const product = Array.from({ length: power }, () => a).reduce(multiplyRationals, powerOfTen(0));
      expect(equalRationals(powerOfRational(a, power) ?? powerOfTen(99), product)).toBe(true);
      expect(
        equalRationals(multiplyRationals(powerOfRational(a, -power) ?? powerOfTen(99), product), powerOfTen(0)),
      ).toBe(true);
    }),
  );
});

it('takes square roots: exactly of squares, else far beyond a double', () => {
  expect(powerOfRational(powerOfTen(-6), 0.5)).toEqual(powerOfTen(-3));
  expect(powerOfRational(powerOfTen(-6), -1.5)).toEqual(powerOfTen(9));
  fc.assert(
    fc.property(positive, (a) => {
      const root = powerOfRational(a, 0.5);
      if (!root) throw new Error('no root');
      const expected = toDecimal(a).sqrt();
      expect(toDecimal(root).minus(expected).abs().lessThan(expected.times('1e-40'))).toBe(true);
    }),
  );
});

it('refuses other powers and huge ones', () => {
  expect(powerOfRational(powerOfTen(-3), 1 / 3)).toBeUndefined();
  expect(powerOfRational(powerOfTen(-3), 1e9)).toBeUndefined();
  expect(powerOfRational(powerOfTen(0), 1 / 3)).toEqual(powerOfTen(0));
});
