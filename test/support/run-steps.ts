/** Runs a session to the end of some steps, however often it comes back before. */

import type { Session } from '../../runtime/targets/target.js';

/**
 * Runs steps in several calls. A paced session returns after some tens of milliseconds, which may be less than a few
 * steps on a busy machine.
 *
 * @returns the number of steps, fewer than requested only after a full log or a fault
 */
export async function runSteps(session: Session, steps: number): Promise<number> {
  let done = 0;
  for (let ran = 1; ran > 0 && done < steps;) {
    ran = await session.run(steps - done);
    done += ran;
  }
  return done;
}
