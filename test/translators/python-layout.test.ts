/** Python as Black lays it out; `test/interoperability/black.test.ts` runs Black itself. */

import { expect, test } from 'vitest';
import { call, followed, layout, list, method, prefixed } from '../../translators/shared/python.js';

const numbers = (count: number): ReturnType<typeof list> => list(Array.from({ length: count }, () => '0.25'));
const name = (length: number): string => 'x'.repeat(length);

test('a list with several operators after it is in parentheses if it is too long for a line', () => {
  const value = followed(numbers(6), ' * msiemens / cm**2');
  expect(layout(prefixed(`${name(40)} = `, value))).toBe(
    `${name(40)} = (\n    [0.25, 0.25, 0.25, 0.25, 0.25, 0.25] * msiemens / cm**2\n)`,
  );
  expect(layout(prefixed(`${name(40)} = `, followed(numbers(6), ' * msiemens')))).toBe(
    `${name(40)} = [\n${'    0.25,\n'.repeat(6)}] * msiemens`,
  );
  const twelve = Array.from({ length: 12 }, () => '0.25').join(', ');
  expect(layout(prefixed(`${name(40)} = `, followed(numbers(12), ' * msiemens / cm**2')))).toBe(
    `${name(40)} = (\n    [${twelve}]\n    * msiemens\n    / cm**2\n)`,
  );
});

test('Black keeps lists that fill lines, also in a method of a call', () => {
  const statement = call('f', [method('cell()', 'beside', [numbers(40)])]);
  expect(layout(statement)).toMatch(/^# fmt: off\nf\([^]*\n# fmt: on$/);
});
