/** Commands to one device, in order, with their failures as errors. */

import type { TypedArray } from '../../../src/ir/program.js';
import type { Argument, FunctionName, Handle } from './api.js';
import { forgetDevice } from './build.js';
import type { OpenDevice } from './build.js';
import { OutOfDeviceMemory, openclError } from './errors.js';

/** An in-order queue. Every method throws when the device fails. */
export class DeviceQueue {
  readonly #open: OpenDevice;
  readonly #queue: Handle;
  readonly #global = new BigUint64Array(1);
  readonly #local = new BigUint64Array(1);

  constructor(open: OpenDevice) {
    this.#open = open;
    this.#queue = this.create('clCreateCommandQueue', open.context, open.device.id, 0);
  }

  #fail(code: number, name: FunctionName): Error {
    const error = openclError(code, name, this.#open.device.title);
    if (!(error instanceof OutOfDeviceMemory)) forgetDevice(this.#open);
    return error;
  }

  /** Calls a function that gives a code. */
  do(name: FunctionName, ...args: readonly Argument[]): void {
    const code = Number(this.#open.api.call(name, ...args));
    if (code !== 0) throw this.#fail(code, name);
  }

  /** Calls a function that gives an object, and a code through its last argument. */
  create(name: FunctionName, ...args: readonly Argument[]): Handle {
    const error = new Int32Array(1);
    const handle = this.#open.api.call(name, ...args, error);
    if (error[0] !== 0) throw this.#fail(error[0] ?? 0, name);
    return handle;
  }

  launch(kernel: Handle, global: number, local: number): void {
    this.#global[0] = BigInt(global);
    this.#local[0] = BigInt(local);
    this.do('clEnqueueNDRangeKernel', this.#queue, kernel, 1, null, this.#global, this.#local, 0, null, null);
  }

  /** Waits for what was asked for before, then copies bytes to an array. */
  read(memory: Handle, offset: number, to: TypedArray): void {
    if (to.byteLength > 0) this.do('clEnqueueReadBuffer', this.#queue, memory, 1, offset, to.byteLength, to, 0, null, null);
  }

  write(memory: Handle, offset: number, from: TypedArray): void {
    if (from.byteLength > 0) this.do('clEnqueueWriteBuffer', this.#queue, memory, 1, offset, from.byteLength, from, 0, null, null);
  }

  /** Fills bytes with the bytes of a pattern, whose length divides theirs. */
  fill(memory: Handle, offset: number, bytes: number, pattern: TypedArray): void {
    if (bytes > 0) this.do('clEnqueueFillBuffer', this.#queue, memory, pattern, pattern.byteLength, offset, bytes, 0, null, null);
  }

  /** Sends what was asked for on its way. */
  flush(): void {
    this.do('clFlush', this.#queue);
  }

  /** When everything that was asked for is done; other work of the process goes on until then. */
  async finish(): Promise<void> {
    const code = Number(await this.#open.api.later('clFinish', this.#queue));
    if (code !== 0) throw this.#fail(code, 'clFinish');
  }

  /** Memory of the device. @throws OutOfDeviceMemory when it has none */
  allocate(bytes: number): Handle {
    return this.create('clCreateBuffer', this.#open.context, 1, Math.max(1, bytes), null);
  }

  /** Releases an object, whatever state the device is in. */
  release(name: 'clReleaseMemObject' | 'clReleaseKernel' | 'clReleaseProgram', handle: Handle): void {
    this.#open.api.call(name, handle);
  }

  dispose(): void {
    this.#open.api.call('clReleaseCommandQueue', this.#queue);
  }
}
