/** Times and order of arriving spikes, compared with a simulation in this file without queues, rings or sorted rows. */

import { describe, expect, test } from 'vitest';
import { profiles } from '../../../src/lower/context/profile.js';
import { roundDelay } from '../../../src/lower/plan/round-delay.js';
import { brian } from '../../support/brian-text.js';
import { byCreation, created, finalOf, simulate, stepsOf } from '../../support/simulate.js';
import type { Simulation } from '../../support/simulate.js';
import '../../../translators/brian/road.js';

interface Synapse {
  readonly source: number;
  readonly target: number;
  readonly delay: number;
  readonly weight: number;
}

/**
 * Returns the value of each target at the end of each step if every synapse adds its weight `delay` steps after each
 * spike of its source.
 */
function arrivals(
  synapses: readonly Synapse[],
  spikes: readonly (readonly [number, number])[],
  targets: number,
  steps: number,
): number[][] {
  const sum = new Array<number>(targets).fill(0);
  return Array.from({ length: steps }, (_, step) => {
    for (const { source, target, delay, weight } of synapses) {
      for (const [emitted, element] of spikes)
        if (element === source && emitted + delay === step) sum[target]! += weight;
    }
    return [...sum];
  });
}

const delaysOf = (run: Simulation, projection: string): number[] => {
  const result: number[] = [];
  for (const { creation, delay } of run.synapses.get(projection)!) result[creation] = delay;
  return result;
};

describe('rounding', () => {
  // int(delay/dt + 0.5), as Brian 2's spike queue rounds.
  test.each([
    [0, 0],
    [0.04, 0],
    [0.05, 1],
    [0.06, 1],
    [0.1, 1],
    [0.149, 1],
    [0.151, 2],
    [1, 10],
    [2.9, 29],
    [12.3, 123],
  ])('%f ms is %i steps', async (delay, steps) => {
    const run = await simulate(
      brian(`
      spike_generators: { source: { N: 1, indices: [0], times: [0.3 ms] } }
      neuron_groups: { G: { N: 1, model: "v : 1", threshold: v > 0.5, reset: v = 0 } }
      synapses: { S: { source: source, target: G, on_pre: v += 1, delay: ${delay} ms, connect: true } }
      run: 14 ms
    `),
    );
    expect(stepsOf(run, 'G.spike')).toEqual([3 + steps + 1]);
  });
});

