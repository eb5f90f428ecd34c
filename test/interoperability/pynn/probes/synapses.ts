/** Synapses without long-term plasticity: their transmission for a given list of spikes. */

import type { Probe, Quantity } from '../probe.js';
import { largestDistance, segmentOf, traceOf, type Results } from '../results.js';
import { traces } from './quantities.js';

const dt = 0.1;
const tau = 3;

/** Returns the amounts that arrived at given times, from a conductance that decays with `tau`. */
export function arrivals(results: Results, population: string, times: readonly number[], cell = 0): readonly number[] {
  const g = traceOf(results, population, 'gsyn_exc', cell);
  return times.map((time) => {
    const k = Math.round(time / dt);
    return (g[k] ?? NaN) - (g[k - 1] ?? 0) * Math.exp(-dt / tau);
  });
}

const regular = Array.from({ length: 10 }, (_, k) => 10 + 20 * k);

/** One sender, with spikes that arrive 1 ms later at receivers that do not fire. */
const sending = (synapse: object, receivers = 1, more: object = {}): Record<string, unknown> => ({
  populations: [
    {
      label: 'sender',
      size: receivers,
      cell: { type: 'SpikeSourceArray', params: { spike_times: { sequence: regular } } },
    },
    { label: 'receiver', size: receivers, cell: { type: 'IF_cond_exp', params: { tau_syn_E: tau, cm: 100 } } },
  ],
  projections: [
    {
      label: 'way',
      pre: 'sender',
      post: 'receiver',
      receptor_type: 'excitatory',
      connector: { type: receivers === 1 ? 'AllToAllConnector' : 'OneToOneConnector' },
      synapse,
      ...more,
    },
  ],
  recordings: [{ target: 'receiver', variables: 'gsyn_exc' }],
  phases: [{ run: 215 }],
});

const at = regular.map((time) => time + 1);

/** Largest distance of the arrivals from given amounts. */
const transmitted = (what: string, amounts: readonly number[], within: number): NonNullable<Probe['exact']> => ({
  what,
  within: { transmitted: within },
  distances: (ours) => ({
    transmitted: [largestDistance(arrivals(ours, 'receiver', at.slice(0, amounts.length)), amounts), 'uS'],
  }),
});

const decayed = 'a conductance has decayed by one step in its first sample';

const deterministic: readonly Probe[] = [
  {
    section: 'Synapses',
    name: 'StaticSynapse',
    document: sending({ type: 'StaticSynapse', params: { weight: 0.01, delay: 1 } }),
    quantities: { g: traces('uS', 'receiver.gsyn_exc') },
    exact: transmitted(
      'the weight',
      regular.map(() => 0.01),
      1e-13,
    ),
    simulators: {
      nest: { within: { g: 1e-9 } },
      neuron: { within: { g: 0.0105 }, because: decayed },
      brian2: { within: { g: 1e-3 }, because: 'forward Euler where an equation is not linear' },
    },
  },
  ...(
    [
      [
        'depressing',
        { U: 0.5, tau_rec: 800, tau_facil: 0 },
        [0.005, 0.0025526, 0.0013636, 0.0007859, 0.0005053, 0.0003689, 0.0003026, 0.0002705, 0.0002549, 0.0002473],
      ],
      [
        'facilitating',
        { U: 0.04, tau_rec: 100, tau_facil: 1000 },
        [0.0004, 0.0007502, 0.0010278, 0.0012279, 0.0013587, 0.0014351, 0.0014737, 0.0014893, 0.001493, 0.0014919],
      ],
    ] as const
  ).map(([kind, params, amounts]): Probe => ({
    section: 'Synapses',
    name: `TsodyksMarkramSynapse, ${kind}`,
    document: sending({ type: 'TsodyksMarkramSynapse', params: { weight: 0.01, delay: 1, ...params } }),
    quantities: { g: traces('uS', 'receiver.gsyn_exc') },
    exact: transmitted('figures of the three-state model', amounts, 2e-7),
    simulators: {
      nest: { within: { g: 1e-9 } },
      neuron: { within: { g: 0.006 }, because: decayed },
      brian2: { because: 'hardly depresses' },
    },
  })),
];

// --- Random release -------------------------------------------------------------------------------------------------
const many = 400;

/** Returns the mean over all synapses of the transmission of the k-th spike, in units of the weight. */
function means(results: Results): readonly number[] {
  const { cells } = segmentOf(results, 'receiver').signals['gsyn_exc']!;
  const all = cells.map((cell) => arrivals(results, 'receiver', at, cell));
  return at.map((_, k) => all.reduce((sum, one) => sum + (one[k] ?? NaN), 0) / cells.length / 0.01);
}

/** Largest distance of the means from the theory, in standard errors of the theory. */
function release(
  expected: readonly (readonly [mean: number, variance: number])[],
): Pick<Probe, 'exact' | 'quantities'> {
  const errors = (results: Results): number =>
    Math.max(
      ...means(results).map(
        (mean, k) => Math.abs(mean - (expected[k]?.[0] ?? NaN)) / Math.sqrt((expected[k]?.[1] ?? 0) / many),
      ),
    );
  return {
    exact: {
      what: `the mean of ${many} synapses, spike by spike`,
      within: { release: 4.5 },
      distances: (ours) => ({ release: [errors(ours), 'standard errors'] }),
    },
    quantities: {},
  };
}

/** Chance that the single site of a stochastic synapse releases at each of regular spikes. */
function singleSite(U: number, tauRec: number, tauFacil: number): readonly (readonly [number, number])[] {
  const interval = 20;
  let [u, full] = [0, 1];
  return regular.map((_, k) => {
    u = tauFacil > 0 ? U + u * (1 - U) * Math.exp(-interval / tauFacil) : U;
    if (k === 0) u = U;
    else full += (1 - full) * (1 - Math.exp(-interval / tauRec));
    const p = full * u;
    full -= p;
    return [p, p * (1 - p)] as const;
  });
}

