/** The functions of the CUDA driver that are used, called through libcuda. */

import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import type { Handle } from '../device/driver.js';
import { systemLibrary } from '../native.js';
import type { Koffi, NativeLibrary } from '../native.js';

/** Prototypes; handles are integers of the width of a pointer, devices and codes are integers of 32 bits. */
export const driverPrototypes = {
  cuInit: 'int32_t cuInit(uint32_t)',
  cuDriverGetVersion: 'int32_t cuDriverGetVersion(void *)',
  cuGetErrorName: 'int32_t cuGetErrorName(int32_t, _Out_ const char **)',
  cuGetErrorString: 'int32_t cuGetErrorString(int32_t, _Out_ const char **)',
  cuDeviceGetCount: 'int32_t cuDeviceGetCount(void *)',
  cuDeviceGet: 'int32_t cuDeviceGet(void *, int32_t)',
  cuDeviceGetName: 'int32_t cuDeviceGetName(void *, int32_t, int32_t)',
  cuDeviceTotalMem_v2: 'int32_t cuDeviceTotalMem_v2(void *, int32_t)',
  cuDeviceGetAttribute: 'int32_t cuDeviceGetAttribute(void *, int32_t, int32_t)',
  cuDevicePrimaryCtxRetain: 'int32_t cuDevicePrimaryCtxRetain(void *, int32_t)',
  cuDevicePrimaryCtxReset_v2: 'int32_t cuDevicePrimaryCtxReset_v2(int32_t)',
  cuCtxSetCurrent: 'int32_t cuCtxSetCurrent(uint64_t)',
  cuMemGetInfo_v2: 'int32_t cuMemGetInfo_v2(void *, void *)',
  cuModuleLoadDataEx: 'int32_t cuModuleLoadDataEx(void *, const void *, uint32_t, void *, void *)',
  cuModuleUnload: 'int32_t cuModuleUnload(uint64_t)',
  cuModuleGetFunction: 'int32_t cuModuleGetFunction(void *, uint64_t, const char *)',
  cuMemAlloc_v2: 'int32_t cuMemAlloc_v2(void *, uint64_t)',
  cuMemFree_v2: 'int32_t cuMemFree_v2(uint64_t)',
  cuMemcpyHtoDAsync_v2: 'int32_t cuMemcpyHtoDAsync_v2(uint64_t, const void *, uint64_t, uint64_t)',
  cuMemcpyDtoHAsync_v2: 'int32_t cuMemcpyDtoHAsync_v2(void *, uint64_t, uint64_t, uint64_t)',
  cuMemcpyDtoDAsync_v2: 'int32_t cuMemcpyDtoDAsync_v2(uint64_t, uint64_t, uint64_t, uint64_t)',
  cuMemsetD8Async: 'int32_t cuMemsetD8Async(uint64_t, uint8_t, uint64_t, uint64_t)',
  cuMemsetD16Async: 'int32_t cuMemsetD16Async(uint64_t, uint16_t, uint64_t, uint64_t)',
  cuMemsetD32Async: 'int32_t cuMemsetD32Async(uint64_t, uint32_t, uint64_t, uint64_t)',
  cuStreamCreate: 'int32_t cuStreamCreate(void *, uint32_t)',
  cuStreamDestroy_v2: 'int32_t cuStreamDestroy_v2(uint64_t)',
  cuStreamSynchronize: 'int32_t cuStreamSynchronize(uint64_t)',
  cuStreamQuery: 'int32_t cuStreamQuery(uint64_t)',
  cuStreamBeginCapture_v2: 'int32_t cuStreamBeginCapture_v2(uint64_t, int32_t)',
  cuStreamEndCapture: 'int32_t cuStreamEndCapture(uint64_t, void *)',
  cuGraphInstantiateWithFlags: 'int32_t cuGraphInstantiateWithFlags(void *, uint64_t, uint64_t)',
  cuGraphLaunch: 'int32_t cuGraphLaunch(uint64_t, uint64_t)',
  cuGraphExecDestroy: 'int32_t cuGraphExecDestroy(uint64_t)',
  cuGraphDestroy: 'int32_t cuGraphDestroy(uint64_t)',
  cuLaunchKernel:
    'int32_t cuLaunchKernel(uint64_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, ' +
    'uint64_t, uint64_t, void *)',
  cuLaunchCooperativeKernel:
    'int32_t cuLaunchCooperativeKernel(uint64_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, ' +
    'uint32_t, uint64_t, uint64_t)',
  cuOccupancyMaxPotentialBlockSize:
    'int32_t cuOccupancyMaxPotentialBlockSize(void *, void *, uint64_t, void *, uint64_t, int32_t)',
  cuOccupancyMaxActiveBlocksPerMultiprocessor:
    'int32_t cuOccupancyMaxActiveBlocksPerMultiprocessor(void *, uint64_t, int32_t, uint64_t)',
} as const;

