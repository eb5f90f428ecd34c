/**
 * The result of each pass in the text form: `golden/NAME.before.ir` is written by hand, `golden/NAME.after.ir` by
 * `UPDATE_GOLDEN=1 npx vitest run test/optimise/golden.test.ts`, to be reviewed when it changes.
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkProgram } from '../../src/ir/check.js';
import { parseProgram, printProgram } from '../../src/ir/text.js';
import { passes } from '../../src/optimise/optimise.js';

const path = (name: string): string => new URL(`golden/${name}.ir`, import.meta.url).pathname;

test('every pass has its program, and no other is there', () => {
  const files = readdirSync(new URL('golden', import.meta.url)).sort();
  const expected = passes.flatMap(({ name }) => [`${name}.after.ir`, `${name}.before.ir`]).sort();
  expect(files).toEqual(expected);
});

test.each(passes)('$name', ({ name, run }) => {
  const before = parseProgram(readFileSync(path(`${name}.before`), 'utf8'));
  expect(checkProgram(before)).toEqual([]);
  const after = run(before);
  expect(checkProgram(after)).toEqual([]);
  const text = printProgram(after);
  expect(parseProgram(text)).toEqual(after);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path(`${name}.after`), text);
  expect(text).toBe(readFileSync(path(`${name}.after`), 'utf8'));
});

test.each(passes)('$name finds no further work in its own result', ({ name, run }) => {
  const once = run(parseProgram(readFileSync(path(`${name}.before`), 'utf8')));
  expect(run(once)).toBe(once);
});
