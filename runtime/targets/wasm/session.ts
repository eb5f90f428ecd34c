/** A running program on WebAssembly. */

import { InvariantError, invariant } from '../../../src/diagnostics/diagnostic.js';
import type { Segment } from '../../../src/codegen/wasm/driver.js';
import type { WasmModuleText } from '../../../src/codegen/wasm/generate.js';
import type { TypedArray } from '../../../src/ir/program.js';
import { snapshotMisfit } from '../misfit.js';
import type { Progress, Session, Snapshot } from '../target.js';
import { SessionMemory } from './memory.js';
import type { WasmModule } from './webassembly.js';
import { Workers } from './workers.js';

/** Starts a session: memory with its initial values, and threads that hold the module. */
export function startSession(generated: WasmModuleText, module: WasmModule, threads: number): Session {
  return new WasmSession(generated, module, threads);
}

class WasmSession implements Session {
  readonly #generated: WasmModuleText;
  readonly #memory: SessionMemory;
  readonly #workers: Workers;
  #step = 0;
  #queue: Promise<unknown> = Promise.resolve();
  #disposed = false;

  constructor(generated: WasmModuleText, module: WasmModule, threads: number) {
    this.#generated = generated;
    this.#memory = new SessionMemory(generated.layout);
    this.#workers = new Workers(module, this.#memory.memory, threads);
  }

  get step(): number {
    return this.#step;
  }

  get memory(): number {
    return this.#memory.bytes;
  }

  /** One request after another: a read waits for the run before it. */
  #enqueue<Result>(task: () => Result | Promise<Result>): Promise<Result> {
    const result = this.#queue.then(() => {
      if (this.#disposed) throw new InvariantError('runtime/targets/wasm', 'the session was disposed');
      return task();
    });
    this.#queue = result.catch(() => undefined);
    return result;
  }

  #faulted(): boolean {
    return this.#generated.layout.buffers.has('faults') && this.#memory.read('faults', 0, 1)[0] !== 0;
  }

  /** Runs an action list; ends early after a fault, which makes the lengths of what follows meaningless. */
  async #runSegments(segments: readonly Segment[], progress?: Progress): Promise<void> {
    for (const [k, segment] of segments.entries()) {
      if (segment.kind === 'call') await this.#workers.call(segment.export, this.#step);
      else if (segment.kind === 'allocate') this.#memory.allocate(segment.buffers);
      else this.#memory.release(segment.buffers);
      progress?.((k + 1) / segments.length);
      if (this.#faulted()) return;
    }
  }

  initialise(progress?: Progress): Promise<void> {
    return this.#enqueue(() => this.#runSegments(this.#generated.initialise, progress));
  }

  run(steps: number): Promise<number> {
    return this.#enqueue(async () => {
      const done = Number(await this.#workers.call('run', this.#step, Math.min(steps, 0x7fffffff)));
      this.#step += done;
      return done;
    });
  }

  call(procedure: string): Promise<void> {
    const segments = this.#generated.procedures[procedure];
    invariant(segments !== undefined, 'runtime/targets/wasm', `no procedure is named ${procedure}`);
    return this.#enqueue(() => this.#runSegments(segments));
  }

  read(buffer: string, offset?: number, length?: number): Promise<TypedArray> {
    return this.#enqueue(() => this.#memory.read(buffer, offset, length));
  }

  write(buffer: string, data: TypedArray, offset?: number): Promise<void> {
    return this.#enqueue(() => this.#memory.write(buffer, data, offset));
  }

  length(buffer: string): Promise<number> {
    return this.#enqueue(() => this.#memory.length(buffer));
  }

  snapshot(): Promise<Snapshot> {
    return this.#enqueue(() => ({
      step: this.#step,
      buffers: new Map(this.#memory.stateBuffers.map((name) => [name, this.#memory.read(name)])),
    }));
  }

  restore(snapshot: Snapshot): Promise<void> {
    return this.#enqueue(() => {
      for (const [name, data] of snapshot.buffers) {
        if (!this.#memory.holds(name, data)) throw snapshotMisfit(name);
      }
      for (const [name, data] of snapshot.buffers) this.#memory.write(name, data);
      this.#step = snapshot.step;
    });
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#memory.requestStop(true);
    await this.#queue;
    this.#disposed = true;
    await this.#workers.terminate();
  }
}
