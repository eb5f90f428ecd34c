/** Runs the command line within the test's own process, and captures its output. */

import { readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommandLine } from '../../src/cli/cli.js';
import type { Terminal } from '../../src/cli/terminal.js';

export { temporaryFolder } from './temporary-folder.js';

/** The outcome of a command. */
export interface CommandOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How the outside looks to the command. */
export interface CommandOptions {
  /** A person looks on: colours stay off, but a raster is drawn. */
  readonly onTerminal?: boolean;
  readonly columns?: number;
  /** In place of the variables that a test has. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Standard input. */
  readonly input?: string | Uint8Array;
  /** Receives a function that acts as Ctrl-C. */
  readonly interrupt?: (press: () => void) => void;
  /** Another program than `interneuron`. */
  readonly program?: (words: readonly string[], terminal: Terminal) => Promise<number>;
  /** Receives each text that is written to stdout. */
  readonly onOutput?: (text: string) => void;
}

/** Returns the command's outcome; its output does not reach the test's own terminal. */
export async function runCommand(words: readonly string[], options: CommandOptions = {}): Promise<CommandOutcome> {
  let stdout = '';
  let stderr = '';
  const { onTerminal = false, columns = 80, program = runCommandLine } = options;
  const terminal: Terminal = {
    stdout: {
      write(text) {
        stdout += text;
        options.onOutput?.(text);
      },
      terminal: onTerminal,
      columns,
      colour: false,
    },
    stderr: { write: (text) => void (stderr += text), terminal: onTerminal, columns, colour: false },
    input: () => Buffer.from(options.input ?? ''),
    progressStream: undefined,
    environment: {
      INTERNEURON_CACHE: join(tmpdir(), 'interneuron-test-cache'),
      ...options.environment,
    },
    onInterrupt(callback) {
      options.interrupt?.(callback);
      return () => undefined;
    },
    onTermination: () => () => undefined,
    endSoon: () => undefined,
    exit(code) {
      throw new Error(`the command ended the process with ${code}`);
    },
  };
  const code = await program(words, terminal);
  return { code, stdout, stderr };
}

/** Calls back once the unfinished files in a folder hold some samples: the run is under way. */
export function whenRecording(folder: string, callback: () => void): void {
  const timer = setInterval(() => {
    const bytes = readdirSync(folder)
      .filter((name) => name.includes('.partial-'))
      .map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0);
    if (Math.max(0, ...bytes) < 400_000) return;
    clearInterval(timer);
    callback();
  }, 50);
}
