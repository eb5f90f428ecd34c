/** Everything that PyNN's cells record: whether it is there, and its theoretical value if no other test checks it. */

import type { Probe } from '../probe.js';
import { largestDistance, segmentOf, spikesOf, traceOf, type Results } from '../results.js';
import { everyTrace } from './quantities.js';

const currents = ['v', 'isyn_exc', 'isyn_inh'];
const conductances = ['v', 'gsyn_exc', 'gsyn_inh'];

interface Recorded {
  readonly cell: string;
  readonly variables: readonly string[];
  /** Largest distance of all of them from NEST's, while the cell does not fire. */
  readonly nest?: number;
  readonly note?: string;
}

const cells: readonly Recorded[] = [
  { cell: 'IF_curr_exp', variables: currents, note: 'PyNN’s class lists v only' },
  { cell: 'IF_curr_alpha', variables: currents, note: 'PyNN’s class lists v only' },
  { cell: 'IF_curr_delta', variables: ['v'] },
  { cell: 'IF_cond_exp', variables: conductances, nest: 1e-6 },
  { cell: 'IF_cond_alpha', variables: conductances, nest: 1e-6 },
  { cell: 'IF_cond_exp_gsfa_grr', variables: [...conductances, 'g_s', 'g_r'], nest: 1e-6 },
  { cell: 'IF_facets_hardware1', variables: conductances, nest: 1e-6 },
  { cell: 'EIF_cond_exp_isfa_ista', variables: [...conductances, 'w'], nest: 1e-6 },
  { cell: 'EIF_cond_alpha_isfa_ista', variables: [...conductances, 'w'], nest: 1e-6 },
  { cell: 'HH_cond_exp', variables: [...conductances, 'm', 'n', 'h'], note: 'PyNN’s class lists no gates' },
  { cell: 'Izhikevich', variables: ['v', 'u'] },
  { cell: 'GIF_cond_exp', variables: [...conductances, 'i_eta', 'v_t'] },
];

const probeOf = ({ cell, variables, nest, note }: Recorded): Probe => ({
  section: 'Recorded variables',
  name: `${cell}: ${['spikes', ...variables].join(', ')}`,
  document: {
    populations: [{ label: 'cell', size: 2, cell: { type: cell } }],
    current_sources: [
      {
        label: 'small',
        type: 'DCSource',
        params: { amplitude: cell === 'Izhikevich' ? 0.001 : 0.05, start: 2 },
        inject_into: ['cell'],
      },
    ],
    recordings: [{ target: 'cell', variables: ['spikes', ...variables] }],
    phases: [{ run: 20 }],
  },
  quantities: { all: everyTrace('', 'cell') },
  exact: {
    what: 'a sample of each for every step, and trains of all cells',
    within: { missing: 0 },
    distances: (ours) => {
      const { signals, spikes } = segmentOf(ours, 'cell');
      const missing = variables.filter(
        (variable) => signals[variable]?.values.length !== 201 || signals[variable].cells.length !== 2,
      );
      return { missing: [missing.length + (Object.keys(spikes).length === 2 ? 0 : 1), 'variables'] };
    },
  },
  simulators: nest === undefined ? {} : { nest: { within: { all: nest } } },
  ...(note === undefined ? {} : { note }),
});

/** Distance of a trace from a jump at the first spike that decays; the traces end before the second spike. */
function decays(ours: Results, variable: string, jump: number, tau: number): number {
  const [first = NaN, second = NaN] = spikesOf(ours, 'cell');
  const [from, until] = [Math.round(first / 0.1), Math.round(second / 0.1)];
  const expected = Array.from({ length: until }, (_, k) => (k < from ? 0 : jump * Math.exp((-(k - from) * 0.1) / tau)));
  return largestDistance(traceOf(ours, 'cell', variable).slice(0, until), expected);
}

const adaptation: Probe = {
  section: 'Recorded variables',
  name: 'g_s and g_r of IF_cond_exp_gsfa_grr after a spike',
  document: {
    populations: [{ label: 'cell', size: 1, cell: { type: 'IF_cond_exp_gsfa_grr', params: { i_offset: 1.5 } } }],
    recordings: [{ target: 'cell', variables: ['spikes', 'g_s', 'g_r'] }],
    phases: [{ run: 100 }],
  },
  quantities: { all: everyTrace('', 'cell') },
  exact: {
    what: 'jumps of q_sfa and q_rr that decay',
    // Integrated by Runge–Kutta steps: of 3000 nS one part in 3e9.
    within: { g_s: 1e-9, g_r: 1e-6 },
    distances: (ours) => ({
      g_s: [decays(ours, 'g_s', 15, 100), 'nS'],
      g_r: [decays(ours, 'g_r', 3000, 2), 'nS'],
    }),
  },
  simulators: { nest: { within: { all: 1e-6 } } },
};

const synapse = (type: string, variables: readonly string[], more: object = {}): Probe => ({
  section: 'Recorded variables',
  name: `${type}: ${variables.join(', ')}`,
  document: {
    populations: [
      { label: 'sender', size: 2, cell: { type: 'SpikeSourceArray', params: { spike_times: { sequence: [2, 7] } } } },
      { label: 'cell', size: 3, cell: { type: 'IF_cond_exp' } },
    ],
    projections: [
      {
        label: 'way',
        pre: 'sender',
        post: 'cell',
        receptor_type: 'excitatory',
        connector: { type: 'AllToAllConnector' },
        synapse: { type, ...more, params: { weight: 0.01, delay: 1 } },
      },
    ],
    recordings: [{ target: 'way', variables }],
    phases: [{ run: 10 }],
  },
  quantities: {},
  exact: {
    what: 'a sample of each synapse for every step',
    within: { missing: 0 },
    distances: ({ synapses }) => ({
      missing: [
        variables.filter(
          (variable) => synapses['way']?.[variable]?.length !== 101 || synapses['way'][variable]?.[0]?.length !== 6,
        ).length,
        'variables',
      ],
    }),
  },
  simulators: {},
  note: 'no version of PyNN records synapses',
});

const stdp = { timing_dependence: { type: 'SpikePairRule' }, weight_dependence: { type: 'AdditiveWeightDependence' } };

export const recordableProbes: readonly Probe[] = [
  ...cells.map(probeOf),
  adaptation,
  synapse('StaticSynapse', ['weight']),
  synapse('TsodyksMarkramSynapse', ['weight', 'u', 'y', 'z']),
  synapse('STDPMechanism', ['weight'], stdp),
];
