/**
 * Starts of other programs. A folder with models cannot choose the program: its path is absolute, from the absolute
 * folders of `PATH`, and the working folder is that of Node's program unless the caller makes a folder of its own.
 */

import {
  execFile,
  spawn,
  spawnSync,
  type ChildProcessByStdio,
  type ChildProcessWithoutNullStreams,
} from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { UsageError } from '../diagnostics/diagnostic.js';
import { memberOf } from '../diagnostics/member.js';

/** A running program whose standard streams are pipes. */
export type RunningProgram = ChildProcessWithoutNullStreams;

/** Conditions under which a program runs. */
export interface StartOptions {
  /** Working folder; default: the folder of Node's program. */
  readonly cwd?: string;
  /** Variables besides those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Longest time in ms; the program is killed after it. Default: 10 minutes. */
  readonly timeout?: number;
}

/** The outcome of a program; errors are not thrown. */
export interface Outcome {
  /** Exit code; undefined if the program could not be started or was ended by a signal. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether the longest time passed. */
  readonly isTimedOut: boolean;
}

/** Largest output of a program in bytes. */
const maxBuffer = 2 ** 30;

/** Returns the absolute folders of `PATH`: empty and relative entries depend on the current folder. */
const programFolders = (): readonly string[] => (process.env['PATH'] ?? '').split(delimiter).filter(isAbsolute);

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Returns the absolute path of a program, or undefined if there is none.
 *
 * @param name  name of a program on the `PATH`, or a path, which the user named
 */
export function programPath(name: string): string | undefined {
  const suffixes = process.platform === 'win32' ? ['.exe', '.com', ''] : [''];
  const places = /[/\\]/.test(name) ? [resolve(name)] : programFolders().map((folder) => join(folder, name));
  return places.flatMap((place) => suffixes.map((suffix) => `${place}${suffix}`)).find(isProgram);
}

/** Returns the options of a start: variables without entries of `PATH` that depend on the current folder. */
function optionsOf({ cwd = dirname(process.execPath), environment = {}, timeout = 10 * 60_000 }: StartOptions) {
  const inherited = Object.entries(process.env).filter(([name]) => name.toUpperCase() !== 'PATH');
  const env = {
    ...Object.fromEntries(inherited),
    ...environment,
    PATH: programFolders().join(delimiter),
    NoDefaultCurrentDirectoryInExePath: '1',
  };
  return { cwd, env, timeout, killSignal: 'SIGKILL', maxBuffer, encoding: 'utf8' } as const;
}

const isTimeout = (error: unknown): boolean =>
  memberOf(error, 'code') === 'ETIMEDOUT' || memberOf(error, 'killed') === true;

const notFound = (program: string): Outcome => ({
  status: undefined,
  stdout: '',
  stderr: `${program} is not on the PATH`,
  isTimedOut: false,
});

/** Runs a program without a shell, and waits for its end. */
export function outcomeOf([program = '', ...words]: readonly string[], options: StartOptions = {}): Outcome {
  const path = programPath(program);
  if (path === undefined) return notFound(program);
  const { status, stdout, stderr, error } = spawnSync(path, words, optionsOf(options));
  return {
    status: status ?? undefined,
    stdout: stdout ?? '',
    stderr: stderr || (error?.message ?? ''),
    isTimedOut: isTimeout(error),
  };
}

/** Runs a program without a shell. It ends with this process. */
export function runProgram([program = '', ...words]: readonly string[], options: StartOptions = {}): Promise<Outcome> {
  const path = programPath(program);
  if (path === undefined) return Promise.resolve(notFound(program));
  return new Promise((done) => {
    const child = execFile(path, words, optionsOf(options), (error, stdout, stderr) => {
      process.off('exit', stop);
      const code = error === null ? 0 : error.code;
      done({
        status: typeof code === 'number' ? code : undefined,
        stdout,
        stderr: stderr === '' && error ? error.message : stderr,
        isTimedOut: isTimeout(error),
      });
    });
    const stop = (): void => void child.kill('SIGKILL');
    process.once('exit', stop);
  });
}

/**
 * Starts a program without a shell or a longest time, and returns it while it runs.
 *
 * @param options.stdin  `inherit`: its standard input is that of this process
 * @param options.detached  whether signals of the terminal do not reach it
 * @throws UsageError if there is no such program
 */
export function startProgram(
  command: readonly string[],
  options: StartOptions & { readonly stdin: 'inherit' },
): ChildProcessByStdio<null, Readable, Readable>;
export function startProgram(
  command: readonly string[],
  options: StartOptions & { readonly detached?: boolean },
): ChildProcessWithoutNullStreams;
export function startProgram(
  [program = '', ...words]: readonly string[],
  { stdin = 'pipe', detached = false, ...options }: StartOptions & { stdin?: 'inherit' | 'pipe'; detached?: boolean },
): ChildProcessByStdio<null, Readable, Readable> | ChildProcessWithoutNullStreams {
  const path = programPath(program);
  if (path === undefined) throw new UsageError(notFound(program).stderr, 'install it, or add its folder to the PATH');
  const { cwd, env } = optionsOf(options);
  const common = { cwd, env, detached };
  return stdin === 'inherit'
    ? spawn(path, words, { ...common, stdio: ['inherit', 'pipe', 'pipe'] })
    : spawn(path, words, { ...common, stdio: ['pipe', 'pipe', 'pipe'] });
}
