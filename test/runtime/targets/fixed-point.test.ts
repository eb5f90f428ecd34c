/**
 * Sums in fixed point: contributions are added as integers, so that the order of addition has no effect, on all
 * targets, for all group sizes and strategies. The same sums of floats differ. An overflow ends the run with the names
 * of the contribution and its target.
 */

import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { someOf } from '../../support/effort.js';
import { cTargetWith } from '../../../runtime/targets/c/target.js';
import { openclTargetWith } from '../../../runtime/targets/opencl/target.js';
import { referenceTarget } from '../../../runtime/targets/reference/target.js';
import type { Target } from '../../../runtime/targets/target.js';
import { wasmTarget } from '../../../runtime/targets/wasm/target.js';
import * as b from '../../../src/ir/builder.js';
import type { Buffer, Kernel, Program } from '../../../src/ir/program.js';
import { scaleOf, unitOf } from '../../../src/ir/fixed-point.js';
import { powerOfTwo } from '../../../src/ir/power-of-two.js';
import { exponentFor, quantise } from '../../../src/lower/projections/inbox.js';
import { runCommand, temporaryFolder } from '../../support/command.js';
import { buildLookAlike, canLookAlike } from '../../support/cuda-driver/libraries.js';
import { canShim, shimTarget } from '../../support/cuda-shim/target.js';
import { cacheFolder, gcc, linksOpenMp } from './c/compilers.js';
import { finalOf, simulate } from '../../support/simulate.js';
import { hasOpencl } from './opencl/devices.js';
import { buffer, index, mapOver, program, randomNumbers } from './wasm/programs.js';
import { runSteps } from '../../support/run-steps.js';

const sources = 96;
const cells = 40;
const synapses = 3000;

/**
 * Weights over eighteen orders of magnitude, of both signs: their sum as floats depends on the order of nearly every
 * pair.
 */
const drawn = ((): readonly { readonly source: number; readonly target: number; readonly weight: number }[] => {
  const random = randomNumbers(2718281);
  return Array.from({ length: synapses }, () => ({
    source: Math.floor(random() * sources),
    target: Math.floor(random() * cells),
    weight: (random() - 0.5) * powerOfTwo(Math.floor(random() * 60) - 55),
  }));
})();

/** Bound of any sum of absolute values; lowering computes the same bound from the parameters of a projection. */
const exponent = exponentFor(synapses * 16);

/** The same synapses in another order: sources, targets and the places of synapses within their rows are exchanged. */
function shuffled(seed: number): { readonly rows: readonly (typeof drawn)[]; readonly cellAt: readonly number[] } {
  const random = randomNumbers(seed);
  const permutation = (length: number): number[] => {
    const order = Array.from({ length }, (_, k) => k);
    for (let k = length - 1; k > 0; k -= 1) {
      const other = Math.floor(random() * (k + 1));
      [order[k], order[other]] = [order[other] ?? 0, order[k] ?? 0];
    }
    return seed === 1 ? Array.from({ length }, (_, k) => k) : order;
  };
  const [sourceAt, cellAt, order] = [permutation(sources), permutation(cells), permutation(synapses)];
  const all = order.map((k) => drawn[k] ?? { source: 0, target: 0, weight: 0 });
  const rows = Array.from({ length: sources }, (_, row) =>
    all
      .filter(({ source }) => sourceAt[source] === row)
      .map((synapse) => ({ ...synapse, target: cellAt[synapse.target] ?? 0 })),
  );
  return { rows, cellAt };
}

/** Every source spikes in every step; each synapse adds its weight to an inbox, which is flushed into x. */
function network(seed: number, order: 'any' | 'byTarget', sum: 'fixed point' | 'float'): Program {
  const { rows } = shuffled(seed);
  const arranged = rows.map((row) =>
    order === 'byTarget' ? [...row].sort((one, other) => one.target - other.target) : row,
  );
  const flat = arranged.flat();
  const begins = Uint32Array.from({ length: sources + 1 }, (_, row) => arranged.slice(0, row).flat().length);
  const [segments, target] = [
    buffer('segments', 'u32', sources + 1, begins),
    buffer(
      'target',
      'u16',
      synapses,
      Uint16Array.from(flat, (s) => s.target),
    ),
  ];
  const weight = buffer(
    'weight',
    'f64',
    synapses,
    Float64Array.from(flat, (s) => s.weight),
  );
  const inbox: Buffer = buffer('inbox', sum === 'float' ? 'f64' : 'i64', cells);
  const x = buffer('x', 'f64', cells, { fill: 0.1 });
  const position = b.get({ name: 'position', type: 'u32' });
  const [to, w] = [b.load(target, position), b.load(weight, position)];
  const deliver: Kernel = {
    shape: 'propagate',
    name: 'deliver',
    comment: 'weights to the inbox',
    event: 'spike',
    elements: { begin: 0, end: sources },
    delays: { first: 0, last: 0 },
    segments: 'segments',
    locals: [],
    order:
      sum === 'float'
        ? { kind: 'sequential' }
        : order === 'byTarget'
          ? { kind: order, targets: 'target', targetCount: cells }
          : { kind: order },
    body: [
      sum === 'float'
        ? b.store(inbox, to, b.add(b.load(inbox, to), w))
        : b.accumulate(inbox, to, quantise(w, scaleOf(exponent))),
    ],
  };
  const arrived = sum === 'float' ? b.load(inbox, index) : b.fromFixed(b.load(inbox, index), unitOf(exponent));
  return program({
    buffers: [
      segments,
      target,
      weight,
      inbox,
      x,
      buffer('mask', 'u32', 4),
      buffer('list', 'u32', 2 * sources),
      buffer('counts', 'u32', 2),
    ],
    events: [{ name: 'spike', size: sources, mask: 'mask', maskBegin: 0, list: 'list', counts: 'counts', slots: 2 }],
    kernels: [
      {
        shape: 'map',
        name: 'fire',
        comment: 'all of them',
        lanes: false,
        domain: { kind: 'ranges', ranges: [{ begin: 0, end: sources }] },
        locals: [],
        body: [{ kind: 'setBit', mask: 'mask', condition: b.bool(true) }],
      },
      { shape: 'compact', name: 'compact', comment: 'spikes', event: 'spike' },
      deliver,
      mapOver('flush', cells, [
        b.store(x, index, b.add(b.mul(b.load(x, index), b.f64(0.9)), arrived)),
        b.store(inbox, index, sum === 'float' ? b.f64(0) : b.i64(0n)),
      ]),
    ],
  });
}

const cacheDirectory = cacheFolder();

/** The bits of x after three steps, cell by cell of the first order. */
async function bits(
  target: Target,
  seed: number,
  order: 'any' | 'byTarget',
  threads = 1,
  sum: 'fixed point' | 'float' = 'fixed point',
): Promise<string> {
  const session = await (await target.compile(network(seed, order, sum), { threads, cacheDirectory })).start();
  try {
    await session.initialise();
    expect(await runSteps(session, 3)).toBe(3);
    const words = new BigUint64Array((await session.read('x')).buffer);
    return shuffled(seed)
      .cellAt.map((place) => (words[place] ?? 0n).toString(16))
      .join(' ');
  } finally {
    await session.dispose();
  }
}

const orders = Array.from({ length: 25 }, (_, k) => k + 1);
const parallel = await linksOpenMp(gcc);
const c = cTargetWith({ ...(gcc === undefined ? {} : { compiler: gcc }), available: 3 });

interface Way {
  readonly way: string;
  readonly target: Target;
  readonly threads?: number;
  readonly seeds: readonly number[];
}

const few = [1, 2, 3, 4];
const ways: readonly Way[] = [
  { way: 'wasm, one thread', target: wasmTarget, seeds: few },
  { way: 'wasm, two threads', target: wasmTarget, threads: 2, seeds: few },
  ...(gcc === undefined ? [] : [{ way: 'c, one thread', target: c, seeds: orders }]),
  ...(parallel ? [2, 3].map((threads) => ({ way: `c, ${threads} threads`, target: c, threads, seeds: orders })) : []),
  ...(hasOpencl
    ? (['atomic', 'split'] as const).flatMap((targets) =>
        [
          { group: 32, team: 1, groups: 1 },
          { group: 64, team: 8, groups: 3 },
          { group: 128, team: 32, groups: 16 },
        ].map((sizes) => ({
          way: `opencl, ${targets}, groups of ${sizes.group}, ${sizes.groups} teams of ${sizes.team}`,
          target: openclTargetWith({ sizes, targets }),
          seeds: orders.slice(0, 8),
        })),
      )
    : []),
  ...(hasOpencl
    ? [
        {
          way: 'opencl, sums of two halves with a carry',
          target: openclTargetWith({ bare: true, targets: 'atomic' }),
          seeds: few,
        },
      ]
    : []),
  ...(canShim
    ? [1, 2, 3].map((seed) => ({
        way: `CUDA shim, threads in order ${seed}`,
        target: shimTarget({ seed }),
        seeds: few,
      }))
    : []),
];

describe('sums in fixed point', () => {
  test('equal exact arithmetic, rounded once for each contribution', async () => {
    // Worked out with integers: 2^-exponent is the unit.
    const exact = new Array<bigint>(cells).fill(0n);
    const magic = 1.5 * 2 ** 52;
    for (const { target, weight } of drawn)
      exact[target] = (exact[target] ?? 0n) + BigInt(weight * powerOfTwo(exponent) + magic - magic);
    const session = await (await referenceTarget.compile(network(1, 'any', 'fixed point'), {})).start();
    await session.initialise();
    await session.run(1);
    const expected = exact.map((sum) => 0.1 * 0.9 + Number(sum) * powerOfTwo(-exponent));
    expect([...(await session.read('x'))]).toEqual(expected);
    await session.dispose();
  });

  test('have the same bits in any order of synapses and sources', async () => {
    const expected = await bits(referenceTarget, 1, 'any');
    for (const seed of orders)
      for (const order of ['any', 'byTarget'] as const) expect(await bits(referenceTarget, seed, order)).toBe(expected);
  });

  test('which sums of floats have not', async () => {
    const all = await Promise.all(orders.map((seed) => bits(referenceTarget, seed, 'any', 1, 'float')));
    expect(new Set(all).size).toBeGreaterThan(20);
  });

  test.each(someOf(ways, 3, 'ways to run'))('$way', async ({ target, threads = 1, seeds }) => {
    const expected = await bits(referenceTarget, 1, 'any');
    for (const seed of seeds)
      for (const order of ['any', 'byTarget'] as const) expect(await bits(target, seed, order, threads)).toBe(expected);
  });
});

const folder = temporaryFolder();
const machine = canLookAlike ? await buildLookAlike() : undefined;
machine?.use();
afterAll(() => machine?.dispose());

/** A weight that is the root of a negative number in every synapse of source 3. */
const faulty = `
format: interneuron/brian
dt: 0.1 ms
neuron_groups:
  cells: { N: 8, model: "dv/dt = (20*mV - v)/(10*ms) : volt", threshold: v > 10*mV, reset: v = 0*mV, initializers: { v: "i*1*mV" } }
  others: { N: 4, model: "dv/dt = -v/(10*ms) : volt" }
synapses:
  sent:
    source: cells
    target: others
    model: "g : volt"
    on_pre: "v_post += clip(g, 0*mV, 1*mV); g = g + 0*mV"
    connect: true
    initializers: { g: "1*mV*sqrt(0.5 - int(i == 3))" }
run: 50 ms
`;

describe('a contribution that is no number', () => {
  const targets = [
    'reference',
    'wasm',
    ...(gcc ? ['c'] : []),
    ...(hasOpencl ? ['opencl'] : []),
    ...(machine ? ['cuda'] : []),
  ];
  test.each(targets)(
    'ends the run in the same step, with the projection, the variable and the population: %s',
    async (target) => {
      const path = folder.file('faulty.yaml');
      writeFileSync(path, faulty);
      const { code, stdout, stderr } = await runCommand(['run', path, '--target', target]);
      expect(code).toBe(1);
      // Source 3 comes to 10 mV from 3 mV after ln(17/10) of 10 ms, 53.06 steps: in the 54th.
      expect(stderr).toContain(
        'what projection sent adds to v of others is not a number, or larger than its parameters allow (in step ' +
          '54, at 0.0054 s)',
      );
      expect(stderr).toMatch(
        /hint +the integration may be unstable with the time step of .* or look for a root or logarithm of a negative number/,
      );
      expect(stdout).toContain('the run ended at 5.4 ms of model time');
    },
  );
});

/** Every weight is clipped to a limit with a nearest number in single precision that is larger, or smaller. */
const limited = (limit: string): string => `
format: interneuron/brian
dt: 0.1 ms
neuron_groups:
  cells: { N: 20, model: "dv/dt = 1/(2*ms) : 1", threshold: v > 1, reset: v = 0, initializers: { v: i/N } }
  others: { N: 4, model: "dv/dt = -v/(10*ms) : 1" }
synapses:
  sent: { source: cells, target: others, model: "w : 1", on_pre: "v_post += w; w = clip(w + 0.001, 0, ${limit})", connect: true, initializers: { w: "0.05*rand()" } }
run: 20 ms
`;

describe('a weight that reaches its limit is within it', () => {
  test.each(['0.05', '0.051', '0.1/3', '0.0517', '0.06/1.1', '0.0502'])('%s, in either precision', async (limit) => {
    const value = Number(limit.split('/')[0]) / Number(limit.split('/')[1] ?? 1);
    for (const precision of ['float64', 'float32'] as const) {
      const run = await simulate(limited(limit), { precision });
      expect(run.faults).toEqual([]);
      const weights = finalOf(run, 'sent.w');
      const nearest = precision === 'float32' ? Math.fround(value) : value;
      expect(weights.some((w) => Math.abs(w / nearest - 1) < 1e-7)).toBe(true);
    }
  });
});
