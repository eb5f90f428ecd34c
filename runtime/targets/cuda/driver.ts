/** Commands to one CUDA device, in order, with their failures as errors. */

import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import { firstStepOffset } from '../../../src/codegen/c/device/layout.js';
import type { Launch, DeviceSizes, Size } from '../../../src/codegen/schedule/launches.js';
import type { TypedArray } from '../../../src/ir/program.js';
import type { Command, DeviceDriver, Handle } from '../device/driver.js';
import type { Argument, CudaApi, DriverFunction, KernelArguments } from './api.js';
import { driverVersion, versionText } from './devices.js';
import type { CudaDevice } from './devices.js';
import type { BlockSizes, BuiltProgram } from './build.js';
import { codes, cudaError, isLasting } from './errors.js';

/** A device in use. */
interface OpenDevice {
  readonly api: CudaApi;
  readonly device: CudaDevice;
  readonly context: bigint;
  /** Whether the device stopped working: its context has no resources to release. */
  lost: boolean;
}

const opened = new WeakMap<CudaApi, Map<number, OpenDevice>>();
/** The current context of this thread in the driver. */
const current = new WeakMap<CudaApi, bigint>();

/** Opens a device: its primary context lives as long as the process. @throws UsageError when its driver refuses */
export function openDevice(api: CudaApi, device: CudaDevice): OpenDevice {
  const known = opened.get(api) ?? new Map<number, OpenDevice>();
  opened.set(api, known);
  const before = known.get(device.id);
  if (before !== undefined) return before;
  const context = new BigUint64Array(1);
  let code = api.call('cuDevicePrimaryCtxRetain', context, device.id);
  // The context of a device that stopped working is released first.
  if (isLasting(code) && api.call('cuDevicePrimaryCtxReset_v2', device.id) === 0)
    code = api.call('cuDevicePrimaryCtxRetain', context, device.id);
  if (code !== 0) throw cudaError(api, code, 'cuDevicePrimaryCtxRetain', device.title);
  const open = { api, device, context: context[0] ?? 0n, lost: false };
  known.set(device.id, open);
  return open;
}

/** Forgets a device that stopped working, so the next session opens it again. */
function forgetDevice(open: OpenDevice): void {
  if (open.lost) return;
  open.lost = true;
  open.api.call('cuDevicePrimaryCtxReset_v2', open.device.id);
  opened.get(open.api)?.delete(open.device.id);
  current.delete(open.api);
}

/** Steps recorded as one command, by their launches. */
const mostRecorded = 64;
/** Milliseconds of busy waiting: longer than the pieces of a run take. */
const keenWait = 250;

interface CudaKernel {
  readonly function: bigint;
  readonly arguments: KernelArguments;
}

/** An in-order stream of a device, and a program. */
export class CudaDriver implements DeviceDriver {
  readonly memory: number;
  readonly #open: OpenDevice;
  readonly #module: bigint;
  readonly #stream: bigint;
  readonly #sizes: BlockSizes;
  /** In the order of their handles. */
  readonly #kernels: CudaKernel[] = [];
  readonly #recorded = new Map<string, bigint>();
  readonly #records: boolean;
  /** The launches of the first step of the last recording. */
  #lastStep: readonly Command[] = [];
  /** The arena with a nonzero first step, since recorded steps count from it. */
  #ahead: Handle | undefined;

  /**
   * @param records  whether several steps become one command
   * @throws UsageError when the driver does not take the program
   */
  constructor(open: OpenDevice, { image, compiler }: BuiltProgram, sizes: BlockSizes, records = true) {
    this.#open = open;
    this.#sizes = sizes;
    this.#records = records;
    this.#enter();
    const [module, stream, free, all] = Array.from({ length: 4 }, () => new BigUint64Array(1)) as [
      BigUint64Array,
      BigUint64Array,
      BigUint64Array,
      BigUint64Array,
    ];
    const code = open.api.call('cuModuleLoadDataEx', module, image, 0, null, null);
    const unsuitable: readonly number[] = [codes.invalidImage, codes.noBinaryForDevice, codes.unsupportedPtx];
    if (unsuitable.includes(code)) {
      throw new UsageError(
        `the CUDA device ${open.device.title} does not take the code that ${compiler.title} made: ` +
          open.api.describe(code).name,
        `its driver supports CUDA ${versionText(driverVersion(open.api))}: install the compiler of that version, ` +
          'or a newer driver',
      );
    }
    if (code !== 0) throw this.#fail(code, 'cuModuleLoadDataEx');
    this.#module = module[0] ?? 0n;
    // A stream that does not wait for the default stream.
    const nonBlocking = 1;
    this.#do('cuStreamCreate', stream, nonBlocking);
    this.#stream = stream[0] ?? 0n;
    this.#do('cuMemGetInfo_v2', free, all);
    this.memory = Number(free[0]);
  }

