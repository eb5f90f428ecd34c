/** Quantities in expressions, in units whose product is the value. */

import { expect, test } from 'vitest';
import { parseUnit } from '../../../../../src/lang/units.js';
import { Dimensions } from '../../../../../translators/neuroml/export/text/dimensions.js';
import { amountOf } from '../../../../../translators/neuroml/export/text/quantity-text.js';

// In doubles, 18*0.001 is 0.018000000000000002.
test.each([
  [18 * 0.001, { number: 18, symbol: 'mV' }],
  [0.018, { number: 0.018, symbol: 'V' }],
  [0.017, { number: 17, symbol: 'mV' }],
])('%d V', (value, amount) => {
  expect(amountOf(value, parseUnit('V').dimension, new Dimensions(), 'product')).toEqual(amount);
});
