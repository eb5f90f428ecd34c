/** Variables of synapses that one end owns are kept once for each element of that end. */

import { describe, expect, test } from 'vitest';
import type { Program } from '../../../src/ir/program.js';
import { brian } from '../../support/brian-text.js';
import { lowered, simulate, type Engine, type Simulation } from '../../support/simulate.js';

const pair = {
  model: 'w : 1; da/dt = -a/(20*ms) : 1 (event-driven); db/dt = -b/(10*ms) : 1 (event-driven)',
  pre: 'v_post += 0.2*w; a += 0.1; w = clip(w + b, 0, 1)',
  post: 'b -= 0.11; w = clip(w + a, 0, 1)',
};

interface Varied {
  readonly model?: string;
  readonly pre?: string;
  readonly post?: string;
  /** More lines of the synapses, and of the specification. */
  readonly synapses?: string;
  readonly more?: string;
  readonly run?: string;
}

/** A network of cells that fire and get spikes, and plastic synapses between them. */
const network = ({ model = pair.model, pre = pair.pre, post = pair.post, ...others }: Varied = {}): string =>
  brian(`
    neuron_groups:
      A: { N: 7, model: 'dv/dt = (1.5 + 0.1*i - v)/(4*ms) : 1', threshold: v > 1, reset: v = 0, method: exact }
      B: { N: 5, model: 'dv/dt = (1.2 + 0.1*i - v)/(5*ms) : 1', threshold: v > 1, reset: v = 0, method: exact }
    synapses:
      S:
        source: A
        target: B
        model: "${model.replaceAll('; ', '\\n')}"
        on_pre: "${pre}"
        on_post: "${post}"
        connect: true
        initializers: { w: "0.1*i - 0.05*j + 0.2" }
        ${others.synapses ?? ''}
    spike_monitors: { in: { source: A }, out: { source: B } }
    ${others.more ?? ''}
    run: ${others.run ?? '40 ms'}
  `);

const ownersIn = ({ manifest }: Program): readonly string[] =>
  manifest.notes.flatMap((note) => {
    const [, names, end] = /^(.*) of the synapses of S: one value for each (source|target)$/.exec(note) ?? [];
    return names === undefined ? [] : [`${end}: ${names}`];
  });
const owners = (varied: Varied): readonly string[] => ownersIn(lowered(network(varied)).program);

const engines: readonly Engine[] = [
  { target: 'reference', threads: 1 },
  ...[1, 2, 3, 8].map((threads): Engine => ({ target: 'wasm', threads })),
];

/** Values of Brian's rule: all variables of a synapse decay to each of its events, and then change. */
function traces({ events, program, samples }: Simulation, taus: readonly [number, number]): number {
  const fired = (event: string): ReadonlySet<string> =>
    new Set((events.get(event) ?? []).map(([step, cell]) => `${step} ${cell}`));
  const [pre, post] = [fired('A.spike'), fired('B.spike')];
  let largest = 0;
  Array.from({ length: 35 }, (_, k) => [Math.floor(k / 5), k % 5] as const).forEach(([i, j], synapse) => {
    let [a, b, last] = [0, 0, 0];
    const steps = samples.get('m/a')?.length ?? 0;
    for (let step = 0; step < steps; step += 1) {
      const shown = [samples.get('m/a')?.[step]?.[synapse], samples.get('m/b')?.[step]?.[synapse]] as const;
      largest = Math.max(largest, Math.abs((shown[0] ?? NaN) - a), Math.abs((shown[1] ?? NaN) - b));
      const arrives = [pre.has(`${step} ${i}`), post.has(`${step} ${j}`)];
      if (!arrives.includes(true)) continue;
      const elapsed = (step - last) * program.dt;
      [a, b, last] = [a * Math.exp(-elapsed / taus[0]), b * Math.exp(-elapsed / taus[1]), step];
      if (arrives[0]) a += 0.1;
      if (arrives[1]) b -= 0.11;
    }
  });
  return largest;
}