/** A function of the driver, by its name in the library. */
export type DriverFunction = keyof typeof driverPrototypes;

/** An argument: a number, address, text or typed array, or null. */
export type Argument = Handle | string | ArrayBufferView | null;

/** Arguments of a kernel in pinned memory: `cuLaunchKernel` takes the address of a list of their addresses. */
export interface KernelArguments {
  /** Address of the list. */
  readonly list: bigint;
  /** Puts a pointer at a place. */
  point(position: number, memory: Handle): void;
  /** Puts an integer of 32 bits at a place. */
  put(position: number, value: number): void;
  /** Frees the memory. */
  free(): void;
}

/** The driver as functions of JavaScript; tests put others in their place. */
export interface CudaApi {
  /** The library. */
  readonly name: string;
  /** Calls a function. @returns its code, 0 for success */
  call(name: DriverFunction, ...args: readonly Argument[]): number;
  /** The name and the sentence of a code, as the driver has them. */
  describe(code: number): { readonly name: string; readonly sentence: string };
  /** Memory for the arguments of a kernel, all zero. */
  arguments(count: number): KernelArguments;
}

/** Names of the driver's library, in the order of trying. */
function candidates(): readonly string[] {
  const namedLibrary = process.env['INTERNEURON_CUDA_LIBRARY'];
  if (namedLibrary !== undefined && namedLibrary !== '') return [namedLibrary];
  if (process.platform === 'win32') return ['nvcuda.dll'];
  return ['libcuda.so.1', 'libcuda.so', '/usr/local/nvidia/lib64/libcuda.so.1', '/usr/lib/wsl/lib/libcuda.so.1'];
}

/** Installation hint for a device. */
export const driverHint =
  process.platform === 'darwin'
    ? 'there is no CUDA for macOS: use --target opencl, c or wasm'
    : 'install the driver of your NVIDIA device: ubuntu-drivers install (Ubuntu), apt-get install nvidia-driver ' +
      '(Debian); in a container, start it with --gpus all';

/**
 * The CUDA driver of this machine, loaded at the first use.
 *
 * @throws UsageError if it is missing, with the package to install, or if loading it changed this process's arithmetic
 */
export const loadCuda: () => CudaApi = systemLibrary(
  'the CUDA driver',
  candidates,
  declare,
  (names) => new UsageError(`the CUDA driver is not installed: there is no ${names[0] ?? ''}`, driverHint),
);

const notFound = 500;

function declare(native: Koffi, library: NativeLibrary, name: string): CudaApi {
  const functions = new Map<DriverFunction, ReturnType<typeof library.func> | undefined>();
  const functionOf = (wanted: DriverFunction): ReturnType<typeof library.func> | undefined => {
    if (functions.has(wanted)) return functions.get(wanted);
    let declared: ReturnType<typeof library.func> | undefined;
    try {
      declared = library.func(driverPrototypes[wanted]);
    } catch {
      // An old driver lacks newer functions.
    }
    functions.set(wanted, declared);
    return declared;
  };
  const call = (wanted: DriverFunction, ...args: readonly Argument[]): number =>
    Number(functionOf(wanted)?.(...args) ?? notFound);
  const text = (wanted: 'cuGetErrorName' | 'cuGetErrorString', code: number): string => {
    const out: unknown[] = [null];
    functionOf(wanted)?.(code, out);
    return typeof out[0] === 'string' ? out[0] : '';
  };
  return {
    name,
    call,
    describe: (code) => ({
      name: text('cuGetErrorName', code) || `error ${code}`,
      sentence: text('cuGetErrorString', code),
    }),
    arguments: (count) => kernelArguments(native, count),
  };
}

function kernelArguments(native: Koffi, count: number): KernelArguments {
  const bytes = 16 * Math.max(1, count);
  const memory: unknown = native.alloc('uint8_t', bytes);
  const list = BigInt(native.address(memory));
  const words = new BigInt64Array(native.view(memory, bytes));
  const integers = new Int32Array(words.buffer);
  // Addresses first, then the values that they refer to.
  for (let k = 0; k < count; k += 1) {
    words[k] = list + 8n * BigInt(count + k);
    words[count + k] = 0n;
  }
  return {
    list,
    point: (position, handle) => void (words[count + position] = BigInt(handle)),
    put: (position, value) => void (integers[2 * (count + position)] = value),
    free: () => native.free(memory),
  };
}
