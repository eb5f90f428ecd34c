/**
 * Spike-timing-dependent plasticity: weights after three pairs of spikes at five lags, for every rule and share of
 * dendritic delay.
 */

import type { Probe, Quantity } from '../probe.js';
import { largestDistance, type Results } from '../results.js';
import { spikes } from './quantities.js';

const lags = [-20, -5, 0, 5, 20];
const pairs = [0, 1, 2];
const preTimes = lags.map((lag) => pairs.map((k) => 100 + 100 * k + lag));
const postTimes = pairs.map((k) => 99.6 + 100 * k);
const delay = 1;

interface Rule {
  /** How much of the range the weight moves for an amount of 1, from its place in the range. */
  readonly up: (w: number) => number;
  readonly down: (w: number) => number;
}

const rules: Readonly<Record<string, Rule>> = {
  AdditiveWeightDependence: { up: () => 1, down: () => 1 },
  MultiplicativeWeightDependence: { up: (w) => 1 - w, down: (w) => w },
  AdditivePotentiationMultiplicativeDepression: { up: () => 1, down: (w) => w },
  GutigWeightDependence: { up: (w) => Math.sqrt(1 - w), down: (w) => Math.sqrt(w) },
};

/** Weights as of the last presynaptic spike at the synapse, event by event. */
function pairRule(fraction: number, { up, down }: Rule): readonly number[] {
  const [tau, aPlus, aMinus] = [20, 0.01, 0.012];
  return preTimes.map((pre) => {
    const events = [
      ...pre.map((time) => ({ time: time + delay * (1 - fraction), pre: true })),
      ...postTimes.map((time) => ({ time: time + delay * fraction, pre: false })),
    ].sort((a, b) => a.time - b.time);
    let [w, x, y, last, read] = [0.5, 0, 0, 0, 0.5];
    for (const { time, pre: isPre } of events) {
      const decay = Math.exp(-(time - last) / tau);
      [x, y, last] = [x * decay, y * decay, time];
      if (isPre) {
        w = Math.max(0, w - aMinus * down(w) * y);
        x += 1;
        read = w;
      } else {
        w = Math.min(1, w + aPlus * up(w) * x);
        y += 1;
      }
    }
    return read;
  });
}

/** Weights by Vogels et al. 2011, with traces of all spikes. */
function vogels(eta: number, rho: number): readonly number[] {
  const tau = 20;
  return preTimes.map((pre) => {
    const events = [
      ...pre.map((time) => ({ time, pre: true })),
      ...postTimes.map((time) => ({ time: time + delay, pre: false })),
    ].sort((a, b) => a.time - b.time);
    let [w, x, y, last, read] = [0.5, 0, 0, 0, 0.5];
    for (const { time, pre: isPre } of events) {
      const decay = Math.exp(-(time - last) / tau);
      [x, y, last] = [x * decay, y * decay, time];
      if (isPre) {
        w += eta * (y - 2 * (rho / 1000) * tau);
        x += 1;
        read = Math.min(1, Math.max(0, w));
      } else {
        w += eta * x;
        y += 1;
      }
      w = Math.min(1, Math.max(0, w));
    }
    return read;
  });
}

/** Cells that are made to fire at given times, whatever the plastic synapses do. */
const document = (synapse: object): Record<string, unknown> => ({
  populations: [
    {
      label: 'pre',
      size: lags.length,
      cell: { type: 'SpikeSourceArray', params: { spike_times: { sequences: preTimes } } },
    },
    {
      label: 'drive',
      size: 1,
      cell: { type: 'SpikeSourceArray', params: { spike_times: { sequence: postTimes.map((time) => time - 0.2) } } },
    },
    { label: 'post', size: lags.length, cell: { type: 'IF_curr_exp', params: { tau_syn_E: 0.5, tau_refrac: 20 } } },
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
      receptor_type: 'excitatory',
      connector: { type: 'OneToOneConnector' },
      synapse,
    },
  ],
  recordings: [
    { target: 'post', variables: 'spikes' },
    { target: 'plastic', variables: 'weight', sampling_interval: 1 },
  ],
  phases: [{ run: 400 }],
});

