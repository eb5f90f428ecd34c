import { fc } from '../support/property.js';
import { describe, expect, it } from 'vitest';
import { LangError } from '../../src/lang/lang-error.js';
import { parseQuantity } from '../../src/lang/quantity.js';
import { unitText } from '../../src/lang/units.js';
import { refusals } from './support.js';

describe('quantities', () => {
  it.each([
    ['-70 mV', -0.07, 'V'],
    ['-70*mV', -0.07, 'V'],
    ['-70mV', -0.07, 'V'],
    ['9*nS', 9e-9, 'S'],
    ['0.1 ms', 0.0001, 's'],
    ['200 pF', 2e-10, 'F'],
    ['1.5e-3 V', 0.0015, 'V'],
    ['1 uF/cm**2', 0.01, 'F*m**-2'],
    ['36 mS/cm**2', 360, 'S*m**-2'],
    ['5 /s', 5, 'Hz'],
    ['5/ms', 5000, 'Hz'],
    ['15 Hz', 15, 'Hz'],
    ['3 min', 180, 's'],
    ['2.5', 2.5, '1'],
    ['+3', 3, '1'],
    ['−65 mV', -0.065, 'V'],
    ['3 µm', 3e-6, 'm'],
    ['100 MΩ', 1e8, 'ohm'],
    ['0 mV', 0, 'V'],
    [' 20  ms ', 0.02, 's'],
    ['.5 mV', 0.0005, 'V'],
  ])('%s', (text, value, unit) => {
    const quantity = parseQuantity(text);
    expect(quantity.value).toBe(value);
    expect(unitText(quantity.dimension)).toBe(unit);
  });

  it('are one double whatever the prefix', () => {
    const prefixes = [
      ['s', 0],
      ['ms', 3],
      ['us', 6],
      ['ns', 9],
    ] as const;
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 9 }), (digits, places) => {
        const values = prefixes.map(([unit, shift]) => parseQuantity(`${digits}e${shift - places} ${unit}`).value);
        expect(new Set(values).size).toBe(1);
        expect(values[0]).toBe(Number(`${digits}e-${places}`));
      }),
    );
    expect(parseQuantity('0.07 ms').value).toBe(parseQuantity('70 us').value);
    expect(parseQuantity('0.07 ms').value).not.toBe(0.07 * 1e-3);
  });

  it.each([
    ['', 'lang/bad-quantity @ '],
    ['mV', 'lang/bad-quantity @ mV'],
    ['nan', 'lang/quantity-not-finite @ nan'],
    ['inf mV', 'lang/quantity-not-finite @ inf mV'],
    ['-Infinity', 'lang/quantity-not-finite @ -Infinity'],
    ['1e400 mV', 'lang/number-out-of-range @ 1e400 mV'],
    ['5 mVolts', 'lang/unknown-unit @ mVolts'],
    ['5 * mX', 'lang/unknown-unit @ mX'],
    ['5/mX', 'lang/unknown-unit @ mX'],
    ['1.2.3 mV', 'lang/bad-quantity @ 1.2.3 mV'],
    ['5 mV + 2 mV', 'lang/expected-operator @ 2 mV'],
    ['20 degC', 'lang/unknown-unit @ degC'],
    ['5 ** 2', 'lang/expected-operand @ **'],
  ])('refuses %j', (text, expected) => {
    expect(refusals(parseQuantity, text)).toEqual([expected]);
  });

  it('are read or refused, whatever the text', () => {
    const parts = fc.constantFrom(
      '5',
      '-',
      '.',
      'e',
      '1e3',
      ' ',
      'mV',
      '*',
      '/',
      'µ',
      'Ω',
      '(',
      ')',
      '**',
      '2',
      '^',
      'K',
      'inf',
      '\n',
      '#',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(parts, { maxLength: 12 }).map((all) => all.join('')),
          fc.string({ unit: 'binary', maxLength: 20 }),
        ),
        (text) => {
          try {
            expect(Number.isFinite(parseQuantity(text).value)).toBe(true);
          } catch (error) {
            if (!(error instanceof LangError)) throw error;
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
