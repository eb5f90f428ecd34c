/**
 * Sessions of the cuda target on a device that the look-alike of the driver makes of the processor, and on devices that
 * fail.
 */

import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { loadCuda } from '../../../../runtime/targets/cuda/api.js';
import type { CudaCompiler } from '../../../../runtime/targets/cuda/compiler.js';
import { nvrtcCompiler } from '../../../../runtime/targets/cuda/nvrtc.js';
import { cudaTarget, cudaTargetWith } from '../../../../runtime/targets/cuda/target.js';
import { referenceTarget } from '../../../../runtime/targets/reference/target.js';
import type { Session, Target } from '../../../../runtime/targets/target.js';
import { trustProgram } from '../../../../runtime/targets/device/trust.js';
import { UsageError } from '../../../../src/diagnostics/diagnostic.js';
import { generateCuda } from '../../../../src/codegen/c/device/generate.js';
import * as b from '../../../../src/ir/builder.js';
import type { Program } from '../../../../src/ir/program.js';
import { buildLookAlike, canLookAlike } from '../../../support/cuda-driver/libraries.js';
import type { LookAlike, Setting } from '../../../support/cuda-driver/libraries.js';
import { twoPopulations } from '../../../support/two-populations.js';
import { buffer, cuba, delays, index, mapOver, program } from '../wasm/programs.js';
import { removeKept } from './devices.js';

const folder = mkdtempSync(join(tmpdir(), 'interneuron-cuda-session-'));
const machine: LookAlike | undefined = canLookAlike ? await buildLookAlike() : undefined;
const reason = machine ? '' : ' (skipped: there is no g++)';
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  machine?.dispose();
});

const usual: readonly (readonly [Setting, number])[] = [
  ['devices', 1],
  ['memory', 2 ** 32],
  ['others', 0],
  ['capability', 90],
  ['version', 13000],
  ['fail', 0],
  ['fail_after', 0],
  ['graphs', 1],
  ['mode', 0],
  ['seed', 1],
  ['cooperative', 1],
];
const open: Session[] = [];
beforeEach(() => {
  if (!machine) return;
  vi.stubEnv('INTERNEURON_CUDA_LIBRARY', machine.cuda);
  vi.stubEnv('INTERNEURON_NVRTC_LIBRARY', machine.nvrtc);
  for (const [setting, value] of usual) machine.set(setting, value);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((session) => session.dispose()));
  vi.unstubAllEnvs();
  // Every session has released all that it took.
  expect(machine?.count('objects') ?? 0).toBe(0);
});

async function start(source: Program, target: Target = cudaTarget, cacheDirectory = folder): Promise<Session> {
  const session = await (await target.compile(source, { cacheDirectory })).start();
  open.push(session);
  return session;
}

async function initialised(source: Program, target?: Target): Promise<Session> {
  const session = await start(source, target);
  await session.initialise();
  machine?.clear();
  return session;
}

/** Compares every buffer of two sessions, as bytes: some are long. */
async function expectEqual(one: Session, other: Session, { buffers }: Program): Promise<void> {
  expect(one.step).toBe(other.step);
  const bytes = async (session: Session, name: string): Promise<Buffer> =>
    Buffer.from((await session.read(name)).buffer);
  for (const { name } of buffers) expect((await bytes(one, name)).equals(await bytes(other, name)), name).toBe(true);
}

const x = buffer('x', 'f64', 5, Float64Array.of(1, 2, 3, 4, 5));
const doubling = program({
  buffers: [x],
  kernels: [mapOver('double', 5, [b.store(x, index, b.mul(b.load(x, index), b.f64(2)))])],
});
const network = cuba({ size: 200, rowLength: 8, delay: 2, lanes: true });

