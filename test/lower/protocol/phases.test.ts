/** Changes by phases of the protocol, and their consequences. */

import { describe, expect, test } from 'vitest';
import { brian } from '../../support/brian-text.js';
import { byCreation, finalOf, simulate, stepsOf, trace } from '../../support/simulate.js';

describe('setting variables of a population', () => {
  const model = (set: string): string =>
    brian(`
    neuron_groups: { G: { N: 6, model: "x : 1\\nn : integer\\nb : boolean\\nc : 1 (shared)", initializers: { x: i } } }
    run:
      - duration: 0.1 ms
      - ${set}
        duration: 0.1 ms
  `);
  test.each([
    ['a number', 'set: { G.x: 7 }', [7, 7, 7, 7, 7, 7]],
    ['an expression of what it was', 'set: { G.x: 2*x + 1 }', [1, 3, 5, 7, 9, 11]],
    ['an expression of the index', 'set: { G.x: i*i }', [0, 1, 4, 9, 16, 25]],
    ['a list', 'set: { G.x: [6, 5, 4, 3, 2, 1] }', [6, 5, 4, 3, 2, 1]],
    [
      'where a condition holds',
      '{ set: { G.x: -1 }, where: x > 2.5, duration: 0.1 ms }\n      - duration: 0.1 ms\n      -',
      [0, 1, 2, -1, -1, -1],
    ],
  ])('%s', async (_, set, x) => {
    const text = set.startsWith('{')
      ? model('placeholder').replace(/- placeholder\n\s+duration: 0.1 ms/, `- ${set.split('\n')[0]!}`)
      : model(set);
    expect(finalOf(await simulate(text), 'G.x')).toEqual(x);
  });

  test('integers, booleans and shared variables', async () => {
    const run = await simulate(model('set: { G.n: i - 3, G.b: i > 3, G.c: 4.5 }'));
    expect(finalOf(run, 'G.n')).toEqual([-3, -2, -1, 0, 1, 2]);
    expect(finalOf(run, 'G.b')).toEqual([0, 0, 0, 0, 1, 1]);
    expect(finalOf(run, 'G.c')).toEqual([4.5]);
  });

  test('several in one phase are set one after another, as written', async () => {
    const run = await simulate(`
interneuron: 1
name: order
neurons: { cell: { state: { a: 1, b: 2 } } }
populations: { p: { type: cell, size: 3 } }
timing: brian
experiment: { dt: 0.1 ms, protocol: [{ set: { p.b: a + b, p.a: 10*b } }, { set: { "p[1:3].a": 0 } }, { run: 0.1 ms }] }
`);
    expect(finalOf(run, 'p.b')).toEqual([3, 3, 3]);
    expect(finalOf(run, 'p.a')).toEqual([30, 0, 0]);
  });

  test('random values differ from phase to phase', async () => {
    const run = await simulate(
      brian(`
      neuron_groups: { G: { N: 4, model: "x : 1\\ny : 1", initializers: { x: rand() } } }
      run:
        - { set: { G.y: x - rand() }, duration: 0.1 ms }
        - { set: { G.x: rand() }, duration: 0.1 ms }
    `),
    );
    expect(finalOf(run, 'G.y').every((y) => y !== 0)).toBe(true);
  });
});

describe('constants that a phase changes', () => {
  test('propagators of the exact method are worked out again', async () => {
    const run = await simulate(
      brian(`
      neuron_groups:
        G: { N: 3, model: "dv/dt = (u - v)/tau : 1\\ntau : second (constant)\\nu : 1 (constant)", method: exact, initializers: { v: 1, tau: 10*ms, u: 0 } }
      run:
        - duration: 10 ms
        - set: { G.tau: (1 + i)*2*ms }
          duration: 4 ms
        - set: { G.u: 3 }
          duration: 6 ms
    `),
    );
    finalOf(run, 'G.v').forEach((v, i) => {
      const tau = 2 * (1 + i);
      const before = Math.exp(-1) * Math.exp(-4 / tau);
      expect(v).toBeCloseTo(3 + (before - 3) * Math.exp(-6 / tau), 12);
    });
  });

  test('a constant of the namespace, in equations, thresholds, synapses and refractory periods', async () => {
    const run = await simulate(
      brian(`
      namespace: { k: 1/ms, top: 0.95, hold: 0.5 ms, kick: 1 }
      spike_generators: { source: { N: 1, indices: [0, 0], times: [0.5 ms, 3.5 ms] } }
      neuron_groups:
        G: { N: 1, model: "dv/dt = k : 1 (unless refractory)", threshold: v > top, reset: v = 0, refractory: hold, method: euler }
        H: { N: 1, model: "x : 1" }
      synapses: { S: { source: source, target: H, on_pre: x += kick, connect: true } }
      run:
        - duration: 3 ms
        - { set: { k: 2/ms, top: 1.5, hold: 1 ms, kick: 100 }, duration: 4 ms }
    `),
    );
    // 0.1 a step to 1.0 in step 9, held to step 13, again 1.0 in step 23, held until step 27.
    // Free in steps 28 and 29, which make 0.2. From step 30 on the period is ten steps, read anew: step 32 is still
    // held. Then 0.2 a step: 0.2 + 0.2*7 > 1.5 in step 39, ten steps of rest, and 0.2*8 in step 56.
    expect(stepsOf(run, 'G.spike')).toEqual([9, 23, 39, 56]);
    expect(finalOf(run, 'H.x')).toEqual([101]);
  });
});