describe('a delay for each synapse', () => {
  test('drawn delays: every synapse delivers when its own delay has passed', async () => {
    const run = await simulate(
      brian(`
      poisson_groups: { P: { N: 20, rates: 200 Hz } }
      neuron_groups: { G: { N: 15, model: "v : 1" } }
      synapses:
        S:
          source: P
          target: G
          model: "w : 1"
          on_pre: v += w
          connect: { p: 0.4 }
          initializers: { w: 1 + i + 100*j, delay: 0.2*ms + rand()*2*ms }
      state_monitors: { M: { source: G, variables: v, record: true, when: end } }
      run: 20 ms
    `),
    );
    const pairs = created(run, 'S');
    const [weights, delays] = [byCreation(run, 'S', 'w'), delaysOf(run, 'S')];
    expect(pairs.length).toBeGreaterThan(60);
    expect(new Set(delays).size).toBeGreaterThan(10);
    weights.forEach((w, k) => expect(w).toBe(1 + pairs[k]![0] + 100 * pairs[k]![1]));
    const synapses = pairs.map(([source, target], k) => ({ source, target, delay: delays[k]!, weight: weights[k]! }));
    expect(run.samples.get('M/v')).toEqual(arrivals(synapses, run.events.get('P.spike')!, 15, 200));
  });

  test('given delays, in order of creation, of an unsorted list with repeated pairs', async () => {
    const [i, j] = [
      [2, 0, 1, 0, 2, 0, 2],
      [0, 1, 1, 1, 2, 0, 0],
    ];
    const delays = [3, 1, 1, 0, 2.5, 1.2, 0];
    const run = await simulate(
      brian(`
      spike_generators: { source: { N: 3, indices: [0, 1, 2, 0, 2], times: [0.1 ms, 0.2 ms, 0.2 ms, 1.1 ms, 2.4 ms] } }
      neuron_groups: { G: { N: 3, model: "v : 1" } }
      synapses:
        S:
          source: source
          target: G
          model: "w : 1"
          on_pre: v += w
          connect: { i: [${i.join()}], j: [${j.join()}] }
          initializers:
            w: [1, 2, 4, 8, 16, 32, 64]
            delay: { values: [${delays.join()}], unit: ms }
      state_monitors: { M: { source: G, variables: v, record: true, when: end } }
      run: 6 ms
    `),
    );
    expect(created(run, 'S')).toEqual(i.map((source, k) => [source, j[k]]));
    const synapses = i.map((source, k) => ({
      source,
      target: j[k]!,
      delay: Math.round(delays[k]! * 10),
      weight: 2 ** k,
    }));
    expect(run.samples.get('M/v')).toEqual(arrivals(synapses, run.events.get('source.spike')!, 3, 60));
  });

  test('code that does not commute runs by (emission, source, creation), longer delays first', async () => {
    const steps = [2, 0, 1, 1, 3, 0];
    const run = await simulate(
      brian(`
      spike_generators: { source: { N: 2, indices: [0, 1, 0, 1, 0, 1], times: [0.1 ms, 0.1 ms, 0.2 ms, 0.3 ms, 0.3 ms, 0.4 ms] } }
      neuron_groups: { G: { N: 1, model: "x : 1" } }
      synapses:
        S:
          source: source
          target: G
          model: "w : 1"
          on_pre: x_post = (x_post*3 + w) % 1009
          connect: { i: [1, 0, 0, 1, 1, 0], j: [0, 0, 0, 0, 0, 0] }
          initializers:
            w: [1, 2, 4, 8, 16, 32]
            delay: { values: [${steps.map((k) => k / 10).join()}], unit: ms }
      run: 1 ms
    `),
    );
    const sources = [1, 0, 0, 1, 1, 0];
    const spikes: [number, number][] = [
      [1, 0],
      [1, 1],
      [2, 0],
      [3, 0],
      [3, 1],
      [4, 1],
    ];
    let x = 0;
    for (let step = 0; step < 10; step += 1) {
      for (const [emitted, source] of spikes)
        sources.forEach((own, k) => {
          if (own === source && emitted + steps[k]! === step) x = (x * 3 + 2 ** k) % 1009;
        });
    }
    expect(finalOf(run, 'G.x')).toEqual([x]);
  });

  test('delays as an expression of indices', async () => {
    const run = await simulate(
      brian(`
      spike_generators: { source: { N: 3, indices: [0, 1, 2], times: [0.1 ms, 0.1 ms, 0.1 ms] } }
      neuron_groups: { G: { N: 4, model: "v : 1" } }
      synapses: { S: { source: source, target: G, on_pre: v += 1, connect: true, initializers: { delay: abs(i - j)*0.3*ms } } }
      state_monitors: { M: { source: G, variables: v, record: true, when: end } }
      run: 2 ms
    `),
    );
    const synapses = created(run, 'S').map(([source, target]) => ({
      source,
      target,
      delay: 3 * Math.abs(source - target),
      weight: 1,
    }));
    expect(run.samples.get('M/v')).toEqual(
      arrivals(
        synapses,
        [
          [1, 0],
          [1, 1],
          [1, 2],
        ],
        4,
        20,
      ),
    );
  });

  test.each([1, 2])(
    'two pathways from one side, one with a delay for each synapse, one with the same for all: %i threads',
    async (threads) => {
      const run = await simulate(
        brian(`
      poisson_groups: { P: { N: 30, rates: 300 Hz } }
      neuron_groups: { G: { N: 200, model: "a : 1\\nb : 1" } }
      synapses:
        S:
          source: P
          target: G
          on_pre: { one: a += 1, two: b += 1 }
          delay: { two: 0.7 ms }
          connect: { p: 0.5 }
          initializers: { one.delay: 2*ms*rand() }
      state_monitors: { M: { source: G, variables: [a, b], record: true, when: end } }
      run: 6 ms
    `),
        {
          engines: [
            { target: 'reference', threads: 1 },
            { target: 'wasm', threads },
          ],
        },
      );
      const pairs = created(run, 'S');
      const [delays, spikes] = [delaysOf(run, 'S'), run.events.get('P.spike')!];
      const synapses = (delay: (k: number) => number) =>
        pairs.map(([source, target], k) => ({ source, target, delay: delay(k), weight: 1 }));
      expect(run.samples.get('M/a')).toEqual(
        arrivals(
          synapses((k) => delays[k]!),
          spikes,
          200,
          60,
        ),
      );
      expect(run.samples.get('M/b')).toEqual(
        arrivals(
          synapses(() => 7),
          spikes,
          200,
          60,
        ),
      );
    },
  );

  test('a delay that is a parameter of the synapse is the value that its code reads', async () => {
    const run = await simulate(`
interneuron: 1
name: delays
neurons:
  source: { state: { n: 0 }, events: { spike: { when: t_in_timesteps == 3 } } }
  cell: { state: { v: 0 s } }
synapses:
  s:
    parameters: { d: 1 ms, extra: 0.5 ms }
    pathways: { pre: { on: pre.spike, delay: d + extra, do: post.v += d } }
populations: { a: { type: source, size: 4 }, b: { type: cell, size: 3 } }
projections:
  p: { from: a, to: b, synapse: s, connect: all, values: { d: "uniform(0.1*ms, 3*ms)" } }
record: [{ of: b, variables: v }]
timing: brian
experiment: { dt: 0.1 ms, seed: 5, duration: 5 ms }
`);
    const pairs = created(run, 'p');
    const [d, delays] = [byCreation(run, 'p', 'd'), delaysOf(run, 'p')];
    expect(new Set(d).size).toBe(12);
    d.forEach((value, k) => expect(delays[k]).toBe(Math.trunc((value + 0.0005) / 0.0001 + 0.5)));
    // Each arrival adds the delay less the extra: seen in the sample after the step.
    const expected = arrivals(
      pairs.map(([source, target], k) => ({ source, target, delay: delays[k]!, weight: d[k]! })),
      [0, 1, 2, 3].map((k) => [3, k] as const),
      3,
      49,
    );
    run.samples
      .get('b.v')!
      .slice(1)
      .forEach((row, step) => row.forEach((v, k) => expect(v).toBeCloseTo(expected[step]![k]!, 12)));
  });
});

