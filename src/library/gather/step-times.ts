/** Times at which something begins or ends, between two steps. */

import { second } from '../../lang/dimension.js';
import { inSI } from '../../lang/print.js';

/**
 * Returns a time that is exceeded from the step at `time` on: half a step before it, so that rounding does not matter.
 *
 * @param time   in s
 * @param names  of the scope, which may hide units; absent: any
 * @returns `0.005*s - dt/2`
 */
export const beforeStep = (time: number, names?: ReadonlySet<string>): string =>
  `${inSI(time, second, names && ((name) => names.has(name)))} - dt/2`;
