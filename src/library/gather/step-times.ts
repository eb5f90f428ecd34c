/** Times at which something begins or ends, between two steps. */

import type { Expression } from '../../lang/ast.js';
import { binary, conditional, integer, name, quantity } from '../../lang/build.js';
import { second } from '../../lang/dimension.js';

/**
 * Returns a time that is exceeded from the step at `time` on: half a step before it, so that rounding does not matter.
 *
 * @param time  in s
 * @returns `0.005*s - dt/2`
 */
export const beforeStep = (time: number): Expression =>
  binary('-', quantity(time, second), binary('/', name('dt'), integer(2)));

/** Returns a value between two times, each of which may be absent, and another value at all other times. */
export function during(
  value: Expression,
  from: Expression | undefined,
  to: Expression | undefined,
  otherwise: Expression,
): Expression {
  const after = from && binary('>', name('t'), from);
  const before = to && binary('<', name('t'), to);
  const condition = after && before ? binary('and', after, before) : (after ?? before);
  return condition ? conditional(condition, value, otherwise) : value;
}