describe('a stated range of delays', () => {
  const model = (range: string, delays: string): string => `
interneuron: 1
name: range
neurons: { source: { state: { n: 0 }, events: { spike: { when: t_in_timesteps == 0 } } }, cell: { state: { v: 0 } } }
synapses: { s: { pathways: { pre: { on: pre.spike, do: post.v += 1.0 } } } }
populations: { a: { type: source, size: 1 }, b: { type: cell, size: 4 } }
projections: { p: { from: a, to: b, synapse: s, connect: all, delayRange: { ${range} }, delay: ${delays} } }
timing: brian
experiment: { dt: 0.1 ms, duration: 2 ms }
`;
  test.each([
    ['min: 0.5 ms, max: 1 ms, outOfRange: clip', '{ array: [0.2, 0.7, 1, 9], unit: ms }', [5, 7, 10, 10]],
    ['min: 0.5 ms, outOfRange: clip', '{ array: [0.2, 0.3, 0.4, 0.1], unit: ms }', [5, 5, 5, 5]],
    ['min: 0.5 ms, max: 1 ms, outOfRange: clip', '(j - 1)*0.6*ms', [5, 5, 6, 10]],
  ])('%s: %s', async (range, delays, steps) => {
    const run = await simulate(model(range, delays));
    expect(delaysOf(run, 'p')).toEqual(steps);
  });

  test('a drawn delay outside of a range that allows none is a fault of building', async () => {
    const run = await simulate(model('min: 0.5 ms, max: 1 ms, outOfRange: error', '(j + 1)*0.6*ms'));
    expect(run.faults.join()).toMatch(/a delay of projection p is .*outside of its range/);
  });
});

