/** The process of the program: its arguments, its terminal, its exit code. */

import { runCommandLine } from './cli.js';
import { reportFailure } from './failure.js';
import { processTerminal } from './terminal.js';

const words = process.argv.slice(2);
const terminal = processTerminal();

const last = (error: unknown): never =>
  process.exit(reportFailure(error, { terminal, sources: new Map(), json: words.includes('--json') }));
process.on('uncaughtException', last);
process.on('unhandledRejection', last);

// The clock of `performance.now()` starts with the process.
process.exitCode = await runCommandLine(words, terminal, 0);
