/**
 * The effect of "unless refractory": while a neuron is refractory, only the event's own reset can write the variable,
 * from the step of the spike on (Brian 2 documentation, refractoriness).
 */

import { describe, expect, test } from 'vitest';
import { brian } from '../support/brian-text.js';
import { finalOf, simulate, stepsOf, trace } from '../support/simulate.js';

/**
 * A neuron that spikes in step 9 (v > 0.95 at slope 1/ms) and is refractory for 1 ms: steps 9 to 18 are closed, step 19
 * is open.
 */
const neuron =
  '{ N: 1, model: "dv/dt = 1/ms : 1 (unless refractory)\\nfree : 1", threshold: v > 0.95, reset: v = 0, ' +
  'refractory: 1 ms, method: euler }';

describe('synapses', () => {
  test.each([
    { at: 0.8, step: 8, kept: true },
    // The spike itself is in step 9: thresholds come before synapses, so the kick of the same step is lost already.
    { at: 0.9, step: 9, kept: false },
    { at: 1.0, step: 10, kept: false },
    { at: 1.8, step: 18, kept: false },
    { at: 1.9, step: 19, kept: true },
  ])('a kick in step $step is kept: $kept', async ({ at, step, kept }) => {
    const run = await simulate(
      brian(`
      spike_generators: { source: { N: 1, indices: [0], times: [${at} ms] } }
      neuron_groups: { G: ${neuron} }
      synapses:
        S: { source: source, target: G, on_pre: "v += -0.01; free += 1", connect: true }
      state_monitors: { M: { source: G, variables: v, record: true, when: before_resets } }
      run: 2.5 ms
    `),
    );
    // Without the kick v grows by 0.1 a step until its spike in step 9, rests at 0, and grows again from step 19 on.
    const without = step <= 9 ? (step + 1) * 0.1 : step < 19 ? 0 : (step - 18) * 0.1;
    expect(trace(run, 'M/v')[step]).toBeCloseTo(without - (kept ? 0.01 : 0), 12);
    expect(finalOf(run, 'G.free')).toEqual([1]);
  });

  test('ordered code is held off too', async () => {
    const run = await simulate(
      brian(`
      spike_generators: { source: { N: 1, indices: [0], times: [1.2 ms] } }
      neuron_groups: { G: ${neuron} }
      synapses:
        S: { source: source, target: G, on_pre: "v = v*2 + 0.5; free = free*2 + 1", connect: true }
      run: 1.5 ms
    `),
    );
    expect(finalOf(run, 'G.v')).toEqual([0]);
    expect(finalOf(run, 'G.free')).toEqual([1]);
  });
});

describe('everything else that writes', () => {
  test('Poisson input: a rate so high that every step brings exactly N events', async () => {
    // rate*dt = 1: the binomial count is N.
    const run = await simulate(
      brian(`
      neuron_groups: { G: { N: 1, model: "dv/dt = 1/ms : 1 (unless refractory)\\nx : 1", threshold: v > 0.95, reset: v = 0, refractory: 1 ms, method: euler } }
      poisson_inputs:
        a: { target: G, target_var: v, N: 2, rate: 10 kHz, weight: 0.01 }
        b: { target: G, target_var: x, N: 2, rate: 10 kHz, weight: 0.01 }
      state_monitors: { M: { source: G, variables: [v, x], record: true, when: end } }
      run: 2.5 ms
    `),
    );
    const v = trace(run, 'M/v');
    // 0.1 + 0.02 a step; the kick of step k counts for the threshold of step k + 1: 0.1*8 + 0.02*7 = 0.94, then 1.06 in
    // step 8.
    expect(stepsOf(run, 'G.spike')).toEqual([8]);
    for (let step = 8; step < 18; step += 1) expect(v[step]).toBe(0);
    expect(v[18]).toBeCloseTo(0.12, 12);
    trace(run, 'M/x').forEach((x, k) => expect(x).toBeCloseTo(0.02 * (k + 1), 12));
  });

  test('regular operations', async () => {
    const run = await simulate(
      brian(`
      neuron_groups:
        G:
          N: 1
          model: "dv/dt = 1/ms : 1 (unless refractory)\\nx : 1"
          threshold: v > 0.95
          reset: v = 0
          refractory: 1 ms
          method: euler
          run_regularly: [{ code: "v += 0.001; x += 1", dt: 0.5 ms }]
      state_monitors: { M: { source: G, variables: [v, x], record: true, when: end } }
      run: 2.5 ms
    `),
    );
    const v = trace(run, 'M/v');
    // Operations at steps 0, 5, 10, 15, 20; assignments in steps 10 and 15 are lost.
    expect(stepsOf(run, 'G.spike')).toEqual([9]);
    expect(v[8]).toBeCloseTo(0.902, 12);
    expect(v[17]).toBe(0);
    expect(v[20]).toBeCloseTo(0.201, 12);
    expect(finalOf(run, 'G.x')).toEqual([5]);
  });

  test('the reset itself may write, and another event may set unprotected variables', async () => {
    const run = await simulate(
      brian(`
      neuron_groups:
        G:
          N: 1
          model: "dv/dt = 1/ms : 1 (unless refractory)\\nn : integer"
          threshold: v > 0.95
          reset: v = 0.25
          refractory: 1 ms
          method: euler
          events:
            quarter: { condition: "v == 0.25", code: "n += 1" }
      run: 1.9 ms
    `),
    );
    // The event is tested after thresholds; v = 0.25 from the step after the reset until the end of refractoriness.
    expect(stepsOf(run, 'G.quarter')).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18]);
    expect(finalOf(run, 'G.n')).toEqual([9]);
    expect(finalOf(run, 'G.v')).toEqual([0.25]);
  });
});

describe('the exact method while refractory', () => {
  test('a protected variable rests, the others go on, even if they drive it', async () => {
    const run = await simulate(
      brian(`
      neuron_groups:
        G:
          N: 1
          model: |
            dv/dt = (g - v)/(10*ms) : 1 (unless refractory)
            dg/dt = -g/(5*ms) : 1
          threshold: v > 0.2
          reset: v = 0
          refractory: 2 ms
          method: exact
          initializers: { g: 2 }
      state_monitors: { M: { source: G, variables: [v, g], record: true, when: end } }
      run: 6 ms
    `),
    );
    const [first = -1] = stepsOf(run, 'G.spike');
    const [v, g] = [trace(run, 'M/v'), trace(run, 'M/g')];
    // g decays all along; v follows the closed form of two exponentials from 0 at the end of its refractory period.
    g.forEach((value, k) => expect(value).toBeCloseTo(2 * Math.exp((-0.1 * (k + 1)) / 5), 12));
    for (let k = first; k < first + 20; k += 1) expect(v[k]).toBe(0);
    const start = g[first + 19]!;
    for (let k = first + 20; k < v.length; k += 1) {
      const t = 0.1 * (k - (first + 19));
      if (stepsOf(run, 'G.spike').some((step) => step > first && step <= k)) break;
      // v' = (g - v)/a, g = start*exp(-t/b): v = start*b/(b - a)*(exp(-t/b) - exp(-t/a)).
      expect(v[k]).toBeCloseTo(((start * 5) / (5 - 10)) * (Math.exp(-t / 5) - Math.exp(-t / 10)), 12);
    }
    expect(first).toBeGreaterThan(0);
  });
});
