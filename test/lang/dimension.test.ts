import { fc } from '../support/property.js';
import { expect, it } from 'vitest';
import { dimensionless } from '../../src/lang/ast.js';
import {
  canonicalUnitNames,
  dimensionText,
  divideDimensions,
  equalDimensions,
  multiplyDimensions,
  powerDimension,
} from '../../src/lang/dimension.js';
import { parseUnit, unitOf } from '../../src/lang/units.js';
import { triesAll } from '../support/effort.js';

const exponent = fc.constantFrom(-3, -2, -1, -0.5, 0, 0.5, 1, 2);
const dimensions = fc.tuple(exponent, exponent, exponent, exponent, exponent, exponent, exponent);

it('dimensions form a group under multiplication', () => {
  fc.assert(
    fc.property(dimensions, dimensions, (a, b) => {
      expect(equalDimensions(multiplyDimensions(a, b), multiplyDimensions(b, a))).toBe(true);
      expect(equalDimensions(divideDimensions(multiplyDimensions(a, b), b), a)).toBe(true);
      expect(equalDimensions(divideDimensions(a, a), dimensionless)).toBe(true);
    }),
  );
});

it('a root of a power is the dimension itself', () => {
  fc.assert(
    fc.property(dimensions, fc.constantFrom(2, 3, 0.5, 7, -1), (d, power) => {
      expect(equalDimensions(powerDimension(powerDimension(d, power), 1 / power), d)).toBe(true);
    }),
  );
});

it('prints dimensions in SI units', () => {
  expect(dimensionText(dimensionless)).toBe('1 (no unit)');
  const written = [
    'V/s',
    'S/m**2',
    '1/(V*s)',
    'V*ohm',
    'Hz',
    '1/s**0.5',
    'A/(m**2*s)',
    'mol/m**3',
    'S/s',
    'kg/s**2',
    'm**3/s',
  ];
  for (const text of written) expect(dimensionText(parseUnit(text).dimension)).toBe(text);
  expect(dimensionText(parseUnit('kilogram**2*m**4*A**-3*s**-6').dimension)).toBe('V*ohm');
  expect(dimensionText(parseUnit('A*s').dimension)).toBe('C');
});

it('reserves the long names that canonical texts use', () => {
  expect([...canonicalUnitNames].filter((name) => !unitOf(name))).toEqual([]);
  expect(canonicalUnitNames.has('meter')).toBe(true);
});

it('prints every dimension as a unit that reads back', () => {
  fc.assert(
    fc.property(dimensions, (dimension) => {
      const text = dimensionText(dimension);
      if (text === '1 (no unit)') expect(dimension).toEqual(dimensionless);
      else expect(equalDimensions(parseUnit(text).dimension, dimension)).toBe(true);
    }),
    { numRuns: triesAll ? 100 : 20 },
  );
});
