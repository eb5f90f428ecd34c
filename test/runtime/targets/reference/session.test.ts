import { describe, expect, it } from 'vitest';

import * as ir from '../../../../src/ir/builder.js';
import type { Buffer, ElementType, Kernel, Program } from '../../../../src/ir/program.js';
import { referenceTarget } from '../../../../runtime/targets/reference/target.js';
import type { Session } from '../../../../runtime/targets/target.js';
import { twoPopulations } from '../../../support/two-populations.js';

async function start(program: Program): Promise<Session> {
  const session = await (await referenceTarget.compile(program, {})).start();
  await session.initialise();
  return session;
}

/** Takes the rows of a log and empties it, as the host does. */
async function drain(session: Session, log: string): Promise<number[][]> {
  const { buffer, cursor, rowLength } = twoPopulations.logs.find(({ name }) => name === log) ?? {
    buffer: '',
    cursor: { buffer: '', index: 0 },
    rowLength: 0,
  };
  const rows = Number((await session.read(cursor.buffer, cursor.index, 1))[0]);
  const elements = Array.from(await session.read(buffer, 0, rows * rowLength), Number);
  await session.write(cursor.buffer, Uint32Array.of(0), cursor.index);
  return Array.from({ length: rows }, (_, k) => elements.slice(k * rowLength, (k + 1) * rowLength));
}

/** Runs some steps, draining the log of `a` whenever it is full. @returns its rows, and the steps of each part */
async function runDraining(session: Session, steps: number): Promise<{ rows: number[][]; parts: number[] }> {
  const rows: number[][] = [];
  const parts: number[] = [];
  for (let left = steps; left > 0;) {
    const done = await session.run(left);
    parts.push(done);
    left -= done;
    rows.push(...(await drain(session, 'a')));
    if (done === 0) break;
  }
  return { rows, parts };
}

/*
 * On paper. Only drive moves a: neuron 0 (0.5 a step) spikes in steps 1, 3, 5 …, neuron 1 (1 a step) in every step,
 * neuron 2 (0.25 a step) in steps 3, 7, 11. With the synapses of the program, the input of b is
 *
 *   step 0 1 2 3 4 5 6 7 8 9 10 11
 *   to b[0] 0 0 2 1 2 1 2 1 2 1 2 1 a0 one step ago + a1 two steps ago
 *   b[0] v 0 0 0.5 0.75 1.25 0.25 0.75 1 0.5 0.75 1.25 0.25 (before the reset; spikes at 4, 7, 10)
 *   to b[1] 0 0 0 0 3 0 5 0 3 0 5 0 2 a0(−3) + a2(−1) + 3 a2(−3)
 *   b[1] v 0 0 0 0 0.75 0.75 2 0 0.75 0.75 2 0 (spikes at 6, 10)
 */
const spikesOfA = [
  [0, 1],
  [1, 0],
  [1, 1],
  [2, 1],
  [3, 0],
  [3, 1],
  [3, 2],
  [4, 1],
  [5, 0],
  [5, 1],
  [6, 1],
  [7, 0],
  [7, 1],
  [7, 2],
  [8, 1],
  [9, 0],
  [9, 1],
  [10, 1],
  [11, 0],
  [11, 1],
  [11, 2],
];
const spikesOfB = [
  [4, 0],
  [6, 1],
  [7, 0],
  [10, 0],
  [10, 1],
];

