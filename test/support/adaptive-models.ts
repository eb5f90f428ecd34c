/** Models of PyNN with adaptive steps and many spikes: constant currents, spike trains, and recurrent connections. */

interface Cells {
  readonly type: string;
  readonly params: Readonly<Record<string, number>>;
  /** Currents of the first and the last cell, in nA. */
  readonly currents: readonly [number, number];
  /** Weights of spikes that excite and that inhibit, in µS, or mV for Izhikevich's. */
  readonly weights: readonly [number, number];
}

const kinds: Readonly<Record<string, Cells>> = {
  Izhikevich: {
    type: 'Izhikevich',
    params: { a: 0.02, b: 0.2, c: -65, d: 6 },
    currents: [0.008, 0.02],
    weights: [2, -2],
  },
  'exponential integrate-and-fire': {
    type: 'EIF_cond_exp_isfa_ista',
    params: {},
    currents: [0.3, 1.5],
    weights: [0.01, 0.01],
  },
  'the same with alpha functions and a long refractory period': {
    type: 'EIF_cond_alpha_isfa_ista',
    params: { tau_refrac: 2 },
    currents: [0.3, 1.5],
    weights: [0.01, 0.01],
  },
  'relative refractoriness': {
    type: 'IF_cond_exp_gsfa_grr',
    params: {},
    currents: [0.3, 1.5],
    weights: [0.005, 0.005],
  },
  'Hodgkin and Huxley': { type: 'HH_cond_exp', params: {}, currents: [0.2, 1.5], weights: [0.01, 0.01] },
};

const cellsOfEach = 6;

function network({ type, params, currents: [first, last], weights: [exciting, inhibiting] }: Cells): string {
  const shares = Array.from({ length: cellsOfEach }, (_, k) => k / (cellsOfEach - 1));
  const train = (period: number, begin: number): readonly number[] =>
    Array.from({ length: Math.floor((300 - begin) / period) }, (_, k) => Number((begin + k * period).toFixed(1)));
  const projection = (label: string, pre: string, receptor: string, connector: object, params: object) => ({
    label,
    pre,
    post: 'cells',
    receptor_type: receptor,
    connector,
    synapse: { type: 'StaticSynapse', params },
  });
  return JSON.stringify({
    format: 'interneuron/pynn',
    version: 1,
    pynn: '0.13',
    setup: { timestep: 0.1 },
    populations: [
      {
        label: 'cells',
        size: cellsOfEach,
        cell: { type, params: { ...params, i_offset: shares.map((share) => first + share * (last - first)) } },
      },
      ...[train(7.3, 3.1), train(11.9, 6.4)].map((times, k) => ({
        label: k === 0 ? 'exciting' : 'inhibiting',
        size: 1,
        cell: { type: 'SpikeSourceArray', params: { spike_times: times } },
      })),
    ],
    projections: [
      projection('e', 'exciting', 'excitatory', { type: 'AllToAllConnector' }, { weight: exciting, delay: 1 }),
      projection('i', 'inhibiting', 'inhibitory', { type: 'AllToAllConnector' }, { weight: inhibiting, delay: 1.4 }),
      projection(
        'within',
        'cells',
        'excitatory',
        {
          type: 'FromListConnector',
          params: { conn_list: shares.map((_, k) => [k, (k + 1) % cellsOfEach, exciting / 2, 1.5 + k / 10]) },
        },
        {},
      ),
    ],
    recordings: [{ target: 'cells', variables: ['spikes', 'v'] }],
    phases: [{ run: 300 }],
  });
}

/** Each with a name. */
export const adaptiveModels: readonly (readonly [name: string, text: string])[] = Object.entries(kinds).map(
  ([name, cells]) => [name, network(cells)],
);
