/** Times at which something begins or ends, between two steps. */

import { second } from '../../lang/dimension.js';
import { inSI } from '../../lang/print.js';

/**
 * What the time is above from the step at a time on: half a step before it, so that rounding does not matter.
 *
 * @param time   in s
 * @param names  of the scope, which may be those of units; absent: any
 * @returns `0.005*s - dt/2`
 */
export const beforeStep = (time: number, names?: ReadonlySet<string>): string =>
  `${inSI(time, second, names && ((name) => names.has(name)))} - dt/2`;
