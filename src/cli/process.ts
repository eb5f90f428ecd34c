/** The programs in this process: functions from arguments to exit codes. `start.ts` loads them. */

import { runCommandLine } from './cli.js';
import { reportFailure } from './failure.js';
import { processTerminal } from './terminal.js';

/** Runs a command of `interneuron`. @returns the exit code */
export function interneuron(words: readonly string[]): Promise<number> {
  const terminal = processTerminal();
  const last = (error: unknown): never =>
    process.exit(reportFailure(error, { terminal, sources: new Map(), json: words.includes('--json') }));
  process.on('uncaughtException', last);
  process.on('unhandledRejection', last);
  // The clock of `performance.now()` starts with the process.
  return runCommandLine(words, terminal, 0);
}

/** Runs `interneuron-biosimulators`. @returns the exit code */
export const biosimulators = async (words: readonly string[]): Promise<number> =>
  (await import('./biosimulators.js')).runBiosimulators(words, processTerminal());
