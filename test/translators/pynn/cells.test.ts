import { describe, expect, it } from 'vitest';
import { run, samples, spikeTimes } from './support.js';
import { slow, triesAll } from '../../support/effort.js';
import '../../../translators/pynn/road.js';

/** One cell with a constant current. */
const driven = (
  type: string,
  params: object,
  timestep: number,
  duration: number,
  initial: object = {},
): Readonly<Record<string, unknown>> => ({
  setup: { timestep },
  populations: [{ label: 'cell', size: 1, cell: { type, params }, initial_values: initial }],
  recordings: [{ target: 'cell', variables: ['spikes', 'v'] }],
  phases: [{ run: duration }],
});

/** A cell that receives spikes at given times through a synapse of 1 ms delay. */
const receiving = (
  type: string,
  params: object,
  receptor: string,
  weight: number,
  times: readonly number[],
  duration: number,
  variables: readonly string[] = ['v'],
): Readonly<Record<string, unknown>> => ({
  populations: [
    { label: 'in', size: 1, cell: { type: 'SpikeSourceArray', params: { spike_times: times } } },
    { label: 'cell', size: 1, cell: { type, params } },
  ],
  projections: [
    {
      label: 'x',
      pre: 'in',
      post: 'cell',
      receptor_type: receptor,
      connector: { type: 'AllToAllConnector' },
      synapse: { type: 'StaticSynapse', params: { weight, delay: 1 } },
    },
  ],
  recordings: [{ target: 'cell', variables }],
  phases: [{ run: duration }],
});

describe('spike times', () => {
  it('of a leaky cell lie on the grid: 20 ms * log(4) = 27.73 ms to the threshold, 2 ms held, again', async () => {
    const result = await run(driven('IF_curr_exp', { i_offset: 1, tau_refrac: 2 }, 0.1, 120));
    expect(spikeTimes(result, 'cell')).toEqual([27.8, 57.6, 87.4, 117.2]);
    const v = samples(result, 'cell.v', 1e3);
    expect(v[0]).toBe(-65);
    expect(v[1]).toBeCloseTo(-65 + 20 * (1 - Math.exp(-0.1 / 20)), 12);
    // Held at v_reset for 20 steps, through the sample at 29.8 ms.
    expect(v.slice(278, 299).every((value) => value === -65)).toBe(true);
    expect(v[299]).toBeGreaterThan(-65);
  });

  it('of an exponential cell hardly depend on v_spike: in the step of a spike, w does not follow v beyond it', async () => {
    const params = {
      tau_m: 20,
      cm: 0.2,
      v_rest: -70,
      v_thresh: -50,
      v_reset: -58,
      a: 2,
      b: 0,
      tau_w: 30,
      tau_refrac: 0,
    };
    // NEST 3 has 31 spikes for each.
    for (const v_spike of [-40, -20, 0]) {
      const result = await run(driven('EIF_cond_exp_isfa_ista', { ...params, i_offset: 0.5, v_spike }, 0.1, 300));
      expect(Math.abs(spikeTimes(result, 'cell').length - 31)).toBeLessThanOrEqual(1);
    }
  });

  it('a refractory period ends at the end of its last step, as in NEST', async () => {
    const first = (refractory: number, timestep: number) =>
      run(driven('IF_curr_delta', { i_offset: 1, tau_refrac: refractory }, timestep, 60)).then((result) =>
        spikeTimes(result, 'cell', timestep),
      );
    expect(await first(0.04, 0.1)).toEqual([27.8, 55.7]);
    expect(await first(0.14, 0.1)).toEqual([27.8, 55.8]);
    // The quotient is a little more than 3.
    expect(await first(0.30000000000000004, 0.1)).toEqual([27.8, 55.9]);
    expect(await first(0.1, 1)).toEqual([28, 57]);
  });

  it('v above the threshold at the start spikes in the first step', async () => {
    expect(spikeTimes(await run(driven('IF_curr_exp', {}, 0.1, 1, { v: -40 })), 'cell')).toEqual([0.1]);
  });

  /**
   * Converged solutions of the equations (Runge–Kutta with steps of 0.001 ms); a reset on the grid may cost a step each
   * time.
   */
  it.each([
    [
      'EIF_cond_exp_isfa_ista',
      { i_offset: 1 },
      0.1,
      {},
      200,
      [11.74, 25.371, 41.232, 59.843, 81.729, 107.231, 136.242, 168.11],
    ],
    [
      'EIF_cond_alpha_isfa_ista',
      { i_offset: 1, tau_refrac: 2 },
      0.01,
      { v: -65 },
      180,
      [10.015, 25.515, 43.168, 63.41, 86.649, 113.112, 142.663, 174.76],
    ],
    ['HH_cond_exp', { i_offset: 1 }, 0.01, { v: -64 }, 36, [2.517, 10.322, 18.115, 25.909, 33.702]],
    ['HH_cond_exp', { i_offset: 1 }, 0.1, { v: -64, h: 0 }, 36, [2.952, 10.395, 18.183, 25.977, 33.77]],
    [
      'IF_cond_exp_gsfa_grr',
      { i_offset: 1.5 },
      0.01,
      {},
      260,
      [13.863, 42.896, 77.695, 118.515, 163.557, 210.503, 258.092],
    ],
    ['Izhikevich', { d: 6, i_offset: 0.014 }, 0.1, {}, 100, [2.631, 6.118, 18.924, 45.921, 72.668, 99.416]],
  ])('%s %j at dt %d %j', async (type, params, timestep, initial, duration, converged) => {
    const times = spikeTimes(await run(driven(type, params, timestep, duration, initial)), 'cell', timestep);
    expect(times).toHaveLength(converged.length);
    times.forEach((time, k) => {
      expect(time - converged[k]!).toBeGreaterThanOrEqual(-1e-3);
      expect(time - converged[k]!).toBeLessThanOrEqual((k + 1) * timestep);
    });
  });
});

