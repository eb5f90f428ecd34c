/** Values and names in Brian scripts. */

import { describe, expect, test } from 'vitest';
import { isUsed, pythonString, pythonValue } from '../../../translators/brian/script/python-text.js';

describe('Python', () => {
  test.each([
    ['20 mV', '20 * mV'],
    ['-0.5 volt', '-0.5 * volt'],
    ['10 siemens*meter**-2', '10 * siemens * meter**-2'],
    ['3.5', '3.5'],
    ['v + 1*mV', '"v + 1*mV"'],
    [2, '2'],
    [1e-7, '1e-7'],
    [true, 'True'],
  ])('%s is %s', (value, code) => {
    expect(pythonValue(value)).toBe(code);
  });

  test('strings of several lines are in three quotes, strings with quotes are escaped', () => {
    expect(pythonString('a\nb')).toBe('"""\n    a\n    b\n    """');
    expect(pythonString("a'b\\")).toBe('"a\'b\\\\"');
  });

  test('keywords of Python and classes of Brian are used names', () => {
    expect(['lambda', 'NeuronGroup', 'mV', 'v'].map(isUsed)).toEqual([true, true, true, false]);
  });
});
