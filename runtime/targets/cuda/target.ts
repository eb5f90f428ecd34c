/** The cuda target: NVIDIA's graphics cards. */

import { join } from 'node:path';
import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import type { TargetStrategy } from '../../../src/codegen/c/device/context.js';
import { generateCuda } from '../../../src/codegen/c/device/generate.js';
import type { Program } from '../../../src/ir/program.js';
import { OutOfDeviceMemory } from '../device/driver.js';
import { memoryError } from '../device/memory.js';
import { startSession } from '../device/session.js';
import { showing } from '../shown.js';
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
import { checkDevices } from './check-devices.js';
import { trustJavaScript } from '../trust.js';

/** Options for tests and measurements. */
interface CudaTargetOptions {
  /** Absent: the driver of this machine. */
  readonly api?: () => CudaApi;
  /** Absent: the first that fits the driver. */
  readonly compiler?: CudaCompiler;
  readonly targets?: TargetStrategy;
  /** False: every launch is a separate command, as on drivers that record none. */
  readonly records?: boolean;
  /** False: no launch runs whole steps, as on devices without cooperative launches. */
  readonly resident?: false;
  /** Is called with the driver of each session. */
  readonly observe?: (driver: CudaDriver) => void;
}

/**
 * Threads that kernels are compiled for: few enough for kernels that need many registers. Those of a launch that runs
 * whole steps have equal sizes.
 */
function blockSizes({ mostItems }: CudaDevice, resident = false): BlockSizes {
  const [team, scan] = resident ? [256, 256] : [128, 1024];
  return { group: Math.min(256, mostItems), team: Math.min(team, mostItems), scan: Math.min(scan, mostItems) };
}

const usable = ({ refusal }: CudaDevice): boolean => refusal === undefined;

/** The compiler and devices of this machine. */
interface Machine {
  readonly api: CudaApi;
  readonly compiler: CudaCompiler;
  /** With the reason for devices that cannot run programs. */
  readonly devices: readonly CudaDevice[];
}

/** @throws UsageError that names a missing part and the package to install */
async function lookAround(own: CudaTargetOptions): Promise<Machine> {
  const api = (own.api ?? loadCuda)();
  const listed = listDevices(api);
  trustJavaScript('after the CUDA driver was loaded');
  const { compiler, unfit } =
    own.compiler === undefined ? await findCudaCompiler(driverVersion(api)) : { compiler: own.compiler, unfit: [] };
  if (compiler === undefined) {
    const [device] = listed;
    const unfitReason = unfit.length === 0 ? 'neither NVRTC (libnvrtc) nor nvcc is installed' : unfit.join('; ');
    throw new UsageError(
      `there is no compiler for the CUDA device ${device?.title ?? ''}: ${unfitReason}`,
      compilerHint,
    );
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

/**
 * Returns the availability of CUDA.
 *
 * @param tries whether to run the trust microkernel on each device; failing devices keep their numbers
 */
async function probe(own: CudaTargetOptions, tries: boolean): Promise<Availability> {
  try {
    const { api, compiler, devices } = await lookAround(own);
    const able = devices.filter(usable);
    const [first] = devices;
    if (first !== undefined && able.length === 0) throw refused(first);
    const judged = tries ? await checkDevices(api, compiler, devices, blockSizes) : devices;
    if (tries) trustJavaScript('after the CUDA devices were tried');
    const [worst] = judged;
    if (worst !== undefined && !judged.some(usable)) throw refused(worst);
    const reason = judged.flatMap(({ title, refusal }, k) =>
      refusal === undefined
        ? []
        : [`${title} ${devices[k]?.refusal === undefined ? 'cannot be used' : 'is left out'}: ${refusal}`],
    );
    const [best] = able;
    return {
      target: 'cuda',
      available: true,
      devices: able.map(({ title }) => title),
      ...(best === undefined ? {} : { memory: best.memory }),
      ...(reason.length === 0 ? {} : { reason: reason.join('; ') }),
    };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { message, hint } = error;
    return { target: 'cuda', available: false, devices: [], reason: message, ...(hint === undefined ? {} : { hint }) };
  }
}

/** Runs the trust microkernel. @throws UsageError that names the failed checks of the device */
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
  const cache = options.cacheDirectory === undefined ? undefined : join(options.cacheDirectory, 'cuda');
  const device = chooseDevice(devices, options.device);
  const wishesResident = own.resident !== false && device.cooperative;
  const generated = generateCuda(program, own.targets ?? options.strategy ?? 'atomic', wishesResident);
  const resident = generated.resident !== undefined;
  const sizes = blockSizes(device, resident);
  const flags = buildOptions(compiler, device, sizes);
  const built: BuiltProgram = await buildProgram(compiler, generated.source, flags, cache);
  return {
    sources: new Map([['network.cu', generated.source]]),
    compiler: `${compiler.title} ${flags.join(' ')}`,
    notes: generated.notes,
    start: async (): Promise<Session> => {
      const driver = new CudaDriver(openDevice(api, device), built, sizes, own.records);
      own.observe?.(driver);
      try {
        await trust(driver, device);
      } catch (error) {
        driver.dispose();
        throw error;
      }
      const groups = (resident ? 1 : 4) * device.units;
      return showing(startSession({ program, generated, sizes: { ...sizes, groups }, driver }), program);
    },
  };
}

/** Returns a cuda target with the given options. */
export function cudaTargetWith(own: CudaTargetOptions): Target {
  return {
    name: 'cuda',
    probe: () => probe(own, false),
    judge: () => probe(own, true),
    compile: (program, options) => compile(program, options, own),
  };
}

/** Kernels on NVIDIA's devices. */
export const cudaTarget: Target = cudaTargetWith({});
