/** Values of the canonical model as PyNN has them: numbers in PyNN's units. */

import { expect, test } from 'vitest';
import { pynnValue } from '../../../translators/pynn/export/values.js';

test.each([
  ['8e-10*A + i*0.05*(1e-9*A)', 'nA', '0.8 + i*0.05'],
  ['8e-10 + 5e-11*i', 'nA', '0.8 + 0.05*i'],
  ['-(0.07*V) + 2*i*(0.001*V)', 'mV', '-70.0 + 2*i'],
  ['i*(0.001*V) - 0.06*V if i < 3 else 0*V', 'mV', 'i - 60.0 if i < 3 else 0.0'],
  ['(0.02*s + 0.001*s*i)/2', 'ms', '(20.0 + i)/2'],
  ['exp(-i)', 'mV', '(exp(-i))*1000'],
])('%s in %s is %s', (text, unit, expr) => {
  const generators = { numpy: () => 'none', known: [] } as never;
  expect(pynnValue(text, unit, {} as never, generators, new Set(['i']))).toEqual({ expr, of: 'i' });
});
