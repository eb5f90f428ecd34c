import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { createFingerprinter } from '../../../runtime/record/fingerprint.js';
import { canonicalOrder } from '../../../runtime/record/synapse-order.js';
import type { Fingerprint } from '../../../runtime/results/result.js';
import type { Program } from '../../../src/ir/program.js';
import { fakeSession } from './fake-session.js';
import { smallProgram } from './small-program.js';

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

/** Spikes as `docs/determinism.md` lays them out: step as u64, index as u32, little-endian. */
function spikeBytes(spikes: readonly (readonly [number, number])[]): Buffer {
  return Buffer.concat(
    spikes.map(([step, index]) => {
      const row = Buffer.alloc(12);
      row.writeBigUInt64LE(BigInt(step), 0);
      row.writeUInt32LE(index, 8);
      return row;
    }),
  );
}

function doubles(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(8 * values.length);
  values.forEach((value, i) => bytes.writeDoubleLE(value, 8 * i));
  return bytes;
}

const excSpikes = [
  [0, 1],
  [0, 3],
  [7, 0],
] as const;
const excV = [-0.07, 0, -0, 1e-310];
const inhV = [Infinity, -0.05];

async function fingerprint(program: Program): Promise<Fingerprint> {
  const session = fakeSession(program, () => undefined);
  await session.write('exc.v', Float64Array.from(excV));
  await session.write('inh.v', Float64Array.from(inhV), 1);
  const printer = createFingerprinter(program);
  printer.spikes('exc.spike', Uint32Array.of(0, 0), Uint32Array.of(1, 3));
  printer.spikes('exc.spike', Uint32Array.of(7), Uint32Array.of(0));
  return printer.finish(session);
}

describe('fingerprint', () => {
  test('has the published layout', async () => {
    const head = 'numerics 1\nprecision float64\n';
    // Stored (source, delay, target); canonical (source, target, copy): 0→0, 0→3 twice (created first: 31), 1→1 three
    // times.
    const weights = sha256(doubles([0, 31, 30, 10, 11, 12]));
    const exc = sha256(
      `${head}population exc 4\nspikes 3 ${sha256(spikeBytes(excSpikes))}\nvariable v f64 4 ${sha256(doubles(excV))}\n`,
    );
    const inh = sha256(`${head}population inh 2\nspikes 0 ${sha256('')}\nvariable v f64 2 ${sha256(doubles(inhV))}\n`);
    const ee = sha256(`${head}projection ee 6\nvariable w f64 6 ${weights}\n`);
    expect(await fingerprint(smallProgram())).toEqual({
      numericsVersion: 1,
      precision: 'float64',
      populations: {
        exc: {
          digest: exc,
          spikes: { count: 3, digest: sha256(spikeBytes(excSpikes)) },
          state: { v: sha256(doubles(excV)) },
        },
        inh: { digest: inh, spikes: { count: 0, digest: sha256('') }, state: { v: sha256(doubles(inhV)) } },
      },
      projections: { ee: { digest: ee, state: { w: weights } } },
      total: sha256(`${head}population exc ${exc}\npopulation inh ${inh}\nprojection ee ${ee}\n`),
    });
  });

  test('knows one NaN only', async () => {
    const program = smallProgram();
    const quiet = Float64Array.of(NaN, 0, 0, 0, 0, 0);
    const odd = quiet.slice();
    new Uint32Array(odd.buffer)[0] = 0xdeadbeef;
    new Uint32Array(odd.buffer)[1] = 0xfff81234;
    const digests = await Promise.all(
      [quiet, odd].map(async (weights) => (await fingerprint(smallProgram({ weights }))).total),
    );
    expect(digests[0]).toBe(digests[1]);
    expect(digests[0]).not.toBe((await fingerprint(program)).total);
  });

  test('tells apart spikes that differ in step, in cell or in number', async () => {
    const program = smallProgram();
    const total = async (steps: number[], cells: number[]): Promise<string> => {
      const printer = createFingerprinter(program);
      printer.spikes('exc.spike', Uint32Array.from(steps), Uint32Array.from(cells));
      return (await printer.finish(fakeSession(program, () => undefined))).total;
    };
    const totals = await Promise.all([
      total([1, 2], [0, 0]),
      total([1, 3], [0, 0]),
      total([1, 2], [0, 1]),
      total([1], [0]),
      total([], []),
    ]);
    expect(new Set(totals).size).toBe(5);
  });

  test('refuses spikes out of order', () => {
    const printer = createFingerprinter(smallProgram());
    printer.spikes('exc.spike', Uint32Array.of(5), Uint32Array.of(2));
    expect(() => printer.spikes('exc.spike', Uint32Array.of(5), Uint32Array.of(1))).toThrow(
      /out of order at step 5, element 1/,
    );
  });
});

describe('canonical order of synapses', () => {
  const cases = [
    { name: 'already in order', rows: [0, 2, 3], targets: [1, 4, 0], creation: null, order: null },
    { name: 'sorted by delay first', rows: [0, 3], targets: [5, 2, 3], creation: null, order: [1, 2, 0] },
    { name: 'rows stay apart', rows: [0, 2, 4], targets: [9, 1, 8, 0], creation: null, order: [1, 0, 3, 2] },
    { name: 'copies by creation', rows: [0, 3], targets: [1, 1, 1], creation: [7, 3, 5], order: [1, 2, 0] },
    {
      name: 'copies without creation keep their order',
      rows: [0, 3],
      targets: [2, 2, 1],
      creation: null,
      order: [2, 0, 1],
    },
    { name: 'empty rows', rows: [0, 0, 0], targets: [], creation: null, order: null },
  ];
  test.each(cases)('$name', ({ rows, targets, creation, order }) => {
    const result = canonicalOrder(
      Uint32Array.from(rows),
      Uint32Array.from(targets),
      creation && Uint32Array.from(creation),
    );
    expect(result === null ? null : [...result]).toEqual(order);
  });
});
