/** Functions that make a variable diverge in finite time. */

import type { Expression } from './ast.js';
import { callsIn, namesIn } from './walk.js';

/** Functions that grow faster than any power. */
const growing: ReadonlySet<string> = new Set(['exp', 'expm1', 'sinh', 'cosh']);

/** Whether a rate has a function of a variable that grows faster than any power. */
export const growsFast = (rate: Expression, name: string): boolean =>
  callsIn(rate).some((call) => growing.has(call.function) && call.arguments.some((e) => namesIn(e).has(name)));

/**
 * Largest change of a variable in a step of `rk4`, relative to its previous value and to its change by Euler's method.
 * If the last stage exceeds it, Euler's method takes the step.
 */
export const mostChange = 1000;
