import { describe, expect, it } from 'vitest';
import { fc } from '../support/property.js';
import type { Dimension } from '../../src/lang/ast.js';
import { equalDimensions } from '../../src/lang/dimension.js';
import { equalRationals, one } from '../../src/lang/rational.js';
import { commonUnitNames, parseUnit, unitOf, unitText } from '../../src/lang/units.js';
import { refusals } from './support.js';

/**
 * Scale to SI and exponents of metre, kilogram, second, ampere, kelvin, mole, candela, as the SI brochure defines them.
 */
const definitions: readonly (readonly [string, number, string])[] = [
  ['volt', 1, 'm2 kg s-3 A-1'],
  ['V', 1, 'm2 kg s-3 A-1'],
  ['mV', 1e-3, 'm2 kg s-3 A-1'],
  ['uV', 1e-6, 'm2 kg s-3 A-1'],
  ['mvolt', 1e-3, 'm2 kg s-3 A-1'],
  ['amp', 1, 'A'],
  ['ampere', 1, 'A'],
  ['A', 1, 'A'],
  ['nA', 1e-9, 'A'],
  ['pA', 1e-12, 'A'],
  ['uA', 1e-6, 'A'],
  ['pamp', 1e-12, 'A'],
  ['siemens', 1, 'm-2 kg-1 s3 A2'],
  ['S', 1, 'm-2 kg-1 s3 A2'],
  ['mS', 1e-3, 'm-2 kg-1 s3 A2'],
  ['nS', 1e-9, 'm-2 kg-1 s3 A2'],
  ['pS', 1e-12, 'm-2 kg-1 s3 A2'],
  ['usiemens', 1e-6, 'm-2 kg-1 s3 A2'],
  ['farad', 1, 'm-2 kg-1 s4 A2'],
  ['F', 1, 'm-2 kg-1 s4 A2'],
  ['pF', 1e-12, 'm-2 kg-1 s4 A2'],
  ['ufarad', 1e-6, 'm-2 kg-1 s4 A2'],
  ['ohm', 1, 'm2 kg s-3 A-2'],
  ['kohm', 1e3, 'm2 kg s-3 A-2'],
  ['Mohm', 1e6, 'm2 kg s-3 A-2'],
  ['Gohm', 1e9, 'm2 kg s-3 A-2'],
  ['second', 1, 's'],
  ['s', 1, 's'],
  ['ms', 1e-3, 's'],
  ['us', 1e-6, 's'],
  ['ns', 1e-9, 's'],
  ['msecond', 1e-3, 's'],
  ['minute', 60, 's'],
  ['hour', 3600, 's'],
  ['day', 86400, 's'],
  ['hertz', 1, 's-1'],
  ['Hz', 1, 's-1'],
  ['kHz', 1e3, 's-1'],
  ['MHz', 1e6, 's-1'],
  ['becquerel', 1, 's-1'],
  ['metre', 1, 'm'],
  ['meter', 1, 'm'],
  ['m', 1, 'm'],
  ['cm', 1e-2, 'm'],
  ['mm', 1e-3, 'm'],
  ['um', 1e-6, 'm'],
  ['nm', 1e-9, 'm'],
  ['cmeter', 1e-2, 'm'],
  ['dametre', 10, 'm'],
  ['cm2', 1e-4, 'm2'],
  ['um2', 1e-12, 'm2'],
  ['mm3', 1e-9, 'm3'],
  ['m3', 1, 'm3'],
  ['umeter2', 1e-12, 'm2'],
  ['mvolt2', 1e-6, 'm4 kg2 s-6 A-2'],
  ['gram', 1e-3, 'kg'],
  ['kgram', 1, 'kg'],
  ['kilogram', 1, 'kg'],
  ['mgram', 1e-6, 'kg'],
  ['kelvin', 1, 'K'],
  ['mole', 1, 'mol'],
  ['mol', 1, 'mol'],
  ['candela', 1, 'cd'],
  ['candle', 1, 'cd'],
  ['lumen', 1, 'cd'],
  ['lux', 1, 'm-2 cd'],
  ['radian', 1, ''],
  ['newton', 1, 'm kg s-2'],
  ['pascal', 1, 'm-1 kg s-2'],
  ['joule', 1, 'm2 kg s-2'],
  ['watt', 1, 'm2 kg s-3'],
  ['coulomb', 1, 's A'],
  ['weber', 1, 'm2 kg s-2 A-1'],
  ['tesla', 1, 'kg s-2 A-1'],
  ['henry', 1, 'm2 kg s-2 A-2'],
  ['gray', 1, 'm2 s-2'],
  ['sievert', 1, 'm2 s-2'],
  ['katal', 1, 's-1 mol'],
  ['molar', 1e3, 'm-3 mol'],
  ['mmolar', 1, 'm-3 mol'],
  ['M', 1e3, 'm-3 mol'],
  ['mM', 1, 'm-3 mol'],
  ['uM', 1e-3, 'm-3 mol'],
  ['nM', 1e-6, 'm-3 mol'],
  ['liter', 1e-3, 'm3'],
  ['litre', 1e-3, 'm3'],
];

