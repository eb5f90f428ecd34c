/** The interface of a session to a device, for any driver. */

import type { DeviceSizes, Launch, Size } from '../../../src/codegen/schedule/launches.js';
import type { TypedArray } from '../../../src/ir/program.js';

/** A piece of a device's memory, or a kernel, as a handle of the driver. */
export type Handle = number | bigint;

/** A launch of a kernel. */
export interface Command {
  readonly kernel: Handle;
  /** Work-items of it, and of each group. */
  readonly size: Size;
}

/** Memory that a device cannot allocate. */
export class OutOfDeviceMemory extends Error {}

/**
 * One device with one program and one queue of commands, which are done in order. Every method throws a UsageError when
 * the device fails, and OutOfDeviceMemory when it has no more.
 */
export interface DeviceDriver {
  /** As messages name it: `the OpenCL device pthread (PoCL)`. */
  readonly title: string;
  /** Bytes of all memory that a session may take, and of one piece at most. */
  readonly memory: number;
  /** Bytes of one piece at most. */
  readonly mostAllocated: number;
  /** Total bytes of the device's memory, if other processes use some of it. */
  readonly total?: number;
  /** Allocates device memory with undefined contents. */
  allocate(bytes: number): Handle;
  /** Frees memory. */
  free(memory: Handle): void;
  /** Waits for earlier commands, then copies bytes to an array. */
  read(memory: Handle, offset: number, to: TypedArray): void;
  /** Copies an array to the device; the array may be changed afterwards. */
  write(memory: Handle, offset: number, from: TypedArray): void;
  /** Fills memory with the bytes of a pattern; its length divides the number of bytes. */
  fill(memory: Handle, offset: number, bytes: number, pattern: TypedArray): void;
  /** A kernel of the program by its name in the source. */
  kernel(entry: string): Handle;
  /** Where an argument of a kernel points to from now on. */
  setMemory(kernel: Handle, position: number, memory: Handle): void;
  /** Launches a kernel for a step, which is its argument 1. */
  launch(kernel: Handle, step: Int32Array, size: Size): void;
  /**
   * Launches the kernels of consecutive steps as one command; only if the source's kernels count steps from the one in
   * the arena.
   *
   * @param first the first of the steps
   * @param key equal for equal lists
   * @param steps the launches of each step
   * @returns false if the device has no such commands, without any launch
   */
  launchSteps?(arena: Handle, first: number, key: string, steps: () => readonly (readonly Command[])[]): boolean;
  /**
   * Launches a kernel whose groups are all on the device at once and wait for each other.
   *
   * @param values integers from an argument on
   */
  launchTogether?(kernel: Handle, step: Int32Array, position: number, values: readonly number[], size: Size): void;
  /** Returns sizes that suit a kernel; absent if all kernels have the same. */
  sizesOf?(kernel: Handle, launch: Launch): DeviceSizes;
  /** Submits all queued commands. */
  flush(): void;
  /** When everything that was asked for is done; other work of the process goes on until then. */
  finish(): Promise<void>;
  /** Releases the queue, the kernels and the program, in any state of the device. */
  dispose(): void;
}