describe.skipIf(!machine)(`a session of the cuda target${reason}`, () => {
  test('runs steps, reads and writes parts of a buffer', async () => {
    const session = await initialised(doubling);
    expect(await session.run(3)).toBe(3);
    expect(session.step).toBe(3);
    expect(await session.read('x')).toEqual(Float64Array.of(8, 16, 24, 32, 40));
    await session.write('x', Float64Array.of(10, 20), 2);
    expect(await session.read('x', 1, 3)).toEqual(Float64Array.of(16, 10, 20));
    expect(session.memory).toBe(40);
    await session.dispose();
    await expect(session.run(1)).rejects.toThrow(/disposed/);
  });

  test('run(a + b) equals run(a), snapshot, restore elsewhere, run(b), and the reference', async () => {
    const whole = await initialised(network);
    await whole.run(150);
    const first = await initialised(network);
    await first.run(61);
    const second = await start(network);
    await second.restore(await first.snapshot());
    await second.run(89);
    await expectEqual(second, whole, network);
    const reference = await (await referenceTarget.compile(network, {})).start();
    await reference.initialise();
    await reference.run(150);
    await expectEqual(whole, reference, network);
    await reference.dispose();
  });

  test('stops before a log may lack room, and after the step of a fault', async () => {
    const session = await initialised(twoPopulations);
    const reference = await (await referenceTarget.compile(twoPopulations, {})).start();
    await reference.initialise();
    expect(await session.run(100)).toBe(await reference.run(100));
    const emptied = new Uint32Array(3);
    for (let k = 0; k < 20; k += 1) {
      for (const engine of [session, reference]) await engine.write('cursors', emptied);
      expect(await session.run(7)).toBe(await reference.run(7));
    }
    // Step 30 raised a fault, was run to its end, and was the last.
    expect(session.step).toBe(31);
    await expectEqual(session, reference, twoPopulations);
    await reference.dispose();
  });

  test('fills of every width, lengths computed by kernels, procedures', async () => {
    const total = buffer('total', 'u32', 1);
    const cells = { buffer: 'total', index: 0 } as const;
    const fills = [
      { ...buffer('bytes', 'i8', cells), initial: { fill: -7 } },
      { ...buffer('shorts', 'u16', cells), initial: { fill: 513 } },
      { ...buffer('words', 'f32', cells), initial: { fill: 0.5 } },
      { ...buffer('doubles', 'f64', cells), initial: { fill: 0.1 } },
      { ...buffer('longs', 'i64', cells), initial: { fill: -1 } },
    ];
    const session = await initialised(
      program({
        buffers: [total, ...fills],
        kernels: [
          {
            shape: 'sequential',
            name: 'count',
            comment: 'how many',
            locals: [],
            body: [b.store(total, b.u32(0), b.u32(1000))],
          },
        ],
        schedule: {
          initialise: [
            { kind: 'run', kernel: 'count' },
            { kind: 'allocate', buffers: fills.map(({ name }) => name) },
          ],
          step: [],
          procedures: { anew: [{ kind: 'allocate', buffers: ['doubles'] }] },
        },
      }),
    );
    expect(await session.read('bytes')).toEqual(new Int8Array(1000).fill(-7));
    expect(await session.read('shorts')).toEqual(new Uint16Array(1000).fill(513));
    expect(await session.read('words')).toEqual(new Float32Array(1000).fill(0.5));
    expect(await session.read('doubles')).toEqual(new Float64Array(1000).fill(0.1));
    expect(await session.read('longs')).toEqual(new BigInt64Array(1000).fill(-1n));
    await session.write('doubles', new Float64Array(1000));
    await session.call('anew');
    expect(await session.read('doubles')).toEqual(new Float64Array(1000).fill(0.1));
  });
});