describe('synaptic input', () => {
  it('an exponential current: the sample of arrival is the weight, v follows the sum of exponentials', async () => {
    const result = await run(receiving('IF_curr_exp', {}, 'excitatory', 0.5, [10, 30], 60, ['v', 'isyn_exc']));
    const current = samples(result, 'cell.isyn_exc', 1e9);
    expect(current.slice(109, 112).map((x) => Math.round(x * 1e6) / 1e6)).toEqual([0, 0.5, 0.490099]);
    const v = samples(result, 'cell.v', 1e3);
    // w/C tau_m tau_s/(tau_m - tau_s) (exp(-t/tau_m) - exp(-t/tau_s)) for each arrival.
    const response = (t: number): number =>
      t <= 0 ? 0 : ((0.5 * 20 * 5) / 15) * (Math.exp(-t / 20) - Math.exp(-t / 5));
    v.forEach((value, k) => expect(value).toBeCloseTo(-65 + response(k * 0.1 - 11) + response(k * 0.1 - 31), 8));
  });

  it('an alpha current peaks with the weight at tau', async () => {
    const result = await run(receiving('IF_curr_alpha', { tau_syn_I: 5 }, 'inhibitory', -0.5, [10], 40, ['isyn_inh']));
    const current = samples(result, 'cell.isyn_inh', 1e9);
    current.forEach((value, k) => {
      const t = Math.max(0, k * 0.1 - 11);
      expect(value).toBeCloseTo(-0.5 * (t / 5) * Math.exp(1 - t / 5), 7);
    });
    expect(Math.min(...current)).toBeCloseTo(-0.5, 6);
  });

  it('a step of the voltage happens at arrival and is lost during refractoriness', async () => {
    const v = samples(await run(receiving('IF_curr_delta', { v_rest: -60 }, 'excitatory', 3, [10], 20)), 'cell.v', 1e3);
    expect(v[110]! - v[109]! * Math.exp(-0.1 / 20) - -60 * (1 - Math.exp(-0.1 / 20))).toBeCloseTo(3, 10);
    const refractory = await run(receiving('IF_curr_delta', { tau_refrac: 5 }, 'excitatory', 20, [10, 12, 14, 17], 30));
    // 11 ms fires; 13 and 15 fall into the 5 ms after it.
    expect(spikeTimes(refractory, 'cell')).toEqual([11, 18]);
  });

  it('a conductance moves v by its equations: peak of two EPSPs of 0.01 uS, converged', async () => {
    const result = await run(receiving('IF_cond_exp', {}, 'excitatory', 0.01, [10, 30], 60));
    const v = samples(result, 'cell.v', 1e3);
    // The same equations by Heun's method with steps of 0.001 ms.
    let [x, g, peak] = [-65, 0, -65];
    const h = 0.001;
    for (let k = 0; k < 60000; k++) {
      const slope = (value: number, conductance: number): number => (-65 - value) / 20 + conductance * (0 - value);
      const later = g * Math.exp(-h / 5);
      const first = slope(x, g);
      x += (h / 2) * (first + slope(x + h * first, later));
      g = later + (k === 10999 || k === 30999 ? 0.01 : 0);
      peak = Math.max(peak, x);
    }
    expect(Math.max(...v)).toBeCloseTo(peak, 4);
    expect(peak).toBeCloseTo(-61.99, 1);
  });

  it('the receptors of a PointNeuron act by name, and a beta response peaks with the weight', async () => {
    const result = await run({
      populations: [
        { label: 'in', size: 1, cell: { type: 'SpikeSourceArray', params: { spike_times: [1] } } },
        {
          label: 'cell',
          size: 1,
          cell: {
            type: 'PointNeuron',
            neuron: { type: 'LIF' },
            receptors: { slow: { type: 'BetaPSR', params: { tau_rise: 1, tau_decay: 8 } } },
          },
        },
      ],
      projections: [
        {
          label: 'x',
          pre: 'in',
          post: 'cell',
          connector: { type: 'AllToAllConnector' },
          synapse: { type: 'StaticSynapse', params: { weight: 0.02 } },
        },
      ],
      recordings: [{ target: 'cell', variables: ['slow.gsyn'] }],
      phases: [{ run: 30 }],
    });
    expect(Math.max(...samples(result, 'cell.slow_gsyn', 1e6))).toBeCloseTo(0.02, 5);
  });
});

