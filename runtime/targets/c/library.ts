/** A compiled network as functions of JavaScript. */

import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import { koffi, type Koffi } from '../native.js';
import { trustJavaScript } from '../trust.js';

/** A pointer to a network. */
export type NetworkPointer = bigint | object;

/** The functions of `network.h`; long ones run on their own thread and return a promise. */
export interface NetworkLibrary {
  /** Allocates a network with buffers of known length; null if memory is insufficient. */
  create(): NetworkPointer | null;
  /** Frees all memory of a network. */
  destroy(network: NetworkPointer): void;
  /** Elements that a buffer, by its ordinal, has now. */
  length(network: NetworkPointer, buffer: number): number;
  /** Copies elements of a buffer. */
  read(network: NetworkPointer, buffer: number, offset: number, length: number, to: ArrayBufferView): void;
  /** Overwrites elements of a buffer. */
  write(network: NetworkPointer, buffer: number, offset: number, length: number, from: ArrayBufferView): void;
  /** Steps done. */
  step(network: NetworkPointer): number;
  /** Sets the number of steps done. */
  setStep(network: NetworkPointer, step: number): void;
  /** Fault bits that were raised. */
  faults(network: NetworkPointer): number;
  /** Performs one action of a list. @returns 0, or a negative code for insufficient memory or untrusted arithmetic */
  perform(network: NetworkPointer, list: number, action: number, threads: number): Promise<number>;
  /**
   * Runs at most the given steps or milliseconds (0: no limit). @returns the number of completed steps, or a negative
   * code
   */
  run(network: NetworkPointer, steps: number, threads: number, milliseconds: number): Promise<number>;
  /** Returns the ordinal and length of the buffer that could not be allocated. */
  lacking(network: NetworkPointer): { readonly buffer: number; readonly length: number };
  /** A bit for each check of this thread's arithmetic that fails. */
  trust(): number;
  /** A bit for each check that failed on a thread of the last call. */
  distrust(network: NetworkPointer): number;
}

const libraries = new Map<string, NetworkLibrary>();

/**
 * Loads a library for the lifetime of the process: its threads may outlive every session.
 *
 * @throws UsageError if the system refuses to load it, or if loading changes floating-point arithmetic
 */
export function loadLibrary(path: string): NetworkLibrary {
  const known = libraries.get(path);
  if (known !== undefined) return known;
  trustJavaScript('before compiled code is loaded');
  const library = open(path);
  trustJavaScript('after compiled code was loaded');
  libraries.set(path, library);
  return library;
}

function open(path: string): NetworkLibrary {
  const { load } = koffi();
  let native: ReturnType<Koffi['load']>;
  try {
    native = load(path);
  } catch (error) {
    throw new UsageError(
      `the compiled library ${path} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
      'if its folder is mounted noexec, set INTERNEURON_CACHE and TMPDIR to folders where programs may run',
    );
  }
  const declare = (prototype: string): ReturnType<typeof native.func> => native.func(prototype);
  const create = declare('void *network_create(void)');
  const destroy = declare('void network_destroy(void *)');
  const length = declare('uint64_t network_length(void *, uint32_t)');
  const read = declare('void network_read(void *, uint32_t, uint64_t, uint64_t, void *)');
  const write = declare('void network_write(void *, uint32_t, uint64_t, uint64_t, void *)');
  const step = declare('int32_t network_step(void *)');
  const setStep = declare('void network_set_step(void *, int32_t)');
  const faults = declare('uint32_t network_faults(void *)');
  const perform = declare('int32_t network_perform(void *, uint32_t, uint32_t, uint32_t)');
  const run = declare('int32_t network_run(void *, int32_t, uint32_t, uint32_t)');
  const lacking = declare('uint32_t network_lacking(void *, void *)');
  const trust = declare('uint32_t network_trust(void)');
  const distrust = declare('uint32_t network_distrust(void *)');
  const promise = (callee: typeof run, ...args: unknown[]): Promise<number> =>
    new Promise((resolve, reject) => {
      callee.async(...args, (error: Error | null, result: unknown) => {
        if (error) reject(error);
        else resolve(Number(result));
      });
    });
  return {
    create: () => create() as NetworkPointer | null,
    destroy: (network) => void destroy(network),
    length: (network, buffer) => Number(length(network, buffer)),
    read: (network, buffer, offset, count, to) => void read(network, buffer, offset, count, to),
    write: (network, buffer, offset, count, from) => void write(network, buffer, offset, count, from),
    step: (network) => Number(step(network)),
    setStep: (network, value) => void setStep(network, value),
    faults: (network) => Number(faults(network)),
    perform: (network, list, action, threads) => promise(perform, network, list, action, threads),
    run: (network, steps, threads, milliseconds) => promise(run, network, steps, threads, milliseconds),
    lacking: (network) => {
      const wanted = new BigUint64Array(1);
      const buffer = Number(lacking(network, wanted));
      return { buffer, length: Number(wanted[0] ?? 0n) };
    },
    trust: () => Number(trust()),
    distrust: (network) => Number(distrust(network)),
  };
}
