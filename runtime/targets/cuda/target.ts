/** The cuda target: NVIDIA's graphics cards. */

import { join } from 'node:path';
import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import type { TargetStrategy } from '../../../src/codegen/c/device/context.js';
import { generateCuda } from '../../../src/codegen/c/device/generate.js';
import type { Program } from '../../../src/ir/program.js';
import { OutOfDeviceMemory } from '../device/driver.js';
import { memoryError } from '../device/memory.js';
import { startSession } from '../device/session.js';
import { distrustError, runTrust } from '../device/trust.js';
import type { Availability, CompileOptions, Executable, Session, Target } from '../target.js';
import { loadCuda } from './api.js';
import type { CudaApi } from './api.js';
import { buildOptions, buildProgram, unservedBy } from './build.js';
import type { BlockSizes, BuiltProgram } from './build.js';
import { compilerHint, findCudaCompiler } from './compilers.js';
import type { CudaCompiler } from './compiler.js';
import { driverVersion, listDevices } from './devices.js';
import type { CudaDevice } from './devices.js';
import { CudaDriver, openDevice } from './driver.js';
import { trustJavaScript } from '../trust.js';

/** What a test may choose. */
export interface CudaTargetOptions {
  /** Absent: the driver of this machine. */
  readonly api?: () => CudaApi;
  /** Absent: the first that fits the driver. */
  readonly compiler?: CudaCompiler;
  readonly targets?: TargetStrategy;
  /** False: every launch is a command of its own, as on drivers that record none. */
  readonly records?: boolean;
}

/** Threads that kernels are compiled for: few enough for kernels that need many registers. */
const blockSizes = ({ mostItems }: CudaDevice): BlockSizes => ({ group: Math.min(256, mostItems), team: Math.min(128, mostItems) });

const usable = ({ refusal }: CudaDevice): boolean => refusal === undefined;

/** What runs programs here. */
interface Machine {
  readonly api: CudaApi;
  readonly compiler: CudaCompiler;
  /** With the reason where one cannot run programs. */
  readonly devices: readonly CudaDevice[];
}

/** @throws UsageError that names what is missing and what to install */
async function lookAround(own: CudaTargetOptions): Promise<Machine> {
  const api = (own.api ?? loadCuda)();
  const listed = listDevices(api);
  trustJavaScript('after the CUDA driver was loaded');
  const { compiler, unfit } =
    own.compiler === undefined ? await findCudaCompiler(driverVersion(api)) : { compiler: own.compiler, unfit: [] };
  if (compiler === undefined) {
    const [device] = listed;
    const found = unfit.length === 0 ? 'neither NVRTC (libnvrtc) nor nvcc is installed' : unfit.join('; ');
    throw new UsageError(`there is no compiler for the CUDA device ${device?.title ?? ''}: ${found}`, compilerHint);
  }
  const devices = listed.map((device) => {
    const refusal = device.refusal ?? unservedBy(compiler, device);
    return refusal === undefined ? device : { ...device, refusal };
  });
  return { api, compiler, devices };
}

function refused({ title, refusal }: CudaDevice): UsageError {
  return new UsageError(`the CUDA device ${title} cannot run models: ${refusal ?? ''}`, 'use another target');
}

function chooseDevice(devices: readonly CudaDevice[], wanted: number | undefined): CudaDevice {
  const candidates = devices.filter(usable);
  const device = candidates[wanted ?? 0];
  if (device !== undefined) return device;
  const [first] = devices;
  if (candidates.length === 0 && first !== undefined) throw refused(first);
  throw new UsageError(`there is no CUDA device ${wanted ?? 0}`, `the last one is ${candidates.length - 1}`);
}

async function probe(own: CudaTargetOptions): Promise<Availability> {
  try {
    const { devices } = await lookAround(own);
    const [first] = devices;
    if (first !== undefined && !devices.some(usable)) throw refused(first);
    const reason = devices.flatMap(({ title, refusal }) => (refusal === undefined ? [] : [`${title} is left out: ${refusal}`])).join('; ');
    const [best] = devices.filter(usable);
    return {
      target: 'cuda',
      available: true,
      devices: devices.filter(usable).map(({ title }) => title),
      ...(best === undefined ? {} : { memory: best.memory }),
      ...(reason === '' ? {} : { reason }),
    };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { message, hint } = error;
    return { target: 'cuda', available: false, devices: [], reason: message, ...(hint === undefined ? {} : { hint }) };
  }
}

/** Runs the trust microkernel. @throws UsageError that names what the device does wrong */
async function trust(driver: CudaDriver, { units }: CudaDevice): Promise<void> {
  try {
    const failed = await runTrust(driver, units);
    if (failed !== 0) throw distrustError(driver.title, failed);
  } catch (error) {
    if (error instanceof OutOfDeviceMemory) throw memoryError(driver, 4096, 'the first array needs', driver.memory);
    throw error;
  }
}

async function compile(program: Program, options: CompileOptions, own: CudaTargetOptions): Promise<Executable> {
  const { api, compiler, devices } = await lookAround(own);
  const device = chooseDevice(devices, options.device);
  const sizes = blockSizes(device);
  const generated = generateCuda(program, own.targets ?? options.strategy ?? 'atomic');
  const cache = options.cacheDirectory === undefined ? undefined : join(options.cacheDirectory, 'cuda');
  const built: BuiltProgram = await buildProgram(compiler, generated.source, buildOptions(compiler, device, sizes), cache);
  return {
    sources: new Map([['network.cu', generated.source]]),
    notes: generated.notes,
    start: async (): Promise<Session> => {
      const driver = new CudaDriver(openDevice(api, device), built, sizes, own.records);
      try {
        await trust(driver, device);
      } catch (error) {
        driver.dispose();
        throw error;
      }
      return startSession({ program, generated, sizes: { ...sizes, groups: 4 * device.units }, driver });
    },
  };
}

/** A cuda target with choices of one's own. */
export function cudaTargetWith(own: CudaTargetOptions): Target {
  return { name: 'cuda', probe: () => probe(own), compile: (program, options) => compile(program, options, own) };
}

/** Kernels on NVIDIA's devices. */
export const cudaTarget: Target = cudaTargetWith({});
