/** A running program on several processes: requests go to the first one, which performs them with the others. */

import { itemAt } from '../../../src/diagnostics/entry.js';
import { InvariantError, UsageError, invariant } from '../../../src/diagnostics/diagnostic.js';
import { canonicaliseNaN, createArray, isSameKind } from '../../../src/ir/arrays.js';
import type { Buffer as ProgramBuffer, Program, TypedArray } from '../../../src/ir/program.js';
import { elementBytes } from '../../../src/ir/program.js';
import type { RunningProgram } from '../../../src/platform/start-program.js';
import { RequestQueue } from '../request-queue.js';
import { snapshotMismatch } from '../snapshot-mismatch.js';
import type { Progress, Session, Snapshot } from '../target.js';

const pass = 'runtime/targets/mpi';

/** Operations of `mpi-server.hbs`. */
const operations = { quit: 0, length: 1, read: 2, write: 3, perform: 4, run: 5, setStep: 6, faults: 7, lacking: 9 };

const noMemory = -1;
const requestBytes = 32;
const answerBytes = 16;

/** Target duration of a run in milliseconds. */
const turn = 100;

/** Milliseconds after which processes that were asked to end are ended. */
const patience = 5000;

interface Request {
  readonly operation: keyof typeof operations;
  readonly buffer?: number;
  readonly offset?: number;
  readonly length?: number;
  readonly elementBytes?: number;
  readonly data?: TypedArray;
}

interface Answer {
  readonly value: number;
  readonly data: Buffer;
}

/** The stream of requests and answers. */
class Ranks {
  readonly #child: RunningProgram;
  readonly #threads: number;
  readonly #ended: Promise<void>;
  #received: Buffer[] = [];
  #size = 0;
  #errors = '';
  #failure: UsageError | undefined;
  #waiting: { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void } | undefined;

  constructor(child: RunningProgram, threads: number) {
    this.#child = child;
    this.#threads = threads;
    child.stdout.on('data', (data: Buffer) => {
      this.#received.push(data);
      this.#size += data.length;
      this.#answer();
    });
    child.stderr.on('data', (data: Buffer) => {
      this.#errors = `${this.#errors}${data.toString()}`.slice(-20_000);
    });
    // Its end is reported by `close`.
    child.stdin.on('error', () => undefined);
    this.#ended = new Promise((resolve) => {
      const end = (how: string): void => {
        this.#failure ??= new UsageError(
          `the processes of MPI have ended: ${this.#reason(how)}`,
          'if memory was short, fewer ranks (--ranks) have more each; a run with --checkpoint can be continued',
        );
        this.#waiting?.reject(this.#failure);
        this.#waiting = undefined;
        resolve();
      };
      child.on('error', (error) => end(error.message));
      child.on('close', (code, signal) => end(signal ?? `exit code ${code}`));
    });
  }

  /** Returns the most informative line of the messages. */
  #reason(how: string): string {
    const killed = /\brank (\d+)\b[\s\S]*?\bsignal (\d+)(?: \((\w[\w ]*)\))?/.exec(this.#errors);
    if (killed)
      return `rank ${killed[1]} was ended by signal ${killed[2]}${killed[3] === undefined ? '' : ` (${killed[3]})`}`;
    const lines = this.#errors.split('\n').map((line) => line.trim());
    const line = lines.find((one) => one.startsWith('error: ')) ?? lines.find((one) => /signal|abort|rank/i.test(one));
    return line?.replace(/^error: /, '') ?? how;
  }

  #answer(): void {
    if (this.#size < answerBytes || !this.#waiting) return;
    const all = this.#received.length === 1 ? itemAt(this.#received, 0) : Buffer.concat(this.#received);
    this.#received = [all];
    const bytes = Number(all.readBigUInt64LE(8));
    if (all.length < answerBytes + bytes) return;
    const rest = all.subarray(answerBytes + bytes);
    this.#received = rest.length === 0 ? [] : [rest];
    this.#size = rest.length;
    const { resolve } = this.#waiting;
    this.#waiting = undefined;
    resolve({ value: Number(all.readBigInt64LE(0)), data: all.subarray(answerBytes, answerBytes + bytes) });
  }

  #send({ operation, buffer = 0, offset = 0, length = 0, elementBytes: bytes = 0, data }: Request): void {
    const request = Buffer.alloc(requestBytes);
    request.writeUInt32LE(operations[operation], 0);
    request.writeUInt32LE(buffer, 4);
    request.writeBigUInt64LE(BigInt(offset), 8);
    request.writeBigUInt64LE(BigInt(length), 16);
    request.writeUInt32LE(bytes, 24);
    request.writeUInt32LE(this.#threads, 28);
    this.#child.stdin.write(request);
    if (data) this.#child.stdin.write(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }

  request(request: Request): Promise<Answer> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#send(request);
    });
  }

  async end(): Promise<void> {
    if (!this.#failure) {
      this.#send({ operation: 'quit' });
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), patience);
      await this.#ended;
      clearTimeout(timer);
    }
  }
}

/** Starts a session on processes that have been started. */
export async function startSession(
  program: Program,
  lists: readonly { readonly name: string }[],
  child: RunningProgram,
  threads: number,
): Promise<Session> {
  const session = new MpiSession(program, lists, new Ranks(child, threads));
  try {
    await session.fill();
    return session;
  } catch (error) {
    await session.dispose();
    throw error;
  }
}

class MpiSession implements Session {
  readonly paced = true;
  readonly #program: Program;
  readonly #lists: ReadonlyMap<string, number>;
  readonly #ranks: Ranks;
  readonly #ordinals: ReadonlyMap<string, number>;
  readonly #requests = new RequestQueue(pass);
  #memory = 0;
  #step = 0;

