/** Canonical code as people write it: the same tree when it is folded again. */

import { expect, it } from 'vitest';
import { foldConstants } from '../../src/lang/fold.js';
import { parseExpression } from '../../src/lang/parse.js';
import { printExpression } from '../../src/lang/print.js';
import { withReadableUnits } from '../../src/lang/readable-units.js';

const readable = (canonical: string, declared: (name: string) => boolean = () => false): string =>
  printExpression(withReadableUnits(foldConstants(parseExpression(canonical), undefined, declared), declared), {
    taken: declared,
  });

it.each([
  ['-v/(0.01*s)', '-v/(10*ms)'],
  ['-0.065*V', '-65*mV'],
  ['v > 0*V', 'v > 0*mV'],
  // One unit is itself as a factor, and a quantity elsewhere.
  ['exp(-v/(0.02*V))/(0.001*s)', 'exp(-v/(20*mV))/ms'],
  ['0.001*s', '1*ms'],
  // An exponent keeps its brackets, and a divisor of two parts has some.
  ['x**(0.001*s/tau)', 'x**(1*ms/tau)'],
  ['i/(300*S*m**-2)', 'i/(30*msiemens/cm**2)'],
  ['2e-8*m**2', '20000*um**2'],
  ['sin(6.283185307179586*f*t)', 'sin(2*pi*f*t)'],
  ['a/6.283185307179586', 'a/(2*pi)'],
])('%s is written %s', (canonical, written) => {
  expect(readable(canonical)).toBe(written);
});

it.each(['1e-12*s', '100*V**-1*v', '0*S*s**-1 - g/tau', '5*apples'])('%s stays as it is', (text) => {
  expect(readable(text)).toBe(text);
});

it('units that are variables here are not written', () => {
  expect(readable('-v/(0.01*s)', (name) => name === 'ms')).toBe('-v/(0.01*s)');
  expect(readable('-v/(0.01*second)', (name) => name === 's')).toBe('-v/(10*ms)');
  expect(readable('0.01*s', (name) => name === 's')).toBe('0.01*s');
});
