/** Rows of catalogues. */

import { expect, it } from 'vitest';
import { finding } from '../../src/diagnostics/finding.js';

it('have a code, a message and fields, whose lines may go on', () => {
  const [name, times] = ['late spikes', ['1 ms', '2 ms']];
  expect(finding`read/late: ${name} after the
      end of the run: ${times.length}
    expected: times
      up to ${times[0]}
    found: ${times.join(', ')}
    hint: ${name} are left out`).toEqual({
    code: 'read/late',
    message: 'late spikes after the end of the run: 2',
    expected: 'times up to 1 ms',
    found: '1 ms, 2 ms',
    hint: 'late spikes are left out',
  });
});

it('may begin with a severity, and the message on the next line', () => {
  expect(finding`warning read/late:
    ${'expected: 1'} is a value, not a field`).toEqual({
    code: 'read/late',
    severity: 'warning',
    message: 'expected: 1 is a value, not a field',
  });
});

it('have no field whose only value is undefined', () => {
  const [missing, given] = [undefined, 'a\n  hint: b'];
  expect(finding`read/late: late
    expected: ${missing}
    hint: ${given}`).toEqual({ code: 'read/late', message: 'late', hint: given });
});