  constructor(program: Program, lists: readonly { readonly name: string }[], ranks: Ranks) {
    this.#program = program;
    this.#ranks = ranks;
    this.#lists = new Map(lists.map(({ name }, ordinal) => [ordinal === 0 ? '' : name, ordinal]));
    this.#ordinals = new Map(program.buffers.map(({ name }, ordinal) => [name, ordinal]));
  }

  get step(): number {
    return this.#step;
  }

  get memory(): number {
    return this.#memory;
  }

  #ordinal(name: string): number {
    const ordinal = this.#ordinals.get(name);
    invariant(ordinal !== undefined, pass, `no buffer is named ${name}`);
    return ordinal;
  }

  #buffer(name: string): ProgramBuffer {
    const buffer = this.#program.buffers[this.#ordinal(name)];
    invariant(buffer !== undefined, pass, `no buffer is named ${name}`);
    return buffer;
  }

  /** Gives buffers of known length their first values. */
  async fill(): Promise<void> {
    for (const { name, length } of this.#program.buffers) if (typeof length === 'number') await this.#fillInitial(name);
  }

  async #fillInitial(name: string): Promise<void> {
    const { initial, element } = this.#buffer(name);
    this.#memory += (await this.#length(name)) * elementBytes[element];
    if (ArrayBuffer.isView(initial)) await this.#write(name, initial);
  }

  async #length(name: string): Promise<number> {
    return (await this.#ranks.request({ operation: 'length', buffer: this.#ordinal(name) })).value;
  }

  async #faulted(): Promise<boolean> {
    return (await this.#ranks.request({ operation: 'faults' })).value !== 0;
  }

  /** Performs a list; ends early after a fault, because later lengths are then invalid. */
  async #perform(name: string, progress?: Progress): Promise<void> {
    const list = this.#lists.get(name);
    invariant(list !== undefined, pass, `no procedure is named ${name}`);
    const { schedule } = this.#program;
    const actions = name === '' ? schedule.initialise : (schedule.procedures[name] ?? []);
    for (const [k, action] of actions.entries()) {
      if (this.#requests.closed) return;
      const { value } = await this.#ranks.request({ operation: 'perform', buffer: list, offset: k });
      if (value === noMemory) {
        const { value: lacking } = await this.#ranks.request({ operation: 'lacking' });
        const buffer = this.#program.buffers[lacking];
        throw new UsageError(
          `a rank has no memory for ${buffer?.comment ?? 'the network'}`,
          'use fewer ranks (--ranks), or machines with more memory: each rank builds whole projections',
        );
      }
      if (action.kind === 'allocate') for (const buffer of action.buffers) await this.#fillInitial(buffer);
      progress?.((k + 1) / actions.length);
      if (await this.#faulted()) return;
    }
  }

  initialise(progress?: Progress): Promise<void> {
    return this.#requests.add(() => this.#perform('', progress));
  }

  call(procedure: string): Promise<void> {
    return this.#requests.add(() => this.#perform(procedure));
  }

  run(steps: number): Promise<number> {
    return this.#requests.add(async () => {
      if (this.#requests.closed || steps === 0) return 0;
      const length = Math.min(steps, 0x7fffffff);
      const { value } = await this.#ranks.request({ operation: 'run', offset: turn, length });
      if (value < 0) throw new InvariantError(pass, `a run ended with ${value}`);
      this.#step += value;
      return value;
    });
  }

  read(buffer: string, offset?: number, length?: number): Promise<TypedArray> {
    return this.#requests.add(() => this.#read(buffer, offset, length));
  }

  async #read(name: string, offset = 0, wanted?: number): Promise<TypedArray> {
    const { element } = this.#buffer(name);
    const length = wanted ?? (await this.#length(name)) - offset;
    const copy = createArray(element, length);
    if (length === 0) return copy;
    const bytes = elementBytes[element];
    const place = { buffer: this.#ordinal(name), offset, length, elementBytes: bytes };
    const { data } = await this.#ranks.request({ operation: 'read', ...place });
    new Uint8Array(copy.buffer).set(data);
    canonicaliseNaN(copy);
    return copy;
  }

  write(buffer: string, data: TypedArray, offset?: number): Promise<void> {
    return this.#requests.add(() => this.#write(buffer, data, offset));
  }

  async #write(name: string, data: TypedArray, offset = 0): Promise<void> {
    const { element } = this.#buffer(name);
    invariant(isSameKind(data, element), pass, `${name} holds ${element}`);
    if (data.length === 0) return;
    const place = { buffer: this.#ordinal(name), offset, length: data.length, elementBytes: elementBytes[element] };
    await this.#ranks.request({ operation: 'write', ...place, data });
  }

  length(buffer: string): Promise<number> {
    return this.#requests.add(() => this.#length(buffer));
  }

  snapshot(): Promise<Snapshot> {
    return this.#requests.add(async () => {
      const buffers = new Map<string, TypedArray>();
      for (const { name, role } of this.#program.buffers)
        if (role === 'state') buffers.set(name, await this.#read(name));
      return { step: this.#step, buffers };
    });
  }

  restore(snapshot: Snapshot): Promise<void> {
    return this.#requests.add(async () => {
      for (const [name, data] of snapshot.buffers)
        if (!this.#ordinals.has(name) || data.length !== (await this.#length(name))) throw snapshotMismatch(name);
      for (const [name, data] of snapshot.buffers) await this.#write(name, data);
      await this.#ranks.request({ operation: 'setStep', length: snapshot.step });
      this.#step = snapshot.step;
    });
  }

  async dispose(): Promise<void> {
    if (this.#requests.closed) return;
    await this.#requests.close();
    await this.#ranks.end();
  }
}
