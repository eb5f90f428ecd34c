/**
 * Runs before each test file: ends cases without end, skips cases that a change does not need, and records which
 * functions cases enter.
 */

import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, inject } from 'vitest';
import { startCase } from './case-limit.js';
import { Entered, isChosenByCase } from './entered.js';
import { root } from './import-graph.js';
import { isLong } from './long-tests.js';
import { childrenSeconds } from './processor-time.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Whole names of cases that are left out, by test file. */
    readonly leftCases: Readonly<Record<string, readonly string[]>>;
  }
}

const file = relative(root, expect.getState().testPath ?? '');
const left = new Set(inject('leftCases')[file]);
const text = (): string => readFileSync(join(root, file), 'utf8');
const nameNow = (): string => expect.getState().currentTestName ?? '';

beforeEach(() => startCase());

if (left.size > 0)
  beforeEach(({ skip }) => {
    if (left.has(nameNow())) skip('it enters no changed function: npm run test:thorough runs it');
  });

if (process.env['INTERNEURON_ENTERED'] && (isChosenByCase(file) || isLong(file))) {
  const entered = new Entered();
  const before = childrenSeconds();
  const isOfPeers =
    /^test\/(?:interoperability|translators)\//.test(file) && !/inject\('program'\)|execPath/.test(text());
  if (isChosenByCase(file)) {
    beforeEach(() => entered.begin());
    afterEach(() => entered.end(nameNow()));
  }
  afterAll(() => {
    // What our program enters as another process is not known. Other programs, such as simulators, do not matter.
    if (isChosenByCase(file) || isOfPeers || childrenSeconds() === before) entered.write(file);
  });
}
