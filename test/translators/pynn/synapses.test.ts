import { describe, expect, it } from 'vitest';
import { run, samples } from './support.js';
import '../../../translators/pynn/road.js';

describe('short-term plasticity', () => {
  const train = Array.from({ length: 10 }, (_, k) => 10 + 20 * k);

  /**
   * Amounts that a train of spikes every 20 ms transmits, tau_syn 3 ms, weight 0.01 (Tsodyks, Uziel & Markram 2000;
   * section 4 of the reference page).
   */
  it.each([
    [
      { U: 0.5, tau_rec: 800, tau_facil: 0.01 },
      [0.005, 0.0025526, 0.0013636, 0.0007859, 0.0005053, 0.0003689, 0.0003026, 0.0002705, 0.0002549, 0.0002473],
    ],
    [
      { U: 0.04, tau_rec: 100, tau_facil: 1000 },
      [0.0004, 0.0007502, 0.0010278, 0.0012279, 0.0013587, 0.0014351, 0.0014737, 0.0014893, 0.001493, 0.0014919],
    ],
  ])('TsodyksMarkramSynapse %j', async (params, transmitted) => {
    const result = await run({
      populations: [
        { label: 'in', size: 1, cell: { type: 'SpikeSourceArray', params: { spike_times: train } } },
        { label: 'cell', size: 1, cell: { type: 'IF_cond_exp', params: { tau_syn_E: 3 } } },
      ],
      projections: [
        {
          label: 'x',
          pre: 'in',
          post: 'cell',
          receptor_type: 'excitatory',
          connector: { type: 'AllToAllConnector' },
          synapse: { type: 'TsodyksMarkramSynapse', params: { weight: 0.01, delay: 1, ...params } },
        },
      ],
      recordings: [{ target: 'cell', variables: ['gsyn_exc'] }],
      phases: [{ run: 220 }],
    });
    const g = samples(result, 'cell.gsyn_exc', 1e6);
    const jumps = train.map((time) => {
      const at = Math.round((time + 1) / 0.1);
      return g[at]! - g[at - 1]! * Math.exp(-0.1 / 3);
    });
    jumps.forEach((jump, k) => expect(jump).toBeCloseTo(transmitted[k]!, 6));
  });

  it('stochastic synapses transmit the whole weight or zero, or whole quanta', async () => {
    const amounts = async (synapse: object): Promise<number[]> => {
      const result = await run({
        seed: 5,
        populations: [
          { label: 'in', size: 1, cell: { type: 'SpikeSourceArray', params: { spike_times: train } } },
          { label: 'cells', size: 20, cell: { type: 'IF_cond_exp', params: { tau_syn_E: 3 } } },
        ],
        projections: [
          {
            label: 'x',
            pre: 'in',
            post: 'cells',
            receptor_type: 'excitatory',
            connector: { type: 'AllToAllConnector' },
            synapse,
          },
        ],
        recordings: [{ target: 'cells', variables: ['gsyn_exc'] }],
        phases: [{ run: 220 }],
      });
      return Array.from({ length: 20 }, (_, cell) => samples(result, 'cells.gsyn_exc', 1e6, cell)).flatMap((g) =>
        train.map((time) => {
          const at = Math.round((time + 1) / 0.1);
          return Math.round((g[at]! - g[at - 1]! * Math.exp(-0.1 / 3)) * 1e8) / 1e6 + 0;
        }),
      );
    };
    const simple = await amounts({ type: 'SimpleStochasticSynapse', params: { weight: 0.01, delay: 1, p: 0.3 } });
    expect([...new Set(simple)].sort((a, b) => a - b)).toEqual([0, 1]);
    // 200 trials with p = 0.3, within 4 standard deviations.
    expect(Math.abs(simple.reduce((a, b) => a + b, 0) - 60)).toBeLessThan(4 * Math.sqrt(200 * 0.3 * 0.7));
    const quanta = await amounts({
      type: 'MultiQuantalSynapse',
      params: { weight: 0.01, delay: 1, n: 4, U: 0.5, tau_rec: 1e6 },
    });
    expect(new Set(quanta.map((amount) => amount * 4)).size).toBeGreaterThan(2);
    expect(quanta.every((amount) => Number.isInteger(amount * 4))).toBe(true);
    // Sites that do not recover release once: 4 quanta at most for each of 20 synapses.
    for (let cell = 0; cell < 20; cell++)
      expect(quanta.slice(10 * cell, 10 * cell + 10).reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(1);
    const single = await amounts({
      type: 'StochasticTsodyksMarkramSynapse',
      params: { weight: 0.01, delay: 1, U: 1, tau_rec: 1e6 },
    });
    for (let cell = 0; cell < 20; cell++)
      expect(single.slice(10 * cell, 10 * cell + 10)).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });
});

describe('spike-timing-dependent plasticity', () => {
  const lags = [-20, -5, 0, 5, 20];
  const plastic = (weights: string, fraction: number) => ({
    populations: [
      {
        label: 'pre',
        size: 5,
        cell: {
          type: 'SpikeSourceArray',
          params: { spike_times: lags.map((lag) => [0, 1, 2].map((k) => 100 * k + 100 + lag)) },
        },
      },
      { label: 'drive', size: 1, cell: { type: 'SpikeSourceArray', params: { spike_times: [99.5, 199.5, 299.5] } } },
      { label: 'post', size: 5, cell: { type: 'IF_curr_delta' } },
    ],
    projections: [
      {
        label: 'driver',
        pre: 'drive',
        post: 'post',
        receptor_type: 'excitatory',
        connector: { type: 'AllToAllConnector' },
        synapse: { type: 'StaticSynapse', params: { weight: 100, delay: 0.1 } },
      },
      {
        label: 'plastic',
        pre: 'pre',
        post: 'post',
        receptor_type: 'excitatory',
        connector: { type: 'OneToOneConnector' },
        synapse: {
          type: 'STDPMechanism',
          dendritic_delay_fraction: fraction,
          params: { weight: 5e-7, delay: 1 },
          timing_dependence: { type: 'SpikePairRule', params: { A_plus: 0.01, A_minus: 0.012 } },
          weight_dependence: { type: weights, params: { w_max: 1e-6 } },
        },
      },
    ],
    recordings: [
      { target: 'post', variables: ['spikes'] },
      { target: 'plastic', variables: ['weight'] },
    ],
    phases: [{ run: 400 }],
  });

  /**
   * Weights over w_max as of the last presynaptic spike (pyNN.neuron reads them so), post at 99.6 + 100k, pre at 100 +
   * 100k + lag, d = 1 ms.
   */
  it.each([
    ['AdditiveWeightDependence', [0.50671, 0.51495, 0.51931, 0.47115, 0.48665]],
    ['MultiplicativeWeightDependence', [0.50335, 0.50745, 0.50961, 0.48571, 0.49336]],
    ['AdditivePotentiationMultiplicativeDepression', [0.50694, 0.51506, 0.51939, 0.4858, 0.49353]],
    ['GutigWeightDependence', [0.50474, 0.51054, 0.5136, 0.47974, 0.49059]],
  ])('%s', async (weights, expected) => {
    const result = await run(plastic(weights, 1));
    expect((result.events.get('post.spike') ?? []).map(([step]) => step + 1)).toEqual(
      [996, 1996, 2996].flatMap((step) => lags.map(() => step)),
    );
    lags.forEach((lag, k) => {
      const trace = samples(result, 'plastic.weight', 1e9, k);
      // The reference has five digits.
      expect(Math.abs(trace[Math.round((300 + lag) / 0.1)]! - expected[k]!)).toBeLessThan(1e-5);
    });
  });

  it('if all of the delay is axonal, the spike meets the synapse when it arrives', async () => {
    const result = await run(plastic('AdditiveWeightDependence', 0));
    // With lag 0 pre arrives at 101, post was there at 99.6: depression by pairs of 1.4 ms at once.
    const trace = samples(result, 'plastic.weight', 1e9, 2);
    expect(trace[1009]).toBeCloseTo(0.5, 9);
    expect(trace[1010]).toBeCloseTo(0.5 - 0.012 * Math.exp(-1.4 / 20), 9);
  });

  /** PyNN 0.13 with NEST 3.10: v of the samples 98 to 101, and the final weight. */
  it('has the potentiation of a postsynaptic spike that meets the synapse in the same step, as in NEST', async () => {
    const [step, weight] = [0.25, 0.5];
    const result = await run({
      setup: { timestep: step, min_delay: step, max_delay: 10 },
      populations: [
        { label: 'teacher', size: 1, cell: { type: 'SpikeSourceArray', params: { spike_times: [20] } } },
        { label: 'pre', size: 1, cell: { type: 'SpikeSourceArray', params: { spike_times: [18, 22.5] } } },
        { label: 'cell', size: 1, cell: { type: 'IF_curr_exp', params: { tau_syn_E: 0.5, tau_refrac: 1 } } },
      ],
      projections: [
        {
          label: 'driver',
          pre: 'teacher',
          post: 'cell',
          receptor_type: 'excitatory',
          connector: { type: 'AllToAllConnector' },
          synapse: { type: 'StaticSynapse', params: { weight: 80, delay: step } },
        },
        {
          label: 'plastic',
          pre: 'pre',
          post: 'cell',
          receptor_type: 'excitatory',
          connector: { type: 'AllToAllConnector' },
          synapse: {
            type: 'STDPMechanism',
            dendritic_delay_fraction: 1,
            params: { weight, delay: 2 },
            timing_dependence: { type: 'SpikePairRule', params: { A_plus: 0.05, A_minus: 0.04 } },
            weight_dependence: { type: 'AdditiveWeightDependence', params: { w_max: 1.5 } },
          },
        },
      ],
      recordings: [
        { target: 'cell', variables: ['v'] },
        { target: 'plastic', variables: ['weight'] },
      ],
      phases: [{ run: 40 }],
    });
    const v = samples(result, 'cell.v', 1e3).slice(98, 102);
    [-62.09888, -62.02232, -61.99101, -61.98697].forEach((there, k) => expect(v[k]).toBeCloseTo(there, 5));
    expect(samples(result, 'plastic.weight', 1e9).at(-1)).toBeCloseTo(0.5598887, 7);
  });

  it('transmits the weight that it had when the spike was sent', async () => {
    const result = await run({
      populations: [
        { label: 'pre', size: 1, cell: { type: 'SpikeSourceArray', params: { spike_times: [20] } } },
        { label: 'drive', size: 1, cell: { type: 'SpikeSourceArray', params: { spike_times: [17.2] } } },
        { label: 'post', size: 1, cell: { type: 'IF_curr_exp', params: { tau_refrac: 0.1 } } },
      ],
      projections: [
        {
          label: 'driver',
          pre: 'drive',
          post: 'post',
          receptor_type: 'excitatory',
          connector: { type: 'AllToAllConnector' },
          synapse: { type: 'StaticSynapse', params: { weight: 400, delay: 0.1 } },
        },
        {
          label: 'plastic',
          pre: 'pre',
          post: 'post',
          receptor_type: 'inhibitory',
          connector: { type: 'OneToOneConnector' },
          synapse: {
            type: 'STDPMechanism',
            params: { weight: -0.001, delay: 5 },
            timing_dependence: { type: 'SpikePairRule', params: { A_plus: 0.5, A_minus: 0 } },
            weight_dependence: { type: 'AdditiveWeightDependence', params: { w_min: -0.01, w_max: 0 } },
          },
        },
      ],
      recordings: [
        { target: 'post', variables: ['isyn_inh'] },
        { target: 'plastic', variables: ['weight'] },
      ],
      phases: [{ run: 30 }],
    });
    const [current, weight] = [samples(result, 'post.isyn_inh', 1e9), samples(result, 'plastic.weight', 1e9)];
    // The first postsynaptic spike reaches the synapse 5 ms after 17.4 ms: the weight has changed before the old one
    // arrives.
    expect(weight[249]).toBeGreaterThan(-0.0005);
    expect(current[249]).toBe(0);
    expect(current[250]).toBeCloseTo(-0.001, 9);
  });
});