describe.skipIf(!machine)(`steps recorded as one command${reason}`, () => {
  beforeEach(() => machine?.set('cooperative', 0));
  const counts = buffer('counts', 'u32', 4);
  const count = (name: string, place: number): Program['kernels'][number] => ({
    shape: 'sequential',
    name,
    comment: '',
    locals: [],
    body: [b.store(counts, b.u32(place), b.add(b.load(counts, b.u32(place)), b.u32(1)))],
  });
  const seldom = program({
    buffers: [counts],
    kernels: [count('all', 0), count('third', 1), count('rare', 2), count('late', 3)],
    schedule: {
      step: [
        { kernel: 'all', every: 1, offset: 0, slot: 'step' },
        { kernel: 'third', every: 3, offset: 1, slot: 'step' },
        { kernel: 'rare', every: 100, offset: 50, slot: 'step' },
        { kernel: 'late', every: 1, offset: 333, slot: 'step' },
      ],
    },
  });

  test('entries run every so many steps, from an offset on', async () => {
    const session = await initialised(seldom);
    for (const [steps, expected] of [
      [50, [50, 17, 0, 0]],
      [1, [51, 17, 1, 0]],
      [949, [1000, 333, 10, 667]],
    ] as const) {
      let done = 0;
      while (done < steps) done += await session.run(steps - done);
      expect([...((await session.read('counts')) as Uint32Array)]).toEqual(expected);
    }
    expect(machine?.count('graph_launches')).toBeGreaterThan(10);
  });

  test('a thousand steps are few commands, and as many launches as there are steps run on the device', async () => {
    const session = await initialised(doubling);
    // Ones keep their values: there is no overflow.
    await session.write('x', new Float64Array(5));
    expect(await session.run(1000)).toBe(1000);
    expect(machine?.count('kernels')).toBe(1000);
    expect(machine?.count('graph_launches')).toBeLessThan(25);
    expect(machine?.count('launches')).toBeLessThan(300);
    const before = machine?.count('graphs');
    expect(await session.run(1000)).toBe(1000);
    // Recordings are used again.
    expect((machine?.count('graphs') ?? 0) - (before ?? 0)).toBeLessThan(3);
  });

  test('a driver without recording is given every launch', async () => {
    const usualSession = await initialised(network);
    await usualSession.run(90);
    expect(machine?.count('graph_launches')).toBeGreaterThan(0);
    machine?.set('graphs', 0);
    const session = await initialised(network);
    await session.run(90);
    expect(machine?.count('graph_launches')).toBe(0);
    await expectEqual(session, usualSession, network);
    machine?.set('graphs', 1);
    const asked = await initialised(network, cudaTargetWith({ records: false }));
    await asked.run(90);
    expect(machine?.count('graph_launches')).toBe(0);
    await expectEqual(asked, usualSession, network);
  });

  test('recorded commands are forgotten when memory moves', async () => {
    const total = buffer('total', 'u32', 1, Uint32Array.of(3));
    const values = { ...buffer('values', 'f64', { buffer: 'total', index: 0 }), initial: { fill: 1 } };
    const source = program({
      buffers: [total, values],
      kernels: [
        {
          shape: 'map',
          name: 'add',
          comment: '',
          domain: { kind: 'count', count: { buffer: 'total', index: 0 } },
          lanes: false,
          locals: [],
          body: [b.store(values, index, b.add(b.load(values, index), b.f64(1)))],
        },
      ],
      schedule: {
        initialise: [{ kind: 'allocate', buffers: ['values'] }],
        step: [{ kernel: 'add', every: 1, offset: 0, slot: 'step' }],
        procedures: { anew: [{ kind: 'allocate', buffers: ['values'] }] },
      },
    });
    const session = await initialised(source);
    await session.run(100);
    expect(await session.read('values')).toEqual(Float64Array.of(101, 101, 101));
    await session.write('total', Uint32Array.of(7));
    await session.call('anew');
    await session.run(100);
    expect(await session.read('values')).toEqual(new Float64Array(7).fill(101));
  });
});

