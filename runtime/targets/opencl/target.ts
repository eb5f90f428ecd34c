/** The opencl target: processors, graphics cards and other devices with a driver for OpenCL. */

import { join } from 'node:path';
import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import { generateOpencl } from '../../../src/codegen/c/device/generate.js';
import type { TargetStrategy } from '../../../src/codegen/c/device/context.js';
import type { DeviceSizes } from '../../../src/codegen/schedule/launches.js';
import type { Program } from '../../../src/ir/program.js';
import { OutOfDeviceMemory } from '../device/driver.js';
import { startSession } from '../device/session.js';
import { showing } from '../shown.js';
import { runTrust, trustProgram } from '../device/trust.js';
import type { Availability, CompileOptions, Executable, Target } from '../target.js';
import { loadOpencl } from './api.js';
import type { OpenclApi } from './api.js';
import { buildProgram, loadProgram, openDevice } from './build.js';
import { buildOptions, leastGroup, listDevices, noDevice } from './devices.js';
import type { OpenclDevice } from './devices.js';
import { OpenclDriver } from './driver.js';
import { distrustError } from './trust.js';
import { trustJavaScript } from '../trust.js';

/** Options for tests. */
interface OpenclTargetOptions {
  /** Absent: the loader of this machine. */
  readonly api?: () => OpenclApi;
  /** Work-items of groups and of teams, and the number of groups; absent: suitable values for the device. */
  readonly sizes?: DeviceSizes;
  readonly targets?: TargetStrategy;
  /** As if the device had no 64-bit atomics, and only approximate division of floats. */
  readonly bare?: boolean;
  /** Compiled without optimisation: sooner, slower, and to the same bits. */
  readonly plain?: boolean;
}

/**
 * Sizes that suit a device. Processors run work-items one after another, so a team of several would only repeat
 * its loops.
 */
function sizesFor({ isProcessor, units, mostItems }: OpenclDevice): DeviceSizes {
  const power = (most: number): number => 2 ** Math.floor(Math.log2(Math.min(most, mostItems)));
  if (isProcessor) return { group: Math.max(leastGroup, power(128)), team: 1, groups: units };
  return { group: Math.max(leastGroup, power(256)), team: power(128), groups: 16 * units };
}

const optionsFor = (
  device: OpenclDevice,
  { group, team }: DeviceSizes,
  { bare = false, plain = false }: OpenclTargetOptions,
): string =>
  [
    buildOptions(device.preciseFloats && !bare, group, team),
    ...(bare ? ['-DWITHOUT_INT64_ATOMICS'] : []),
    ...(plain ? ['-cl-opt-disable'] : []),
  ].join(' ');

const usable = ({ refusal }: OpenclDevice): boolean => refusal === undefined;

/** The failed checks of each device, determined once per process. */
const distrust = new WeakMap<OpenclApi, Map<string, Promise<number>>>();

/** Compiles and runs only the trust microkernel. */
function trustOf(api: OpenclApi, device: OpenclDevice, own: OpenclTargetOptions): Promise<number> {
  const known = distrust.get(api) ?? new Map<string, Promise<number>>();
  distrust.set(api, known);
  const key = String(device.id);
  const failedChecks = known.get(key) ?? checkTrust(api, device, own);
  known.set(key, failedChecks);
  return failedChecks;
}

async function checkTrust(api: OpenclApi, device: OpenclDevice, own: OpenclTargetOptions): Promise<number> {
  const open = openDevice(api, device);
  const { source } = generateOpencl(trustProgram, 'atomic');
  const built = await buildProgram(open, source, optionsFor(device, own.sizes ?? sizesFor(device), own), undefined);
  const driver = new OpenclDriver(open, await loadProgram(open, built));
  try {
    return await runTrust(driver, device.units);
  } finally {
    driver.dispose();
  }
}

