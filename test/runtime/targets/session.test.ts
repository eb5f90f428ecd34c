/** Sessions of every target on programs with results computed by hand. */

import { afterEach, describe, expect, test } from 'vitest';
import { cTargetWith } from '../../../runtime/targets/c/target.js';
import { openclTargetWith } from '../../../runtime/targets/opencl/target.js';
import { referenceTarget } from '../../../runtime/targets/reference/target.js';
import type { Session, Target } from '../../../runtime/targets/target.js';
import { wasmTarget } from '../../../runtime/targets/wasm/target.js';
import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import * as b from '../../../src/ir/builder.js';
import type { Program } from '../../../src/ir/program.js';
import { canShim, shimTarget } from '../../support/cuda-shim/target.js';
import { twoPopulations } from '../../support/two-populations.js';
import { anyCompiler, cacheFolder, reasonOf } from './c/compilers.js';
import { hasOpencl, reason } from './opencl/devices.js';
import { buffer, cuba, index, mapOver, program } from './wasm/programs.js';
import { expectEqual } from '../../support/equal.js';
import { runSteps } from '../../support/run-steps.js';

interface Engine {
  readonly name: string;
  readonly target: Target;
  /** Why it is skipped; empty if it is not. */
  readonly missing?: string;
}

const engines: readonly Engine[] = [
  { name: 'reference', target: referenceTarget },
  { name: 'wasm', target: wasmTarget },
  {
    name: 'c',
    target: cTargetWith(anyCompiler === undefined ? {} : { compiler: anyCompiler }),
    missing: reasonOf(anyCompiler, 'a C compiler'),
  },
  { name: 'opencl', target: openclTargetWith({}), missing: reason },
  { name: 'CUDA shim', target: shimTarget(), missing: canShim ? '' : ' (skipped: there is no g++)' },
];
expect(hasOpencl).toBe(reason === '');

const cacheDirectory = cacheFolder();
const open: Session[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((session) => session.dispose()));
});

const step = b.get({ name: 'step', type: 'i32' });
const x = buffer('x', 'f64', 5, Float64Array.of(1, 2, 3, 4, 5));
const doubling = program({
  buffers: [x],
  kernels: [mapOver('double', 5, [b.store(x, index, b.mul(b.load(x, index), b.f64(2)))])],
});

/** A kernel that adds one to the only element of a buffer. */
const counting = (counts: ReturnType<typeof buffer>): Program['kernels'][number] => ({
  shape: 'sequential',
  name: 'count',
  comment: 'counts its runs',
  locals: [],
  body: [b.accumulate(counts, b.u32(0), b.u32(1))],
});

/** Six rows; a kernel computes their number. */
function growing(): Program {
  const total = buffer('total', 'u32', 1);
  const rows = buffer('rows', 'i32', { buffer: 'total', index: 0 });
  const sevens = { ...buffer('sevens', 'f32', 3), initial: { fill: 7.5 } };
  const zeros = buffer('zeros', 'u16', { buffer: 'total', index: 0 });
  return program({
    buffers: [total, rows, sevens, zeros],
    kernels: [
      {
        shape: 'sequential',
        name: 'count',
        comment: 'how many',
        locals: [],
        body: [b.store(total, b.u32(0), b.u32(6))],
      },
      {
        shape: 'map',
        name: 'number',
        comment: 'row numbers',
        domain: { kind: 'count', count: { buffer: 'total', index: 0 } },
        lanes: false,
        locals: [],
        body: [
          b.accumulate(rows, index, b.convert('i32', index)),
          b.store(zeros, index, b.add(index, b.u32(65536 + 100))),
        ],
      },
    ],
    schedule: {
      initialise: [
        { kind: 'run', kernel: 'count' },
        { kind: 'allocate', buffers: ['rows', 'zeros'] },
        { kind: 'run', kernel: 'number' },
      ],
      step: [],
      procedures: { again: [{ kind: 'run', kernel: 'number' }], anew: [{ kind: 'allocate', buffers: ['rows'] }] },
    },
  });
}

