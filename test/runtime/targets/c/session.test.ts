/** Sessions of the c target on programs whose results are known by hand. */

import { afterEach, describe, expect, test } from 'vitest';
import * as b from '../../../../src/ir/builder.js';
import type { Program } from '../../../../src/ir/program.js';
import { twoPopulations } from '../../../support/two-populations.js';
import { cTargetWith } from '../../../../runtime/targets/c/target.js';
import { distrustError } from '../../../../runtime/targets/c/session.js';
import { referenceTarget } from '../../../../runtime/targets/reference/target.js';
import type { Session, Target } from '../../../../runtime/targets/target.js';
import { UsageError } from '../../../../src/diagnostics/diagnostic.js';
import { trustChecks } from '../../../../src/codegen/c/trust.js';
import { buffer, cuba, index, mapOver, program } from '../wasm/programs.js';
import { anyCompiler, cacheFolder, gcc, linksOpenMp, reasonOf } from './compilers.js';

const cacheDirectory = cacheFolder();
const open: Session[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((session) => session.dispose()));
});

const cTarget = cTargetWith({ ...(anyCompiler === undefined ? {} : { compiler: anyCompiler }), available: 3 });

async function start(source: Program, threads = 1, target: Target = cTarget): Promise<Session> {
  const session = await (await target.compile(source, { threads, cacheDirectory })).start();
  open.push(session);
  return session;
}

async function initialised(source: Program, threads = 1): Promise<Session> {
  const session = await start(source, threads);
  await session.initialise();
  return session;
}

const step = b.get({ name: 'step', type: 'i32' });
const x = buffer('x', 'f64', 5, Float64Array.of(1, 2, 3, 4, 5));
const doubling = program({ buffers: [x], kernels: [mapOver('double', 5, [b.store(x, index, b.mul(b.load(x, index), b.f64(2)))])] });

