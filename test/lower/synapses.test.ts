/** Effects of synapses at events and in each step: own variables, additive and ordered code, sums, recordings. */

import { describe, expect, test } from 'vitest';
import { brian } from '../support/brian-text.js';
import { byCreation, finalOf, simulate, stepsOf, trace } from '../support/simulate.js';

describe('values that phases of the protocol change', () => {
  test.each([
    // Values set by a phase count for the range of fixed-point sums: 10^9 after 10^-3 does not overflow.
    ['a parameter', 'w : 1 (constant)', 'v += w'],
    ['a variable', 'w : 1', 'v += w'],
    ['a variable that is clipped', 'w : 1', 'v += w; w = clip(w, 0, 1e10)'],
  ])('%s', async (_, model, code) => {
    const run = await simulate(
      brian(`
      spike_generators: { source: { N: 1, indices: [0, 0], times: [0.1 ms, 1.1 ms] } }
      neuron_groups: { G: { N: 1, model: "v : 1" } }
      synapses: { S: { source: source, target: G, model: "${model}", on_pre: "${code}", connect: true, initializers: { w: 0.001 } } }
      run:
        - duration: 1 ms
        - set: { S.w: 1e9 }
          duration: 1 ms
    `),
    );
    expect(run.faults).toEqual([]);
    expect(finalOf(run, 'G.v')[0]).toBeCloseTo(1e9 + 0.001, 4);
  });
});

describe('weights that become larger than their first values', () => {
  const spec = (model: string, more: string, run: string): string =>
    brian(`
      spike_generators: { source: { N: 1, indices: [0, 0, 0], times: [0.1 ms, 1.1 ms, 2.1 ms] } }
      neuron_groups: { G: { N: 1, model: "v : 1" } }
      synapses:
        S: { source: source, target: G, model: "${model}", on_pre: v += w, connect: true, initializers: { w: 0.25 }${more} }
      run: ${run}
    `);
  // Operations run at 0, 1 and 2 ms, each before a spike.
  test.each([
    ['an operation', 'w : 1', 'w = 8*w + v_post', 2 + (8 * 2 + 2) + (8 * 18 + 20)],
    ['an operation on what they share', 'w : 1 (shared)', 'w += 8', 8.25 + 16.25 + 24.25],
    ['one that reads what they share', 'w : 1\\nf : 1 (shared)', 'f += 8; w += f', 8.25 + 24.25 + 48.25],
  ])('by %s', async (_, model, code, sum) => {
    const run = await simulate(spec(model, `, run_regularly: [{ code: ${code}, dt: 1 ms }]`, '3 ms'));
    expect(run.faults).toEqual([]);
    expect(finalOf(run, 'G.v')).toEqual([sum]);
  });

  test('by a phase, to values without bounds', async () => {
    const run = await simulate(
      spec('w : 1', '', '[{ duration: 1 ms }, { set: { S.w: floor(exp(8*w)) }, duration: 2 ms }]'),
    );
    expect(run.faults).toEqual([]);
    expect(finalOf(run, 'G.v')).toEqual([0.25 + 7 + 7]);
  });
});