const rowsOf = (results: Results): readonly (readonly number[])[] => results.synapses['plastic']?.['weight'] ?? [];

/** Weights right after the last presynaptic spike met the synapse, with a sample each ms in the middle. */
const readAfterPre = (results: Results, fraction: number): readonly number[] =>
  preTimes.map((times, k) => rowsOf(results)[Math.ceil((times.at(-1) ?? 0) + delay * (1 - fraction))]?.[k] ?? NaN);

/** The simulators update a weight at presynaptic spikes only: the final value is as of the last of them. */
const weights = (fraction: number): Quantity => ({
  unit: 'nA',
  distance: (ours, theirs) => largestDistance(readAfterPre(ours, fraction), rowsOf(theirs).at(-1) ?? []),
});

const stdp = (
  dependence: string,
  fraction: number,
  timing: object = { type: 'SpikePairRule', params: { tau_plus: 20, tau_minus: 20, A_plus: 0.01, A_minus: 0.012 } },
): object => ({
  type: 'STDPMechanism',
  timing_dependence: timing,
  weight_dependence: { type: dependence, params: { w_min: 0, w_max: 1 } },
  dendritic_delay_fraction: fraction,
  params: { weight: 0.5, delay },
});

const exact = (
  what: string,
  fraction: number,
  expected: readonly number[],
  within = 1e-12,
): NonNullable<Probe['exact']> => ({
  what,
  within: { weight: within },
  distances: (ours) => ({ weight: [largestDistance(readAfterPre(ours, fraction), expected), 'nA'] }),
});

const pairProbes = Object.entries(rules).flatMap(([dependence, rule]) =>
  [1, 0.5, 0].map((fraction): Probe => ({
    section: 'Plasticity',
    name: `SpikePairRule, ${dependence}, dendritic_delay_fraction ${fraction}`,
    document: document(stdp(dependence, fraction)),
    quantities: { weight: weights(fraction), spikes: spikes(0.1, 'post') },
    exact: exact('the rule, event by event', fraction, pairRule(fraction, rule)),
    simulators: {
      nest:
        fraction === 1
          ? { within: { weight: 1e-9, spikes: 0 } }
          : { refuses: /dendritic/, because: 'all of the delay is dendritic there' },
      neuron: { within: { weight: 1e-5, spikes: 0 } },
    },
  })),
);

/** Final weights that others measured with pyNN.neuron, to five digits. */
const published: Readonly<Record<string, readonly number[]>> = {
  AdditiveWeightDependence: [0.50671, 0.51495, 0.51931, 0.47115, 0.48665],
  MultiplicativeWeightDependence: [0.50335, 0.50745, 0.50961, 0.48571, 0.49336],
  AdditivePotentiationMultiplicativeDepression: [0.50694, 0.51506, 0.51939, 0.4858, 0.49353],
  GutigWeightDependence: [0.50474, 0.51054, 0.5136, 0.47974, 0.49059],
};

const publishedProbes = Object.entries(published).map(([dependence, expected]): Probe => ({
  section: 'Plasticity',
  name: `SpikePairRule, ${dependence}, published figures`,
  document: document(stdp(dependence, 1)),
  quantities: {},
  exact: exact('figures of five digits', 1, expected, 6e-6),
  simulators: {},
}));

const vogelsProbe: Probe = {
  section: 'Plasticity',
  name: 'Vogels2011Rule',
  document: document(
    stdp('AdditiveWeightDependence', 1, { type: 'Vogels2011Rule', params: { tau: 20, eta: 0.05, rho: 3 } }),
  ),
  quantities: {},
  exact: exact('the rule of Vogels et al. 2011, event by event', 1, vogels(0.05, 3)),
  simulators: { neuron: { because: 'reads rho as spikes in a ms and counts the nearest spikes only' } },
};

export const plasticityProbes: readonly Probe[] = [...pairProbes, ...publishedProbes, vogelsProbe];
