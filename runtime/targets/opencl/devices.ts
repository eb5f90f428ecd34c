/** The OpenCL devices of this machine, and whether they can run programs of ours. */

import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import { installHint } from './api.js';
import type { Handle } from '../device/driver.js';
import type { FunctionName, OpenclApi } from './api.js';
import { codeName } from './errors.js';

/** A device as its driver describes it. */
export interface OpenclDevice {
  /** The driver's handle. */
  readonly id: Handle;
  /** As its driver names it. */
  readonly name: string;
  /** `name (platform)`, as lists show it. */
  readonly title: string;
  /** Everything that a compiled program may depend on. */
  readonly identity: string;
  /** Whether its work-items are run one after another, as processors do. */
  readonly isProcessor: boolean;
  /** Compute units. */
  readonly units: number;
  /** Work-items of a group, at most. */
  readonly mostItems: number;
  /** Bytes of all memory, and of one piece at most. */
  readonly memory: number;
  /** Bytes of one piece at most. */
  readonly mostAllocated: number;
  /** Whether division and square root of `float` are correctly rounded; otherwise they are computed in `double`. */
  readonly preciseFloats: boolean;
  /** Why it cannot run programs of ours; absent when it can. */
  readonly refusal?: string;
}

const textDecoder = new TextDecoder();

type Query = (what: number) => Uint8Array;

function query(api: OpenclApi, name: FunctionName, id: Handle): Query {
  return (what) => {
    const size = new BigUint64Array(1);
    if (api.call(name, id, what, 0, null, size) !== 0) return new Uint8Array(0);
    const bytes = new Uint8Array(Number(size[0]));
    return bytes.length > 0 && api.call(name, id, what, bytes.length, bytes, null) === 0 ? bytes : new Uint8Array(0);
  };
}

const textOf = (bytes: Uint8Array): string =>
  textDecoder.decode(bytes).replace(/\0.*$/s, '').replace(/\s+/g, ' ').trim();

/** Reads an unsigned integer of any width. */
function numberOf(bytes: Uint8Array): number {
  let value = 0;
  for (let k = bytes.length - 1; k >= 0; k -= 1) value = value * 256 + (bytes[k] ?? 0);
  return value;
}

const correctlyRoundedFloats = 128;

/** Least number of work-items in groups of independent items, since they write u32 values of masks. */
export const leastGroup = 32;

function refusalOf(device: Query, extensions: ReadonlySet<string>, doubles: number): string | undefined {
  const version = /^OpenCL (\d+)\.(\d+)/.exec(textOf(device(0x102f)));
  if (version === null || Number(version[1]) * 10 + Number(version[2]) < 12)
    return `it supports OpenCL ${textOf(device(0x102f))}, but 1.2 is required`;
  if (!extensions.has('cl_khr_fp64') && doubles === 0)
    return 'it lacks double precision (cl_khr_fp64), needed for time and random numbers';
  if (numberOf(device(0x1026)) === 0) return 'it is big-endian';
  if (numberOf(device(0x1027)) === 0) return 'its driver reports it as unavailable';
  if (numberOf(device(0x1028)) === 0) return 'its driver has no compiler';
  if (numberOf(device(0x1004)) < leastGroup) return `its work-groups have fewer than ${leastGroup} work-items`;
  return undefined;
}

function describe(api: OpenclApi, platform: Handle, id: Handle): OpenclDevice {
  const device = query(api, 'clGetDeviceInfo', id);
  const ofPlatform = query(api, 'clGetPlatformInfo', platform);
  const name = textOf(device(0x102b));
  const extensions = new Set(textOf(device(0x1030)).split(' '));
  const doubles = numberOf(device(0x1032));
  const refusal = refusalOf(device, extensions, doubles);
  return {
    id,
    name,
    title: `${name} (${textOf(ofPlatform(0x0902))})`,
    identity: [0x0902, 0x0901, 0x0903]
      .map((what) => textOf(ofPlatform(what)))
      .concat([0x102b, 0x102c, 0x102d, 0x102f].map((what) => textOf(device(what))))
      .join('\n'),
    // Emulators report both types.
    isProcessor: (numberOf(device(0x1000)) & 6) === 2,
    units: Math.max(1, numberOf(device(0x1002))),
    mostItems: numberOf(device(0x1004)),
    memory: numberOf(device(0x101f)),
    mostAllocated: numberOf(device(0x1010)),
    preciseFloats: (numberOf(device(0x101b)) & correctlyRoundedFloats) !== 0,
    ...(refusal === undefined ? {} : { refusal }),
  };
}

/** Returns the handles that a function lists; empty if it fails, as it does without an installation. */
function list(api: OpenclApi, name: FunctionName, ...before: readonly Handle[]): readonly Handle[] {
  const count = new Uint32Array(1);
  if (api.call(name, ...before, 0, null, count) !== 0) return [];
  const ids = new BigUint64Array(count[0] ?? 0);
  if (ids.length === 0) return [];
  return api.call(name, ...before, ids.length, ids, null) === 0 ? [...ids] : [];
}

const anyType = 0xffffffff;

/** Returns all devices of all platforms in the order of the loader. */
export function listDevices(api: OpenclApi): readonly OpenclDevice[] {
  return list(api, 'clGetPlatformIDs').flatMap((platform) =>
    list(api, 'clGetDeviceIDs', platform, anyType).map((id) => describe(api, platform, id)),
  );
}

/** The error for a machine without devices in the loader's list. */
export function noDevice(api: OpenclApi): UsageError {
  const code = Number(api.call('clGetPlatformIDs', 0, null, new Uint32Array(1)));
  return new UsageError(
    `OpenCL found no device on this machine${code === 0 ? '' : ` (${codeName(code)})`}`,
    installHint,
  );
}

/** Compiler options that keep the bits, and the sizes of groups. */
export const buildOptions = (preciseFloats: boolean, group: number, team: number): string =>
  [
    '-cl-std=CL1.2 -w',
    ...(preciseFloats ? ['-cl-fp32-correctly-rounded-divide-sqrt', '-DPRECISE_FLOATS'] : []),
    `-DGROUP_SIZE=${group}`,
    `-DTEAM_SIZE=${team}`,
  ].join(' ');
