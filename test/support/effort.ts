/** The extent of slow tests. */

import { test } from 'vitest';

/**
 * `quick`: `npm test` on a newcomer's machine, in minutes; `usual`: nearly all tests, with one compiler for each
 * document in turn; `thorough`: also every combination of compiler, level of optimisation and number of threads.
 */
export type Effort = 'quick' | 'usual' | 'thorough';

const efforts: readonly Effort[] = ['quick', 'usual', 'thorough'];

const asked = process.env['INTERNEURON_TESTS'];

/**
 * The value of `INTERNEURON_TESTS`: `npm run test:thorough` sets it to `thorough`, and `.ci/run` to `change`, which is
 * `usual` with fewer test files (`long-tests.ts`).
 */
export const askedEffort: Effort =
  asked === 'change' ? 'usual' : (efforts.find((effort) => effort === asked) ?? 'quick');

/** Whether everything is tried. */
export const triesAll = askedEffort !== 'quick';

/** The name of a test that quick tests leave out, by `skipIf(!triesAll)`, with the reason. */
export const slow = (name: string): string => (triesAll ? name : `${name}: npm run test:thorough runs it`);

/**
 * Returns all cases; in quick tests every n-th, with a skipped test that reports the omission.
 *
 * @param usually the interval in usual tests
 */
export function someOf<T>(cases: readonly T[], every: number, what: string, usually = 1): readonly T[] {
  if (askedEffort === 'thorough' || (triesAll && usually === 1)) return cases;
  test.skip(`all ${cases.length} ${what}: npm run test:thorough runs them`, () => undefined);
  return cases.filter((_, k) => k % (triesAll ? usually : every) === 0);
}
