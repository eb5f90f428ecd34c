/** Threads of the wasm target: their number, their end, and the message for a machine with wrong arithmetic. */

import { availableParallelism } from 'node:os';
import { afterEach, describe, expect, test } from 'vitest';
import { UsageError } from '../../../../src/diagnostics/diagnostic.js';
import { trustChecks } from '../../../../src/codegen/wasm/trust.js';
import * as b from '../../../../src/ir/builder.js';
import type { Session } from '../../../../runtime/targets/target.js';
import { threadCount } from '../../../../runtime/targets/threads.js';
import { wasmTarget } from '../../../../runtime/targets/wasm/target.js';
import { distrustError } from '../../../../runtime/targets/wasm/workers.js';
import { buffer, cuba, index, mapOver, program } from './programs.js';

const open: Session[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((session) => session.dispose()));
});

describe('the number of threads', () => {
  /** Three operations for each of so many elements in a step: a load, an addition and a store. */
  const ofSize = (size: number): ReturnType<typeof program> => {
    const x = buffer('x', 'i32', size);
    return program({
      buffers: [x],
      kernels: [mapOver('count', size, [b.store(x, index, b.add(b.load(x, index), b.i32(1)))])],
    });
  };
  test.each([
    { asked: undefined, size: 600_000, available: 8, threads: 1 },
    { asked: undefined, size: 1_500_000, available: 8, threads: 4 },
    { asked: undefined, size: 10_000_000, available: 8, threads: 8 },
    { asked: 3, size: 10, available: 8, threads: 3 },
    { asked: 100, size: 10, available: 8, threads: 8 },
    { asked: 0, size: 10, available: 8, threads: 1 },
  ])('$asked asked for, $size elements, $available processors: $threads', ({ asked, size, available, threads }) => {
    expect(threadCount(ofSize(size), asked, available)).toBe(threads);
  });
});

describe('a session', () => {
  const x = buffer('x', 'i32', 1000);
  const counting = program({
    buffers: [x],
    kernels: [mapOver('count', 1000, [b.store(x, index, b.add(b.load(x, index), b.i32(1)))])],
  });

  test('is left in the middle of a run', async () => {
    const session = await (await wasmTarget.compile(counting, { threads: 1 })).start();
    // Too many steps for the thread of the caller: the other one has started when this is done.
    await session.run(2000);
    const run = session.run(2 ** 31 - 1);
    const started = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 200));
    await session.dispose();
    const done = await run;
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(2 ** 31 - 1);
    expect(performance.now() - started).toBeLessThan(10_000);
    await expect(session.run(1)).rejects.toThrow(/disposed/);
  });

  test('leaves the main thread free while it runs', async () => {
    const session = await (await wasmTarget.compile(counting, { threads: 1 })).start();
    open.push(session);
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    await session.run(200_000);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });

  test('puts reads after the runs before them', async () => {
    const session = await (await wasmTarget.compile(counting, { threads: 1 })).start();
    open.push(session);
    const [, first, , second] = await Promise.all([
      session.run(5),
      session.read('x', 0, 1),
      session.run(2),
      session.read('x', 999, 1),
    ]);
    expect([first, second]).toEqual([Int32Array.of(5), Int32Array.of(7)]);
  });

  test('runs in pieces of any length, on any number of threads, to the same end', async () => {
    const source = cuba({ size: 300, rowLength: 6, delay: 2, lanes: true });
    const spikes: string[] = [];
    for (const { threads, piece } of [
      { threads: 1, piece: 400 },
      { threads: 1, piece: 7 },
      { threads: availableParallelism(), piece: 33 },
    ]) {
      const session = await (await wasmTarget.compile(source, { threads })).start();
      open.push(session);
      while (session.step < 400) await session.run(Math.min(piece, 400 - session.step));
      const count = Number((await session.read('cursor'))[0]);
      spikes.push(`${count}: ${(await session.read('log', 0, 2 * count)).join(' ')}`);
    }
    expect(spikes[0]).not.toMatch(/^0:/);
    expect(new Set(spikes).size).toBe(1);
  });

  test('that needs more than 4 GiB while it is built reports it, and that the target c has no such limit', async () => {
    const total = buffer('total', 'u32', 1);
    const big = buffer('big', 'f64', { buffer: 'total', index: 0 });
    const session = await (
      await wasmTarget.compile(
        program({
          buffers: [total, big],
          kernels: [
            {
              shape: 'sequential',
              name: 'count',
              comment: 'synapses',
              locals: [],
              body: [b.store(total, b.u32(0), b.u32(700_000_000))],
            },
          ],
          schedule: {
            initialise: [
              { kind: 'run', kernel: 'count' },
              { kind: 'allocate', buffers: ['big'] },
            ],
            step: [],
          },
        }),
        {},
      )
    ).start();
    open.push(session);
    const failure = await session.initialise().then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(UsageError);
    expect((failure as UsageError).message).toMatch(/needs 5\.22 GiB/);
    expect((failure as UsageError).hint).toContain('--target c');
  });
});

describe('arithmetic that cannot be trusted', () => {
  test('is named', () => {
    const flushed = trustChecks.findIndex((check) => check.name.startsWith('denormal'));
    const rounded = trustChecks.findIndex((check) => check.name.startsWith('rounding is not to nearest'));
    const { message, hint } = distrustError((1 << flushed) | (1 << rounded));
    expect(message).toBe(
      'arithmetic on this machine cannot be trusted: denormal numbers are flushed to zero; rounding is not to ' +
        'nearest, ties to even',
    );
    expect(hint).toMatch(/ffast-math/);
  });
});
