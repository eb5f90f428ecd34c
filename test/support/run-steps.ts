/** Runs a session to the end of some steps, however often it comes back before. */

import type { Session } from '../../runtime/targets/target.js';

/**
 * A session that is paced comes back after some tens of milliseconds, which on a busy machine is less than a few steps
 * take.
 *
 * @returns steps done, fewer than asked for only where the session stands still: a log is full, or there was a fault
 */
export async function runSteps(session: Session, steps: number): Promise<number> {
  let done = 0;
  for (let ran = 1; ran > 0 && done < steps;) {
    ran = await session.run(steps - done);
    done += ran;
  }
  return done;
}