describe.skipIf(!machine)(`many steps in one launch${reason}`, () => {
  test.each([
    ['spikes along synapses of one delay', network, 150],
    ['synapses of four delays', delays('any'), 60],
    ['a fault in step 30', twoPopulations, 40],
  ])('%s: the bits of the reference in every order of blocks and threads', async (_, source, steps) => {
    const reference = await (await referenceTarget.compile(source, {})).start();
    await reference.initialise();
    await reference.run(steps);
    for (const seed of [1, 2, 3]) {
      machine?.set('seed', seed);
      const session = await initialised(source);
      await session.run(steps);
      expect(machine?.count('together')).toBeGreaterThan(0);
      expect(machine?.count('kernels')).toBe(machine?.count('together'));
      await expectEqual(session, reference, source);
    }
    await reference.dispose();
  });

  test('a thousand steps are few launches', async () => {
    const session = await initialised(network);
    expect(await session.run(1000)).toBe(1000);
    expect(machine?.count('kernels')).toBeLessThan(100);
  });

  test('without a barrier, order matters or blocks wait in vain', async () => {
    const changed = async (name: string, change: (source: string) => string): Promise<Session> => {
      const target = cudaTargetWith({ compiler: compilerWith(undefined, change) });
      const session = await start(network, target, join(folder, name));
      await session.initialise();
      return session;
    };
    const bits: string[] = [];
    for (const seed of [1, 2]) {
      machine?.set('seed', seed);
      const session = await changed('apart', (source) => source.replaceAll('sync_grid(arena, &goal);', ''));
      await session.run(100);
      bits.push(Buffer.from((await session.read('v')).buffer).toString('hex'));
    }
    expect(bits[0]).not.toBe(bits[1]);
    const stuck = await changed('stuck', (source) => source.replace('*goal += gridDim.x', '*goal += gridDim.x + 1u'));
    await expect(stuck.run(1)).rejects.toThrow(/resident: threads of block \d wait for blocks that do not come/);
    machine?.set('fail', 0);
  });

  test('a device without cooperative launches runs each kernel as a launch, to the same bits', async () => {
    machine?.set('cooperative', 0);
    const session = await initialised(network);
    await session.run(50);
    expect(machine?.count('together')).toBe(0);
    expect(machine?.count('graph_launches')).toBeGreaterThan(0);
    machine?.set('cooperative', 1);
    const whole = await initialised(network);
    await whole.run(50);
    expect(machine?.count('together')).toBeGreaterThan(0);
    await expectEqual(session, whole, network);
  });
});

