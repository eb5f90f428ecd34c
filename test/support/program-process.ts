/** The bundled program as a process of its own, which can be sent signals and killed. */

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { inject } from 'vitest';
import { root } from './import-graph.js';

export interface Ended {
  /** Null if a signal ended it. */
  readonly code: number | null;
  /** The signal that ended it, if one did. */
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramProcess {
  readonly child: ChildProcess;
  /** All that it has printed so far. */
  printed(): string;
  readonly ended: Promise<Ended>;
}

export interface ProcessOptions {
  /** Added to the environment; undefined takes a variable away. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Its current folder; absent: the repository. */
  readonly cwd?: string;
  /** Runs as this user, which requires root. */
  readonly uid?: number;
  /** The most that a file may grow to, in blocks of 512 bytes. */
  readonly fileBlocks?: number;
  /** Descriptor of its standard output; absent: a pipe. */
  readonly stdout?: number;
}

/** Starts the program, in a group of processes of its own. */
export function startProgram(
  words: readonly string[],
  { environment = {}, cwd = root, uid, fileBlocks, stdout: output }: ProcessOptions = {},
): ProgramProcess {
  const limited = fileBlocks === undefined ? [] : ['sh', '-c', 'ulimit -f "$0"; exec "$@"', String(fileBlocks)];
  const [command = '', ...rest] = [...limited, process.execPath, inject('program'), ...words];
  const child = spawn(command, rest, {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ['ignore', output ?? 'pipe', 'pipe'],
    detached: true,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr?.on('data', (data: Buffer) => (stderr += data.toString()));
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr })),
  );
  return { child, printed: () => stdout + stderr, ended };
}

/** Waits until something holds. @throws when it does not within ten minutes */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 600_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`${what}: not within ten minutes`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