describe.each(engines)('a session of $name', ({ target, missing = '' }) => {
  async function start(source: Program): Promise<Session> {
    const session = await (await target.compile(source, { threads: 1, cacheDirectory })).start();
    open.push(session);
    return session;
  }

  async function initialised(source: Program): Promise<Session> {
    const session = await start(source);
    await session.initialise();
    return session;
  }

  describe.skipIf(missing !== '')(`on programs written by hand${missing}`, () => {
    test('runs steps and counts them', async () => {
      const session = await initialised(doubling);
      expect(await runSteps(session, 3)).toBe(3);
      expect(session.step).toBe(3);
      expect(await session.read('x')).toEqual(Float64Array.of(8, 16, 24, 32, 40));
    });

    test('reads and writes parts of a buffer, and rejects accesses outside', async () => {
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

    test('does not meet another of the same program', async () => {
      const [one, other] = [await initialised(doubling), await initialised(doubling)];
      await one.run(1);
      expect(await other.read('x', 0, 1)).toEqual(Float64Array.of(1));
      await runSteps(other, 3);
      expect([await one.read('x', 0, 1), await other.read('x', 0, 1)]).toEqual([
        Float64Array.of(2),
        Float64Array.of(8),
      ]);
    });

    test('run(a + b) equals run(a), snapshot, restore elsewhere, run(b)', async () => {
      const source = cuba({ size: 200, rowLength: 8, delay: 2, lanes: true });
      const whole = await initialised(source);
      await runSteps(whole, 150);
      const first = await initialised(source);
      await runSteps(first, 61);
      const snapshot = await first.snapshot();
      const second = await start(source);
      await second.restore(snapshot);
      await runSteps(second, 89);
      expect(second.step).toBe(150);
      for (const { name } of source.buffers) expectEqual(await second.read(name), await whole.read(name), name);
    });

    test('refuses a snapshot of another model', async () => {
      const session = await initialised(doubling);
      const wrong = { step: 1, buffers: new Map([['x', new Float64Array(4)]]) };
      await expect(session.restore(wrong)).rejects.toThrow(UsageError);
      expect(session.step).toBe(0);
    });

    test('has one pattern of bits for NaN', async () => {
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
      expect([...new BigUint64Array((await session.read('y')).buffer)]).toEqual([
        0x7ff8000000000000n,
        0x7ff8000000000000n,
      ]);
      expect([...new Uint32Array((await session.read('z')).buffer)]).toEqual([0x7fc00000, 0x7fc00000]);
    });

    test('knows lengths computed by kernels, initial fills, procedures', async () => {
      const session = await start(growing());
      const progress: number[] = [];
      await session.initialise((fraction) => progress.push(fraction));
      expect(progress.at(-1)).toBe(1);
      expect(await session.read('rows')).toEqual(Int32Array.of(0, 1, 2, 3, 4, 5));
      expect(await session.read('sevens')).toEqual(Float32Array.of(7.5, 7.5, 7.5));
      expect(await session.read('zeros')).toEqual(Uint16Array.of(100, 101, 102, 103, 104, 105));
      await session.call('again');
      expect(await session.read('rows')).toEqual(Int32Array.of(0, 2, 4, 6, 8, 10));
      await session.call('anew');
      expect(await session.read('rows')).toEqual(new Int32Array(6));
      expect(session.memory).toBe(4 + 24 + 12 + 12);
    });

    test('runs entries every so many steps, from an offset on', async () => {
      const counts = buffer('counts', 'u32', 1);
      const session = await initialised(
        program({
          buffers: [counts],
          kernels: [counting(counts)],
          schedule: { step: [{ kernel: 'count', every: 3, offset: 4, slot: 'end' }] },
        }),
      );
      const after: number[] = [];
      for (let k = 0; k < 11; k += 1) {
        await session.run(1);
        after.push(Number((await session.read('counts'))[0]));
      }
      // Runs in steps 4, 7 and 10.
      expect(after).toEqual([0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3]);
    });

    test('stops after the step of a fault, and before a step that may not find room in a log', async () => {
      const faults = buffer('faults', 'u32', 1);
      const cursor = buffer('cursor', 'u32', 1);
      const log = buffer('log', 'i32', 6);
      const write: Program['kernels'][number] = {
        shape: 'sequential',
        name: 'write',
        comment: 'a row a step',
        locals: [],
        body: [
          b.store(log, b.load(cursor, b.u32(0)), step),
          b.accumulate(cursor, b.u32(0), b.u32(1)),
          b.fault(4, b.eq(step, b.i32(7))),
        ],
      };
      const session = await initialised(
        program({
          buffers: [faults, cursor, log],
          kernels: [write],
          logs: [
            {
              name: 'log',
              buffer: 'log',
              cursor: { buffer: 'cursor', index: 0 },
              rowLength: 1,
              capacity: 6,
              maxRowsPerStep: 2,
            },
          ],
        }),
      );
      expect(await runSteps(session, 100)).toBe(5);
      expect(await session.read('log')).toEqual(Int32Array.of(0, 1, 2, 3, 4, 0));
      await session.write('cursor', Uint32Array.of(0));
      expect(await runSteps(session, 100)).toBe(3);
      expect(await session.read('faults')).toEqual(Uint32Array.of(4));
      expect(await runSteps(session, 100)).toBe(0);
    });

    test('ends building with a fault, which makes all later lengths meaningless', async () => {
      const total = buffer('total', 'u32', 1);
      const later = buffer('later', 'f64', { buffer: 'total', index: 0 });
      const fail: Program['kernels'][number] = {
        shape: 'sequential',
        name: 'fail',
        comment: '',
        locals: [],
        body: [b.store(total, b.u32(0), b.u32(4294967295)), b.fault(2, b.eq(step, b.i32(0)))],
      };
      const session = await initialised(
        program({
          buffers: [total, later, buffer('faults', 'u32', 1)],
          kernels: [fail],
          schedule: {
            initialise: [
              { kind: 'run', kernel: 'fail' },
              { kind: 'allocate', buffers: ['later'] },
            ],
            step: [],
          },
        }),
      );
      expect(await session.read('faults')).toEqual(Uint32Array.of(2));
      expect(await session.length('later')).toBe(0);
    });

    test('puts reads after the runs before them', async () => {
      const counts = buffer('counts', 'u32', 1);
      const session = await initialised(program({ buffers: [counts], kernels: [counting(counts)] }));
      const [five, first, two, second] = await Promise.all([
        session.run(5),
        session.read('counts'),
        session.run(2),
        session.read('counts'),
      ]);
      expect([first, second]).toEqual([Uint32Array.of(five), Uint32Array.of(five + two)]);
      expect(Math.min(five, two)).toBeGreaterThan(0);
    });

    test('gives for every kernel shape the results computed on paper, as the reference does', async () => {
      const session = await initialised(twoPopulations);
      const expected = await (await referenceTarget.compile(twoPopulations, {})).start();
      await expected.initialise();
      for (const steps of [1, 4, 7, ...new Array<number>(15).fill(40)]) {
        expect(await runSteps(session, steps)).toBe(await runSteps(expected, steps));
        expect(session.step).toBe(expected.step);
        for (const { name } of twoPopulations.buffers)
          expectEqual(await session.read(name), await expected.read(name), name);
        for (const each of [session, expected]) await each.write('cursors', Uint32Array.of(0, 0, 0));
      }
      // Step 30 raised a fault, was run to its end, and was the last.
      expect(session.step).toBe(31);
      await session.call('clear');
      expect(await session.read('v')).toEqual(new Float64Array(66));
    });
  });
});