describe('additive code', () => {
  test('additions of all synapses of a row to their source leave room for every copy', async () => {
    // Five synapses of one pair, one target: the source gets five times the bound in one step.
    const run = await simulate(
      brian(`
      neuron_groups:
        A: { N: 10, model: "v : 1\\nback : 1", threshold: t_in_timesteps == 2 }
        B: { N: 1, model: "v : 1" }
      synapses: { S: { source: A, target: B, on_pre: back_pre += 1.0, connect: { i: [0, 0, 0, 0, 0, 3], j: [0, 0, 0, 0, 0, 0] } } }
      run: 0.5 ms
    `),
    );
    expect(finalOf(run, 'A.back')).toEqual([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  });

  test('sums of values that depend on the number among synapses of a pair keep their precision if the pairs are listed', async () => {
    const run = await simulate(
      brian(`
      neuron_groups: { A: { N: 2, model: "x : 1", threshold: t_in_timesteps == 1 }, B: { N: 1, model: "v : 1" } }
      synapses: { S: { source: A, target: B, model: "w : 1", multisynaptic_index: k, on_pre: v += w*(k + 1), connect: { i: [0, 1, 0, 0], j: [0, 0, 0, 0] }, initializers: { w: 0.1 + 0.01*k } } }
      run: 0.3 ms
    `),
    );
    expect(finalOf(run, 'B.v')[0]).toBeCloseTo(0.1 + 0.1 + 0.11 * 2 + 0.12 * 3, 13);
  });

  test('the sum does not depend on the order of adding: a network and its mirror image', async () => {
    const model = (list: string): string =>
      brian(`
      neuron_groups:
        A: { N: 40, model: "x : 1", threshold: t_in_timesteps == 1 }
        B: { N: 1, model: "v : 1" }
      synapses: { S: { source: A, target: B, model: "w : 1", on_pre: v += w, connect: { i: ${list}, j: 0 }, initializers: { w: 0.1 + sin(i*1.7)/3 } } }
      run: 0.3 ms
    `);
    const order = Array.from({ length: 40 }, (_, k) => (k * 17) % 40);
    const one = await simulate(model(JSON.stringify(order)));
    const other = await simulate(model(JSON.stringify([...order].reverse())));
    expect(finalOf(other, 'B.v')).toEqual(finalOf(one, 'B.v'));
    const exact = order.reduce((sum, i) => sum + 0.1 + Math.sin(i * 1.7) / 3, 0);
    expect(finalOf(one, 'B.v')[0]).toBeCloseTo(exact, 12);
  });

  test('a value that reads the target is sent as it is before anything of this pathway arrives', async () => {
    const run = await simulate(
      brian(
        `
      spike_generators: { source: { N: 2, indices: [0, 1], times: [0.1 ms, 0.1 ms] } }
      neuron_groups: { G: { N: 1, model: "g : 1\\nv : 1", initializers: { v: 3 } } }
      synapses: { S: { source: source, target: G, on_pre: "g += 0.5*(v_post > 2)", connect: true } }
      run: 0.3 ms
    `.replace('0.5*(v_post > 2)', '0.5*int(v_post > 2)'),
      ),
    );
    expect(finalOf(run, 'G.g')).toEqual([1]);
  });

  test('a value that outgrows its declared bounds ends the run', async () => {
    const run = await simulate(
      brian(`
      spike_generators: { source: { N: 1, indices: [0, 0, 0], times: [0.1 ms, 0.2 ms, 0.3 ms] } }
      neuron_groups: { G: { N: 1, model: "v : 1\\nu : 1" } }
      synapses: { S: { source: source, target: G, model: "w : 1", on_pre: "v += w; w = clip(log(-w), 0, 1)", connect: true, initializers: { w: 0.5 } } }
      run: 1 ms
    `),
    );
    expect(run.faults.join()).toMatch(/projection S adds to v of [A-Za-z]+ is not a number/);
  });
});

describe('ordered code', () => {
  const three = '{ N: 3, indices: [0, 1, 2], times: [0.1 ms, 0.1 ms, 0.1 ms] }';
  const list = 'connect: { i: [2, 0, 1, 0], j: [0, 0, 0, 0] }, initializers: { w: [100, 1, 10, 1000] }';

  test('a synapse reads a variable that its pathway adds to with its own and all earlier additions', async () => {
    const run = await simulate(
      brian(`
      spike_generators: { source: ${three} }
      neuron_groups: { G: { N: 1, model: "g : 1" } }
      synapses: { S: { source: source, target: G, model: "w : 1\\nseen : 1", on_pre: "g += w; seen = g_post", ${list} } }
      run: 0.3 ms
    `),
    );
    expect(byCreation(run, 'S', 'seen')).toEqual([1111, 1, 1011, 1001]);
  });

  test('a pathway from the postsynaptic side goes through the synapses of the target in order of creation', async () => {
    const run = await simulate(
      brian(`
      spike_generators: { source: ${three}, target: { N: 1, indices: [0], times: [0.1 ms] } }
      neuron_groups: { G: { N: 3, model: "x : 1", threshold: x > 1e9 }, H: { N: 1, model: "y : 1", threshold: t_in_timesteps == 1 } }
      synapses: { S: { source: G, target: H, model: "w : 1", on_post: y_post = y_post*2 + w, ${list} } }
      run: 0.3 ms
    `),
    );
    expect(finalOf(run, 'H.y')).toEqual([((100 * 2 + 1) * 2 + 10) * 2 + 1000]);
  });

  test('also if the rows are sorted by the delays of another pathway', async () => {
    const run = await simulate(
      brian(`
      neuron_groups: { G: { N: 2, model: "x : 1", threshold: t_in_timesteps == 1 }, H: { N: 1, model: "y : 1\\nz : 1" } }
      synapses:
        S:
          source: G
          target: H
          model: "w : 1"
          on_pre: { first: z += 1, second: y_post = y_post*2 + w }
          connect: { i: [1, 1, 0, 0, 0], j: [0, 0, 0, 0, 0] }
          initializers: { w: [1, 10, 100, 1000, 10000], first.delay: { values: [3, 1, 5, 2, 1], unit: ms } }
      run: 0.3 ms
    `),
    );
    // Row 0 in order of creation: 100, 1000, 10000; then row 1: 1, 10.
    expect(finalOf(run, 'H.y')).toEqual([[100, 1000, 10000, 1, 10].reduce((y, w) => y * 2 + w, 0)]);
  });

  test('among equal delays of one pathway the order also follows creation', async () => {
    const run = await simulate(
      brian(`
      neuron_groups: { G: { N: 1, model: "x : 1", threshold: t_in_timesteps == 1 }, H: { N: 3, model: "y : 1" } }
      synapses:
        S:
          source: G
          target: H
          model: "w : 1"
          on_pre: { second: y_post = y_post*2 + w }
          connect: { i: 0, j: [0, 2, 0, 0, 2] }
          initializers: { w: [1, 10, 100, 1000, 10000], second.delay: { values: [0.2, 0.1, 0.1, 0.2, 0.1], unit: ms } }
      run: 0.6 ms
    `),
    );
    expect(finalOf(run, 'H.y')).toEqual([(100 * 2 + 1) * 2 + 1000, 0, 10 * 2 + 10000]);
  });
});

describe('parameters that are no numbers', () => {
  test('do not slip through the bounds that a clip seems to give', async () => {
    const run = await simulate(
      brian(`
      spike_generators: { source: { N: 2, indices: [0], times: [0.1 ms] } }
      neuron_groups: { G: { N: 1, model: "v : 1" } }
      synapses: { S: { source: source, target: G, model: "w : 1 (constant)", on_pre: v += w, connect: true, initializers: { w: "clip(log(i - 0.5), 0, 1)" } } }
      run: 0.3 ms
    `),
    );
    expect(run.faults.join()).toMatch(/what projection S adds to v of [A-Za-z]+ is not a number/);
  });
});

describe('continuous synapses', () => {
  test('a gap junction: both sides get the current of the difference, from the end of the step before', async () => {
    const run = await simulate(`
interneuron: 1
name: gap
neurons:
  cell: { parameters: { tau: 10 ms }, inputs: { I: 1 }, state: { v: 0 }, derivatives: { v: I/tau }, method: euler }
synapses:
  gap: { parameters: { g: 0.5 }, contributes: { post.I: g*(pre.v - post.v), pre.I: g*(post.v - pre.v) } }
populations: { a: { type: cell, size: 2, values: { v: 1 + i } }, b: { type: cell, size: 2 } }
projections: { p: { from: a, to: b, synapse: gap, connect: all, values: { g: 0.2 + 0.1*i + 0.05*j } } }
record: [{ of: a, variables: v }, { of: b, variables: v }]
timing: brian
experiment: { dt: 0.1 ms, duration: 3 ms }
`);
    let [a, b] = [
      [1, 2],
      [0, 0],
    ];
    const g = (i: number, j: number): number => 0.2 + 0.1 * i + 0.05 * j;
    for (let step = 0; step < 30; step += 1) {
      run.samples.get('a.v')![step]!.forEach((v, i) => expect(v).toBeCloseTo(a[i]!, 13));
      run.samples.get('b.v')![step]!.forEach((v, j) => expect(v).toBeCloseTo(b[j]!, 13));
      const [from, to] = [a, b];
      a = from.map((v, i) => v + 0.01 * (g(i, 0) * (to[0]! - v) + g(i, 1) * (to[1]! - v)));
      b = to.map((v, j) => v + 0.01 * (g(0, j) * (from[0]! - v) + g(1, j) * (from[1]! - v)));
    }
  });
});

describe('samples and operations among the deliveries', () => {
  test('an operation between two pathways reads the arrivals of the first', async () => {
    const run = await simulate(
      brian(`
      spike_generators: { source: { N: 1, indices: [0], times: [0.1 ms] }, late: { N: 1, indices: [0], times: [0.1 ms] } }
      neuron_groups:
        G:
          N: 1
          model: "v : 1\\nseen : 1"
          run_regularly: [{ code: seen += v, when: synapses, order: 0 }]
      synapses:
        first: { source: source, target: G, on_pre: v += 1, connect: true }
        second: { source: late, target: G, on_pre: v += 10, connect: true, pathways: { pre: { order: 1 } } }
      state_monitors: { M: { source: G, variables: v, record: true, when: synapses, order: 0 } }
      run: 0.2 ms
    `),
    );
    expect(finalOf(run, 'G.seen')).toEqual([1]);
    expect(trace(run, 'M/v')).toEqual([0, 1]);
    expect(finalOf(run, 'G.v')).toEqual([11]);
  });
});

describe('clock-driven synapses', () => {
  test('equations of each synapse, summed into the target one step later', async () => {
    const run = await simulate(
      brian(`
      spike_generators: { source: { N: 2, indices: [0, 1], times: [0.1 ms, 0.3 ms] } }
      neuron_groups: { G: { N: 1, model: "total : 1" } }
      synapses:
        S:
          source: source
          target: G
          model: |
            ds/dt = -s/(2*ms) : 1 (clock-driven)
            w : 1
            total_post = w*s : 1 (summed)
          on_pre: s += 1
          method: exact
          connect: true
          initializers: { w: 1 + i }
      state_monitors: { M: { source: G, variables: total, record: true, when: end } }
      run: 1 ms
    `),
    );
    const decay = (step: number, from: number): number => (step > from ? Math.exp(-(step - 1 - from) * 0.05) : 0);
    // In step k the sum reads s as the step before left it: k - 1 - (step of the spike) decays.
    trace(run, 'M/total').forEach((total, k) => expect(total).toBeCloseTo(decay(k, 1) + 2 * decay(k, 3), 12));
  });
});

describe('event-driven synapses', () => {
  test('variables are brought up to date in closed form when an event reaches them', async () => {
    const run = await simulate(
      brian(`
      spike_generators: { source: { N: 1, indices: [0, 0, 0], times: [1 ms, 5 ms, 12 ms] } }
      neuron_groups: { G: { N: 1, model: "v : 1" } }
      synapses:
        S:
          source: source
          target: G
          model: |
            dx/dt = -x/(7*ms) : 1 (event-driven)
            dy/dt = (3 - y)/(4*ms) : 1 (event-driven)
            dz/dt = 2/ms : 1 (event-driven)
            seen : 1
          on_pre: |
            seen = x
            x += 1
          connect: true
      run: 20 ms
    `),
    );
    expect(byCreation(run, 'S', 'seen')[0]).toBeCloseTo((Math.exp(-4 / 7) + 1) * Math.exp(-1), 12);
    // There was no update since the last event.
    expect(byCreation(run, 'S', 'y')[0]).toBeCloseTo(3 * (1 - Math.exp(-12 / 4)), 12);
    expect(byCreation(run, 'S', 'z')[0]).toBeCloseTo(24, 12);
  });

  test('a variable follows another one that decays', async () => {
    const run = await simulate(
      brian(`
      spike_generators: { source: { N: 1, indices: [0, 0, 0, 0], times: [10 ms, 30 ms, 50 ms, 70 ms] } }
      neuron_groups: { G: { N: 1, model: "g : 1" } }
      synapses:
        S:
          source: source
          target: G
          model: |
            du/dt = -u/(50*ms) : 1 (event-driven)
            dx/dt = (1 - x - y)/(100*ms) : 1 (event-driven)
            dy/dt = -y/(5*ms) : 1 (event-driven)
          on_pre: |
            u += 0.5*(1 - u)
            g += u*x
            y += u*x
            x -= u*x
          connect: true
          initializers: { x: 1 }
      run: 100 ms
    `),
    );
    // Brian 2.9.0 with NumPy.
    expect(finalOf(run, 'G.g')[0]).toBeCloseTo(1.292611823699, 11);
    expect(byCreation(run, 'S', 'x')[0]).toBeCloseTo(0.062700947421, 11);
  });
});

describe('recorded synapses', () => {
  const model = (recording: string): string => `
interneuron: 1
name: recorded
neurons: { cell: { state: { v: 0 } } }
synapses: { s: { state: { w: 0 }, derived: { product: w*pre.v + post.v } } }
populations: { a: { type: cell, size: 4, values: { v: 1 + i } }, b: { type: cell, size: 3, values: { v: 100 + i } } }
projections: { p: { from: a, to: b, synapse: s, connect: { rule: list, sources: [3, 0, 2, 0], targets: [1, 2, 0, 0] }, values: { w: [10, 20, 30, 40] } } }
record: [${recording}]
timing: brian
experiment: { dt: 0.1 ms, duration: 0.1 ms }
`;
  test.each([
    ['all, in order of creation', '{ of: p, variables: w }', 'p.w', [10, 20, 30, 40]],
    ['some by index, in the order given', '{ of: "p[3, 0]", variables: w }', 'p.w', [40, 10]],
    ['a slice with a step', '{ of: "p[0:4:2]", variables: w }', 'p.w', [10, 30]],
    [
      'a derived variable, with the values of both ends',
      '{ of: p, variables: product }',
      'p.product',
      [10 * 4 + 101, 20 * 1 + 102, 30 * 3 + 100, 40 * 1 + 100],
    ],
  ])('%s', async (_, recording, key, values) => {
    const run = await simulate(model(recording));
    expect(run.samples.get(key)).toEqual([values]);
  });

  test('a drawn synapse that does not exist is a fault, not a number', async () => {
    const run = await simulate(
      model('{ of: "p[1, 500]", variables: w }').replace(
        /connect: \{[^}]*\}, values: \{[^}]*\}/,
        'connect: { rule: pairs, p: 0.5 }',
      ),
    );
    expect(run.faults.join()).toMatch(/a recorded synapse of projection p does not exist/);
  });
});

describe('custom events', () => {
  test('a synapse listens to an event; its condition is tested after thresholds, its code runs after resets', async () => {
    const run = await simulate(
      brian(`
      neuron_groups:
        G:
          N: 1
          model: "dv/dt = 1/ms : 1\\nn : 1\\nseen : 1"
          threshold: v > 10
          method: euler
          events: { half: { condition: "v > 0.45 and n < 1", code: "n += 1" } }
        H: { N: 1, model: "x : 1" }
      synapses: { S: { source: G, target: H, on_pre: x += 1 + n_pre, on_event: half, connect: true } }
      state_monitors:
        before: { source: G, variables: n, record: true, when: after_synapses }
        after: { source: G, variables: n, record: true, when: end }
      run: 0.8 ms
    `),
    );
    expect(stepsOf(run, 'G.half')).toEqual([4]);
    expect(trace(run, 'before/n')).toEqual([0, 0, 0, 0, 0, 1, 1, 1]);
    expect(trace(run, 'after/n')).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    // Synapses come before the code of the event: n was still 0.
    expect(finalOf(run, 'H.x')).toEqual([1]);
  });
});
