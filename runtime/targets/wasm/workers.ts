/** The threads that compute: each has an instance of the module over the shared memory and executes commands. */

import { platform } from '#platform';
import { InvariantError, UsageError } from '../../../src/diagnostics/diagnostic.js';
import { trustChecks } from '../../../src/codegen/wasm/trust.js';
import type { Thread } from '../../../src/platform/platform.js';
import { webAssembly, type WasmMemory, type WasmModule } from '../../webassembly.js';

/**
 * The code of a worker (`Platform.startThread`). The trust microkernel runs before every request: a library loaded in
 * between may have changed the processor's mode.
 */
const workerSource = `
({ module, memory }) => {
  const kernels = new WebAssembly.Instance(module, { host: { memory } }).exports;
  return ({ name, args }) => {
    try {
      const distrust = kernels.trust();
      return distrust !== 0 ? { distrust } : { result: kernels[name](...args) };
    } catch (error) {
      return { failure: String(error && error.message) };
    }
  };
}
`;

interface Reply {
  readonly result?: unknown;
  /** Bits of the failed checks of this processor. */
  readonly distrust?: number;
  /** The failure that stopped the worker. */
  readonly failure?: string;
}

/** The error that names the failed arithmetic checks of this processor in its current mode. */
export function distrustError(failed: number): UsageError {
  const names = new Set(trustChecks.filter((_, k) => ((failed >> k) & 1) === 1).map((check) => check.name));
  return new UsageError(
    `arithmetic on this machine cannot be trusted: ${[...names].join('; ')}`,
    "a library loaded into this process may have changed the processor's mode, such as one built with " +
      '-ffast-math; run without it',
  );
}

function replyError(reply: Reply): Error | undefined {
  if (reply.distrust !== undefined) return distrustError(reply.distrust);
  if (reply.failure === undefined) return undefined;
  return new InvariantError('runtime/targets/wasm', `a worker stopped: ${reply.failure}`);
}

/** Threads that run a module's functions together. */
export class Workers {
  #workers: readonly Thread[] = [];
  readonly #threads: number;
  readonly #module: WasmModule;
  readonly #memory: WasmMemory;
  #here: Readonly<Record<string, unknown>> | undefined;
  #failure: Error | undefined;
  #ending = false;

  constructor(module: WasmModule, memory: WasmMemory, threads: number) {
    this.#module = module;
    this.#memory = memory;
    this.#threads = threads;
  }

  /** Whether there are threads by now. */
  get started(): boolean {
    return this.#workers.length > 0;
  }

  /** The threads, which start when they are first asked for something: short runs never do. */
  #team(): readonly Thread[] {
    if (this.#workers.length > 0 || this.#ending) return this.#workers;
    const data = { module: this.#module, memory: this.#memory };
    const start = platform.startThread;
    if (start) this.#workers = Array.from({ length: this.#threads }, () => start(workerSource, data));
    return this.#workers;
  }

  async #ask(worker: Thread, name: string, args: readonly number[]): Promise<unknown> {
    let reply: Reply;
    try {
      reply = (await worker.ask({ name, args })) as Reply;
    } catch (error) {
      throw new InvariantError('runtime/targets/wasm', error instanceof Error ? error.message : String(error));
    }
    const failure = replyError(reply);
    if (failure) throw failure;
    return reply.result;
  }

  /**
   * Calls an exported function on as many threads, or on all there are, with the given arguments followed by the
   * thread's ordinal and the number of threads. Where no threads can be started, the caller's own thread computes.
   *
   * @returns the result of the first thread
   * @throws UsageError if a thread's arithmetic cannot be trusted
   */
  async call(most: number, name: string, ...args: number[]): Promise<unknown> {
    if (this.#failure !== undefined) throw new InvariantError('runtime/targets/wasm', this.#failure.message);
    if (!platform.startThread) return this.callHere(name, ...args);
    const team = this.#team().slice(0, most);
    const calls = team.map((worker, thread) => this.#ask(worker, name, [...args, thread, team.length]));
    try {
      const [first] = await Promise.all(calls);
      return first;
    } catch (error) {
      // Other threads may be waiting for this one for ever.
      this.#failure = error instanceof Error ? error : new Error(String(error));
      await this.terminate();
      await Promise.allSettled(calls);
      throw error;
    }
  }

  /**
   * Calls an exported function on the caller's own thread, as its only one: short calls end before another thread would
   * have begun them.
   *
   * @returns its result
   * @throws UsageError if this thread's arithmetic cannot be trusted
   */
  callHere(name: string, ...args: number[]): unknown {
    if (this.#failure !== undefined) throw new InvariantError('runtime/targets/wasm', this.#failure.message);
    const { trust, [name]: wanted } = (this.#here ??= new webAssembly.Instance(this.#module, {
      host: { memory: this.#memory },
    }).exports) as Readonly<Record<string, (...given: readonly number[]) => unknown>>;
    const distrust = Number(trust?.());
    if (distrust !== 0) throw distrustError(distrust);
    try {
      return wanted?.(...args, 0, 1);
    } catch (error) {
      this.#failure = new InvariantError('runtime/targets/wasm', `a call stopped: ${String(error)}`);
      throw this.#failure;
    }
  }

  /** Ends all threads in any state. */
  async terminate(): Promise<void> {
    this.#ending = true;
    await Promise.all(this.#workers.map((worker) => worker.end()));
  }
}