describe.skipIf(!machine)(`devices that fail${reason}`, () => {
  test.each([
    [719, /CUDA_ERROR_LAUNCH_FAILED/],
    [700, /CUDA_ERROR_ILLEGAL_ADDRESS/],
    [214, /CUDA_ERROR_ECC_UNCORRECTABLE/],
    [46, /CUDA_ERROR_DEVICE_UNAVAILABLE/],
  ])('one that vanishes during a run: code %i; the next session finds it anew', async (code, message) => {
    const session = await initialised(doubling);
    await session.run(2);
    machine?.set('fail_after', machine.count('kernels') + 1);
    machine?.set('fail', code);
    const error: unknown = await session.run(50).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toMatch(message);
    expect(String(error)).toMatch(/the CUDA device Look-alike 0 .* stopped working/);
    // Nothing works until it is back.
    await expect(start(doubling)).rejects.toThrow(UsageError);
    machine?.set('fail', 0);
    machine?.clear();
    await session.dispose();
    const next = await initialised(doubling);
    await next.run(1);
    expect(await next.read('x', 0, 1)).toEqual(Float64Array.of(2));
  });

  test('memory that it does not have is an error with the needed, the free and the total amount', async () => {
    machine?.set('others', 2 ** 32 - 2 ** 30);
    const total = buffer('total', 'u32', 1, Uint32Array.of(2 ** 28));
    const huge = buffer('huge', 'f64', { buffer: 'total', index: 0 });
    const source = program({
      buffers: [total, huge],
      kernels: [],
      schedule: { initialise: [{ kind: 'allocate', buffers: ['huge'] }], step: [], procedures: {} },
    });
    const session = await start(source);
    await expect(session.initialise()).rejects.toThrow(
      /huge it needs 2\.00 GiB, and it has 1\.00 GiB left of 4\.00 GiB/,
    );
    await expect(start(program({ buffers: [buffer('all', 'f64', 2 ** 28)], kernels: [] }))).rejects.toThrow(
      /needs 2\.00 GiB, and it has 1\.00/,
    );
  });

  test('memory that others take meanwhile', async () => {
    const total = buffer('total', 'u32', 1, Uint32Array.of(2 ** 24));
    const large = buffer('large', 'f64', { buffer: 'total', index: 0 });
    const session = await start(
      program({
        buffers: [total, large],
        kernels: [],
        schedule: { initialise: [{ kind: 'allocate', buffers: ['large'] }], step: [], procedures: {} },
      }),
    );
    machine?.set('others', 2 ** 32 - 2 ** 26);
    await expect(session.initialise()).rejects.toThrow(/the array large needs 0\.13 GiB/);
  });

  test('none left at all', async () => {
    machine?.set('others', 2 ** 32);
    await expect(start(doubling)).rejects.toThrow(
      /the CUDA device Look-alike 0 .* has too little memory for the model/,
    );
  });

  test('no driver, no device, an old driver, a device that may not compute', async () => {
    machine?.set('devices', 0);
    expect(await cudaTarget.probe()).toMatchObject({
      available: false,
      reason: 'CUDA found no device on this machine (CUDA_ERROR_NO_DEVICE, as the look-alike says)',
    });
    machine?.set('devices', 1);
    machine?.set('version', 10020);
    expect(await cudaTarget.probe()).toMatchObject({
      reason: 'the CUDA driver is too old: it supports CUDA 10.2, and 11.4 is needed',
    });
    machine?.set('version', 13000);
    machine?.set('mode', 2);
    expect(await cudaTarget.probe()).toMatchObject({
      available: false,
      reason: expect.stringContaining('its compute mode prohibits computation') as string,
    });
    await expect(start(doubling)).rejects.toThrow(/cannot run models: its compute mode/);
    vi.stubEnv('INTERNEURON_CUDA_LIBRARY', 'libNoCuda.so.1');
    const availability = await cudaTarget.probe();
    expect(availability).toMatchObject({
      available: false,
      reason: 'the CUDA driver is not installed: there is no libNoCuda.so.1',
    });
    expect(availability.hint).toContain('nvidia-driver');
  });

  test('a compiler that is newer than the driver, or has no code for the device', async () => {
    machine?.set('version', 12040);
    const availability = await cudaTarget.probe();
    expect(availability.reason).toContain('NVRTC 13.0 is too new for the driver, which supports CUDA 12.4');
    expect(availability.hint).toContain('pip install nvidia-cuda-nvrtc');
    machine?.set('version', 13000);
    machine?.set('capability', 61);
    expect((await cudaTarget.probe()).reason).toContain('NVRTC 13.0 makes no code for compute capability 6.1');
  });

  test('several devices, and one that is not there', async () => {
    machine?.set('devices', 2);
    expect((await cudaTarget.probe()).devices).toEqual(
      [0, 1].map((id) => `Look-alike ${id} (compute capability 9.0, 4 GiB)`),
    );
    await expect(cudaTarget.compile(doubling, { device: 2 })).rejects.toThrow(/there is no CUDA device 2/);
    await (
      await cudaTarget.compile(doubling, { device: 1, cacheDirectory: folder })
    )
      .start()
      .then((session) => open.push(session));
  });
});

/** The look-alike's compiler with other options, and a count of its compilations. */
function compilerWith(
  change: (options: readonly string[]) => readonly string[] = (options) => options,
  changeSource: (source: string) => string = (source) => source,
): CudaCompiler & { compiled: number } {
  const real = nvrtcCompiler(machine?.nvrtc ?? '');
  if (real === undefined) throw new Error('no compiler');
  const counting = {
    ...real,
    compiled: 0,
    compile: (source: string, options: readonly string[]) => {
      counting.compiled += 1;
      return real.compile(changeSource(source), change(options));
    },
  };
  return counting;
}

