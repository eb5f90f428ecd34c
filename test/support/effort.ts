/** How much of what takes long is tried. */

import { test } from 'vitest';

/**
 * `quick`: what `npm test` tries of a newcomer's machine in minutes; `usual`: nearly everything, a turn of compilers for
 * each document; `thorough`: every combination of compiler, level of optimisation and number of threads, too.
 */
export type Effort = 'quick' | 'usual' | 'thorough';

const efforts: readonly Effort[] = ['quick', 'usual', 'thorough'];

/** What `INTERNEURON_TESTS` asks for: `.ci/run` sets it to `usual`, `npm run test:thorough` to `thorough`. */
export const askedEffort: Effort = efforts.find((effort) => effort === process.env['INTERNEURON_TESTS']) ?? 'quick';

/** Whether everything is tried. */
export const triesAll = askedEffort !== 'quick';

/** The name of a test that quick tests leave out, by `skipIf(!triesAll)`, with the reason. */
export const slow = (name: string): string => (triesAll ? name : `${name}: npm run test:thorough runs it`);

/**
 * All cases; where tests are to be quick, every so many-th, and a skipped test that says so.
 *
 * @param usually  every so many-th also of what is usually tried
 */
export function someOf<T>(cases: readonly T[], every: number, what: string, usually = 1): readonly T[] {
  if (askedEffort === 'thorough' || (triesAll && usually === 1)) return cases;
  test.skip(`all ${cases.length} ${what}: npm run test:thorough runs them`, () => undefined);
  return cases.filter((_, k) => k % (triesAll ? usually : every) === 0);
}
