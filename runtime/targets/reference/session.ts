/** A session of the reference target: buffers, the schedule, snapshots. */

import { UsageError, invariant } from '../../../src/diagnostics/diagnostic.js';
import { copyInto, createArray } from '../../../src/ir/arrays.js';
import {
  type Cell,
  canonicaliseNaN,
  cellArray,
  createCell,
  createSlot,
  isTypedArray,
  setCellArray,
} from '../../../src/ir/cells.js';
import { compileFunctions } from '../../../src/ir/evaluate.js';
import { faultsBuffer } from '../../../src/ir/names.js';
import { type Action, type Buffer, type Program, type TypedArray, elementBytes } from '../../../src/ir/program.js';
import { snapshotMismatch } from '../snapshot-mismatch.js';
import type { Progress, Session, Snapshot } from '../target.js';
import { type Machine, compileKernel, extentValue, readElement } from './kernels.js';

const pass = 'reference target';

/** Milliseconds of work after which the event loop runs. */
const turn = 50;

/** A session with all buffers of known length allocated and all kernels compiled. */
export function startSession(program: Program): Session {
  return new ReferenceSession(program);
}

class ReferenceSession implements Session {
  readonly #program: Program;
  readonly #buffers: ReadonlyMap<string, Buffer>;
  readonly #machine: Machine;
  readonly #kernels: ReadonlyMap<string, () => void>;
  #disposed = false;