describe.skipIf(!machine)(`compiling${reason}`, () => {
  const entries = (cache: string): string[] => readdirSync(join(cache, 'cuda'));

  async function runs(target: Target, cache: string): Promise<void> {
    const session = await start(doubling, target, cache);
    await session.initialise();
    await session.run(1);
    expect(await session.read('x', 0, 2)).toEqual(Float64Array.of(2, 4));
  }

  test('a compiler that contracts is found out by the device, before anything is run', async ({ skip }) => {
    const contracting = compilerWith((options) => options.filter((option) => option !== '-fmad=false'));
    const target = cudaTargetWith({ compiler: contracting });
    if (loadCuda().name !== machine?.cuda) skip();
    const outcome = await start(doubling, target, join(folder, 'contracting')).catch((error: unknown) => error);
    // A processor that cannot multiply and add in one does not contract.
    if (outcome instanceof Error)
      expect(outcome.message).toMatch(
        /arithmetic on the CUDA device .* cannot be trusted: multiplication and addition are contracted/,
      );
    else expect(outcome).toHaveProperty('step', 0);
  });

  test('a device that rounds wrongly is refused before anything is run', async () => {
    const real = compilerWith();
    const wrong: CudaCompiler = {
      ...real,
      // Roots of double precision are computed in single precision.
      compile: (source, options) =>
        real.compile(source.replace('__dsqrt_rn(x[0])', '(double)__fsqrt_rn((float)x[0])'), options),
    };
    expect(generateCuda(trustProgram, 'atomic').source).toContain('__dsqrt_rn(x[0])');
    const availability = await cudaTargetWith({ compiler: wrong }).judge?.();
    expect(availability).toMatchObject({ available: false, devices: [] });
    expect(availability?.reason).toMatch(
      /cannot run models: arithmetic on the CUDA device Look-alike 0 .* cannot be trusted: square root is not correctly rounded$/,
    );
    expect(await cudaTarget.judge?.()).toEqual(await cudaTarget.probe());
    expect(machine?.count('objects')).toBe(0);
  });

  test('a compiler that fails: its message and the path of the source', async () => {
    const failing = compilerWith((options) => [...options, '--nonsense']);
    const error: unknown = await cudaTargetWith({ compiler: failing })
      .compile(doubling, {})
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toMatch(/NVRTC 13\.0 cannot compile the generated source .*unrecognized option --nonsense/);
    expect(removeKept(String(error))).toMatch(/network\.cu$/);
  });

  test('code that the driver does not take', async () => {
    const real = compilerWith();
    const compiler: CudaCompiler = { ...real, compile: () => Promise.resolve({ image: new Uint8Array(64) }) };
    await expect(start(doubling, cudaTargetWith({ compiler }), join(folder, 'image'))).rejects.toThrow(
      /does not take the code that NVRTC 13\.0 made: CUDA_ERROR_INVALID_IMAGE/,
    );
  });

  test('the cache serves the second run; an entry cut short is made anew', async () => {
    const cache = join(folder, 'cache');
    const compiler = compilerWith();
    const target = cudaTargetWith({ compiler });
    await runs(target, cache);
    await runs(target, cache);
    expect(compiler.compiled).toBe(1);
    const [entry = ''] = entries(cache);
    truncateSync(join(cache, 'cuda', entry), 100);
    await runs(target, cache);
    expect(compiler.compiled).toBe(2);
    await runs(target, cache);
    expect(compiler.compiled).toBe(2);
    machine?.set('capability', 80);
    // Another device, another entry.
    await runs(target, cache);
    expect(compiler.compiled).toBe(3);
  });

  test('a cache that cannot be written costs only time, and several may write at once', async () => {
    const cache = join(folder, 'readonly');
    mkdirSync(join(cache, 'cuda'), { recursive: true });
    chmodSync(join(cache, 'cuda'), 0o500);
    await runs(cudaTarget, cache);
    chmodSync(join(cache, 'cuda'), 0o700);
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await runs(cudaTarget, file);
    const several = join(folder, 'several');
    await Promise.all([1, 2, 3].map(() => runs(cudaTarget, several)));
    expect(entries(several)).toHaveLength(1);
  });
});