describe('pair-based plasticity', () => {
  const recorded = { more: 'state_monitors: { m: { source: S, variables: [a, b] } }' };

  test('engines and threads agree, and recordings change nothing', async () => {
    const run = await simulate(network(), { engines });
    expect(ownersIn(run.program)).toEqual(['source: a', 'target: b']);
    const more = await simulate(network(recorded), { engines });
    expect([...more.events]).toEqual([...run.events]);
    expect(more.fingerprint).toBe(run.fingerprint);
    for (const precision of ['float32'] as const) await simulate(network(), { precision, engines });
  });

  test('recorded values are those of the last event of either end', async () => {
    const run = await simulate(network(recorded));
    expect(run.events.get('A.spike')?.length).toBeGreaterThan(40);
    expect(run.events.get('B.spike')?.length).toBeGreaterThan(20);
    expect(traces(run, [0.02, 0.01])).toBeLessThan(1e-15);
  });

  test('a run that is broken off goes on', async () => {
    const run = await simulate(network(recorded));
    for (const breakAt of [1, 113, 250])
      expect((await simulate(network(recorded), { breakAt })).fingerprint).toBe(run.fingerprint);
  });

  test('the same after many phases', async () => {
    const phases = Array.from({ length: 20 }, () => '{ duration: 2 ms }').join(', ');
    const run = await simulate(network());
    expect((await simulate(network({ run: `[${phases}]` }))).fingerprint).toBe(run.fingerprint);
  });

  test('traces longer ago than tables reach', async () => {
    const slow = { model: pair.model.replace('20*ms', '900*ms'), more: recorded.more, run: '600 ms' };
    const late = network(slow)
      .replace('1.2 + 0.1*i', '0.9 + 0.2*i*int(i == 3)')
      .replace('1.5 + 0.1*i', '1.5*int(t < 9*ms or t > 500*ms)');
    const run = await simulate(late.replaceAll('method: exact', 'method: euler'));
    expect(traces(run, [0.9, 0.01])).toBeLessThan(1e-14);
  });
});

describe('owners', () => {
  test.each<readonly [string, Varied, readonly string[]]>([
    ['values read before and after they change', { pre: 'w += a; a += 0.1; w -= 0.1*a' }, ['source: a', 'target: b']],
    [
      'a variable without equation',
      { model: `${pair.model}; r : 1`, pre: 'a += 0.1; r = 2*a; v_post += r*w' },
      ['source: a, r', 'target: b'],
    ],
    [
      'a variable that follows another',
      { model: `${pair.model}; dg/dt = (a - g)/(5*ms) : 1 (event-driven)`, post: 'b += 1; w += g' },
      ['source: a, g', 'target: b'],
    ],
    ['a temporary', { pre: 'd = 0.1 + a; a += d; w += 0.01*d' }, ['source: a', 'target: b']],
    ['one delay', { synapses: 'delay: { pre: 0.5 ms, post: 0.3 ms }' }, ['source: a', 'target: b']],
    ['delays of the other end', { synapses: 'delay: { pre: 0.5 ms }', post: 'b -= 0.1*w; w += a' }, ['source: a']],
  ])('%s', async (_, varied, expected) => {
    const run = await simulate(network(varied), { engines });
    expect(ownersIn(run.program)).toEqual(expected);
  });

  test.each<readonly [string, Varied, readonly string[]]>([
    ['reads the weight', { pre: 'a += 0.1*w' }, ['target: b']],
    ['reads a variable of an end', { pre: 'a += 0.1*v_post' }, ['target: b']],
    ['draws', { pre: 'a += rand()' }, ['target: b']],
    ['reads an index', { pre: 'a += 0.1*j' }, ['target: b']],
    ['changed by both ends', { post: 'a -= 0.1; b += 1' }, ['target: b']],
    [
      'a first value of each synapse',
      { synapses: '', more: '', model: `${pair.model}; c : 1`, pre: 'a += 1; c += 1' },
      ['source: a, c', 'target: b'],
    ],
    ['set by a phase', { run: '[{ duration: 20 ms }, { set: { S.a: 0.5 } }, { duration: 20 ms }]' }, ['target: b']],
    ['reads the last update', { post: 'b -= 0.1; w += a*int(lastupdate > 1*ms)' }, []],
  ])('none for a variable that %s', (_, varied, expected) => {
    expect(owners(varied)).toEqual(expected);
  });
});
