/** Runs workers, watches their time, and collects the inputs that broke something. */

import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { inputsOf, type FuzzNotation } from './inputs.js';

/** Longest that one input may take, in ms: a comparison runs a model a dozen times. */
const longest: Readonly<Record<Purpose, number>> = { breakage: 5000, differential: 120_000 };
/** Until the first input, modules are loaded. */
const longestStart = 120_000;
/** Heap of a worker in MB. */
const heap = 1024;

/** An input that broke something. */
export interface Breakage {
  readonly ordinal: number;
  readonly why: string;
  readonly input: Uint8Array;
}

/** The outcome of a number of inputs. */
export interface Campaign {
  readonly accepted: number;
  readonly refused: number;
  readonly broken: readonly Breakage[];
  /** Which input took the longest, in ms by the clock. */
  readonly worst: { readonly ordinal: number; readonly ms: number };
  /** The most memory that a worker had, in bytes, and at which input. */
  readonly memory: { readonly ordinal: number; readonly bytes: number };
  /** Processor time of all inputs, in ms. */
  readonly taken: number;
}

/** Sums over inputs that are fed. */
interface Counts {
  accepted: number;
  refused: number;
  worst: Campaign['worst'];
  memory: Campaign['memory'];
  taken: number;
}

/**
 * Builds the worker with all its imports as one program of plain JavaScript: it starts sooner than from the sources,
 * and its functions are not given their names each time that they are made, which takes a third of the time.
 *
 * It lies in the repository, near its packages and fixtures, until `removeWorker`.
 */
async function bundledWorker(): Promise<string> {
  const { bundle } = await import('../../scripts/bundle.js');
  // Its templates are read from the folder of the code that reads them.
  await bundle({ 'chunks/worker': fileURLToPath(new URL('worker.ts', import.meta.url)) }, folder);
  return join(folder, 'chunks/worker.js');
}

const folder = fileURLToPath(new URL(`../../out/fuzz-worker-${process.pid}`, import.meta.url));

/** Removes the program that `campaign` built. */
export function removeWorker(): void {
  rmSync(folder, { recursive: true, force: true });
}

let built: Promise<string> | undefined;

/** The purpose of inputs: to break a stage, or to disagree between notations and engines. */
export type Purpose = 'breakage' | 'differential';

/** Feeds `count` inputs from `first` on. */
export async function campaign(
  notation: FuzzNotation,
  seed: number,
  first: number,
  count: number,
  purpose: Purpose = 'breakage',
): Promise<Campaign> {
  const counts: Counts = {
    ...{ accepted: 0, refused: 0, taken: 0 },
    worst: { ordinal: first, ms: 0 },
    memory: { ordinal: first, bytes: 0 },
  };
  const broken: Breakage[] = [];
  const make = inputsOf(notation, seed);
  const add = (ordinal: number, why: string): void => {
    broken.push({ ordinal, why, input: make(ordinal) });
  };
  const worker = await (built ??= bundledWorker());
  for (let next = first; next < first + count;) {
    const { ordinal, ended } = await work(
      [worker, notation, seed, next, first + count - next, purpose].map(String),
      next,
      longest[purpose],
      add,
      counts,
    );
    if (ended !== null) add(ordinal, ended);
    next = ordinal + 1;
  }
  return { ...counts, broken };
}

/** One worker; yields the last input that it took, and why it ended, if not by itself. */
function work(
  program: readonly string[],
  first: number,
  most: number,
  add: (ordinal: number, why: string) => void,
  counts: Counts,
): Promise<{ readonly ordinal: number; readonly ended: string | null }> {
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      [
        `--max-old-space-size=${heap}`,
        // Most memory that an input leaves is young: a larger nursery is collected less often.
        '--max-semi-space-size=64',
        ...program,
      ],
      { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] },
    );
    let ordinal = first;
    let late = false;
    let used = 0;
    let waits = 0;
    // On a busy machine time passes while the worker waits; the limit counts its processor time.
    const tooLong = (): void => {
      waits += 1;
      if (waits < 12 && processorTime(child.pid) - used < most) {
        watch = setTimeout(tooLong, most);
        return;
      }
      late = true;
      child.kill('SIGKILL');
    };
    let watch = setTimeout(tooLong, longestStart);
    let complaint = '';
    child.stderr!.on('data', (chunk: Buffer) => (complaint = `${complaint}${chunk.toString()}`.slice(-2000)));
    const lines = createInterface({ input: child.stdio[3] as Readable });
    lines.on('line', (line) => {
      const said = JSON.parse(line) as {
        readonly ordinal?: number;
        readonly outcome?: 'accepted' | 'refused';
        readonly broken?: string;
        readonly ms?: number;
        readonly taken?: number;
        readonly memory?: number;
      };
      if (said.outcome) counts[said.outcome] += 1;
      counts.taken += said.taken ?? 0;
      if (said.ms !== undefined && said.ms > counts.worst.ms) counts.worst = { ordinal, ms: Math.round(said.ms) };
      if (said.memory !== undefined && said.memory > counts.memory.bytes)
        counts.memory = { ordinal, bytes: said.memory };
      if (said.ordinal !== undefined) {
        ordinal = said.ordinal;
        used = processorTime(child.pid);
        waits = 0;
        clearTimeout(watch);
        watch = setTimeout(tooLong, most);
      }
      if (said.broken !== undefined) add(ordinal, said.broken);
    });
    child.on('close', (code, signal) => {
      clearTimeout(watch);
      const why = late ? `more than ${most} ms` : `the process ended (${signal ?? code}): ${complaint}`;
      resolve({ ordinal, ended: code === 0 ? null : why });
    });
  });
}

/** Returns the processor time in ms that a process took; Infinity if the system does not state it. */
function processorTime(pid: number | undefined): number {
  try {
    // Fields 14 and 15 of the line, in hundredths of a second (proc(5)); the name in field 2 may hold spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /, '')
      .split(' ');
    return 10 * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return Infinity;
  }
}