function dimension(text: string): Dimension {
  const exponents = new Map(
    [...text.matchAll(/([A-Za-z]+)(-?\d*)/g)].map(([, base = '', power]) => [base, power === '' ? 1 : Number(power)]),
  );
  const of = (base: string): number => exponents.get(base) ?? 0;
  return [of('m'), of('kg'), of('s'), of('A'), of('K'), of('mol'), of('cd')];
}

const scaleOf = (unit: { scale: { numerator: bigint; denominator: bigint } } | undefined): number =>
  unit ? Number(unit.scale.numerator) / Number(unit.scale.denominator) : NaN;

describe('unitOf', () => {
  it.each(definitions)('%s', (name, scale, dimensions) => {
    const unit = unitOf(name);
    expect(scaleOf(unit)).toBe(scale);
    expect(unit?.dimension).toEqual(dimension(dimensions));
  });

  it.each([
    'v',
    'tau',
    'h',
    'n',
    'd',
    'min',
    'K',
    'N',
    'J',
    'W',
    'C',
    'H',
    'T',
    'L',
    'dV',
    'Vm',
    'degC',
    'celsius',
    's2',
    'V2',
    'constructor',
    'toString',
    '__proto__',
    '',
  ])('leaves %s to variables', (name) => {
    expect(unitOf(name)).toBeUndefined();
  });

  it('knows every name that is suggested', () => {
    expect(commonUnitNames().filter((name) => !unitOf(name))).toEqual([]);
  });
});