describe('two populations', () => {
  it('gives the spikes computed on paper, in ascending order', async () => {
    const session = await start(twoPopulations);
    expect((await runDraining(session, 12)).rows).toEqual(spikesOfA);
    expect(await drain(session, 'b')).toEqual(spikesOfB);
    expect(await session.read('b.total')).toEqual(Uint32Array.of(3, 2));
    expect(session.step).toBe(12);
  });

  it('samples v of b[0] in steps 2, 6 and 10, after the reset', async () => {
    const session = await start(twoPopulations);
    await runDraining(session, 12);
    expect(await drain(session, 'v')).toEqual([[0.5], [0.75], [0]]);
  });

  it('stops before a step that may not find room in a log', async () => {
    // 10 rows, at most 3 a step: it needs 7 or fewer. Rows per step are 1 2 1 3 1 2 1 3 1 2 1 3:
    // 8 after step 4; from there 7 after step 8 and 9 after step 9.
    const { parts } = await runDraining(await start(twoPopulations), 12);
    expect(parts).toEqual([5, 5, 2]);
    const full = await start(twoPopulations);
    expect([await full.run(100), await full.run(100), full.step]).toEqual([5, 0, 5]);
  });

  it('stops after the step that raised a fault, and stays stopped', async () => {
    const session = await start({
      ...twoPopulations,
      logs: twoPopulations.logs.map((log) => ({ ...log, capacity: 1000 })),
      buffers: roomy(twoPopulations),
    });
    expect([await session.run(100), session.step, await session.run(1)]).toEqual([31, 31, 0]);
    expect(await session.read('faults')).toEqual(Uint32Array.of(1));
  });

  it('allocates buffers of the length that a kernel computes', async () => {
    const executable = await referenceTarget.compile(twoPopulations, {});
    const session = await executable.start();
    expect(await session.length('ab.weights')).toBe(0);
    const before = session.memory;
    const fractions: number[] = [];
    await session.initialise((fraction) => {
      fractions.push(fraction);
    });
    expect(await session.read('ab.weights')).toEqual(Int32Array.of(1, 2, 1, 1, 3));
    expect(session.memory).toBe(before + 20);
    expect(fractions).toEqual([1 / 3, 2 / 3, 1]);
  });

  it('runs procedures between steps', async () => {
    const session = await start(twoPopulations);
    await session.run(1);
    expect([...(await session.read('v', 0, 3))]).toEqual([0.5, 0, 0.25]);
    await session.call('clear');
    expect([...(await session.read('v', 0, 3))]).toEqual([0, 0, 0]);
    await expect(session.call('nothing')).rejects.toThrow('no procedure nothing');
  });

  it.each([1, 3, 4, 7])('run(%d), snapshot, restore, run equals one run', async (first) => {
    const session = await start(twoPopulations);
    await runDraining(session, first);
    const snapshot = await session.snapshot();
    const here = await runDraining(session, 12 - first);
    const other = await start(twoPopulations);
    await runDraining(other, 5);
    await other.restore(snapshot);
    expect(other.step).toBe(first);
    expect((await runDraining(other, 12 - first)).rows).toEqual(here.rows);
    for (const { name } of twoPopulations.buffers)
      expect(await other.read(name), name).toEqual(await session.read(name));
  });

  it('a snapshot holds only the changing state, and does not change with the session', async () => {
    const session = await start(twoPopulations);
    const snapshot = await session.snapshot();
    await session.run(3);
    expect([...snapshot.buffers.keys()]).toEqual(
      twoPopulations.buffers.filter(({ role }) => role === 'state').map(({ name }) => name),
    );
    expect(snapshot.buffers.get('v')).toEqual(new Float64Array(66));
    await expect(session.restore({ step: 0, buffers: new Map([['v', new Float64Array(1)]]) })).rejects.toThrow(
      'buffer v differs',
    );
  });

  it('shows the program as its source', async () => {
    expect([...(await referenceTarget.compile(twoPopulations, {})).sources.keys()]).toEqual(['program.ir']);
    expect(await referenceTarget.probe()).toMatchObject({ target: 'reference', available: true });
  });
});

function roomy(program: Program): Buffer[] {
  return program.buffers.map((buffer) =>
    program.logs.some((log) => log.buffer === buffer.name) ? { ...buffer, length: 2000 } : buffer,
  );
}

/** A program of one kernel that runs in every step. */
function programOf(kernel: Kernel, buffers: readonly Buffer[], more: Partial<Program> = {}): Program {
  return {
    ...twoPopulations,
    functions: [],
    events: [],
    logs: [],
    kernels: [kernel],
    buffers,
    schedule: { initialise: [], procedures: {}, step: [{ kernel: kernel.name, every: 1, offset: 0, slot: 'x' }] },
    manifest: { ...twoPopulations.manifest, populations: [], events: [], variables: [], projections: [], samples: [] },
    ...more,
  };
}

const u32 = (name: string, length: number, initial?: readonly number[]): Buffer => ({
  name,
  element: 'u32',
  length,
  role: 'state',
  comment: '',
  ...(initial ? { initial: Uint32Array.from(initial) } : {}),
});
const implicit = (name: string, type: 'u32' | 'i32' = 'u32') => ir.get({ name, type });

describe('propagate', () => {
  it('visits longer delays first, then spikes and positions ascending, and only the rows of its elements', async () => {
    const trace = u32('trace', 64);
    const used = u32('used', 1);
    const at = { name: 'at', type: 'u32' } as const;
    const kernel: Kernel = {
      name: 'visit',
      comment: '',
      shape: 'propagate',
      event: 'e',
      elements: { begin: 1, end: 3 },
      delays: { first: 0, last: 1 },
      segments: 'segments',
      order: { kind: 'sequential' },
      locals: [at],
      body: [
        ir.set(at, ir.load(used, ir.u32(0))),
        // Decimal digits: delay, row, position.
        ir.store(
          trace,
          ir.get(at),
          ir.add(
            ir.mul(ir.convert('u32', implicit('delay', 'i32')), ir.u32(100)),
            ir.add(ir.mul(implicit('row'), ir.u32(10)), implicit('position')),
          ),
        ),
        ir.store(used, ir.u32(0), ir.add(ir.get(at), ir.u32(1))),
      ],
    };
    // All four elements spike in every step; rows of elements 1 and 2 have one and two positions at delay 0, two and
    // one at delay 1.
    const program = programOf(
      kernel,
      [trace, used, u32('mask', 2, [0b1111, 0]), u32('list', 8), u32('counts', 2), u32('segments', 5, [0, 1, 3, 5, 6])],
      {
        events: [{ name: 'e', size: 4, mask: 'mask', maskBegin: 0, list: 'list', counts: 'counts', slots: 2 }],
        kernels: [kernel, { name: 'compact', comment: '', shape: 'compact', event: 'e' }],
        schedule: {
          initialise: [],
          procedures: {},
          step: [
            { kernel: 'compact', every: 1, offset: 0, slot: '' },
            { kernel: 'visit', every: 1, offset: 0, slot: '' },
          ],
        },
      },
    );
    const session = await start(program);
    await session.run(2);
    const visited = Array.from(await session.read('trace', 0, Number((await session.read('used'))[0])), Number);
    const now = [0, 13, 14];
    const before = [101, 102, 115];
    // In step 0 there were no events one step ago.
    expect(visited).toEqual([...now, ...before, ...now]);
  });
});

describe('compact', () => {
  it.each([
    [0, 5, [0b10101], [0, 2, 4]],
    [0, 33, [0x80000001, 1], [0, 31, 32]],
    // Bits before the begin and beyond the size belong to others.
    [64, 40, [0xffffffff, 0xffffffff, 0x80000000, 0xffffff81], [31, 32, 39]],
    [0, 64, [0, 0], []],
  ])('mask from bit %d, %d elements', async (maskBegin, size, words, expected) => {
    const kernel: Kernel = { name: 'compact', comment: '', shape: 'compact', event: 'e' };
    const mask = u32('mask', 4, [...words, 0, 0, 0].slice(0, 4));
    const session = await start(
      programOf(kernel, [mask, u32('list', 2 * size), u32('counts', 2)], {
        events: [{ name: 'e', size, mask: 'mask', maskBegin, list: 'list', counts: 'counts', slots: 2 }],
      }),
    );
    await session.run(2);
    expect(await session.read('counts')).toEqual(Uint32Array.of(expected.length, expected.length));
    for (const slot of [0, 1])
      expect([...(await session.read('list', slot * size, expected.length))]).toEqual(expected);
  });
});

describe('map', () => {
  it('defines index, begin and group in ranges', async () => {
    const kernel: Kernel = {
      name: 'm',
      comment: '',
      shape: 'map',
      domain: {
        kind: 'ranges',
        ranges: [
          { begin: 0, end: 2 },
          { begin: 64, end: 65 },
        ],
      },
      lanes: false,
      locals: [],
      body: [
        ir.store(
          u32('out', 65),
          implicit('index'),
          ir.add(ir.mul(implicit('group'), ir.u32(1000)), ir.add(implicit('begin'), implicit('index'))),
        ),
      ],
    };
    const session = await start(programOf(kernel, [u32('out', 65)]));
    await session.run(1);
    const out = await session.read('out');
    expect([out[0], out[1], out[2], out[64]]).toEqual([0, 1, 0, 1128]);
  });

  it.each([
    [1, 0, [0, 1, 2, 3, 4, 5, 6]],
    [3, 0, [0, 3, 6]],
    [3, 2, [2, 5]],
    [5, 7, []],
  ])('a kernel that runs every %d steps from step %d', async (every, offset, expected) => {
    const kernel: Kernel = {
      name: 'k',
      comment: '',
      shape: 'sequential',
      locals: [],
      body: [ir.store(u32('ran', 7), ir.convert('u32', implicit('step', 'i32')), ir.u32(1))],
    };
    const session = await start(
      programOf(kernel, [u32('ran', 7)], {
        schedule: { initialise: [], procedures: {}, step: [{ kernel: 'k', every, offset, slot: '' }] },
      }),
    );
    await session.run(7);
    expect([...(await session.read('ran')).entries()].filter(([, ran]) => ran === 1).map(([k]) => k)).toEqual(expected);
  });
});

describe('stores', () => {
  /** Stores a constant to element 1 of a buffer, and accumulates or not. */
  async function stored(
    element: ElementType,
    value: Parameters<typeof ir.store>[2],
    verb: typeof ir.store = ir.store,
  ): Promise<unknown> {
    const out: Buffer = {
      name: 'out',
      element,
      length: 3,
      role: 'state',
      comment: '',
      initial: { fill: element === 'i64' ? 1n : 1 },
    };
    const session = await start(
      programOf({ name: 'k', comment: '', shape: 'sequential', locals: [], body: [verb(out, ir.u32(1), value)] }, [
        out,
      ]),
    );
    await session.run(1);
    return (await session.read('out'))[1];
  }

  it.each([
    ['u8', ir.u32(511), 255],
    ['i8', ir.i32(128), -128],
    ['u16', ir.u32(65537), 1],
    ['i16', ir.i32(-32769), 32767],
    ['u32', ir.u32(4294967295), 4294967295],
    ['i64', ir.i64(-5n), -5n],
    ['f32', ir.f32(0.1), Math.fround(0.1)],
    ['f64', ir.f64(-0), -0],
  ] as const)('%s cuts to its width', async (element, value, expected) => {
    expect(await stored(element, value)).toBe(expected);
  });

  it.each([
    ['i32', ir.i32(2147483647), -2147483648],
    ['u32', ir.u32(4294967295), 0],
    ['i64', ir.i64(9223372036854775807n), -9223372036854775808n],
  ] as const)('accumulation into %s wraps', async (element, value, expected) => {
    expect(await stored(element, value, ir.accumulate)).toBe(expected);
  });

  it('NaN is stored as the one NaN, and so is one that the host writes', async () => {
    const doubles: Buffer = { name: 'd', element: 'f64', length: 3, role: 'state', comment: '' };
    const floats: Buffer = { name: 'f', element: 'f32', length: 3, role: 'state', comment: '' };
    const zero = ir.load(doubles, ir.u32(0));
    const session = await start(
      programOf(
        {
          name: 'k',
          comment: '',
          shape: 'sequential',
          locals: [],
          body: [
            ir.store(doubles, ir.u32(1), ir.neg(ir.div(zero, zero))),
            ir.store(floats, ir.u32(1), ir.convert('f32', ir.div(zero, zero))),
          ],
        },
        [doubles, floats],
      ),
    );
    await session.run(1);
    await session.write('d', new Float64Array(BigUint64Array.of(0xfff8000000000123n).buffer), 2);
    await session.write('f', new Float32Array(Uint32Array.of(0xffc00001).buffer), 2);
    expect([...new BigUint64Array((await session.read('d')).buffer)]).toEqual([
      0n,
      0x7ff8000000000000n,
      0x7ff8000000000000n,
    ]);
    expect([...new Uint32Array((await session.read('f')).buffer)]).toEqual([0, 0x7fc00000, 0x7fc00000]);
  });
});

describe('accesses outside a buffer name the kernel, the buffer and the index', () => {
  const b = u32('b', 4);
  const far = ir.add(ir.load(b, ir.u32(0)), ir.u32(4));
  it.each([
    ['load', ir.store(b, ir.u32(0), ir.load(b, far))],
    ['load behind a select', ir.store(b, ir.u32(0), ir.select(ir.bool(false), ir.load(b, far), ir.u32(0)))],
    ['store', ir.store(b, far, ir.u32(0))],
    ['accumulate', ir.accumulate(b, far, ir.u32(0))],
  ])('%s', async (_, statement) => {
    const session = await start(
      programOf({ name: 'culprit', comment: '', shape: 'sequential', locals: [], body: [statement] }, [b]),
    );
    await expect(session.run(1)).rejects.toThrow('culprit: index 4 is outside buffer b of 4 elements');
  });

  it('also for the host', async () => {
    const session = await start(programOf({ name: 'k', comment: '', shape: 'sequential', locals: [], body: [] }, [b]));
    await expect(session.read('b', 2, 3)).rejects.toThrow('reads outside b');
    await expect(session.write('b', Uint32Array.of(1, 2), 3)).rejects.toThrow('writes outside b');
    await expect(session.write('b', Int32Array.of(1))).rejects.toThrow('Int32Array is written to b, which holds u32');
    await expect(session.read('c')).rejects.toThrow('no buffer is named c');
  });
});

it('refuses a program that breaks a rule', async () => {
  const kernel: Kernel = { name: 'k', comment: '', shape: 'sequential', locals: [], body: [ir.leave] };
  await expect(referenceTarget.compile(programOf(kernel, []), {})).rejects.toThrow(
    'kernel k: has a break outside a loop',
  );
});

it('a disposed session holds no memory and does not run', async () => {
  const session = await start(twoPopulations);
  await session.dispose();
  expect(session.memory).toBe(0);
  await expect(session.call('clear')).rejects.toThrow('disposed');
});
