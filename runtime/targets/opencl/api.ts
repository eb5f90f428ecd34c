/** The functions of OpenCL that are used, called through the loader of this machine. */

import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import type { Handle } from '../device/driver.js';
import { systemLibrary } from '../native.js';
import type { Koffi, NativeLibrary } from '../native.js';

/** Prototypes; handles are integers of the width of a pointer. */
const prototypes = {
  clGetPlatformIDs: 'int32_t clGetPlatformIDs(uint32_t, void *, void *)',
  clGetPlatformInfo: 'int32_t clGetPlatformInfo(uint64_t, uint32_t, uint64_t, void *, void *)',
  clGetDeviceIDs: 'int32_t clGetDeviceIDs(uint64_t, uint64_t, uint32_t, void *, void *)',
  clGetDeviceInfo: 'int32_t clGetDeviceInfo(uint64_t, uint32_t, uint64_t, void *, void *)',
  clCreateContext: 'uint64_t clCreateContext(void *, uint32_t, void *, void *, void *, void *)',
  clReleaseContext: 'int32_t clReleaseContext(uint64_t)',
  clCreateCommandQueue: 'uint64_t clCreateCommandQueue(uint64_t, uint64_t, uint64_t, void *)',
  clReleaseCommandQueue: 'int32_t clReleaseCommandQueue(uint64_t)',
  clCreateProgramWithSource: 'uint64_t clCreateProgramWithSource(uint64_t, uint32_t, const char **, void *, void *)',
  clCreateProgramWithBinary:
    'uint64_t clCreateProgramWithBinary(uint64_t, uint32_t, void *, void *, uint8_t **, void *, void *)',
  clBuildProgram: 'int32_t clBuildProgram(uint64_t, uint32_t, void *, const char *, void *, void *)',
  clGetProgramBuildInfo: 'int32_t clGetProgramBuildInfo(uint64_t, uint64_t, uint32_t, uint64_t, void *, void *)',
  clGetProgramInfo: 'int32_t clGetProgramInfo(uint64_t, uint32_t, uint64_t, void *, void *)',
  clReleaseProgram: 'int32_t clReleaseProgram(uint64_t)',
  clCreateKernel: 'uint64_t clCreateKernel(uint64_t, const char *, void *)',
  clReleaseKernel: 'int32_t clReleaseKernel(uint64_t)',
  clGetKernelWorkGroupInfo: 'int32_t clGetKernelWorkGroupInfo(uint64_t, uint64_t, uint32_t, uint64_t, void *, void *)',
  clSetKernelArg: 'int32_t clSetKernelArg(uint64_t, uint32_t, uint64_t, void *)',
  clCreateBuffer: 'uint64_t clCreateBuffer(uint64_t, uint64_t, uint64_t, void *, void *)',
  clReleaseMemObject: 'int32_t clReleaseMemObject(uint64_t)',
  clEnqueueNDRangeKernel:
    'int32_t clEnqueueNDRangeKernel(uint64_t, uint64_t, uint32_t, void *, void *, void *, uint32_t, void *, void *)',
  clEnqueueReadBuffer:
    'int32_t clEnqueueReadBuffer(uint64_t, uint64_t, uint32_t, uint64_t, uint64_t, void *, uint32_t, void *, void *)',
  clEnqueueWriteBuffer:
    'int32_t clEnqueueWriteBuffer(uint64_t, uint64_t, uint32_t, uint64_t, uint64_t, void *, uint32_t, void *, void *)',
  clEnqueueFillBuffer:
    'int32_t clEnqueueFillBuffer(uint64_t, uint64_t, void *, uint64_t, uint64_t, uint64_t, uint32_t, void *, void *)',
  clFlush: 'int32_t clFlush(uint64_t)',
  clFinish: 'int32_t clFinish(uint64_t)',
} as const;

/** A function of OpenCL, by its name in the library. */
export type FunctionName = keyof typeof prototypes;

/** An argument: a number, address, text or typed array, or null. */
export type Argument = Handle | string | ArrayBufferView | readonly string[] | readonly ArrayBufferView[] | null;

/** OpenCL as functions of JavaScript; tests put others in their place. */
export interface OpenclApi {
  /** The library. */
  readonly name: string;
  /** Calls a function on this thread. @returns its result: a code or a handle */
  call(name: FunctionName, ...args: readonly Argument[]): Handle;
  /** The same on another thread. */
  later(name: FunctionName, ...args: readonly Argument[]): Promise<Handle>;
  /** Returns the binary of a program that was built for one device; empty if the platform provides none. */
  binaryOf(program: Handle): Uint8Array;
}

/** Names of the loader of installable drivers, in the order of trying. */
function candidates(): readonly string[] {
  const namedLibrary = process.env['INTERNEURON_OPENCL_LIBRARY'];
  if (namedLibrary !== undefined && namedLibrary !== '') return [namedLibrary];
  if (process.platform === 'darwin') return ['/System/Library/Frameworks/OpenCL.framework/OpenCL'];
  return process.platform === 'win32' ? ['OpenCL.dll'] : ['libOpenCL.so.1', 'libOpenCL.so'];
}

/** Installation hint. */
export const installHint =
  process.platform === 'linux'
    ? 'install the loader and a driver: apt-get install ocl-icd-libopencl1, and for the processor pocl-opencl-icd ' +
      '(Debian, Ubuntu) or the one of your device'
    : 'install the OpenCL driver of your device';

/**
 * OpenCL on this machine; loaded when first asked for.
 *
 * @throws UsageError when there is no loader, with the packages to install, or when loading it changed how this process
 *   computes
 */
export const loadOpencl: () => OpenclApi = systemLibrary(
  'OpenCL',
  candidates,
  declare,
  (names) => new UsageError(`OpenCL is not installed: there is no ${names.join(' or ')}`, installHint),
);

function declare(native: Koffi, library: NativeLibrary, name: string): OpenclApi {
  const functions = new Map<FunctionName, ReturnType<typeof library.func>>();
  const functionOf = (wanted: FunctionName): ReturnType<typeof library.func> => {
    const known = functions.get(wanted);
    if (known !== undefined) return known;
    const declared = library.func(prototypes[wanted]);
    functions.set(wanted, declared);
    return declared;
  };
  const call = (wanted: FunctionName, ...args: readonly Argument[]): Handle => functionOf(wanted)(...args) as Handle;
  return {
    name,
    call,
    later: (wanted, ...args) =>
      new Promise((resolve, reject) => {
        functionOf(wanted).async(...args, (error: Error | null, result: unknown) => {
          if (error) reject(error);
          else resolve(result as Handle);
        });
      }),
    binaryOf: (program) => {
      const size = new BigUint64Array(1);
      if (call('clGetProgramInfo', program, 0x1165, 8, size, null) !== 0 || size[0] === 0n) return new Uint8Array(0);
      const bytes = Number(size[0]);
      const memory: unknown = native.alloc('uint8_t', bytes);
      try {
        const pointer = BigUint64Array.of(BigInt(native.address(memory)));
        if (call('clGetProgramInfo', program, 0x1166, 8, pointer, null) !== 0) return new Uint8Array(0);
        return new Uint8Array(native.view(memory, bytes)).slice();
      } finally {
        native.free(memory);
      }
    },
  };
}