describe('parseUnit', () => {
  it.each([
    ['1', 1, ''],
    ['mV', 1e-3, 'm2 kg s-3 A-1'],
    ['uF/cm**2', 1e-2, 'm-4 kg-1 s4 A2'],
    ['uF/cm2', 1e-2, 'm-4 kg-1 s4 A2'],
    ['1/second', 1, 's-1'],
    ['1/ms', 1e3, 's-1'],
    ['S*m**-2', 1, 'm-4 kg-1 s3 A2'],
    ['mV*ms', 1e-6, 'm2 kg s-2 A-1'],
    ['ohm*cm', 1e-2, 'm3 kg s-3 A-2'],
    ['J/(K*mol)', 1, 'm2 kg s-2 K-1 mol-1'],
    ['(mV)**2', 1e-6, 'm4 kg2 s-6 A-2'],
    ['µV', 1e-6, 'm2 kg s-3 A-1'],
    ['μm', 1e-6, 'm'],
    ['MΩ', 1e6, 'm2 kg s-3 A-2'],
    ['min', 60, 's'],
    ['mol/L', 1e3, 'm-3 mol'],
    ['nmol', 1e-9, 'mol'],
    ['pC', 1e-12, 's A'],
    [' mV ', 1e-3, 'm2 kg s-3 A-1'],
  ])('%s', (text, scale, dimensions) => {
    const unit = parseUnit(text);
    expect(scaleOf(unit)).toBeCloseTo(scale, 15);
    expect(unit.dimension).toEqual(dimension(dimensions));
  });

  it('takes roots', () => {
    expect(parseUnit('second**-0.5').dimension).toEqual([0, 0, -0.5, 0, 0, 0, 0]);
    expect(scaleOf(parseUnit('cm2**(1/2)'))).toBe(0.01);
    expect(scaleOf(parseUnit('ms**-0.5'))).toBe(Math.sqrt(1000));
    expect(parseUnit('meter**(1/3)').dimension[0]).toBeCloseTo(1 / 3, 15);
  });

  it.each([
    ['', 'lang/empty-unit @ '],
    ['furlong', 'lang/unknown-unit @ furlong'],
    ['mV + mV', 'lang/bad-unit @ mV + mV'],
    ['2*mV', 'lang/bad-unit @ 2'],
    ['mV**x', 'lang/bad-unit @ mV**x'],
    ['cm^2', 'lang/bad-unit @ cm^2'],
    ['degC', 'lang/unknown-unit @ degC'],
    ['°C', 'lang/unknown-unit @ °C'],
    ['mV**(1/3)', 'lang/unit-root @ mV**(1/3)'],
    ['mV**1000000', 'lang/unit-root @ mV**1000000'],
    ['((mV**90)**90)**90', 'lang/unit-root @ ((mV**90)**90)'],
    ['exp(mV)', 'lang/bad-unit @ exp(mV)'],
    ['mV mV', 'lang/expected-operator @ mV mV'],
  ])('refuses %s', (text, expected) => {
    expect(refusals(parseUnit, text)).toEqual([expected]);
  });
});

describe('unitText', () => {
  it.each([
    ['volt', 'V'],
    ['amp', 'A'],
    ['siemens', 'S'],
    ['farad', 'F'],
    ['ohm', 'ohm'],
    ['hertz', 'Hz'],
    ['second', 's'],
    ['1', '1'],
    ['radian', '1'],
    ['siemens/meter**2', 'S*m**-2'],
    ['farad/meter**2', 'F*m**-2'],
    ['amp/meter**2', 'A*m**-2'],
    ['volt/second', 'V*s**-1'],
    ['second**-0.5', 's**-0.5'],
    ['volt*second**-0.5', 'V*s**-0.5'],
    ['ohm*meter', 'ohm*m'],
    ['mmolar', 'mole*m**-3'],
    ['coulomb/mole', 'A*s*mole**-1'],
    ['joule/kelvin/mole', 'joule*mole**-1*kelvin**-1'],
    ['kilogram', 'kilogram'],
    ['volt**2', 'V**2'],
    ['1/volt', 'V**-1'],
  ])('%s', (text, expected) => {
    expect(unitText(parseUnit(text).dimension)).toBe(expected);
  });

  it('parses back to the dimension, with scale 1', () => {
    const exponent = fc.constantFrom(-4, -3, -2, -1, -0.5, 0, 0, 0, 0, 0.5, 1, 2, 3);
    fc.assert(
      fc.property(
        fc.tuple(exponent, exponent, exponent, exponent, exponent, exponent, exponent),
        fc.boolean(),
        (d, long) => {
          const unit = parseUnit(unitText(d, () => long));
          expect(equalDimensions(unit.dimension, d)).toBe(true);
          expect(equalRationals(unit.scale, one)).toBe(true);
        },
      ),
    );
  });

  it('uses only names that expressions know', () => {
    for (const [, , text] of definitions) {
      for (const name of unitText(dimension(text)).match(/[A-Za-z]+/g) ?? []) expect(unitOf(name), name).toBeDefined();
    }
  });
});