describe('synapses', () => {
  test('values of all synapses, in order of creation', async () => {
    const run = await simulate(
      brian(`
      spike_generators: { source: { N: 2, indices: [0, 1], times: [0.5 ms, 0.5 ms] } }
      neuron_groups: { G: { N: 2, model: "x : 1" } }
      synapses: { S: { source: source, target: G, model: "w : 1", on_pre: x += w, connect: { i: [1, 0, 1], j: [0, 1, 1] }, initializers: { w: 1 } } }
      run:
        - duration: 0.2 ms
        - { set: { S.w: [5, 6, 7] }, duration: 0.1 ms }
        - { set: { S.w: w*(i + 1) }, duration: 0.5 ms }
    `),
    );
    expect(byCreation(run, 'S', 'w')).toEqual([10, 6, 14]);
    expect(finalOf(run, 'G.x')).toEqual([10, 20]);
  });
});

describe('state that a phase keeps', () => {
  test('spikes on their way arrive, refractory periods go on', async () => {
    const run = await simulate(
      brian(`
      spike_generators: { source: { N: 1, indices: [0], times: [0.9 ms] } }
      neuron_groups: { G: { N: 1, model: "x : 1\\ny : 1" } }
      synapses: { S: { source: source, target: G, on_pre: x += 1, delay: 0.5 ms, connect: true } }
      state_monitors: { M: { source: G, variables: x, record: true } }
      run:
        - duration: 1 ms
        - { set: { G.y: 3 }, duration: 1 ms }
    `),
    );
    const x = trace(run, 'M/x');
    expect(x.indexOf(1)).toBe(15);
    expect(x).toHaveLength(20);
  });
});

describe('refractory periods that are fixed at the event', () => {
  const run = async (period: string, phases: string): Promise<readonly number[]> =>
    stepsOf(
      await simulate(`
interneuron: 1
name: period
neurons:
  cell:
    parameters: { hold: 0.5 ms }
    state: { v: 0, r: 0.3 ms }
    derivatives: { v: 1.0/(0.15*ms) }
    method: euler
    events: { spike: { when: v > 0.99, do: "v = 0.0; r = r + 0.2*ms", refractory: { for: ${period}, rate: [v] } } }
populations: { p: { type: cell, size: 1 } }
timing: brian
experiment: { dt: 0.1 ms, protocol: [${phases}] }
`),
      'p.spike',
    );

  // 2/3 a step: the threshold is passed in the second step that is free.
  test('a parameter that is set while one lasts counts from the next event on', async () => {
    expect(await run('hold', '{ run: 0.3 ms }, { set: { p.hold: 0.8 ms } }, { run: 2 ms }')).toEqual([1, 7, 16]);
  });

  test('a variable counts as it was at the event, before the event changed it', async () => {
    expect(await run('r', '{ run: 2.4 ms }')).toEqual([1, 5, 11, 19]);
  });

  test('a drawn one is within its bounds, and another each time', async () => {
    const steps = await run('"uniform(0.3*ms, 1.2*ms)"', '{ run: 60 ms }');
    const gaps = steps.slice(1).map((step, k) => step - (steps[k] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(4);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(13);
    expect(new Set(gaps).size).toBeGreaterThan(5);
  });
});

describe('sums with bounds that a phase raises', () => {
  const run = async (phases: string) =>
    simulate(
      brian(`
      spike_generators: { source: { N: 3, indices: [0, 1, 2, 0, 1, 2], times: [0.1 ms, 0.1 ms, 0.1 ms, 0.5 ms, 0.5 ms, 0.5 ms] } }
      neuron_groups: { G: { N: 1, model: "x : 1" } }
      synapses: { S: { source: source, target: G, model: "w : 1", on_pre: x += w, connect: true, initializers: { w: 0.1*(i + 1)/3 } } }
      run:
        - duration: 0.3 ms
        - ${phases}
    `),
    );

  test('earlier sums keep their bits, later ones are right', async () => {
    const [plain, larger] = [await run('duration: 0 ms'), await run('{ set: { S.w: 1e6*w }, duration: 0.4 ms }')];
    const before = finalOf(plain, 'G.x')[0] ?? NaN;
    expect(before).toBeCloseTo(0.2, 12);
    expect(finalOf(larger, 'G.x')[0]).toBeCloseTo(before + 2e5, 4);
    const ten = await run('{ duration: 0 ms }\n        - { set: { S.w: 1e6*w }, duration: 0 ms }');
    expect(ten.fingerprint).toBe(plain.fingerprint);
  });

  test('values of only some synapses may also raise them', async () => {
    const some = await run('{ set: { S.w: 5e7 }, where: i == 0, duration: 0.4 ms }');
    expect(some.faults).toEqual([]);
    expect(finalOf(some, 'G.x')[0]).toBeCloseTo(5e7 + 0.2 + 0.5 / 3, 4);
  });
});
