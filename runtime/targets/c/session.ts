/** A running program in compiled C. */

import { totalmem } from 'node:os';
import { InvariantError, UsageError, invariant } from '../../../src/diagnostics/diagnostic.js';
import type { GeneratedC } from '../../../src/codegen/c/generate.js';
import { trustChecks } from '../../../src/codegen/c/trust.js';
import type { Buffer, Program, TypedArray } from '../../../src/ir/program.js';
import { elementBytes } from '../../../src/ir/program.js';
import { snapshotMismatch } from '../snapshot-mismatch.js';
import { RequestQueue } from '../request-queue.js';
import type { Progress, Session, Snapshot } from '../target.js';
import { canonicaliseNaN, createArray, isSameKind } from '../../../src/ir/arrays.js';
import type { NetworkLibrary, NetworkPointer } from './library.js';

const pass = 'runtime/targets/c';
const noMemory = -1;
const distrusted = -2;

/**
 * Target duration of one native call in milliseconds, which bounds the waiting time of the main thread. Between two
 * calls the engine is idle, and a busy main thread delays the next call. So a call should outlast concurrent work of
 * the main thread, such as loading the HDF5 library.
 */
const turn = 100;

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`;

/** The error that names the failed arithmetic checks of this processor in its current mode. */
export function distrustError(failed: number): UsageError {
  const names = new Set(trustChecks.filter((_, k) => ((failed >>> k) & 1) === 1).map((check) => check.name));
  return new UsageError(
    `arithmetic on this machine cannot be trusted: ${[...names].join('; ')}`,
    'the C compiler violates IEEE 754: check $CC and its flags, or use --target wasm',
  );
}

/** Starts a session: memory with its initial values. @throws UsageError if the memory cannot be allocated */
export function startSession(
  program: Program,
  generated: GeneratedC,
  library: NetworkLibrary,
  threads: number,
): Session {
  return new CSession(program, generated, library, threads);
}

class CSession implements Session {
  readonly paced = true;
  readonly #program: Program;
  readonly #lists: ReadonlyMap<string, { readonly ordinal: number; readonly actions: number }>;
  readonly #library: NetworkLibrary;
  readonly #threads: number;
  readonly #ordinals: ReadonlyMap<string, number>;
  #network: NetworkPointer | null;
  #step = 0;
  readonly #requests = new RequestQueue(pass);

  constructor(program: Program, generated: GeneratedC, library: NetworkLibrary, threads: number) {
    this.#program = program;
    this.#library = library;
    this.#threads = threads;
    this.#lists = new Map(
      generated.lists.map(({ name, actions }, ordinal) => [ordinal === 0 ? '' : name, { ordinal, actions }]),
    );
    this.#ordinals = new Map(program.buffers.map(({ name }, ordinal) => [name, ordinal]));
    const failed = library.trust();
    if (failed !== 0) throw distrustError(failed);
    this.#network = library.create();
    if (this.#network === null) throw this.#memoryError(program.buffers);
    for (const buffer of program.buffers) if (typeof buffer.length === 'number') this.#fillInitial(buffer);
  }

  get step(): number {
    return this.#step;
  }

  get memory(): number {
    if (this.#network === null) return 0;
    return this.#program.buffers.reduce(
      (sum, { name, element }) => sum + this.#length(name) * elementBytes[element],
      0,
    );
  }

  #memoryError(buffers: readonly Buffer[]): UsageError {
    const bytes = buffers.reduce(
      (sum, { element, length }) => sum + (typeof length === 'number' ? length * elementBytes[element] : 0),
      0,
    );
    return new UsageError(
      `this machine cannot provide the ${gibibytes(bytes)} of memory that the model needs; it has ` +
        gibibytes(totalmem()),
      'reduce the model, or run it on a machine with more memory',
    );
  }

  #fillInitial({ name, element, initial }: Buffer): void {
    if (!ArrayBuffer.isView(initial)) return;
    invariant(initial.length <= this.#length(name), pass, `${name} has more initial values than elements`);
    invariant(isSameKind(initial, element), pass, `${name} holds ${element} and has other initial values`);
    this.#library.write(this.#pointer, this.#ordinal(name), 0, initial.length, initial);
  }

  get #pointer(): NetworkPointer {
    if (this.#network === null) throw new InvariantError(pass, 'the session was disposed');
    return this.#network;
  }

  #ordinal(name: string): number {
    const ordinal = this.#ordinals.get(name);
    invariant(ordinal !== undefined, pass, `no buffer is named ${name}`);
    return ordinal;
  }

  #buffer(name: string): Buffer {
    const buffer = this.#program.buffers[this.#ordinal(name)];
    invariant(buffer !== undefined, pass, `no buffer is named ${name}`);
    return buffer;
  }

  #length(name: string): number {
    return this.#library.length(this.#pointer, this.#ordinal(name));
  }

  #faulted(): boolean {
    return this.#library.faults(this.#pointer) !== 0;
  }

  /** Performs a list; ends early after a fault, because later lengths are then invalid. */
  async #perform(list: string, progress?: Progress): Promise<void> {
    const listOrdinal = this.#lists.get(list);
    invariant(listOrdinal !== undefined, pass, `no procedure is named ${list}`);
    const { schedule } = this.#program;
    const actions = list === '' ? schedule.initialise : (schedule.procedures[list] ?? []);
    for (const [k, action] of actions.entries()) {
      if (this.#requests.closed) return;
      const status = await this.#library.perform(this.#pointer, listOrdinal.ordinal, k, this.#threads);
      if (status === distrusted) throw distrustError(this.#library.distrust(this.#pointer));
      if (status === noMemory) throw this.#lackError();
      if (action.kind === 'allocate') for (const name of action.buffers) this.#fillInitial(this.#buffer(name));
      progress?.((k + 1) / actions.length);
      if (this.#faulted()) return;
    }
  }

  #lackError(): UsageError {
    const { buffer, length } = this.#library.lacking(this.#pointer);
    const lacking = this.#program.buffers[buffer];
    invariant(lacking !== undefined, pass, `no buffer ${buffer}`);
    return this.#memoryError([{ ...lacking, length }]);
  }

  initialise(progress?: Progress): Promise<void> {
    return this.#requests.add(() => this.#perform('', progress));
  }

  call(procedure: string): Promise<void> {
    invariant(procedure !== '' && this.#lists.has(procedure), pass, `no procedure is named ${procedure}`);
    return this.#requests.add(() => this.#perform(procedure));
  }

  run(steps: number): Promise<number> {
    return this.#requests.add(async () => {
      if (this.#requests.closed || steps === 0) return 0;
      const done = await this.#library.run(this.#pointer, steps, this.#threads, turn);
      if (done === distrusted) throw distrustError(this.#library.distrust(this.#pointer));
      this.#step += done;
      return done;
    });
  }

  read(buffer: string, offset?: number, length?: number): Promise<TypedArray> {
    return this.#requests.add(() => this.#read(buffer, offset, length));
  }

  #read(name: string, offset = 0, length = this.#length(name) - offset): TypedArray {
    invariant(offset >= 0 && length >= 0 && offset + length <= this.#length(name), pass, `reads outside ${name}`);
    const copy = createArray(this.#buffer(name).element, length);
    if (length > 0) this.#library.read(this.#pointer, this.#ordinal(name), offset, length, copy);
    canonicaliseNaN(copy);
    return copy;
  }

  write(buffer: string, data: TypedArray, offset?: number): Promise<void> {
    return this.#requests.add(() => this.#write(buffer, data, offset));
  }

  #write(name: string, data: TypedArray, offset = 0): void {
    invariant(offset >= 0 && offset + data.length <= this.#length(name), pass, `writes outside ${name}`);
    const { element } = this.#buffer(name);
    invariant(
      isSameKind(data, element),
      pass,
      `${data.constructor.name} is written to ${name}, which holds ${element}`,
    );
    if (data.length > 0) this.#library.write(this.#pointer, this.#ordinal(name), offset, data.length, data);
  }

  length(buffer: string): Promise<number> {
    return this.#requests.add(() => this.#length(buffer));
  }

  snapshot(): Promise<Snapshot> {
    return this.#requests.add(() => ({
      step: this.#step,
      buffers: new Map(
        this.#program.buffers.filter(({ role }) => role === 'state').map(({ name }) => [name, this.#read(name)]),
      ),
    }));
  }

  restore(snapshot: Snapshot): Promise<void> {
    return this.#requests.add(() => {
      for (const [name, data] of snapshot.buffers) {
        if (
          !this.#ordinals.has(name) ||
          data.length !== this.#length(name) ||
          !isSameKind(data, this.#buffer(name).element)
        ) {
          throw snapshotMismatch(name);
        }
      }
      for (const [name, data] of snapshot.buffers) this.#write(name, data);
      this.#step = snapshot.step;
      this.#library.setStep(this.#pointer, snapshot.step);
    });
  }

  async dispose(): Promise<void> {
    if (this.#requests.closed) return;
    await this.#requests.close();
    this.#library.destroy(this.#pointer);
    this.#network = null;
  }
}
