/** From source to a program on a device, with binaries kept by content. */

import { processorFeatures } from '../c/compiler.js';
import { cached } from '../wasm/cache.js';
import { compileError } from '../device/compile-error.js';
import type { Handle } from '../device/driver.js';
import type { OpenclApi } from './api.js';
import type { OpenclDevice } from './devices.js';
import { codeName, openclError } from './errors.js';

/** A device in use: its context lives as long as the process, as compiled libraries do. */
export interface OpenDevice {
  readonly api: OpenclApi;
  readonly device: OpenclDevice;
  /** Holds memory, programs and queues of the device. */
  readonly context: Handle;
}

const contexts = new WeakMap<OpenclApi, Map<string, Handle>>();

/** Opens a device. @throws UsageError when its driver refuses */
export function openDevice(api: OpenclApi, device: OpenclDevice): OpenDevice {
  const known = contexts.get(api) ?? new Map<string, Handle>();
  contexts.set(api, known);
  const key = String(device.id);
  const opened = known.get(key);
  if (opened !== undefined) return { api, device, context: opened };
  const error = new Int32Array(1);
  const context = api.call('clCreateContext', null, 1, BigUint64Array.of(BigInt(device.id)), null, null, error);
  if (error[0] !== 0) throw openclError(error[0] ?? 0, 'clCreateContext', device.title);
  known.set(key, context);
  return { api, device, context };
}

/** Forgets a device that stopped working, so the next session opens it again. */
export function forgetDevice({ api, device }: OpenDevice): void {
  contexts.get(api)?.delete(String(device.id));
}

/** The messages of a compiler on a program. */
function buildLog({ api, device }: OpenDevice, program: Handle): string {
  const size = new BigUint64Array(1);
  if (api.call('clGetProgramBuildInfo', program, device.id, 0x1183, 0, null, size) !== 0) return '';
  const bytes = new Uint8Array(Number(size[0]));
  if (
    bytes.length === 0 ||
    api.call('clGetProgramBuildInfo', program, device.id, 0x1183, bytes.length, bytes, null) !== 0
  )
    return '';
  return new TextDecoder().decode(bytes).replace(/\0/g, '').trim();
}

async function build(open: OpenDevice, program: Handle, options: string): Promise<number> {
  return Number(
    await open.api.later('clBuildProgram', program, 1, BigUint64Array.of(BigInt(open.device.id)), options, null, null),
  );
}

/** A program from source. @throws UsageError when the compiler fails */
async function fromSource(open: OpenDevice, source: string, options: string): Promise<Handle> {
  const { api, device, context } = open;
  const error = new Int32Array(1);
  const program = api.call('clCreateProgramWithSource', context, 1, [source], null, error);
  if (error[0] !== 0) throw openclError(error[0] ?? 0, 'clCreateProgramWithSource', device.title);
  const code = await build(open, program, options);
  if (code === 0) return program;
  const failure = await compileError({
    compiler: `the OpenCL compiler of ${device.title}`,
    log: buildLog(open, program),
    silent: codeName(code),
    target: 'opencl',
    file: 'network.cl',
    source,
    hint: 'use another device (--device) or another target',
  });
  api.call('clReleaseProgram', program);
  throw failure;
}

/** A program from a binary; undefined when the driver does not take it. */
async function fromBinary(open: OpenDevice, binary: Uint8Array, options: string): Promise<Handle | undefined> {
  const { api, device, context } = open;
  const [error, status] = [new Int32Array(1), new Int32Array(1)];
  const ids = BigUint64Array.of(BigInt(device.id));
  const program = api.call(
    'clCreateProgramWithBinary',
    context,
    1,
    ids,
    BigUint64Array.of(BigInt(binary.length)),
    [binary],
    status,
    error,
  );
  if (error[0] !== 0 || status[0] !== 0) return undefined;
  if ((await build(open, program, options)) === 0) return program;
  api.call('clReleaseProgram', program);
  return undefined;
}

/** All that a binary depends on. */
const cacheKey = ({ identity, isProcessor }: OpenclDevice, source: string, options: string): string =>
  JSON.stringify(['interneuron opencl 1', identity, isProcessor ? processorFeatures() : '', options, source]);

/** A compiled program that sessions start from. */
interface BuiltProgram {
  readonly binary: Uint8Array;
  readonly source: string;
  readonly options: string;
}

/**
 * Compiles a source for a device, or takes its binary from the cache.
 *
 * @param cache  folder of binaries; none is kept when undefined
 * @throws UsageError when the compiler fails, with its message and the path of the source
 */
export async function buildProgram(
  open: OpenDevice,
  source: string,
  options: string,
  cache: string | undefined,
): Promise<BuiltProgram> {
  const compile = async (): Promise<Uint8Array> => {
    const program = await fromSource(open, source, options);
    const binary = open.api.binaryOf(program);
    open.api.call('clReleaseProgram', program);
    return binary;
  };
  return { binary: await cached(cache, cacheKey(open.device, source, options), compile, 'clbin'), source, options };
}

/** A program object of a session's own. @throws UsageError when it cannot be compiled */
export async function loadProgram(open: OpenDevice, { binary, source, options }: BuiltProgram): Promise<Handle> {
  const loaded = binary.length === 0 ? undefined : await fromBinary(open, binary, options);
  // A driver may have been changed under its own name.
  return loaded ?? fromSource(open, source, options);
}
