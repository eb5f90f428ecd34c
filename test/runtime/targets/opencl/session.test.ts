/**
 * Sessions of the opencl target on devices that fail, and the cache of binaries. `session.test.ts` tests the common
 * behaviour of all targets.
 */

import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { loadOpencl } from '../../../../runtime/targets/opencl/api.js';
import type { Argument, FunctionName, OpenclApi } from '../../../../runtime/targets/opencl/api.js';
import { buildOptions, listDevices } from '../../../../runtime/targets/opencl/devices.js';
import { openclTargetWith } from '../../../../runtime/targets/opencl/target.js';
import { distrustError } from '../../../../runtime/targets/opencl/trust.js';
import type { Session, Target } from '../../../../runtime/targets/target.js';
import { UsageError } from '../../../../src/diagnostics/diagnostic.js';
import * as b from '../../../../src/ir/builder.js';
import type { Program } from '../../../../src/ir/program.js';
import { buffer, index, mapOver, program } from '../wasm/programs.js';
import { hasOpencl, reason } from './devices.js';

const folder = mkdtempSync(join(tmpdir(), 'interneuron-opencl-session-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const open: Session[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(open.splice(0).map((session) => session.dispose()));
});

const openclTarget = openclTargetWith({});

async function start(source: Program, target: Target = openclTarget, cacheDirectory = folder): Promise<Session> {
  const session = await (await target.compile(source, { cacheDirectory })).start();
  open.push(session);
  return session;
}

async function initialised(source: Program, target?: Target): Promise<Session> {
  const session = await start(source, target);
  await session.initialise();
  return session;
}

const x = buffer('x', 'f64', 5, Float64Array.of(1, 2, 3, 4, 5));
const doubling = program({
  buffers: [x],
  kernels: [mapOver('double', 5, [b.store(x, index, b.mul(b.load(x, index), b.f64(2)))])],
});

describe.skipIf(!hasOpencl)(`the memory of a session${reason}`, () => {
  test('memory that the device does not have is an error with the needed and the present amount', async () => {
    const total = buffer('total', 'u32', 1, Uint32Array.of(4294967295));
    const huge = Array.from({ length: 3 }, (_, k) => buffer(`huge${k}`, 'f64', { buffer: 'total', index: 0 }));
    const source = program({
      buffers: [total, ...huge],
      kernels: [],
      schedule: { initialise: [{ kind: 'allocate', buffers: huge.map(({ name }) => name) }], step: [], procedures: {} },
    });
    const [device] = listDevices(loadOpencl());
    const capacity = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`;
    const error: unknown = await (await start(source)).initialise().catch((caught: unknown) => caught);
    if ((device?.memory ?? 0) >= 2 ** 35 && (device?.mostAllocated ?? 0) >= 2 ** 35) return;
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toMatch(/huge0 .*3[2-9]\.\d\d GiB/);
    expect(
      [capacity(device?.memory ?? 0), capacity(device?.mostAllocated ?? 0)].some((text) =>
        String(error).includes(text),
      ),
    ).toBe(true);
    const fixed = program({ buffers: [buffer('all', 'f64', 4294967295)], kernels: [] });
    await expect(start(fixed)).rejects.toThrow(/32\.00 GiB, and it has/);
  });
});

const textOf = (argument: Argument): string =>
  Array.isArray(argument) ? argument.filter((part) => typeof part === 'string').join('') : '';

/** Whether an argument is the source of `doubling`, as opposed to the source of the trust microkernel. */
const isSource = (wanted: FunctionName, argument: Argument): boolean =>
  wanted === 'clCreateProgramWithSource' && textOf(argument).includes('kernel_double');

/** OpenCL with functions that return a code once a condition holds. */
function failing(name: FunctionName, code: number, when: () => boolean): () => OpenclApi {
  const real = loadOpencl();
  const fails = (wanted: FunctionName): boolean => wanted === name && when();
  const api: OpenclApi = {
    ...real,
    call: (wanted, ...args) => {
      if (!fails(wanted)) return real.call(wanted, ...args);
      const last = args.at(-1);
      if (last instanceof Int32Array) last[0] = code;
      return last instanceof Int32Array ? 0 : code;
    },
    later: (wanted, ...args) => (fails(wanted) ? Promise.resolve(code) : real.later(wanted, ...args)),
  };
  return () => api;
}

describe.skipIf(!hasOpencl)(`devices that fail${reason}`, () => {
  test.each([
    ['clFinish', -5, /CL_OUT_OF_RESOURCES/],
    ['clEnqueueNDRangeKernel', -36, /CL_INVALID_COMMAND_QUEUE/],
    ['clEnqueueReadBuffer', -2, /CL_DEVICE_NOT_AVAILABLE/],
  ] as const)('one that vanishes during a run: %s gives %i', async (name, code, message) => {
    let gone = false;
    const session = await initialised(doubling, openclTargetWith({ api: failing(name, code, () => gone) }));
    await session.run(2);
    gone = true;
    const error: unknown = await session.run(5).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toMatch(message);
    expect(String(error)).toMatch(/the OpenCL device .* stopped working/);
  });

  test('one with its memory taken by others', async () => {
    const target = openclTargetWith({ api: failing('clCreateBuffer', -4, () => true) });
    // The trust kernel needs memory first.
    await expect(start(doubling, target)).rejects.toThrow(/CL_MEM_OBJECT_ALLOCATION_FAILURE|has too little memory/);
  });

  test('one that computes wrongly is refused by name', async () => {
    const source = program({ buffers: [x], kernels: [] });
    const real = loadOpencl();
    // A compiler that flushes and contracts: the kernel's results are replaced.
    const api: OpenclApi = {
      ...real,
      call: (wanted, ...args) => {
        const code = real.call(wanted, ...args);
        const to = args[5];
        if (wanted === 'clEnqueueReadBuffer' && to instanceof Uint32Array && to.length === 1) to[0] = 0b100000001;
        return code;
      },
    };
    const message =
      /cannot be trusted: multiplication and addition are contracted; denormal numbers are flushed to zero/;
    await expect(start(source, openclTargetWith({ api: () => api }))).rejects.toThrow(message);
    const availability = await openclTargetWith({ api: () => api }).probe();
    expect(availability).toMatchObject({
      available: false,
      devices: [],
      reason: expect.stringMatching(message) as string,
    });
    expect(distrustError('card', 1).message).toContain('the OpenCL device card cannot be trusted');
  });

  test('no device at all, and no loader', async () => {
    const none = openclTargetWith({ api: failing('clGetPlatformIDs', -1001, () => true) });
    expect(await none.probe()).toMatchObject({
      available: false,
      reason: expect.stringMatching(/no device.*no driver is installed/) as string,
    });
    await expect(start(doubling, none)).rejects.toThrow(/OpenCL found no device/);
    vi.stubEnv('INTERNEURON_OPENCL_LIBRARY', 'libNoOpenCL.so.1');
    const availability = await openclTarget.probe();
    expect(availability).toMatchObject({
      available: false,
      reason: 'OpenCL is not installed: there is no libNoOpenCL.so.1',
    });
    expect(availability.hint).toContain('ocl-icd-libopencl1');
    expect(availability.hint).toContain('pocl-opencl-icd');
  });

  test('a device that is not there', async () => {
    await expect(openclTarget.compile(doubling, { device: 99 })).rejects.toThrow(/there is no OpenCL device 99/);
  });

  test('a compiler that fails: its message and the path of the source', async () => {
    const real = loadOpencl();
    const api: OpenclApi = {
      ...real,
      call: (wanted, ...args) =>
        real.call(
          wanted,
          ...args.map((argument) => (isSource(wanted, argument) ? [`${textOf(argument)}\nnonsense`] : argument)),
        ),
    };
    const error: unknown = await openclTargetWith({ api: () => api })
      .compile(doubling, {})
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UsageError);
    const path = /(\S*network\.cl): /.exec(String(error))?.[1] ?? '';
    expect(readFileSync(path, 'utf8')).toContain('kernel_double');
    expect(String(error)).toMatch(/nonsense|error/);
    rmSync(join(path, '..'), { recursive: true });
  });
});

describe.skipIf(!hasOpencl)(`the cache of binaries${reason}`, () => {
  const entries = (cache: string): string[] =>
    readdirSync(join(cache, 'opencl')).filter((name) => name.endsWith('.clbin'));

  /** An api that counts compilations of source. */
  function counting(): { readonly api: () => OpenclApi; compiled: number } {
    const real = loadOpencl();
    const counter = { compiled: 0, api: (): OpenclApi => api };
    const api: OpenclApi = {
      ...real,
      call: (wanted, ...args) => {
        if (args.some((argument) => isSource(wanted, argument))) counter.compiled += 1;
        return real.call(wanted, ...args);
      },
    };
    return counter;
  }

  async function runs(target: Target, cacheDirectory: string): Promise<void> {
    const session = await start(doubling, target, cacheDirectory);
    await session.initialise();
    await session.run(1);
    expect(await session.read('x', 0, 2)).toEqual(Float64Array.of(2, 4));
  }

  test('serves the second run; an entry cut short is made anew', async () => {
    const cache = join(folder, 'cache');
    const counter = counting();
    const target = openclTargetWith({ api: counter.api });
    await runs(target, cache);
    expect(counter.compiled).toBe(1);
    await runs(target, cache);
    expect(counter.compiled).toBe(1);
    const [entry = ''] = entries(cache);
    truncateSync(join(cache, 'opencl', entry), 100);
    await runs(target, cache);
    expect(counter.compiled).toBe(2);
    await runs(target, cache);
    expect(counter.compiled).toBe(2);
  });

  test('that a driver does not take any more is passed over', async () => {
    const cache = join(folder, 'stale');
    const real = loadOpencl();
    await runs(openclTargetWith({}), cache);
    const refusing: OpenclApi = {
      ...real,
      call: (wanted, ...args) => {
        if (wanted !== 'clCreateProgramWithBinary') return real.call(wanted, ...args);
        const error = args.at(-1);
        if (error instanceof Int32Array) error[0] = -42;
        return 0;
      },
    };
    await runs(openclTargetWith({ api: () => refusing }), cache);
  });

  test('that cannot be written costs only time', async () => {
    const cache = join(folder, 'readonly');
    mkdirSync(join(cache, 'opencl'), { recursive: true });
    chmodSync(join(cache, 'opencl'), 0o500);
    await runs(openclTarget, cache);
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await runs(openclTarget, file);
    chmodSync(join(cache, 'opencl'), 0o700);
  });

  test('serves several at once', async () => {
    const cache = join(folder, 'several');
    await Promise.all([1, 2, 3].map(() => runs(openclTarget, cache)));
    expect(entries(cache)).toHaveLength(1);
    // Nothing half-written is left.
    expect(readdirSync(join(cache, 'opencl'))).toHaveLength(1);
  });

  test('depends on options that change the program', () => {
    expect(buildOptions(true, 128, 1)).not.toBe(buildOptions(false, 128, 1));
    expect(buildOptions(true, 128, 1)).not.toBe(buildOptions(true, 64, 1));
  });
});