/** Returns the devices, with the reason for devices that cannot run models. */
async function judge(api: OpenclApi, own: OpenclTargetOptions): Promise<readonly OpenclDevice[]> {
  const judged: OpenclDevice[] = [];
  for (const device of listDevices(api)) {
    if (!usable(device)) {
      judged.push(device);
      continue;
    }
    try {
      const failed = await trustOf(api, device, own);
      judged.push(failed === 0 ? device : { ...device, refusal: distrustError(device.title, failed).message });
    } catch (error) {
      if (!(error instanceof UsageError || error instanceof OutOfDeviceMemory)) throw error;
      judged.push({ ...device, refusal: error.message });
    }
  }
  return judged;
}

/** Returns the device that an option names by its number or by a part of its title; by default the first usable one. */
async function chooseDevice(
  api: OpenclApi,
  wanted: number | undefined,
  own: OpenclTargetOptions,
): Promise<OpenclDevice> {
  const devices = await judge(api, own);
  const candidates = devices.filter(usable);
  const [first] = devices;
  if (first === undefined) throw noDevice(api);
  const device = candidates[wanted ?? 0];
  if (device !== undefined) return device;
  if (candidates.length > 0)
    throw new UsageError(`there is no OpenCL device ${wanted ?? 0}`, `the last one is ${candidates.length - 1}`);
  throw refusedDevice(first);
}

function refusedDevice({ title, refusal }: OpenclDevice): UsageError {
  return new UsageError(`the OpenCL device ${title} cannot run models: ${refusal ?? ''}`, 'use another target');
}

async function probe(options: OpenclTargetOptions): Promise<Availability> {
  try {
    const api = (options.api ?? loadOpencl)();
    const devices = await judge(api, options);
    trustJavaScript('after OpenCL was loaded');
    const [first] = devices;
    if (first === undefined) throw noDevice(api);
    const refused = devices.filter((device) => !usable(device));
    const able = devices.filter(usable);
    if (able.length === 0) throw refusedDevice(first);
    const reason = refused.map(({ title, refusal }) => `${title} is left out: ${refusal ?? ''}`).join('; ');
    return {
      target: 'opencl',
      available: true,
      devices: able.map(({ title }) => title),
      ...(able[0] === undefined ? {} : { memory: able[0].memory }),
      ...(reason === '' ? {} : { reason }),
    };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { message, hint } = error;
    return {
      target: 'opencl',
      available: false,
      devices: [],
      reason: message,
      ...(hint === undefined ? {} : { hint }),
    };
  }
}

async function compile(program: Program, options: CompileOptions, own: OpenclTargetOptions): Promise<Executable> {
  const api = (own.api ?? loadOpencl)();
  const device = await chooseDevice(api, options.device, own);
  trustJavaScript('after OpenCL was loaded');
  const sizes = own.sizes ?? sizesFor(device);
  const generated = generateOpencl(
    program,
    own.targets ?? options.strategy ?? (device.isProcessor ? 'split' : 'atomic'),
  );
  const open = openDevice(api, device);
  const cache = options.cacheDirectory === undefined ? undefined : join(options.cacheDirectory, 'opencl');
  const flags = optionsFor(device, sizes, own);
  const built = await buildProgram(open, generated.source, flags, cache);
  return {
    sources: new Map([['network.cl', generated.source]]),
    compiler: `the driver's OpenCL C compiler ${flags}`,
    notes: generated.notes,
    threads: device.isProcessor ? device.units : 1,
    start: async () => {
      const again = openDevice(api, device);
      const driver = new OpenclDriver(again, await loadProgram(again, built));
      try {
        const failed = await runTrust(driver, device.units);
        if (failed !== 0) throw distrustError(device.title, failed);
      } catch (error) {
        driver.dispose();
        throw error;
      }
      return showing(startSession({ program, generated, sizes, driver }), program);
    },
  };
}

/** Returns an opencl target with the given options. */
export function openclTargetWith(own: OpenclTargetOptions): Target {
  return { name: 'opencl', probe: () => probe(own), compile: (program, options) => compile(program, options, own) };
}

/** Kernels on any device with OpenCL 1.2 and double precision. */
export const openclTarget: Target = openclTargetWith({});
