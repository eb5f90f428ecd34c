/** The surroundings of a command: two streams, and interrupt signals. Tests supply their own. */

import { Worker } from 'node:worker_threads';
import { withoutControls } from '../diagnostics/display.js';
import { outputError } from '../../runtime/results/output-error.js';
import { exitCodes } from './exit-codes.js';

/** One of the two streams. */
export interface Output {
  write(text: string): void;
  /** Whether a person reads it as it comes. */
  readonly terminal: boolean;
  /** Characters of a line. */
  readonly columns: number;
  /** Whether escape sequences for colours are understood and wanted. */
  readonly colour: boolean;
}

/** The process as commands see it. */
export interface Terminal {
  /** The requested result. */
  readonly stdout: Output;
  /** Progress and complaints. */
  readonly stderr: Output;
  /** Reads standard input to its end; absent: standard input of the process. */
  input?(): Uint8Array;
  /** The stream for progress bars; undefined if it is not a terminal. */
  readonly progressStream: NodeJS.WriteStream | undefined;
  /** Environment variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Calls back on Ctrl-C. @returns a function that stops listening */
  onInterrupt(callback: () => void): () => void;
  /**
   * Calls back on the first SIGTERM or SIGHUP. The signal ends the process two seconds later if it still runs then,
   * whatever it computes.
   *
   * @returns a function that stops listening: a signal ends the process at once from then on
   */
  onTermination(callback: (signal: EndingSignal) => void): () => void;
  /** Ends the process by SIGINT in two seconds if it still runs then, whatever it computes. Nobody may listen to it. */
  endSoon(): void;
  /** Ends the process at once. */
  exit(code: number): never;
}

/** Returns the terminal, files or pipes that this process was started with. */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  return {
    stdout: output(stdout, (error) => {
      stderr.write(`error: ${outputError(error, 'to standard output').message}\n`);
      process.exit(exitCodes.usage);
    }),
    // A message that cannot be written cannot be reported either.
    stderr: output(stderr, () => undefined),
    progressStream: stderr.isTTY && env['TERM'] !== 'dumb' ? stderr : undefined,
    environment: env,
    onInterrupt(callback) {
      process.on('SIGINT', callback);
      return () => process.off('SIGINT', callback);
    },
    onTermination(callback) {
      const stop = (): void => endings.forEach((signal) => process.off(signal, end));
      const end = (signal: EndingSignal): void => {
        stop();
        endAfter(mostEndingTime_ms, signal);
        callback(signal);
      };
      endings.forEach((signal) => process.on(signal, end));
      return stop;
    },
    endSoon: () => endAfter(mostEndingTime_ms, 'SIGINT'),
    exit: (code) => process.exit(code),
  };
}

/** Signals that end a process: from other programs and from a closed terminal. */
const endings = ['SIGTERM', 'SIGHUP'] as const;

type EndingSignal = (typeof endings)[number];

/** Longest time for an orderly end: less than two seconds, since the thread has to start. */
const mostEndingTime_ms = 1500;

/**
 * Sends a signal to this process after some time, from another thread: this one may be busy then. Nobody may listen to
 * the signal.
 */
function endAfter(milliseconds: number, signal: NodeJS.Signals): void {
  const program = `setTimeout(() => process.kill(process.pid, '${signal}'), ${milliseconds})`;
  new Worker(program, { eval: true }).unref();
}

/** The exit code that shells give for a program that ended by SIGPIPE. */
const brokenPipe = 141;

/** @param failed  called when the stream cannot be written, except for a reader that closed the pipe (`| head`) */
function output(stream: NodeJS.WriteStream, failed: (error: Error) => void): Output {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(brokenPipe);
    failed(error);
  });
  return {
    write: (text) => void stream.write(stream.isTTY ? shown(text) : text),
    terminal: Boolean(stream.isTTY),
    columns: stream.columns || 80,
    colour: wantsColour(stream, process.env),
  };
}

/** Returns a text for a terminal, which may set colours and nothing else. */
const shown = (text: string): string =>
  text
    .split(/(\u001b\[[\d;]*m)/)
    .map((part, k) => (k % 2 === 1 ? part : withoutControls(part)))
    .join('');

/** `NO_COLOR` and `FORCE_COLOR` as other programs read them; otherwise a terminal gets colours. */
function wantsColour(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): boolean {
  if (environment['NO_COLOR']) return false;
  if (environment['FORCE_COLOR']) return environment['FORCE_COLOR'] !== '0';
  return Boolean(stream.isTTY) && environment['TERM'] !== 'dumb';
}
