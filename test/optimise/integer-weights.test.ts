/**
 * Weights kept as integers in the units of the sums that they go to: the same bits in less memory; and arrays that only
 * building needs.
 */

import { describe, expect, test } from 'vitest';
import { targets } from '../../runtime/targets/registry.js';
import type { Program } from '../../src/ir/program.js';
import { buildProgram } from '../../src/pipeline/build-program.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import { lowered, simulate } from '../support/simulate.js';

interface Changes {
  readonly weight?: string;
  readonly receive?: string;
  readonly more?: string;
  /** The largest weight of another projection, which determines the units of the sum. */
  readonly largest?: string;
  readonly protocol?: string;
}

const network = ({
  weight = "'normal(2*mV, 0.3*mV)'",
  receive = 'port += w',
  more = '',
  largest = '1*mV',
  protocol = '[run: 60 ms]',
}: Changes = {}): string => `
interneuron: 1
name: Weights
neurons:
  cell:
    parameters: { tau: 10 ms }
    state: { v: { unit: mV, initial: '15*mV*uniform()' } }
    derivatives: { v: (20*mV - v)/tau }
    events: { spike: { when: v > 15*mV, do: [v = 0*mV] } }
synapses:
  plain:
    parameters: { w: 1 mV, d: 1 ms }
    ports: { port: mV }
    pathways: { pre: { on: pre.spike, delay: d, do: ['${receive}'] } }
populations: { cells: { type: cell, size: 60 } }
projections:
  p: { from: cells, to: cells, synapse: plain, receptor: v, connect: { rule: probability, p: 0.3 }, values: { w: ${weight}, d: 'uniform(0.5*ms, 2*ms)' } }
  q: { from: cells, to: cells, synapse: plain, receptor: v, connect: { rule: probability, p: 0.05 }, values: { w: '0.1*mV if uniform() > 0 else ${largest}' } }
${more}
timing: grid
experiment: { dt: 0.1 ms, seed: 4, protocol: ${protocol} }
`;

const elementOf = (program: Program): string | undefined => program.buffers.find(({ name }) => name === 'p.w')?.element;

async function outcome(text: string, element: string): Promise<string> {
  const { valid } = importModel({ name: 'test.yaml', text });
  const program = buildProgram(valid, { precision: 'float64', exactValues: element === 'f64' });
  expect(elementOf(program)).toBe(element);
  const target = targets['reference'];
  const session = await (await target!.compile(program, { threads: 1 })).start();
  try {
    await session.initialise();
    await session.run(600);
    return JSON.stringify([
      Array.from((await session.read('cell.v')) as Float64Array),
      Array.from((await session.read('cells.spike.list')) as Uint32Array),
    ]);
  } finally {
    await session.dispose();
  }
}

describe('weights that are only added', () => {
  test.each([
    ["'normal(2*mV, 0.3*mV)'", '1*mV', 'i64'],
    ["'normal(2*mV, 0.3*mV)'", '1000*V', 'i32'],
    ["'normal(2*mV, 0.3*mV)'", '1e8*V', 'i16'],
    ["'uniform(-1*mV, 2*mV)'", '1000*V', 'i32'],
    ["'0.01*mV*(i + j)'", '1000*V', 'i32'],
    ["'min(0*mV, normal(-1*mV, 0.3*mV)/sqrt(2))'", '1000*V', 'i32'],
  ])(
    '%s, where another could be %s, as %s give the bits that they give as floating-point numbers',
    async (weight, largest, element) => {
      for (const receive of ['port += w', 'port -= w']) {
        const text = network({ weight, receive, largest });
        expect(await outcome(text, element)).toBe(await outcome(text, 'f64'));
      }
    },
  );

  test('the program states it, with the units', () => {
    const { program } = lowered(network({ largest: '1000*V' }));
    const place = program.manifest.variables.find(({ owner, variable }) => owner === 'p' && variable === 'w');
    expect(place?.exponent).toBeGreaterThan(20);
    expect(program.manifest.notes).toContain(`p.w is kept as i32 in units of 2^-${place?.exponent}`);
  });

  test.each<[string, Changes]>([
    [
      'that are recorded',
      { more: 'record: [{ of: { projection: p, indices: [0, 3] }, variables: [w], every: 1 ms }]' },
    ],
    ['that a phase sets', { protocol: '[run: 30 ms, { set: { p.w: 1 mV } }, run: 30 ms]' }],
    ['that are a factor', { receive: 'port += 2*w' }],
    ['that decide something', { receive: 'port += w if w > 1*mV else 0*mV' }],
  ])('those %s stay as they are', (_, changes) => {
    expect(elementOf(lowered(network(changes)).program)).toBe('f64');
  });

  test('in single precision too, with the bits of every engine', async () => {
    const run = await simulate(network({ largest: '1000*V' }), { precision: 'float32' });
    expect(elementOf(run.program)).toBe('i32');
    expect(run.faults).toEqual([]);
  });
});

describe('arrays that only building needs', () => {
  test('are released when the last kernel that uses them has run, and no later', async () => {
    const { program } = lowered(network());
    const released = program.schedule.initialise.flatMap((action) => (action.kind === 'release' ? action.buffers : []));
    expect(released.filter((name) => name.startsWith('p.')).sort()).toEqual(['p.pre.delay_steps', 'p.targets']);
    for (const target of ['reference', 'wasm'] as const) {
      const session = await (await targets[target]!.compile(program, { threads: 1 })).start();
      try {
        await session.initialise();
        for (const name of released) expect(await session.length(name)).toBe(0);
        expect(await session.length('p.w')).toBeGreaterThan(900);
      } finally {
        await session.dispose();
      }
    }
  });

  test('are not the arrays that steps, phases or readers of results use', () => {
    const { program } = lowered(network({ protocol: '[run: 30 ms, { set: { p.w: 1 mV } }, run: 30 ms]' }));
    const released = program.schedule.initialise.flatMap((action) => (action.kind === 'release' ? action.buffers : []));
    const { projections, variables } = program.manifest;
    for (const { targets: ends, segments, creation } of projections)
      for (const name of [ends, segments, creation]) expect(released).not.toContain(name);
    for (const { buffer } of variables) expect(released).not.toContain(buffer);
  });
});
