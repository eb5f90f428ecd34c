/**
 * Every stream of random numbers has a unique name: additions to a model, or another order of its parts, do not change
 * other streams.
 */

import { describe, expect, test } from 'vitest';
import { simulate } from '../support/simulate.js';
import type { SimulateOptions, Simulation } from '../support/simulate.js';

const wasm: SimulateOptions = { engines: [{ target: 'wasm', threads: 1 }] };

const types = {
  poisson: '{ parameters: { rate: 200 Hz }, events: { spike: { when: "uniform() < rate*dt" } } }',
  noisy:
    '{ state: { v: { initial: uniform() } }, derivatives: { v: "-v/(5*ms) + 0.6*xi/ms**0.5" }, noise: [xi], ' +
    'method: euler, events: { spike: { when: v > 1, do: v = 0.0 } } }',
};
const populations: Record<string, string> = {
  a: '{ type: poisson, size: 30 }',
  b: '{ type: noisy, size: 40 }',
  c: '{ type: noisy, size: 70 }',
};
const projections: Record<string, string> = {
  ab:
    '{ from: a, to: b, synapse: s, connect: { rule: pairs, p: 0.2 }, values: { w: "normal(0.2, 0.1)" }, delays: { ' +
    'pre: "uniform(0*ms, 2*ms)" } }',
};

function model(
  some: {
    populations?: Record<string, string>;
    projections?: Record<string, string>;
    more?: string;
    seed?: number;
  } = {},
): string {
  const map = (entries: Record<string, string>): string =>
    `{ ${Object.entries(entries)
      .map(([name, value]) => `${name}: ${value}`)
      .join(', ')} }`;
  return `
interneuron: 1
name: independence
neurons: ${map(types)}
synapses: { s: { parameters: { w: 0.1 }, pathways: { pre: { on: pre.spike, do: post.v += w } } } }
populations: ${map(some.populations ?? populations)}
projections: ${map(some.projections ?? projections)}
${some.more ?? ''}
timing: brian
experiment: { dt: 0.1 ms, seed: ${some.seed ?? 5}, duration: 8 ms }
`;
}

const spikes = (run: Simulation): Record<string, string> =>
  Object.fromEntries([...run.events].map(([event, pairs]) => [event, JSON.stringify(pairs)]));

describe('spikes of a, b and c', () => {
  test('are some', async () => {
    const run = await simulate(model());
    for (const event of ['a.spike', 'b.spike', 'c.spike']) expect(run.events.get(event)!.length).toBeGreaterThan(10);
  });

  test.each<[string, Parameters<typeof model>[0]]>([
    ['written in another order', { populations: Object.fromEntries(Object.entries(populations).reverse()) }],
    [
      'with a population before them, of the same type',
      { populations: { A: '{ type: noisy, size: 100 }', ...populations } },
    ],
    [
      'with a population between them',
      { populations: { ...populations, bb: '{ type: noisy, size: 3 }', ac: '{ type: poisson, size: 65 }' } },
    ],
    [
      'with a projection that reaches none of them',
      {
        populations: { ...populations, d: '{ type: noisy, size: 9 }' },
        projections: { aa: '{ from: a, to: d, synapse: s, connect: all }', ...projections },
      },
    ],
    [
      'with an operation and an input elsewhere',
      {
        populations: { ...populations, d: '{ type: noisy, size: 9 }' },
        more:
          'operations: { kick: { on: d, do: v += normal() } }\nstimuli: { drive: { kind: poisson, to: d, variable: ' +
          'v, n: 10, rate: 100 Hz, weight: 0.1 } }',
      },
    ],
    ['recorded', { more: 'record: [{ of: b, variables: v }, { of: a, events: spike }]' }],
  ])('stay the same %s', async (_, changes) => {
    const [before, after] = [spikes(await simulate(model(), wasm)), spikes(await simulate(model(changes), wasm))];
    for (const event of ['a.spike', 'b.spike', 'c.spike']) expect(after[event]).toBe(before[event]);
  });

  test('all change with the seed', async () => {
    const [before, after] = [spikes(await simulate(model(), wasm)), spikes(await simulate(model({ seed: 6 }), wasm))];
    for (const event of ['a.spike', 'b.spike', 'c.spike']) expect(after[event]).not.toBe(before[event]);
  });

  test('of a population that grows, the first elements keep their noise', async () => {
    const [before, after] = [
      await simulate(model(), wasm),
      await simulate(model({ populations: { ...populations, c: '{ type: noisy, size: 500 }' } }), wasm),
    ];
    expect(after.events.get('c.spike')!.filter(([, element]) => element < 70)).toEqual(before.events.get('c.spike'));
  });

  test('two populations of one type and size are not twins', async () => {
    const run = await simulate(model({ populations: { x: populations.b!, y: populations.b! }, projections: {} }), wasm);
    expect(run.events.get('x.spike')).not.toEqual(run.events.get('y.spike'));
  });
});