  get title(): string {
    return `the CUDA device ${this.#open.device.title}`;
  }

  get mostAllocated(): number {
    return this.memory;
  }

  get total(): number {
    return this.#open.device.memory;
  }

  #fail(code: number, name: DriverFunction): Error {
    const error = cudaError(this.#open.api, code, name, this.#open.device.title);
    if (isLasting(code)) forgetDevice(this.#open);
    return error;
  }

  /** Makes the device's context current on this thread. */
  #enter(): void {
    const { api, context } = this.#open;
    if (current.get(api) === context) return;
    const code = api.call('cuCtxSetCurrent', context);
    if (code !== 0) throw this.#fail(code, 'cuCtxSetCurrent');
    current.set(api, context);
  }

  /** Calls a function that returns a code. */
  #do(name: DriverFunction, ...args: readonly Argument[]): void {
    this.#enter();
    const code = this.#open.api.call(name, ...args);
    if (code !== 0) throw this.#fail(code, name);
  }

  allocate(bytes: number): Handle {
    const memory = new BigUint64Array(1);
    this.#do('cuMemAlloc_v2', memory, Math.max(1, bytes));
    return memory[0] ?? 0n;
  }

  free(memory: Handle): void {
    if (!this.#open.lost) this.#open.api.call('cuMemFree_v2', memory);
  }

  read(memory: Handle, offset: number, to: TypedArray): void {
    if (to.byteLength === 0) return;
    this.#do('cuMemcpyDtoHAsync_v2', to, BigInt(memory) + BigInt(offset), to.byteLength, this.#stream);
    this.#do('cuStreamSynchronize', this.#stream);
  }

  write(memory: Handle, offset: number, from: TypedArray): void {
    if (from.byteLength === 0) return;
    this.#do('cuMemcpyHtoDAsync_v2', BigInt(memory) + BigInt(offset), from, from.byteLength, this.#stream);
    // The caller may reuse the array afterwards.
    this.#do('cuStreamSynchronize', this.#stream);
  }

  fill(memory: Handle, offset: number, bytes: number, pattern: TypedArray): void {
    if (bytes === 0) return;
    const begin = BigInt(memory) + BigInt(offset);
    const view = new DataView(pattern.buffer, pattern.byteOffset, pattern.byteLength);
    switch (pattern.byteLength) {
      case 1:
        return this.#do('cuMemsetD8Async', begin, view.getUint8(0), bytes, this.#stream);
      case 2:
        return this.#do('cuMemsetD16Async', begin, view.getUint16(0, true), bytes / 2, this.#stream);
      case 4:
        return this.#do('cuMemsetD32Async', begin, view.getUint32(0, true), bytes / 4, this.#stream);
      default:
        if (view.getUint32(0, true) === view.getUint32(4, true))
          return this.#do('cuMemsetD32Async', begin, view.getUint32(0, true), bytes / 4, this.#stream);
        return this.#double(begin, bytes, pattern);
    }
  }

  /** Writes a pattern once, then doubles it by copies until the memory is full. */
  #double(begin: bigint, bytes: number, pattern: TypedArray): void {
    this.#do('cuMemcpyHtoDAsync_v2', begin, pattern, pattern.byteLength, this.#stream);
    this.#do('cuStreamSynchronize', this.#stream);
    for (let done = pattern.byteLength; done < bytes; done *= 2)
      this.#do('cuMemcpyDtoDAsync_v2', begin + BigInt(done), begin, Math.min(done, bytes - done), this.#stream);
  }

  kernel(entry: string): Handle {
    const handle = new BigUint64Array(1);
    this.#do('cuModuleGetFunction', handle, this.#module, entry);
    this.#kernels.push({ function: handle[0] ?? 0n, arguments: this.#open.api.arguments(mostArguments) });
    return this.#kernels.length - 1;
  }

  #kernel(handle: Handle): CudaKernel {
    const kernel = this.#kernels[Number(handle)];
    if (kernel === undefined) throw new RangeError(`no kernel ${handle}`);
    return kernel;
  }

  setMemory(kernel: Handle, position: number, memory: Handle): void {
    this.#kernel(kernel).arguments.point(position, memory);
    // Recorded launches hold the old pointer.
    this.#forget();
  }

  launch(kernel: Handle, step: Int32Array, size: Size): void {
    this.#countFrom(undefined, 0);
    this.#kernel(kernel).arguments.put(1, step[0] ?? 0);
    this.launchPlain(kernel, size);
  }

  /** Launches a kernel after all of its arguments are set. */
  launchPlain(kernel: Handle, { global, local }: Size): void {
    const { function: entry, arguments: values } = this.#kernel(kernel);
    this.#do('cuLaunchKernel', entry, global / local, 1, 1, local, 1, 1, 0, this.#stream, values.list, null);
  }

  launchTogether(
    kernel: Handle,
    step: Int32Array,
    position: number,
    values: readonly number[],
    { global, local }: Size,
  ): void {
    const { function: entry, arguments: own } = this.#kernel(kernel);
    own.put(1, step[0] ?? 0);
    values.forEach((value, k) => own.put(position + k, value));
    this.#do('cuLaunchCooperativeKernel', entry, global / local, 1, 1, local, 1, 1, 0, this.#stream, own.list);
  }

  /** Sets the step from which arguments of kernels count. */
  #countFrom(arena: Handle | undefined, first: number): void {
    if (this.#ahead !== undefined && this.#ahead !== arena) this.#setFirst(this.#ahead, 0);
    if (arena !== undefined) this.#setFirst(arena, first);
    this.#ahead = arena;
  }

  #setFirst(arena: Handle, first: number): void {
    this.#do('cuMemsetD32Async', BigInt(arena) + BigInt(firstStepOffset), first >>> 0, 1, this.#stream);
  }

  launchSteps(arena: Handle, first: number, key: string, steps: () => readonly (readonly Command[])[]): boolean {
    if (!this.#records) return false;
    let graph = this.#recorded.get(key);
    this.#recorded.delete(key);
    graph ??= this.#record(steps());
    if (graph === undefined) return false;
    // Moves the entry to the end of the map: the order of use.
    this.#recorded.set(key, graph);
    if (this.#recorded.size > mostRecorded) this.#forget(this.#recorded.keys().next().value);
    this.#countFrom(arena, first);
    this.#do('cuGraphLaunch', graph, this.#stream);
    return true;
  }

  /** Records the launches of steps, which count from the first. @returns undefined if the driver does not record */
  #record(steps: readonly (readonly Command[])[]): bigint | undefined {
    const { api } = this.#open;
    this.#enter();
    this.#lastStep = steps[0] ?? [];
    const threadLocal = 1;
    const begun = api.call('cuStreamBeginCapture_v2', this.#stream, threadLocal);
    if (begun === codes.notFound || begun === codes.notSupported) return undefined;
    if (begun !== 0) throw this.#fail(begun, 'cuStreamBeginCapture_v2');
    const [graph, executable] = [new BigUint64Array(1), new BigUint64Array(1)];
    try {
      for (const [k, commands] of steps.entries()) {
        for (const { kernel, size } of commands) {
          this.#kernel(kernel).arguments.put(1, k);
          this.launchPlain(kernel, size);
        }
      }
    } catch (error) {
      api.call('cuStreamEndCapture', this.#stream, graph);
      throw error;
    }
    this.#do('cuStreamEndCapture', this.#stream, graph);
    try {
      this.#do('cuGraphInstantiateWithFlags', executable, graph[0] ?? 0n, 0);
    } finally {
      api.call('cuGraphDestroy', graph[0] ?? 0n);
    }
    return executable[0] ?? 0n;
  }

  /**
   * Measures the duration of each launch of a step, and of all of them, in repeated launches, in s. The contents of
   * device memory are undefined afterwards.
   *
   * @param repeats number of repetitions recorded in one graph
   */
  timeLaunches(repeats: number): { readonly each: readonly number[]; readonly step: number } {
    const turns = 8;
    const time = (commands: readonly Command[]): number => {
      const graph = this.#record(Array.from({ length: repeats }, () => commands));
      if (graph === undefined) return NaN;
      const run = (times: number): number => {
        const began = performance.now();
        for (let k = 0; k < times; k += 1) this.#do('cuGraphLaunch', graph, this.#stream);
        this.#do('cuStreamSynchronize', this.#stream);
        return performance.now() - began;
      };
      run(1);
      // The first launch also takes the latency to the device and back.
      const seconds = (run(turns + 1) - run(1)) / (1000 * turns * repeats);
      this.#open.api.call('cuGraphExecDestroy', graph);
      return seconds;
    };
    const commands = this.#lastStep;
    return { each: commands.map((command) => time([command])), step: time(commands) };
  }

  /** Drops one recording, or all. */
  #forget(key?: string): void {
    for (const [name, graph] of this.#recorded) {
      if (key !== undefined && name !== key) continue;
      this.#open.api.call('cuGraphExecDestroy', graph);
      this.#recorded.delete(name);
    }
  }

  /** Returns as many groups as fill the device with this kernel, by the driver's occupancy count. */
  sizesOf(kernel: Handle, { geometry, parts = 1 }: Launch): DeviceSizes {
    const entry = this.#kernel(kernel).function;
    const { units } = this.#open.device;
    const { team, scan } = this.#sizes;
    const ofTeam = ['teams', 'workers', 'ownTeams', 'team'].includes(geometry.kind);
    const group = ofTeam
      ? this.#sizes.group
      : this.#groupOf(entry, geometry.kind === 'items' ? geometry.items * parts : Infinity);
    const resident = new Int32Array(1);
    this.#do('cuOccupancyMaxActiveBlocksPerMultiprocessor', resident, entry, ofTeam ? team : group, 0);
    return { group, team, scan, groups: Math.max(1, resident[0] ?? 1) * units };
  }

  /**
   * Returns the threads per block of independent items: the block size with the highest occupancy, or a smaller one if
   * there are too few items.
   */
  #groupOf(entry: bigint, items: number): number {
    const [least, best] = [new Int32Array(1), new Int32Array(1)];
    this.#do('cuOccupancyMaxPotentialBlockSize', least, best, entry, null, 0, this.#sizes.group);
    let group = Math.min(this.#sizes.group, Math.max(warp, Math.floor((best[0] ?? 0) / warp) * warp));
    while (group % (2 * warp) === 0 && items / group < this.#open.device.units) group /= 2;
    return group;
  }

  flush(): void {
    // The driver begins at once.
  }

  async finish(): Promise<void> {
    const began = performance.now();
    for (;;) {
      this.#enter();
      const code = this.#open.api.call('cuStreamQuery', this.#stream);
      if (code === 0) return;
      if (code !== codes.notReady) throw this.#fail(code, 'cuStreamQuery');
      // Other work of the process goes on meanwhile. Timers are too coarse for a device that waits for more.
      const keen = performance.now() - began < keenWait;
      await new Promise<void>((resolve) => (keen ? void setImmediate(resolve) : void setTimeout(resolve, 2)));
    }
  }

  dispose(): void {
    const { api, context, lost } = this.#open;
    for (const { arguments: values } of this.#kernels.splice(0)) values.free();
    if (lost) return;
    if (current.get(api) !== context && api.call('cuCtxSetCurrent', context) === 0) current.set(api, context);
    this.#forget();
    api.call('cuModuleUnload', this.#module);
    api.call('cuStreamDestroy_v2', this.#stream);
  }
}

const warp = 32;
/** Arguments of a kernel at most: 4 KiB of pointers, as old devices have it. */
const mostArguments = 510;