  constructor(program: Program) {
    this.#program = program;
    this.#buffers = new Map(program.buffers.map((buffer) => [buffer.name, buffer]));
    const cells = new Map(program.buffers.map((buffer) => [buffer.name, createCell(buffer.name, buffer.element)]));
    for (const buffer of program.buffers) {
      const cell = cells.get(buffer.name);
      if (cell && typeof buffer.length === 'number') setCellArray(cell, initialElements(buffer, buffer.length));
    }
    const step = createSlot('i32');
    invariant(step.kind === 'number', pass, 'the step is a number');
    this.#machine = {
      cells,
      functions: compileFunctions(program.functions),
      events: new Map(program.events.map((event) => [event.name, event])),
      logs: new Map(program.logs.map((log) => [log.name, log])),
      step,
    };
    this.#kernels = new Map(program.kernels.map((kernel) => [kernel.name, compileKernel(kernel, this.#machine)]));
  }

  get step(): number {
    return this.#machine.step.value[0] ?? 0;
  }

  get memory(): number {
    let bytes = 0;
    for (const cell of this.#machine.cells.values()) bytes += cellArray(cell).byteLength;
    return bytes;
  }

  async initialise(progress?: Progress): Promise<void> {
    await this.#perform(this.#program.schedule.initialise, progress);
  }

  async call(procedure: string): Promise<void> {
    const actions = this.#program.schedule.procedures[procedure];
    invariant(actions, pass, `no procedure ${procedure}`);
    await this.#perform(actions);
  }

  async run(steps: number): Promise<number> {
    let done = 0;
    let since = performance.now();
    while (done < steps && !this.#faulted() && this.#logsHaveRoom()) {
      this.#runStep();
      done += 1;
      if (performance.now() - since > turn) {
        await giveWay();
        since = performance.now();
      }
    }
    return done;
  }

  #runStep(): void {
    const { step } = this;
    for (const entry of this.#program.schedule.step) {
      if (step >= entry.offset && (step - entry.offset) % entry.every === 0) this.#runKernel(entry.kernel);
    }
    this.#machine.step.value[0] = step + 1;
  }

  #runKernel(name: string): void {
    invariant(!this.#disposed, pass, 'the session was disposed');
    const kernel = this.#kernels.get(name);
    invariant(kernel, pass, `no kernel ${name}`);
    kernel();
  }

  async #perform(actions: readonly Action[], progress?: Progress): Promise<void> {
    let since = performance.now();
    for (const [k, action] of actions.entries()) {
      switch (action.kind) {
        case 'run':
          this.#runKernel(action.kernel);
          break;
        case 'allocate':
          action.buffers.forEach((name) => this.#allocate(name));
          break;
        case 'release':
          action.buffers.forEach((name) => this.#release(name));
          break;
      }
      progress?.((k + 1) / actions.length);
      // After a fault, later lengths are invalid.
      if (this.#faulted()) return;
      if (performance.now() - since > turn) {
        await giveWay();
        since = performance.now();
      }
    }
  }

  #release(name: string): void {
    const buffer = this.#buffers.get(name);
    invariant(buffer, pass, `no buffer ${name}`);
    setCellArray(this.#cell(name), initialElements(buffer, 0));
  }

  #allocate(name: string): void {
    const buffer = this.#buffers.get(name);
    invariant(buffer, pass, `no buffer ${name}`);
    const length = extentValue(`allocate ${name}`, buffer.length, this.#machine.cells);
    setCellArray(this.#cell(name), initialElements(buffer, length));
  }

  #faulted(): boolean {
    const cell = this.#machine.cells.get(faultsBuffer);
    return cell !== undefined && readElement('fault check', cell, 0) !== 0;
  }

  #logsHaveRoom(): boolean {
    return this.#program.logs.every(
      (log) =>
        readElement(`log ${log.name}`, this.#cell(log.cursor.buffer), log.cursor.index) + log.maxRowsPerStep <=
        log.capacity,
    );
  }

  #cell(name: string): Cell {
    const cell = this.#machine.cells.get(name);
    invariant(cell, pass, `no buffer is named ${name}`);
    return cell;
  }

  async length(buffer: string): Promise<number> {
    return cellArray(this.#cell(buffer)).length;
  }

  async read(buffer: string, offset = 0, length?: number): Promise<TypedArray> {
    const array = cellArray(this.#cell(buffer));
    const end = length === undefined ? array.length : offset + length;
    invariant(offset >= 0 && end >= offset && end <= array.length, pass, `reads outside ${buffer}`);
    return array.slice(offset, end);
  }

  async write(buffer: string, data: TypedArray, offset = 0): Promise<void> {
    const cell = this.#cell(buffer);
    const array = cellArray(cell);
    invariant(offset >= 0 && offset + data.length <= array.length, pass, `writes outside ${buffer}`);
    invariant(
      data.constructor === array.constructor,
      pass,
      `${data.constructor.name} is written to ${buffer}, which holds ${cell.element}`,
    );
    copyInto(array, data, offset);
    canonicaliseNaN(cell, offset, offset + data.length);
  }

  async snapshot(): Promise<Snapshot> {
    const state = this.#program.buffers.filter((buffer) => buffer.role === 'state');
    return { step: this.step, buffers: new Map(state.map(({ name }) => [name, cellArray(this.#cell(name)).slice()])) };
  }

  async restore(snapshot: Snapshot): Promise<void> {
    for (const [name, saved] of snapshot.buffers) {
      const cell = this.#machine.cells.get(name);
      if (!cell || cellArray(cell).length !== saved.length || cellArray(cell).constructor !== saved.constructor) {
        throw snapshotMismatch(name);
      }
    }
    for (const [name, saved] of snapshot.buffers) copyInto(cellArray(this.#cell(name)), saved, 0);
    this.#machine.step.value[0] = snapshot.step;
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    for (const cell of this.#machine.cells.values()) setCellArray(cell, createArray(cell.element, 0));
  }
}

function initialElements(buffer: Buffer, length: number): TypedArray {
  const array = allocateArray(buffer, length);
  const { initial } = buffer;
  if (initial === undefined) return array;
  if (isTypedArray(initial)) copyInto(array, initial, 0);
  else if (array instanceof BigInt64Array) array.fill(BigInt(initial.fill));
  else array.fill(Number(initial.fill));
  return array;
}

function allocateArray(buffer: Buffer, length: number): TypedArray {
  try {
    return createArray(buffer.element, length);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const bytes = length * elementBytes[buffer.element];
    throw new UsageError(
      `buffer ${buffer.name} needs ${bytes} bytes, which this machine cannot provide`,
      'use a smaller model or another target',
    );
  }
}

const giveWay = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });
