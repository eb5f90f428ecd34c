/** Sessions of the opencl target on programs whose results are known by hand, and on devices that fail. */

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { loadOpencl } from '../../../../runtime/targets/opencl/api.js';
import type { Argument, FunctionName, OpenclApi } from '../../../../runtime/targets/opencl/api.js';
import { buildOptions, listDevices } from '../../../../runtime/targets/opencl/devices.js';
import { openclTargetWith } from '../../../../runtime/targets/opencl/target.js';
import { distrustError } from '../../../../runtime/targets/opencl/trust.js';
import { referenceTarget } from '../../../../runtime/targets/reference/target.js';
import type { Session, Target } from '../../../../runtime/targets/target.js';
import { UsageError } from '../../../../src/diagnostics/diagnostic.js';
import * as b from '../../../../src/ir/builder.js';
import type { Program } from '../../../../src/ir/program.js';
import { twoPopulations } from '../../../support/two-populations.js';
import { buffer, cuba, index, mapOver, program } from '../wasm/programs.js';
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

const step = b.get({ name: 'step', type: 'i32' });
const x = buffer('x', 'f64', 5, Float64Array.of(1, 2, 3, 4, 5));
const doubling = program({ buffers: [x], kernels: [mapOver('double', 5, [b.store(x, index, b.mul(b.load(x, index), b.f64(2)))])] });

describe.skipIf(!hasOpencl)(`a session of the opencl target${reason}`, { timeout: 60_000 }, () => {
  test('runs steps and counts them', async () => {
    const session = await initialised(doubling);
    expect(await session.run(3)).toBe(3);
    expect(session.step).toBe(3);
    expect(await session.read('x')).toEqual(Float64Array.of(8, 16, 24, 32, 40));
  });

  test('reads and writes parts of a buffer', async () => {
    const session = await initialised(doubling);
    await session.write('x', Float64Array.of(10, 20), 2);
    expect(await session.read('x', 1, 3)).toEqual(Float64Array.of(2, 10, 20));
    expect(await session.length('x')).toBe(5);
    expect(session.memory).toBe(40);
    await expect(session.read('x', 3, 3)).rejects.toThrow(/outside x/);
    await expect(session.write('x', Float64Array.of(1, 2), 4)).rejects.toThrow(/outside x/);
    await expect(session.write('x', Float32Array.of(1))).rejects.toThrow(/Float32Array is written to x/);
    await expect(session.read('y')).rejects.toThrow(/no buffer is named y/);
    await session.dispose();
    await expect(session.run(1)).rejects.toThrow(/disposed/);
  });

  test('two sessions of one program do not meet', async () => {
    const [one, other] = [await initialised(doubling), await initialised(doubling)];
    await one.run(1);
    expect(await other.read('x', 0, 1)).toEqual(Float64Array.of(1));
    await other.run(3);
    expect([await one.read('x', 0, 1), await other.read('x', 0, 1)]).toEqual([Float64Array.of(2), Float64Array.of(8)]);
  });

  test('run(a + b) equals run(a), snapshot, restore elsewhere, run(b)', async () => {
    const source = cuba({ size: 200, rowLength: 8, delay: 2, lanes: true });
    const whole = await initialised(source);
    await whole.run(150);
    const first = await initialised(source);
    await first.run(61);
    const snapshot = await first.snapshot();
    const second = await start(source);
    await second.restore(snapshot);
    await second.run(89);
    expect(second.step).toBe(150);
    for (const { name } of source.buffers) expect(await second.read(name)).toEqual(await whole.read(name));
  });

  test('a snapshot of another model is refused', async () => {
    const session = await initialised(doubling);
    const wrong = { step: 1, buffers: new Map([['x', new Float64Array(4)]]) };
    await expect(session.restore(wrong)).rejects.toThrow(UsageError);
    expect(session.step).toBe(0);
  });

  test('a NaN has one pattern of bits', async () => {
    const y = buffer('y', 'f64', 2, Float64Array.of(0, -Infinity));
    const session = await initialised(
      program({
        buffers: [y],
        kernels: [mapOver('nan', 2, [b.store(y, index, b.div(b.sub(b.load(y, index), b.load(y, index)), b.f64(0)))])],
      }),
    );
    await session.run(1);
    expect([...new BigUint64Array((await session.read('y')).buffer)]).toEqual([0x7ff8000000000000n, 0x7ff8000000000000n]);
  });

  test('lengths computed by kernels, initial fills, procedures', async () => {
    const total = buffer('total', 'u32', 1);
    const rows = { ...buffer('rows', 'i32', { buffer: 'total', index: 0 }), initial: { fill: -7 } };
    const fills = { ...buffer('fills', 'f32', { buffer: 'total', index: 0 }), initial: { fill: 0.5 } };
    const zeros = buffer('zeros', 'u16', { buffer: 'total', index: 0 });
    const session = await start(
      program({
        buffers: [total, rows, fills, zeros],
        kernels: [
          { shape: 'sequential', name: 'count', comment: 'how many', locals: [], body: [b.store(total, b.u32(0), b.u32(6))] },
          {
            shape: 'map',
            name: 'number',
            comment: 'row numbers',
            domain: { kind: 'count', count: { buffer: 'total', index: 0 } },
            lanes: false,
            locals: [],
            body: [b.accumulate(rows, index, b.convert('i32', index)), b.store(zeros, index, b.add(index, b.u32(65536 + 100)))],
          },
        ],
        schedule: {
          initialise: [
            { kind: 'run', kernel: 'count' },
            { kind: 'allocate', buffers: ['rows', 'fills', 'zeros'] },
            { kind: 'run', kernel: 'number' },
          ],
          step: [],
          procedures: { again: [{ kind: 'run', kernel: 'number' }], anew: [{ kind: 'allocate', buffers: ['rows'] }] },
        },
      }),
    );
    expect(await session.length('rows')).toBe(0);
    const progress: number[] = [];
    await session.initialise((fraction) => progress.push(fraction));
    expect(progress.at(-1)).toBe(1);
    expect(await session.read('rows')).toEqual(Int32Array.of(-7, -6, -5, -4, -3, -2));
    expect(await session.read('fills')).toEqual(new Float32Array(6).fill(0.5));
    expect(await session.read('zeros')).toEqual(Uint16Array.of(100, 101, 102, 103, 104, 105));
    await session.call('again');
    expect(await session.read('rows')).toEqual(Int32Array.of(-7, -5, -3, -1, 1, 3));
    await session.call('anew');
    expect(await session.read('rows')).toEqual(new Int32Array(6).fill(-7));
    expect(session.memory).toBe(4 + 24 + 24 + 12);
  });

  test('entries run every so many steps, from an offset on', async () => {
    const counts = buffer('counts', 'u32', 1);
    const session = await initialised(
      program({
        buffers: [counts],
        kernels: [
          {
            shape: 'sequential',
            name: 'count',
            comment: '',
            locals: [],
            body: [b.store(counts, b.u32(0), b.add(b.load(counts, b.u32(0)), b.u32(1)))],
          },
        ],
        schedule: { step: [{ kernel: 'count', every: 4, offset: 3, slot: 'step' }] },
      }),
    );
    const seen: number[] = [];
    for (let k = 0; k < 12; k += 1) {
      await session.run(1);
      seen.push(Number((await session.read('counts'))[0]));
    }
    expect(seen).toEqual([0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3]);
  });

  test('stops before a log may lack room, and after the step of a fault', async () => {
    // The log of `a` holds 10 rows and may get 3 a step.
    const session = await initialised(twoPopulations);
    const reference = await (await referenceTarget.compile(twoPopulations, {})).start();
    await reference.initialise();
    expect(await session.run(100)).toBe(await reference.run(100));
    const emptied = new Uint32Array(3);
    for (let k = 0; k < 20; k += 1) {
      for (const engine of [session, reference]) await engine.write('cursors', emptied);
      expect(await session.run(7)).toBe(await reference.run(7));
      expect(session.step).toBe(reference.step);
    }
    // Step 30 raised a fault, was run to its end, and was the last.
    expect(session.step).toBe(31);
    expect(await session.run(1)).toBe(0);
    for (const { name } of twoPopulations.buffers) expect(await session.read(name)).toEqual(await reference.read(name));
    await reference.dispose();
  });

  test('a fault while building ends it', async () => {
    const total = buffer('total', 'u32', 1);
    const later = buffer('later', 'f64', { buffer: 'total', index: 0 });
    const session = await start(
      program({
        buffers: [total, later, buffer('faults', 'u32', 1)],
        kernels: [
          {
            shape: 'sequential',
            name: 'fail',
            comment: '',
            locals: [],
            body: [b.store(total, b.u32(0), b.u32(4294967295)), b.fault(2, b.eq(step, b.i32(0)))],
          },
        ],
        schedule: {
          initialise: [
            { kind: 'run', kernel: 'fail' },
            { kind: 'allocate', buffers: ['later'] },
          ],
          step: [],
        },
      }),
    );
    await session.initialise();
    expect(await session.read('faults')).toEqual(Uint32Array.of(2));
    expect(await session.length('later')).toBe(0);
  });

  test('memory that the device does not have is an error with the need and what there is', async () => {
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
    expect([capacity(device?.memory ?? 0), capacity(device?.mostAllocated ?? 0)].some((text) => String(error).includes(text))).toBe(true);
    const fixed = program({ buffers: [buffer('all', 'f64', 4294967295)], kernels: [] });
    await expect(start(fixed)).rejects.toThrow(/32\.00 GiB, and it has/);
  });
});

const textOf = (argument: Argument): string =>
  Array.isArray(argument) ? argument.filter((part) => typeof part === 'string').join('') : '';

/** Whether an argument is the source of `doubling`; that of the trust microkernel alone is another. */
const isSource = (wanted: FunctionName, argument: Argument): boolean =>
  wanted === 'clCreateProgramWithSource' && textOf(argument).includes('kernel_double');

/** OpenCL whose functions give a code once a condition holds. */
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

describe.skipIf(!hasOpencl)(`devices that fail${reason}`, { timeout: 60_000 }, () => {
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

  test('one whose memory is taken by others', async () => {
    const target = openclTargetWith({ api: failing('clCreateBuffer', -4, () => true) });
    // The trust kernel needs memory first.
    await expect(start(doubling, target)).rejects.toThrow(/CL_MEM_OBJECT_ALLOCATION_FAILURE|does not have the memory/);
  });

  test('one that computes wrongly is refused by name', async () => {
    const source = program({ buffers: [x], kernels: [] });
    const real = loadOpencl();
    // A compiler that flushes and contracts: what the kernel finds is set in its place.
    const api: OpenclApi = {
      ...real,
      call: (wanted, ...args) => {
        const code = real.call(wanted, ...args);
        const to = args[5];
        if (wanted === 'clEnqueueReadBuffer' && to instanceof Uint32Array && to.length === 1) to[0] = 0b1000001;
        return code;
      },
    };
    const message = /cannot be trusted: multiplication and addition are contracted; denormal numbers are flushed to zero/;
    await expect(start(source, openclTargetWith({ api: () => api }))).rejects.toThrow(message);
    const availability = await openclTargetWith({ api: () => api }).probe();
    expect(availability).toMatchObject({ available: false, devices: [], reason: expect.stringMatching(message) as string });
    expect(distrustError('card', 1).message).toContain('the OpenCL device card cannot be trusted');
  });

  test('a compiler that flushes subnormal numbers is found out by the kernel itself', async () => {
    const real = loadOpencl();
    const relaxed = (options: unknown): string => `${String(options)} -cl-denorms-are-zero -cl-unsafe-math-optimizations`;
    const api: OpenclApi = {
      ...real,
      later: (wanted, ...args) =>
        real.later(wanted, ...args.map((argument, k) => (wanted === 'clBuildProgram' && k === 3 ? relaxed(argument) : argument))),
    };
    const outcome = await start(doubling, openclTargetWith({ api: () => api }), join(folder, 'relaxed')).catch((error: unknown) => error);
    // Drivers may ignore both options; those that do not are refused.
    if (outcome instanceof Error) expect(outcome.message).toMatch(/cannot be trusted/);
    else expect(outcome).toHaveProperty('step', 0);
  });

  test('no device at all, and no loader', async () => {
    const none = openclTargetWith({ api: failing('clGetPlatformIDs', -1001, () => true) });
    expect(await none.probe()).toMatchObject({
      available: false,
      reason: expect.stringMatching(/no device.*no driver is installed/) as string,
    });
    await expect(start(doubling, none)).rejects.toThrow(/OpenCL finds no device/);
    vi.stubEnv('INTERNEURON_OPENCL_LIBRARY', 'libNoOpenCL.so.1');
    const availability = await openclTarget.probe();
    expect(availability).toMatchObject({ available: false, reason: 'OpenCL is not installed: there is no libNoOpenCL.so.1' });
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
        real.call(wanted, ...args.map((argument) => (isSource(wanted, argument) ? [`${textOf(argument)}\nnonsense`] : argument))),
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

describe.skipIf(!hasOpencl)(`the cache of binaries${reason}`, { timeout: 60_000 }, () => {
  const entries = (cache: string): string[] => readdirSync(join(cache, 'opencl')).filter((name) => name.endsWith('.clbin'));

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

  test('that cannot be written costs nothing but time', async () => {
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