describe.skipIf(anyCompiler === undefined)(`a session of the c target${reasonOf(anyCompiler, 'a C compiler')}`, () => {
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
    const z = buffer('z', 'f32', 2, Float32Array.of(0, 1));
    const session = await initialised(
      program({
        buffers: [y, z],
        kernels: [
          mapOver('nan', 2, [
            b.store(y, index, b.div(b.sub(b.load(y, index), b.load(y, index)), b.f64(0))),
            b.store(z, index, b.unary('sqrt', b.sub(b.f32(-1), b.load(z, index)))),
          ]),
        ],
      }),
    );
    await session.run(1);
    expect([...new BigUint64Array((await session.read('y')).buffer)]).toEqual([0x7ff8000000000000n, 0x7ff8000000000000n]);
    expect([...new Uint32Array((await session.read('z')).buffer)]).toEqual([0x7fc00000, 0x7fc00000]);
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

  test('memory that the machine does not have is an error that names it', async () => {
    const total = buffer('total', 'u32', 1, Uint32Array.of(4294967295));
    const many = Array.from({ length: 40 }, (_, k) => buffer(`huge${k}`, 'f64', { buffer: 'total', index: 0 }));
    const source = program({
      buffers: [total, ...many],
      kernels: [],
      schedule: { initialise: [{ kind: 'allocate', buffers: many.map(({ name }) => name) }], step: [], procedures: {} },
    });
    const session = await start(source);
    // Systems that promise more than they have give it all; that is no failure of ours.
    const outcome = await session.initialise().then(
      () => 'given',
      (error: unknown) => error,
    );
    if (outcome !== 'given') expect(outcome).toMatchObject({ message: expect.stringMatching(/32\.00 GiB of memory/) as string });
  });

  test('entries run every so many steps, from an offset on', async () => {
    const counts = buffer('counts', 'u32', 1);
    const count = {
      shape: 'sequential',
      name: 'count',
      comment: 'counts its runs',
      locals: [],
      body: [b.accumulate(counts, b.u32(0), b.u32(1))],
    } as const;
    const session = await initialised(
      program({ buffers: [counts], kernels: [count], schedule: { step: [{ kernel: 'count', every: 3, offset: 4, slot: 'end' }] } }),
    );
    const after: number[] = [];
    for (let k = 0; k < 11; k += 1) {
      await session.run(1);
      after.push(Number((await session.read('counts'))[0]));
    }
    // Runs in steps 4, 7 and 10.
    expect(after).toEqual([0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3]);
  });

  test('stops after the step of a fault, and before a step for which a log may lack room', async () => {
    const faults = buffer('faults', 'u32', 1);
    const cursor = buffer('cursor', 'u32', 1);
    const log = buffer('log', 'i32', 6);
    const write = {
      shape: 'sequential',
      name: 'write',
      comment: 'a row a step',
      locals: [],
      body: [b.store(log, b.load(cursor, b.u32(0)), step), b.accumulate(cursor, b.u32(0), b.u32(1)), b.fault(4, b.eq(step, b.i32(7)))],
    } as const;
    const session = await initialised(
      program({
        buffers: [faults, cursor, log],
        kernels: [write],
        logs: [{ name: 'log', buffer: 'log', cursor: { buffer: 'cursor', index: 0 }, rowLength: 1, capacity: 6, maxRowsPerStep: 2 }],
      }),
    );
    expect(await session.run(100)).toBe(5);
    expect(await session.read('log')).toEqual(Int32Array.of(0, 1, 2, 3, 4, 0));
    await session.write('cursor', Uint32Array.of(0));
    expect(await session.run(100)).toBe(3);
    expect(await session.read('faults')).toEqual(Uint32Array.of(4));
    expect(await session.run(100)).toBe(0);
  });

  test('a program with every kernel shape gives what can be computed on paper, as on the reference', async () => {
    const session = await initialised(twoPopulations);
    const expected = await (await referenceTarget.compile(twoPopulations, {})).start();
    await expected.initialise();
    for (const steps of [1, 4, 7, 40]) {
      expect(await session.run(steps)).toBe(await expected.run(steps));
      for (const { name } of twoPopulations.buffers) expect(await session.read(name)).toEqual(await expected.read(name));
      for (const each of [session, expected]) await each.write('cursors', Uint32Array.of(0, 0, 0));
    }
    await session.call('clear');
    expect(await session.read('v')).toEqual(new Float64Array(66));
  });

  const counting = (size: number): Program => {
    const total = buffer('total', 'i32', size);
    return program({
      buffers: [total],
      kernels: [mapOver('count', size, [b.store(total, index, b.add(b.load(total, index), b.i32(1)))])],
    });
  };

  test('leaves the main thread free while it runs, and is left in the middle of a run', async () => {
    const session = await initialised(counting(1000));
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    const run = session.run(2 ** 31 - 1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const began = performance.now();
    await session.dispose();
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
    const done = await run;
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(2 ** 31 - 1);
    expect(performance.now() - began).toBeLessThan(10_000);
    await expect(session.run(1)).rejects.toThrow(/disposed/);
    expect(session.memory).toBe(0);
  });

  test('puts reads after the runs before them', async () => {
    const session = await initialised(counting(100));
    const [, first, , second] = await Promise.all([
      session.run(5),
      session.read('total', 0, 1),
      session.run(2),
      session.read('total', 99, 1),
    ]);
    expect([first, second]).toEqual([Int32Array.of(5), Int32Array.of(7)]);
  });

  test('arithmetic that cannot be trusted is named', () => {
    const names = ['multiplication and addition are contracted', 'denormal numbers are flushed to zero'];
    const error = distrustError(trustChecks.reduce((bits, { name }, k) => (names.includes(name) ? bits | (1 << k) : bits), 0));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain(names.join('; '));
    expect(trustChecks.length).toBeLessThanOrEqual(32);
  });
});

const parallel = await linksOpenMp(gcc);

describe.skipIf(!parallel)(`threads of the c target${parallel ? '' : ' (skipped: no gcc with OpenMP)'}`, () => {
  test('agree on the step of a fault', async () => {
    const faults = buffer('faults', 'u32', 1);
    const total = buffer('total', 'i32', 6400);
    // Only an element of the last thread's share raises it.
    const source = program({
      buffers: [faults, total],
      kernels: [
        mapOver('count', 6400, [
          b.store(total, index, b.add(b.load(total, index), b.i32(1))),
          b.fault(2, b.and(b.eq(index, b.u32(6399)), b.eq(step, b.i32(37)))),
        ]),
      ],
    });
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const session = await start(source, 3);
      await session.initialise();
      expect(await session.run(1000)).toBe(38);
      expect(await session.read('total')).toEqual(new Int32Array(6400).fill(38));
    }
  });

  test('run in pieces of any length to the same end', async () => {
    const source = cuba({ size: 300, rowLength: 6, delay: 2, lanes: true });
    const ends: string[] = [];
    for (const { threads, piece } of [
      { threads: 1, piece: 400 },
      { threads: 2, piece: 33 },
      { threads: 3, piece: 7 },
    ]) {
      const session = await initialised(source, threads);
      while (session.step < 400) await session.run(Math.min(piece, 400 - session.step));
      ends.push(Buffer.from((await session.read('log')).buffer).toString('base64'));
    }
    expect(new Set(ends).size).toBe(1);
  });
});
