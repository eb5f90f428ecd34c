/** Functions of a variable by which it runs away to infinity in finite time. */

import type { Expression } from './ast.js';
import { callsIn, namesIn } from './walk.js';

/** Functions that grow faster than any power. */
const growing: ReadonlySet<string> = new Set(['exp', 'expm1', 'sinh', 'cosh']);

/** Whether a rate has a function of a variable that grows faster than any power. */
export const growsFast = (rate: Expression, name: string): boolean =>
  callsIn(rate).some((call) => growing.has(call.function) && call.arguments.some((e) => namesIn(e).has(name)));

/**
 * How many times what a variable was before a step, and Euler's method makes of it, it may be changed by in it: where
 * the last stage of `rk4` would change it by more, the step is one of Euler's method.
 */
export const mostChange = 1000;
