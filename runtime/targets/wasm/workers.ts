/** The threads that compute: each has an instance of the module over the shared memory and executes commands. */

import { Worker } from 'node:worker_threads';
import { InvariantError, UsageError } from '../../../src/diagnostics/diagnostic.js';
import { trustChecks } from '../../../src/codegen/wasm/trust.js';
import { webAssembly, type WasmMemory, type WasmModule } from '../../webassembly.js';

/**
 * The code of a worker. It is text, so that the same worker starts from sources, from compiled files and from a bundle.
 * The trust microkernel runs before every request: a library loaded in between may have changed the processor's mode.
 */
const workerSource = `
'use strict';
const { parentPort, workerData } = require('node:worker_threads');
const kernels = new WebAssembly.Instance(workerData.module, { host: { memory: workerData.memory } }).exports;
parentPort.on('message', ({ name, args }) => {
  try {
    const distrust = kernels.trust();
    if (distrust !== 0) parentPort.postMessage({ distrust });
    else parentPort.postMessage({ result: kernels[name](...args) });
  } catch (error) {
    parentPort.postMessage({ failure: String(error && error.message) });
  }
});
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
  #workers: readonly Worker[] = [];
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
  #team(): readonly Worker[] {
    if (this.#workers.length > 0 || this.#ending) return this.#workers;
    const workerData = { module: this.#module, memory: this.#memory };
    this.#workers = Array.from({ length: this.#threads }, () => {
      const worker = new Worker(workerSource, { eval: true, workerData, execArgv: [], env: {} });
      // An idle worker does not keep the process alive.
      worker.unref();
      worker.on('error', (error) => {
        this.#failure = error;
      });
      return worker;
    });
    return this.#workers;
  }

  #ask(worker: Worker, name: string, args: readonly number[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        worker.off('message', onMessage);
        worker.off('error', onError);
        worker.off('exit', onExit);
        // The process must wait for the end of a terminated worker.
        if (!this.#ending) worker.unref();
      };
      const onMessage = (reply: Reply): void => {
        finish();
        const error = replyError(reply);
        if (error === undefined) resolve(reply.result);
        else reject(error);
      };
      const onError = (error: Error): void => {
        finish();
        reject(new InvariantError('runtime/targets/wasm', error.message));
      };
      const onExit = (): void => {
        finish();
        reject(new InvariantError('runtime/targets/wasm', 'a worker ended'));
      };
      worker.on('message', onMessage);
      worker.on('error', onError);
      worker.on('exit', onExit);
      worker.ref();
      worker.postMessage({ name, args });
    });
  }

  /**
   * Calls an exported function on as many threads, or on all there are, with the given arguments followed by the
   * thread's ordinal and the number of threads.
   *
   * @returns the result of the first thread
   * @throws UsageError if a thread's arithmetic cannot be trusted
   */
  async call(most: number, name: string, ...args: number[]): Promise<unknown> {
    if (this.#failure !== undefined) throw new InvariantError('runtime/targets/wasm', this.#failure.message);
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
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
