/**
 * Receptors next to a potential, as in PyNN's cells: closed forms, the order of the method, and values that have
 * decayed.
 */

import { describe, expect, test } from 'vitest';
import { brian } from '../../support/brian-text.js';
import { lowered, simulate } from '../../support/simulate.js';
import { run, samples } from '../../translators/pynn/support.js';
import '../../../translators/brian/road.js';
import '../../../translators/pynn/road.js';

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

/** Variables that start at 1 and -1 and decay by e in each step of 1 ms, or in `tau` ms. */
const decaying = (timing: string, method: string, tau = 1, duration = 700): string => `
interneuron: 1
name: Decay
neurons:
  cell:
    parameters: { tau: ${tau} ms }
    state: { x: { unit: 1, initial: 1 }, y: { unit: 1, initial: -1 } }
    derivatives: { x: -x/tau, y: -y/tau }
    method: ${method}
populations: { P: { type: cell, size: 3 } }
record: [{ of: P, variables: [x, y] }]
timing: ${timing}
experiment: { dt: 1 ms, duration: ${duration} ms }
`;

/**
 * 2^-900 and 2^-100 are e^-623.8 and e^-69.3. Factors of 0.34 and 0.81 (f32) or more in a step are slow: such values
 * are looked at in every 64th step.
 */
test.each([
  ['float64', 'exponentialEuler', 1, 623],
  ['float64', 'exact', 0.9, 561],
  ['float64', 'exact', 1, 640],
  ['float64', 'exact', 5, 3136],
  ['float32', 'exponentialEuler', 1, 69],
  ['float32', 'exact', 1, 69],
  ['float32', 'exact', 5, 384],
] as const)(
  '%s by %s, tau = %f steps: a decay is 0 after step %i, on all engines',
  async (precision, method, tau, last) => {
    const result = await simulate(decaying('brian', method, tau, last + 30), { precision });
    const [x, y] = [samples(result, 'P.x', 1), samples(result, 'P.y', 1)];
    expect(x[last]! / Math.exp(-last / tau)).toBeCloseTo(1, 3);
    expect(Math.min(...x.slice(0, last + 1))).toBeGreaterThan(precision === 'float32' ? 2 ** -126 : 2 ** -1022);
    expect(y[last]).toBe(-x[last]!);
    expect(x[last + 1]).toBe(0);
    expect(y.slice(last + 1).every((value) => value === 0)).toBe(true);
  },
);

test('a constant that is added in each step needs no look at decayed values', () => {
  const settled = (text: string): boolean =>
    lowered(text).program.kernels.some(({ name }) => name.endsWith('.settling'));
  const text = decaying('brian', 'exact');
  expect(settled(text)).toBe(true);
  expect(settled(text.replace('-x/tau', '(3 - x)/tau'))).toBe(true);
  expect(settled(text.replace('-x/tau', '(3 - x)/tau').replace('-y/tau', '(1 - y)/tau'))).toBe(false);
});

describe('after a long silence a value is exactly 0, on all engines', () => {
  // 700 time constants: e^-700 is about 1e-304, below 2^-900 and no subnormal number.
  test('of an event-driven variable, a trace at each step, and the values that decay between them', async () => {
    const result = await simulate(
      brian(
        `
      neuron_groups:
        A: { N: 1, model: "x : 1", threshold: "int(t/dt + 0.5) % 700 == 1", reset: "x = 0" }
        B: { N: 1, model: "y : 1", threshold: "y > 1e9" }
      synapses:
        S:
          source: A
          target: B
          model: |
            da/dt = -a/ms : 1 (event-driven)
            db/dt = -b/ms : 1 (clock-driven)
            seen_a : 1
            seen_b : 1
          method: exact
          on_pre: "seen_a = a; seen_b = b; a += 1; b += 1"
          connect: true
          initializers: { seen_a: 7, seen_b: 7 }
      run: 1000 ms
    `,
        { dt: '1 ms' },
      ),
    );
    expect(result.final.get('S.a')).toEqual([1]);
    expect(result.final.get('S.seen_a')).toEqual([0]);
    expect(result.final.get('S.seen_b')).toEqual([0]);
    // 298 steps after the last spike the trace is still there.
    expect(result.final.get('S.b')![0]! / Math.exp(-298)).toBeCloseTo(1, 9);
  });

  test.each([
    ['one number for all', 'tau = 1.0/700*ms : second'],
    ['a number for each', 'tau : second (constant)'],
  ])('of a propagator, with %s', async (_, tau) => {
    const initial = tau.includes('=') ? '' : ', tau: "ms/700"';
    const result = await simulate(
      brian(
        `
      neuron_groups:
        G: { N: 2, model: "dx/dt = -x/tau : 1\\n${tau}", method: exact, initializers: { x: 1${initial} } }
      run: 1 ms
    `,
        { dt: '1 ms' },
      ),
    );
    expect(result.final.get('G.x')).toEqual([0, 0]);
  });

  test('of a cable, and of a mechanism on it', async () => {
    const result = await simulate(`
interneuron: 1
name: Cable
neurons:
  cell:
    compartments:
      initial: 1e-200 mV
      sections:
        soma: { length: 20 um, diameter: 20 um, specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm }
        trunk: { parent: soma, length: 200 um, diameter: 2 um, divisions: 3, specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm }
      groups: { all: [soma, trunk] }
      mechanisms:
        leak:
          on: all
          parameters: { g: 0.001 S/cm**2, tau: 1 ms }
          state: { m: { unit: 1, initial: 1 } }
          derivatives: { m: -m/tau }
          reads: [v]
          writes: { i: -g*v }
populations: { P: { type: cell, size: 1 } }
experiment: { dt: 1 ms, duration: 1500 ms }
`);
    for (const name of ['P.v', 'P.leak_m'])
      expect([...new Set(result.final.get(name))].map(Math.abs), name).toEqual([0]);
  });
});
