/** Starts the program of a simulator, and waits for its end. */

import { writeFileSync } from 'node:fs';
import { UsageError } from '../diagnostics/diagnostic.js';
import { systemCode } from '../diagnostics/system-error.js';
import { startProgram } from '../platform/start-program.js';
import type { Start } from './engines.js';

/** How a program runs. */
export interface ToolOptions {
  /** Working folder. */
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** The longest time in ms; absent: none. */
  readonly longest?: number;
  /** Receives the model time in s that the run has reached. */
  readonly onProgress?: (seconds: number) => void;
  /** When it aborts, the program is ended: in order if it can. */
  readonly signal?: AbortSignal;
}

/** A simulator that failed: its outputs have the reason. */
export class ToolError extends Error {
  constructor(
    message: string,
    readonly stdout: string,
    readonly stderr: string,
  ) {
    super(message);
    this.name = 'ToolError';
  }
}

/** Characters of an output that are kept: the last ones. */
const mostKept = 1 << 18;

/** Time in ms between asking a program to end at once and killing it. */
const patience = 3000;

const progressLine = /^interneuron-progress (\S+)$/;

/**
 * Runs a program to its end.
 *
 * @throws ToolError if it fails, is killed or takes too long
 * @throws the reason of the signal, unless the program ended in order
 */
export async function runTool({ words, isFailure, stopFile }: Start, options: ToolOptions): Promise<void> {
  const { folder, environment = {}, longest, onProgress, signal } = options;
  signal?.throwIfAborted();
  // Signals of the terminal reach this process, which then ends all of the program's processes.
  const child = startProgram(words, { cwd: folder, environment, detached: true });
  const kill = (how: NodeJS.Signals): void => {
    try {
      process.kill(-child.pid!, how);
    } catch {
      // It has ended.
    }
  };
  const stop = (): void => {
    kill('SIGTERM');
    setTimeout(() => kill('SIGKILL'), patience).unref();
  };
  let hasBegun = false;
  const end = (): void => {
    if (stopFile === undefined || !hasBegun) return stop();
    try {
      writeFileSync(stopFile, '');
    } catch {
      // The disk is full.
      stop();
    }
  };
  const atExit = (): void => kill('SIGKILL');
  process.once('exit', atExit);
  signal?.addEventListener('abort', end);
  let isLate = false;
  const timer = longest === undefined ? undefined : setTimeout(() => ((isLate = true), stop()), longest);
  const output = { stdout: '', stderr: '' };
  let line = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = `${line}${text}`.split('\n');
    line = lines.pop() ?? '';
    const others = lines.filter((one) => {
      const time = progressLine.exec(one)?.[1];
      if (time === undefined) return true;
      hasBegun = true;
      onProgress?.(Number(time));
      return false;
    });
    if (others.length > 0) output.stdout = `${output.stdout}${others.join('\n')}\n`.slice(-mostKept);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr = `${output.stderr}${text}`.slice(-mostKept);
  });
  child.stdin.end();
  try {
    const [code, by] = await new Promise<readonly [code: number | null, by: NodeJS.Signals | null]>((done, fail) => {
      child.on('error', fail);
      child.on('close', (status, killedBy) => done([status, killedBy]));
    });
    output.stdout += line;
    if (code !== 0 || !hasBegun || stopFile === undefined) signal?.throwIfAborted();
    const fail = (message: string, withOutput = true): never => {
      throw new ToolError(message, withOutput ? output.stdout : '', withOutput ? output.stderr : '');
    };
    if (isLate) fail(`it was stopped after ${longest! / 60_000} minutes`, false);
    if (by !== null) fail(`it was killed (${by}), perhaps because memory ran out`, false);
    if (code !== 0) fail(`Command failed: ${words.join(' ')}\n${output.stderr}`);
    if (isFailure?.(output.stdout) === true) throw new ToolError(output.stdout.slice(-2000), output.stdout, '');
  } catch (error) {
    if (error instanceof Error && systemCode(error) !== undefined)
      throw new UsageError(`${words[0]} cannot be started: ${error.message}`, 'check its installation');
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
    process.off('exit', atExit);
  }
}
