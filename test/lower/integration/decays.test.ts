/** Receptors beside a potential, as PyNN's cells have them: closed forms, the order of the method, and values that have decayed. */

import { describe, expect, test } from 'vitest';
import { simulate } from '../../support/simulate.js';
import { run, samples } from '../../translators/pynn/support.js';

/** An arrival of 0.05 uS at 6 ms. */
const arrival = (
  timestep: number,
  cell: object,
  weight = 0.05,
  duration = 20,
): Promise<Awaited<ReturnType<typeof run>>> =>
  run({
    setup: { timestep, min_delay: timestep },
    populations: [
      { label: 'in', size: 1, cell: { type: 'SpikeSourceArray', params: { spike_times: [5] } } },
      { label: 'cell', size: 1, cell },
    ],
    projections: [
      {
        label: 'x',
        pre: 'in',
        post: 'cell',
        receptor_type: 'excitatory',
        connector: { type: 'AllToAllConnector' },
        synapse: { type: 'StaticSynapse', params: { weight, delay: 1 } },
      },
    ],
    recordings: [{ target: 'cell', variables: ['v', 'gsyn_exc'] }],
    phases: [{ run: duration }],
  });

describe('a receptor', () => {
  test.each([
    ['IF_cond_alpha', 0.3, 1],
    ['IF_cond_alpha', 0.3, 0.5],
    ['IF_cond_alpha', 1, 1],
    ['IF_cond_alpha', 20, 1],
    ['EIF_cond_alpha_isfa_ista', 0.3, 1],
  ])('%s with tau %f ms at steps of %f ms is an alpha function', async (type, tau_syn_E, step) => {
    const g = samples(await arrival(step, { type, params: { tau_syn_E } }, 0.005), 'cell.gsyn_exc', 1e6);
    for (const [k, value] of g.entries()) {
      const s = Math.max(0, (k * step - 6) / tau_syn_E);
      expect(Math.abs(value - 0.005 * s * Math.exp(1 - s))).toBeLessThan(1e-15);
    }
  });

  test.each([
    ['IF_cond_exp', 0.3],
    ['EIF_cond_exp_isfa_ista', 0.9],
    ['HH_cond_exp', 0.2],
    ['IF_cond_exp', 1e-3],
  ])('%s with tau %f ms at steps of 1 ms is an exponential', async (type, tau_syn_E) => {
    const g = samples(await arrival(1, { type, params: { tau_syn_E } }, 0.005), 'cell.gsyn_exc', 1e6);
    for (const [k, value] of g.entries())
      expect(Math.abs(value - (k < 6 ? 0 : 0.005 * Math.exp((6 - k) / tau_syn_E)))).toBeLessThan(1e-15);
  });
});

/** The potential 8 ms after the arrival, in mV, by classical Runge–Kutta steps of 0.5 us of the written equation. */
function converged(tau: number, weight: number): number {
  const rate = (t: number, v: number): number => (-65 - v) / 20 + weight * (t / tau) * Math.exp(1 - t / tau) * -v;
  const h = 1 / 2048;
  let v = -65;
  for (let k = 0; k < 8 * 2048; k += 1) {
    const t = k * h;
    const k1 = rate(t, v);
    const k2 = rate(t + h / 2, v + (h / 2) * k1);
    const k3 = rate(t + h / 2, v + (h / 2) * k2);
    v += (h / 6) * (k1 + 2 * k2 + 2 * k3 + rate(t + h, v + h * k3));
  }
  return v;
}

test('the potential of IF_cond_alpha converges with the fourth power of the step', async () => {
  const exact = converged(2, 0.05);
  const errors = await Promise.all(
    [1, 0.5, 0.25].map(async (step) => {
      const cell = { type: 'IF_cond_alpha', params: { tau_syn_E: 2, v_thresh: 0 } };
      return Math.abs(samples(await arrival(step, cell), 'cell.v', 1e3)[14 / step]! - exact);
    }),
  );
  expect(errors[0]).toBeLessThan(1e-3);
  expect(errors[0]! / errors[1]!).toBeGreaterThan(12);
  expect(errors[1]! / errors[2]!).toBeGreaterThan(12);
});

test.each([1e-3, 0.03, 0.3, 3])(
  'however strong a receptor of tau %f ms is, v stays between rest and reversal',
  async (tau) => {
    const cell = { type: 'IF_cond_exp', params: { tau_syn_E: tau, v_thresh: 100 } };
    const v = samples(await arrival(1, cell, 1000), 'cell.v', 1e3);
    expect(Math.min(...v)).toBeGreaterThanOrEqual(-65 - 1e-9);
    expect(Math.max(...v)).toBeLessThanOrEqual(1e-9);
  },
);

/** A variable that starts at 1 and decays by e in each step of 1 ms. */
const decaying = (timing: string, method: string): string => `
interneuron: 1
name: Decay
neurons:
  cell:
    parameters: { tau: 1 ms }
    state: { x: { unit: 1, initial: 1 }, y: { unit: 1, initial: -1 } }
    derivatives: { x: -x/tau, y: -y/tau }
    method: ${method}
populations: { P: { type: cell, size: 3 } }
record: [{ of: P, variables: [x, y] }]
timing: ${timing}
experiment: { dt: 1 ms, duration: 700 ms }
`;

/** 2^-900 and 2^-100 are e^-623.8 and e^-69.3. */
test.each([
  ['float64', 623],
  ['float32', 69],
] as const)('%s: a decay is 0 from 2^-900 or 2^-100 on, on all engines', async (precision, last) => {
  for (const method of ['exact', 'exponentialEuler']) {
    const result = await simulate(decaying('brian', method), { precision });
    const [x, y] = [samples(result, 'P.x', 1), samples(result, 'P.y', 1)];
    expect(x[last]! / Math.exp(-last)).toBeCloseTo(1, 3);
    expect(y[last]).toBe(-x[last]!);
    expect(x[last + 1]).toBe(0);
    expect(y.slice(last + 1).every((value) => value === 0)).toBe(true);
  }
});
