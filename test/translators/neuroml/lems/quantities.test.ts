import { describe, expect, it } from 'vitest';
import { reading, lems } from '../support/reading.js';
import { readQuantity } from '../../../../translators/neuroml/lems/quantities.js';

const { model } = reading(
  lems('<Dimension name="charge" t="1" i="1"/><Unit symbol="e" dimension="charge" scale="1.602176634e-19"/>'),
);
const units = model!.units;

describe('quantities in SI', () => {
  it.each([
    ['5', 5],
    ['-70mV', -0.07],
    ['2 ms', 0.002],
    ['  2  ms ', 0.002],
    ['.5', 0.5],
    ['1.', 1],
    ['+3ms', 0.003],
    ['1.e3', 1000],
    ['1E-3 s', 0.001],
    ['1e+5', 100_000],
    ['-1.00000008E8', -100_000_008],
    // Rounded once: 0.07 ms is the double nearest to 7e-5.
    ['0.07ms', 7e-5],
    ['0.3 mV', 3e-4],
    ['2min', 120],
    // (value + offset): exactly 305.15, for which the sum of doubles is also 305.15, and 0 K.
    ['32 degC', 305.15],
    ['6.3degC', 279.45],
    ['-273.15 degC', 0],
    ['-300degC', -26.85],
    ['1e', 1.602176634e-19],
    ['2 e', 3.204353268e-19],
    ['-0', -0],
  ])('%j is %d', (text, expected) => {
    expect(readQuantity(text, units)).toMatchObject({ value: expected });
  });

  it.each([
    ['', { fault: 'text' }],
    ['mV', { fault: 'text' }],
    ['1 mV mV', { fault: 'text' }],
    ['1,5mV', { fault: 'text' }],
    ['0x10', { fault: 'unit', unit: 'x10', start: 1 }],
    ['1e999', { fault: 'range', value: Infinity }],
    ['1e-999', { fault: 'range', value: 0 }],
    ['-1e-330 mV', { fault: 'range', value: -0 }],
    ['1 MV', { fault: 'unit', unit: 'MV', start: 2 }],
    ['1'.repeat(5000), { fault: 'text' }],
  ])('%j is none', (text, expected) => {
    expect(readQuantity(text, units)).toEqual(expected);
  });
});