/** Mean and a bound of the variance of the fraction that n independent sites release. */
function sites(n: number, U: number, tauRec: number): readonly (readonly [number, number])[] {
  let full = 1;
  return regular.map((_, k) => {
    if (k > 0) full += (1 - full) * (1 - Math.exp(-20 / tauRec));
    const p = full * U;
    full -= p;
    return [p, (p * (1 - p)) / n] as const;
  });
}

const stochastic: readonly Probe[] = [
  {
    section: 'Synapses',
    name: 'SimpleStochasticSynapse',
    document: sending({ type: 'SimpleStochasticSynapse', params: { weight: 0.01, delay: 1, p: 0.3 } }, many),
    ...release(regular.map(() => [0.3, 0.21] as const)),
    simulators: {},
  },
  {
    section: 'Synapses',
    name: 'StochasticTsodyksMarkramSynapse',
    document: sending(
      {
        type: 'StochasticTsodyksMarkramSynapse',
        params: { weight: 0.01, delay: 1, U: 0.4, tau_rec: 100, tau_facil: 50 },
      },
      many,
    ),
    ...release(singleSite(0.4, 100, 50)),
    simulators: {},
  },
  {
    section: 'Synapses',
    name: 'MultiQuantalSynapse',
    document: sending(
      { type: 'MultiQuantalSynapse', params: { weight: 0.01, delay: 1, U: 0.5, n: 5, tau_rec: 100, tau_facil: 0 } },
      many,
    ),
    ...release(sites(5, 0.5, 100)),
    simulators: {},
  },
];

/** Distances of arrivals for delays that are no whole steps. */
const arrivalSteps: Quantity = {
  unit: 'ms',
  distance: (ours, theirs) => {
    const first = (results: Results, cell: number): number =>
      traceOf(results, 'receiver', 'v', cell).findIndex((v) => Math.abs(v + 65) > 1e-9) * dt;
    return Math.max(...[0, 1, 2, 3].map((cell) => Math.abs(first(ours, cell) - first(theirs, cell))));
  },
};

const delays: Probe = {
  section: 'Synapses',
  name: 'delays between steps',
  document: {
    populations: [
      { label: 'sender', size: 4, cell: { type: 'SpikeSourceArray', params: { spike_times: { sequence: [10] } } } },
      { label: 'receiver', size: 4, cell: { type: 'IF_cond_exp' } },
    ],
    projections: [
      {
        label: 'way',
        pre: 'sender',
        post: 'receiver',
        receptor_type: 'excitatory',
        connector: {
          type: 'FromListConnector',
          params: {
            conn_list: [
              [0, 0, 0.01, 0.14],
              [1, 1, 0.01, 0.16],
              [2, 2, 0.01, 0.25],
              [3, 3, 0.01, 1],
            ],
          },
        },
      },
    ],
    recordings: [{ target: 'receiver', variables: ['v', 'gsyn_exc'] }],
    phases: [{ run: 15 }],
  },
  quantities: { arrival: arrivalSteps },
  exact: {
    what: 'the nearest step, halves up',
    within: { arrival: 1e-9 },
    distances: (ours) => {
      const first = [0, 1, 2, 3].map(
        (cell) => traceOf(ours, 'receiver', 'gsyn_exc', cell).findIndex((g) => g > 0) * dt,
      );
      return { arrival: [largestDistance(first, [10.1, 10.2, 10.3, 11]), 'ms'] };
    },
  },
  simulators: { nest: { within: { arrival: 1e-9 } }, neuron: { within: { arrival: 0.1001 } } },
};

/** Two passive cells with a gap junction: their mean decays with the membrane, their difference faster. */
const electrical: Probe = {
  section: 'Synapses',
  name: 'ElectricalSynapse',
  document: {
    populations: ['a', 'b'].map((label, k) => ({
      label,
      size: 1,
      cell: { type: 'IF_cond_exp', params: { v_thresh: 1000, v_rest: -65, cm: 1, tau_m: 20 } },
      initial_values: { v: k === 0 ? -45 : -65 },
    })),
    projections: [
      {
        label: 'gap',
        pre: 'a',
        post: 'b',
        connector: { type: 'AllToAllConnector' },
        synapse: { type: 'ElectricalSynapse', params: { weight: 0.02 } },
      },
    ],
    recordings: ['a', 'b'].map((target) => ({ target, variables: 'v' })),
    phases: [{ run: 40 }],
  },
  quantities: {},
  exact: {
    what: 'closed form',
    within: { v: 0.03 },
    distances: (ours) => {
      const [a, b] = ['a', 'b'].map((population) => traceOf(ours, population, 'v'));
      const at = (k: number, sign: number): number =>
        -65 + 10 * Math.exp((-k * dt) / 20) + sign * 10 * Math.exp(-k * dt * (1 / 20 + 2 * 0.02));
      return {
        v: [
          Math.max(
            ...[a, b].map((trace, which) =>
              largestDistance(
                trace ?? [],
                (trace ?? []).map((_, k) => at(k, which === 0 ? 1 : -1)),
              ),
            ),
          ),
          'mV',
        ],
      };
    },
  },
  simulators: {
    neuron: { because: 'has it for cells with compartments only' },
    nest: { because: 'does not have it' },
    brian2: { because: 'does not have it' },
  },
  note: 'each cell sees the other one as it was at the end of the step before',
};

export const synapseProbes: readonly Probe[] = [...deterministic, ...stochastic, delays, electrical];
