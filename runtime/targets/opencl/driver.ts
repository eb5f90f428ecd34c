/** Commands to one OpenCL device, in order, with their failures as errors. */

import type { Size } from '../../../src/codegen/schedule/launches.js';
import type { TypedArray } from '../../../src/ir/program.js';
import { OutOfDeviceMemory } from '../device/driver.js';
import type { DeviceDriver, Handle } from '../device/driver.js';
import type { Argument, FunctionName } from './api.js';
import { forgetDevice } from './build.js';
import type { OpenDevice } from './build.js';
import { openclError } from './errors.js';

/** An in-order queue of a device, and a program, which it releases. */
export class OpenclDriver implements DeviceDriver {
  readonly #open: OpenDevice;
  readonly #queue: Handle;
  readonly #program: Handle;
  readonly #kernels: Handle[] = [];
  readonly #global = new BigUint64Array(1);
  readonly #local = new BigUint64Array(1);

  constructor(open: OpenDevice, program: Handle) {
    this.#open = open;
    this.#program = program;
    this.#queue = this.#create('clCreateCommandQueue', open.context, open.device.id, 0);
  }

  get title(): string {
    return `the OpenCL device ${this.#open.device.title}`;
  }

  get memory(): number {
    return this.#open.device.memory;
  }

  get mostAllocated(): number {
    return this.#open.device.mostAllocated;
  }

  #fail(code: number, name: FunctionName): Error {
    const error = openclError(code, name, this.#open.device.title);
    if (!(error instanceof OutOfDeviceMemory)) forgetDevice(this.#open);
    return error;
  }

  /** Calls a function that returns a code. */
  #do(name: FunctionName, ...args: readonly Argument[]): void {
    const code = Number(this.#open.api.call(name, ...args));
    if (code !== 0) throw this.#fail(code, name);
  }

  /** Calls a function that returns an object, and a code through its last argument. */
  #create(name: FunctionName, ...args: readonly Argument[]): Handle {
    const error = new Int32Array(1);
    const handle = this.#open.api.call(name, ...args, error);
    if (error[0] !== 0) throw this.#fail(error[0] ?? 0, name);
    return handle;
  }

  allocate(bytes: number): Handle {
    return this.#create('clCreateBuffer', this.#open.context, 1, Math.max(1, bytes), null);
  }

  free(memory: Handle): void {
    this.#open.api.call('clReleaseMemObject', memory);
  }

  read(memory: Handle, offset: number, to: TypedArray): void {
    if (to.byteLength > 0)
      this.#do('clEnqueueReadBuffer', this.#queue, memory, 1, offset, to.byteLength, to, 0, null, null);
  }

  write(memory: Handle, offset: number, from: TypedArray): void {
    if (from.byteLength > 0)
      this.#do('clEnqueueWriteBuffer', this.#queue, memory, 1, offset, from.byteLength, from, 0, null, null);
  }

  fill(memory: Handle, offset: number, bytes: number, pattern: TypedArray): void {
    if (bytes > 0)
      this.#do('clEnqueueFillBuffer', this.#queue, memory, pattern, pattern.byteLength, offset, bytes, 0, null, null);
  }

  kernel(entry: string): Handle {
    const kernel = this.#create('clCreateKernel', this.#program, entry);
    this.#kernels.push(kernel);
    return kernel;
  }

  setMemory(kernel: Handle, position: number, memory: Handle): void {
    this.#do('clSetKernelArg', kernel, position, 8, BigUint64Array.of(BigInt(memory)));
  }

  launch(kernel: Handle, step: Int32Array, size: Size): void {
    this.#do('clSetKernelArg', kernel, 1, 4, step);
    this.launchPlain(kernel, size);
  }

  /** Launches a kernel after all of its arguments are set. */
  launchPlain(kernel: Handle, { global, local }: Size): void {
    this.#global[0] = BigInt(global);
    this.#local[0] = BigInt(local);
    this.#do('clEnqueueNDRangeKernel', this.#queue, kernel, 1, null, this.#global, this.#local, 0, null, null);
  }

  flush(): void {
    this.#do('clFlush', this.#queue);
  }

  async finish(): Promise<void> {
    const code = Number(await this.#open.api.later('clFinish', this.#queue));
    if (code !== 0) throw this.#fail(code, 'clFinish');
  }

  dispose(): void {
    for (const kernel of this.#kernels.splice(0)) this.#open.api.call('clReleaseKernel', kernel);
    this.#open.api.call('clReleaseProgram', this.#program);
    this.#open.api.call('clReleaseCommandQueue', this.#queue);
  }
}
