/** Sessions of the wasm target on programs whose results are known by hand. */

import { afterEach, describe, expect, test } from 'vitest';
import * as b from '../../../../src/ir/builder.js';
import type { Program } from '../../../../src/ir/program.js';
import type { Session } from '../../../../runtime/targets/target.js';
import { wasmTarget } from '../../../../runtime/targets/wasm/target.js';
import { buffer, index, mapOver, program } from './programs.js';

const open: Session[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((session) => session.dispose()));
});

async function start(source: Program, threads = 1): Promise<Session> {
  const session = await (await wasmTarget.compile(source, { threads })).start();
  open.push(session);
  await session.initialise();
  return session;
}

const step = b.get({ name: 'step', type: 'i32' });
const x = buffer('x', 'f64', 5, Float64Array.of(1, 2, 3, 4, 5));
const doubling = program({ buffers: [x], kernels: [mapOver('double', 5, [b.store(x, index, b.mul(b.load(x, index), b.f64(2)))])] });

describe('a session', () => {
  test('runs steps and counts them', async () => {
    const session = await start(doubling);
    expect(await session.run(3)).toBe(3);
    expect(session.step).toBe(3);
    expect(await session.read('x')).toEqual(Float64Array.of(8, 16, 24, 32, 40));
  });

  test('reads and writes parts of a buffer', async () => {
    const session = await start(doubling);
    await session.write('x', Float64Array.of(10, 20), 2);
    expect(await session.read('x', 1, 3)).toEqual(Float64Array.of(2, 10, 20));
    expect(await session.length('x')).toBe(5);
    expect(session.memory).toBe(40);
  });

  test('run(a + b) equals run(a), snapshot, restore elsewhere, run(b)', async () => {
    const first = await start(doubling);
    await first.run(2);
    const snapshot = await first.snapshot();
    await first.run(3);
    const second = await start(doubling);
    await second.restore(snapshot);
    await second.run(3);
    expect(second.step).toBe(5);
    expect(await second.read('x')).toEqual(await first.read('x'));
  });

  test('a NaN has one pattern of bits', async () => {
    const y = buffer('y', 'f64', 2, Float64Array.of(0, -Infinity));
    const session = await start(
      program({
        buffers: [y],
        kernels: [
          mapOver('nan', 2, [
            b.store(y, index, b.sub(b.load(y, index), b.load(y, index))),
            b.store(y, index, b.div(b.load(y, index), b.f64(0))),
          ]),
        ],
      }),
    );
    await session.run(1);
    expect([...new BigUint64Array((await session.read('y')).buffer)]).toEqual([0x7ff8000000000000n, 0x7ff8000000000000n]);
  });

  test('lengths computed by kernels, initial fills, procedures', async () => {
    const total = buffer('total', 'u32', 1);
    const rows = { ...buffer('rows', 'i32', { buffer: 'total', index: 0 }), initial: { fill: 7 } };
    const zeros = buffer('zeros', 'u16', { buffer: 'total', index: 0 });
    const session = await start(
      program({
        buffers: [total, rows, zeros],
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
            { kind: 'allocate', buffers: ['rows', 'zeros'] },
            { kind: 'run', kernel: 'number' },
          ],
          step: [],
          procedures: { again: [{ kind: 'run', kernel: 'number' }] },
        },
      }),
    );
    expect(await session.read('rows')).toEqual(Int32Array.of(7, 8, 9, 10, 11, 12));
    expect(await session.read('zeros')).toEqual(Uint16Array.of(100, 101, 102, 103, 104, 105));
    await session.call('again');
    expect(await session.read('rows')).toEqual(Int32Array.of(7, 9, 11, 13, 15, 17));
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
    const session = await start(
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
    const session = await start(
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
});
