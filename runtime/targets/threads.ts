/** The number of threads that pay off for a program. */

import { platform } from '#platform';
import { operationsPerStep } from '../../src/ir/operations.js';
import type { Program } from '../../src/ir/program.js';

/** Operations of a step that must be there for another thread to pay for its barriers. */
const operationsPerThread = 1e6;

/** Threads to use: as many as asked for, or as the program's operations pay for, and no more than can run at once. */
export function threadCount(
  program: Program,
  asked: number | undefined,
  available = platform.machine.parallelism(),
): number {
  const wanted = asked ?? operationsPerStep(program) / operationsPerThread;
  return Math.max(1, Math.min(available, Math.floor(wanted)));
}
