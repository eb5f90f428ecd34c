/** Canonical code as people write it: the same text when it is read again. */

import { expect, it } from 'vitest';
import { withReadableUnits } from '../../src/lang/readable-units.js';

const none = (): boolean => false;

it.each([
  ['-v/(0.01*s)', '-v/(10*ms)'],
  ['v = -0.065*V', 'v = -65*mV'],
  ['post.v += 0.003*V', 'post.v += 3*mV'],
  ['v > 0*V', 'v > 0*mV'],
  // One unit is itself as a factor, and a quantity elsewhere.
  ['exp(-v/(0.02*V))/(0.001*s)', 'exp(-v/(20*mV))/ms'],
  ['send(port, w, 0.001*s)', 'send(port, w, 1*ms)'],
  // An exponent keeps its brackets, and a divisor of two parts has some.
  ['x**(0.001*s/tau)', 'x**(1*ms/tau)'],
  ['i/(300*S*m**-2)', 'i/(30*msiemens/cm**2)'],
  ['2e-8*m**2', '20000*um**2'],
  ['sin(6.283185307179586*f*t)', 'sin(2*pi*f*t)'],
  ['a/6.283185307179586', 'a/(2*pi)'],
])('%s is written %s', (canonical, readable) => {
  expect(withReadableUnits(canonical, none)).toBe(readable);
});

it.each([
  '1e-12*s',
  '100*V**-1*v',
  '0*S*s**-1 - g/tau',
  'V',
  'S*m**-2',
  'before_resets',
  '5*apples',
  '0.001 * s',
  'E[0:3*s]',
])('%s stays as it is', (text) => {
  expect(withReadableUnits(text, none)).toBe(text);
});

it('units that are variables here are not written', () => {
  expect(withReadableUnits('-v/(0.01*s)', (name) => name === 'ms')).toBe('-v/(0.01*s)');
  expect(withReadableUnits('-v/(0.01*second)', (name) => name === 's')).toBe('-v/(10*ms)');
  expect(withReadableUnits('0.01*s', (name) => name === 's')).toBe('0.01*s');
});