describe('GIF_cond_exp', () => {
  it.skipIf(!triesAll)(slow('spikes with the rate of its hazard where v is at rest and nothing adapts'), async () => {
    const zero = [0, 0, 0];
    // lambda0 exp((v - v_t)/delta_v) with v = v_t is lambda0; v is held by its reset.
    const result = await run({
      seed: 1,
      setup: { timestep: 1 },
      populations: [
        {
          label: 'cells',
          size: 400,
          cell: {
            type: 'GIF_cond_exp',
            params: { lambda0: 50, v_t_star: -65, tau_refrac: 0, a_eta: zero, a_gamma: zero },
          },
        },
      ],
      recordings: [{ target: 'cells', variables: ['spikes'] }],
      phases: [{ run: 500 }],
    });
    const count = spikeTimes(result, 'cells', 1).length;
    // In each of 200000 steps with chance 1 - exp(-0.05); within 4 standard deviations.
    const mean = 200000 * (1 - Math.exp(-0.05));
    expect(Math.abs(count - mean)).toBeLessThan(4 * Math.sqrt(mean));
  });
});

describe('sources', () => {
  it.skipIf(!triesAll)(slow('of spikes that are drawn have the rates and intervals of their process'), async () => {
    const result = await run({
      seed: 7,
      populations: [
        {
          label: 'poisson',
          size: 100,
          cell: { type: 'SpikeSourcePoisson', params: { rate: 40, start: 200, duration: 500 } },
        },
        {
          label: 'refractory',
          size: 100,
          cell: { type: 'SpikeSourcePoissonRefractory', params: { rate: 40, tau_refrac: 10 } },
        },
        { label: 'gamma', size: 100, cell: { type: 'SpikeSourceGamma', params: { alpha: 4, beta: 160 } } },
      ],
      recordings: ['poisson', 'refractory', 'gamma'].map((target) => ({ target, variables: ['spikes'] })),
      phases: [{ run: 1000 }],
    });
    const poisson = spikeTimes(result, 'poisson');
    expect(Math.abs(poisson.length - 2000)).toBeLessThan(4 * Math.sqrt(2000));
    expect(Math.min(...poisson)).toBeGreaterThan(200);
    expect(Math.max(...poisson)).toBeLessThanOrEqual(700);
    const intervals = (name: string): number[] => {
      const last = new Map<number, number>();
      return (result.events.get(`${name}.spike`) ?? []).flatMap(([step, cell]) => {
        const before = last.get(cell);
        last.set(cell, step);
        return before === undefined ? [] : [(step - before) * 0.1];
      });
    };
    const moments = (values: readonly number[]): [mean: number, cv: number] => {
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      return [mean, Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) / mean];
    };
    const [meanOfRefractory, cvOfRefractory] = moments(intervals('refractory'));
    const [meanOfGamma, cvOfGamma] = moments(intervals('gamma'));
    // 25 ms on average: 10 ms and an exponential of 15 ms; a gamma of shape 4 has a coefficient of variation of 1/2.
    // Long intervals are cut off.
    expect(Math.min(...intervals('refractory'))).toBeGreaterThanOrEqual(9.9);
    expect(meanOfRefractory).toBeCloseTo(25, -0.5);
    expect(cvOfRefractory).toBeCloseTo(0.6, 1);
    expect(meanOfGamma).toBeCloseTo(25, -0.5);
    expect(cvOfGamma).toBeCloseTo(0.5, 1);
  });
});

describe('current sources', () => {
  it('a constant current acts from start to stop', async () => {
    const result = await run({
      populations: [
        {
          label: 'cell',
          size: 1,
          cell: { type: 'IF_curr_exp', params: { v_rest: -60, v_thresh: 0 } },
          initial_values: { v: -60 },
        },
      ],
      current_sources: [
        { label: 'dc', type: 'DCSource', params: { amplitude: 1, start: 10, stop: 20 }, inject_into: ['cell'] },
      ],
      recordings: [{ target: 'cell', variables: ['v'] }],
      phases: [{ run: 30 }],
    });
    const v = samples(result, 'cell.v', 1e3);
    // Section 10 of the reference page: v(10.0) -60, v(10.1) -59.90025, v(20.0) -52.1306, v(20.1) falling.
    expect([v[100], v[101], v[200]].map((value) => Math.round(value! * 1e5) / 1e5)).toEqual([
      -60, -59.90025, -52.13061,
    ]);
    expect(v[201]).toBeLessThan(v[200]!);
  });
});
