/** The order of parts of a type, in few words and whole. */

import { expect, test } from 'vitest';
import { shortSequence, wholeSequence } from '../../../translators/pynn/native/sequence.js';

/** A gate that is computed from the potential, and a potential that reads the gate. */
const gate = {
  derived: { inf: { value: '1/(1 + exp(-v))' }, i: { value: 'g*m' }, old: { value: 'v' } },
  derivatives: { m: { rate: '(inf - m)*hz' }, v: { rate: 'i' } },
  events: { spike: { when: 'v > 1', do: ['v = 0'] } },
};

test('what is read is computed in the first part that reads it', () => {
  expect(wholeSequence(['m', 'v spike'], gate)).toEqual([
    { derived: ['inf'], state: ['m'] },
    { derived: ['i'], state: ['v'], events: ['spike'] },
  ]);
});

test('what is listed is computed where it is listed', () => {
  expect(wholeSequence(['i m', 'v spike'], gate)).toEqual([
    { derived: ['i', 'inf'], state: ['m'] },
    { state: ['v'], events: ['spike'] },
  ]);
});

test.each([
  [
    'all before its reader',
    [
      { derived: ['inf'], state: ['m'] },
      { derived: ['i'], state: ['v'], events: ['spike'] },
    ],
  ],
  [
    'a current from the gate of the step before',
    [
      { derived: ['i', 'inf'], state: ['m'] },
      { state: ['v'], events: ['spike'] },
    ],
  ],
  [
    'a gate after the potential',
    [
      { derived: ['i'], state: ['v'], events: ['spike'] },
      { derived: ['inf'], state: ['m'] },
    ],
  ],
])('%s: few words stand for the same order', (_, sequence) => {
  const short = shortSequence(sequence, gate);
  expect(short.every((part) => typeof part === 'string')).toBe(true);
  expect(wholeSequence(short, gate)).toEqual(sequence);
});

test('parts of regimes stay as they are', () => {
  const sequence = [{ derived: ['inf'], state: ['m'] }, { regimes: true as const }];
  expect(shortSequence(sequence, gate)).toBe(sequence);
});
