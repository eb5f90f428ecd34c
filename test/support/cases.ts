/**
 * Runs before each test file: ends cases without end, skips cases that a change does not need, and records which
 * functions cases enter.
 */

import { relative } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, inject } from 'vitest';
import { startCase } from './case-limit.js';
import { chosenByCase, Entered } from './entered.js';
import { root } from './import-graph.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Whole names of cases that are left out, by test file. */
    readonly leftCases: Readonly<Record<string, readonly string[]>>;
  }
}

const file = relative(root, expect.getState().testPath ?? '');
const left = new Set(inject('leftCases')[file]);
const nameNow = (): string => expect.getState().currentTestName ?? '';

beforeEach(startCase);

if (left.size > 0)
  beforeEach(({ skip }) => {
    if (left.has(nameNow())) skip('it enters no changed function: npm run test:thorough runs it');
  });

if (process.env['INTERNEURON_ENTERED'] && chosenByCase.includes(file)) {
  const entered = new Entered();
  beforeEach(() => entered.begin());
  afterEach(() => entered.end(nameNow()));
  afterAll(() => entered.write(file));
}
