/** The CUDA devices of this machine. */

import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import { driverHint } from './api.js';
import type { CudaApi } from './api.js';

/** A device as the driver describes it. */
export interface CudaDevice {
  /** Its number for the driver. */
  readonly id: number;
  /** As lists show it: name, compute capability, memory. */
  readonly title: string;
  readonly name: string;
  /** Ten times the major, plus the minor compute capability: 90 for 9.0. */
  readonly capability: number;
  /** Streaming multiprocessors. */
  readonly units: number;
  /** Threads of a block, at most. */
  readonly mostItems: number;
  /** Whether blocks of a launch may wait for each other; the code for that needs compute capability 7. */
  readonly cooperative: boolean;
  /** Bytes of all memory. */
  readonly memory: number;
  /** Why it cannot run programs; absent when it can. */
  readonly refusal?: string;
}

const attributes = {
  maxThreadsPerBlock: 1,
  multiprocessors: 16,
  computeMode: 20,
  major: 75,
  minor: 76,
  cooperativeLaunch: 95,
} as const;
const prohibited = 2;

function attribute(api: CudaApi, id: number, which: keyof typeof attributes): number {
  const value = new Int32Array(1);
  return api.call('cuDeviceGetAttribute', value, attributes[which], id) === 0 ? (value[0] ?? 0) : 0;
}

function nameOf(api: CudaApi, id: number): string {
  const bytes = new Uint8Array(256);
  if (api.call('cuDeviceGetName', bytes, bytes.length, id) !== 0) return `device ${id}`;
  return new TextDecoder().decode(bytes).replace(/\0.*$/s, '').trim();
}

function describe(api: CudaApi, id: number): CudaDevice {
  const memory = new BigUint64Array(1);
  api.call('cuDeviceTotalMem_v2', memory, id);
  const name = nameOf(api, id);
  const [major, minor] = [attribute(api, id, 'major'), attribute(api, id, 'minor')];
  const bytes = Number(memory[0]);
  return {
    id,
    name,
    title: `${name} (compute capability ${major}.${minor}, ${(bytes / 2 ** 30).toFixed(0)} GiB)`,
    capability: 10 * major + minor,
    units: Math.max(1, attribute(api, id, 'multiprocessors')),
    mostItems: attribute(api, id, 'maxThreadsPerBlock'),
    cooperative: attribute(api, id, 'cooperativeLaunch') === 1 && major >= 7,
    memory: bytes,
    ...(attribute(api, id, 'computeMode') === prohibited
      ? { refusal: 'its compute mode prohibits computation (nvidia-smi -c DEFAULT allows it)' }
      : {}),
  };
}

/** The version of CUDA that the driver supports, such as 13000 for 13.0. */
export function driverVersion(api: CudaApi): number {
  const version = new Int32Array(1);
  return api.call('cuDriverGetVersion', version) === 0 ? (version[0] ?? 0) : 0;
}

/** `13.0` from 13000. */
export const versionText = (version: number): string =>
  `${Math.floor(version / 1000)}.${Math.floor((version % 1000) / 10)}`;

/** The driver that has all functions that are called. */
const leastDriver = 11040;

/**
 * Returns all devices in the order of the driver.
 *
 * @throws UsageError if there is no device, or if the driver is too old
 */
export function listDevices(api: CudaApi): readonly CudaDevice[] {
  const code = api.call('cuInit', 0);
  if (code !== 0) throw noDevice(api, code);
  const version = driverVersion(api);
  if (version < leastDriver) {
    throw new UsageError(
      `the CUDA driver is too old: it supports CUDA ${versionText(version)}, and ${versionText(leastDriver)} is needed`,
      driverHint,
    );
  }
  const count = new Int32Array(1);
  const counted = api.call('cuDeviceGetCount', count);
  if (counted !== 0 || count[0] === 0) throw noDevice(api, counted);
  const devices: CudaDevice[] = [];
  for (let ordinal = 0; ordinal < (count[0] ?? 0); ordinal += 1) {
    const id = new Int32Array(1);
    if (api.call('cuDeviceGet', id, ordinal) === 0) devices.push(describe(api, id[0] ?? 0));
  }
  return devices;
}

function noDevice(api: CudaApi, code: number): UsageError {
  const { name, sentence } = api.describe(code);
  const why = code === 0 ? '' : ` (${name}${sentence === '' ? '' : `, ${sentence}`})`;
  return new UsageError(
    `CUDA found no device on this machine${why}`,
    'check that nvidia-smi lists the device; start containers with --gpus all',
  );
}