describe('the postsynaptic side', () => {
  test('a post pathway reaches the synapses of the spiking target after its own delay', async () => {
    const run = await simulate(
      brian(`
      spike_generators: { source: { N: 3, indices: [0], times: [50 ms] }, target: { N: 2, indices: [0, 1, 1], times: [0.1 ms, 0.3 ms, 0.4 ms] } }
      synapses:
        S:
          source: source
          target: target
          model: "w : 1"
          on_post: w += 1 + t/ms
          delay: { post: 0.5 ms }
          connect: { condition: i != j }
      run: 1.2 ms
    `),
    );
    expect(created(run, 'S')).toEqual([
      [0, 1],
      [1, 0],
      [2, 0],
      [2, 1],
    ]);
    const w = byCreation(run, 'S', 'w');
    const [toFirst, toSecond] = [1.6, 1.8 + 1.9];
    [toSecond, toFirst, toFirst, toSecond].forEach((value, k) => expect(w[k]).toBeCloseTo(value, 12));
  });

  test('delays of a post pathway that differ between synapses', async () => {
    const run = await simulate(
      brian(`
      spike_generators: { source: { N: 4, indices: [0], times: [50 ms] }, target: { N: 2, indices: [0, 1], times: [0.1 ms, 0.3 ms] } }
      synapses:
        S: { source: source, target: target, model: "w : 1", on_post: w = t_in_timesteps, connect: true, initializers: { post.delay: 0.1*ms*i } }
      run: 1.2 ms
    `),
    );
    created(run, 'S').forEach(([i, j], k) => expect(byCreation(run, 'S', 'w')[k]).toBe((j === 0 ? 1 : 3) + i));
  });
});

describe('subgroups', () => {
  test('indices at both ends are relative to the subgroup, spikes outside of it have no effect', async () => {
    const run = await simulate(
      brian(`
      spike_generators: { source: { N: 10, indices: [2, 4, 6, 7], times: [0.1 ms, 0.2 ms, 0.3 ms, 0.4 ms] } }
      neuron_groups: { G: { N: 8, model: "v : 1" } }
      synapses: { S: { source: "source[3:7]", target: "G[5:]", model: "w : 1", on_pre: v += w, connect: { condition: i == j + 1 }, initializers: { w: 1 + i + 10*j } } }
      state_monitors: { M: { source: G, variables: v, record: true, when: end } }
      run: 1 ms
    `),
    );
    // Pairs (1, 0), (2, 1), (3, 2) of the subgroups are 4 -> 5, 5 -> 6, 6 -> 7 of the groups; 4 and 6 spike.
    expect(created(run, 'S')).toEqual([
      [1, 0],
      [2, 1],
      [3, 2],
    ]);
    expect(finalOf(run, 'G.v')).toEqual([0, 0, 0, 0, 0, 2, 0, 24]);
  });

  test('a subexpression of the target that reads i keeps the index of the group', async () => {
    const run = await simulate(
      brian(`
      spike_generators: { source: { N: 1, indices: [0], times: [0.1 ms] } }
      neuron_groups: { G: { N: 6, model: "v : 1\\nown = i*1.0 : 1" } }
      synapses: { S: { source: source, target: "G[4:]", model: "w : 1", on_pre: w = own_post, connect: true } }
      run: 0.5 ms
    `),
    );
    expect(byCreation(run, 'S', 'w')).toEqual([4, 5]);
  });
});

describe('delays that are no whole number of steps', () => {
  // Halves of a step, which powers of two make exact.
  test.each([
    ['brian', [0, 1, 1, 2, 2, 3, 3, 4]],
    ['grid', [0, 1, 1, 2, 2, 3, 3, 4]],
  ] as const)('are rounded by the rule of %s', (timing, expected) => {
    const context = { dt: 2 ** -10, profile: profiles[timing] };
    const found = Array.from({ length: 8 }, (_, k) => roundDelay((k / 2) * 2 ** -10, context));
    expect(found).toEqual(expected);
    expect(roundDelay(1e9 * 2 ** -10, context)).toBe(1e9);
    // The quotient is a little less than one and a half.
    expect(roundDelay(0.15e-3, { ...context, dt: 0.1e-3 })).toBe(timing === 'grid' ? 2 : 1);
  });
});

test('delays that read which of its pair a synapse is are as long as there are synapses of a pair', async () => {
  const run = await simulate(
    brian(`
    spike_generators: { P: { N: 1, indices: [0], times: [0.5 ms] } }
    neuron_groups: { G: { N: 1, model: "x : 1" } }
    synapses:
      S:
        source: P
        target: G
        multisynaptic_index: k
        on_pre: x_post += 10**k
        connect: { n: 3 }
        initializers: { pre.delay: (1 + 2*k)*ms }
    run: 4 ms
  `),
  );
  expect(delaysOf(run, 'S')).toEqual([10, 30, 50]);
  expect(finalOf(run, 'G.x')).toEqual([11]);
});
