/** Periods that must be whole numbers of steps. */

import { mostUint32 } from '../../lang/integers.js';
import type { Context } from '../context/context.js';
import * as messages from '../context/messages.js';

/** Returns a period in s as whole steps, or null after a diagnostic. `what`: the period, as named in the message. */
export function wholeSteps(what: string, seconds: number, context: Context): number | null {
  const steps = Math.round(seconds / context.dt);
  if (steps > mostUint32) {
    context.diagnostics.add(messages.periodTooLong(what, steps, mostUint32));
    return null;
  }
  if (steps >= 1 && Math.abs(steps * context.dt - seconds) <= 1e-4 * context.dt) return steps;
  context.diagnostics.add(messages.notAWholeNumberOfSteps(what, seconds, context.dt));
  return null;
}
