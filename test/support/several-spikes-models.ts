/** PyNN models with sources that may spike several times in a step: their targets, and their changes. */

const sources = (label: string, size: number, params: object): object => ({
  label,
  size,
  cell: { type: 'SpikeSourcePoisson', params },
});
const cells = (label: string, size: number, type = 'IF_curr_exp'): object => ({
  label,
  size,
  cell: { type, params: {} },
});
const plastic = (delay: number, fraction: number, weight: number, dependence = 'Additive'): object => ({
  type: 'STDPMechanism',
  timing_dependence: { type: 'SpikePairRule' },
  weight_dependence: { type: `${dependence}WeightDependence`, params: { w_min: 0, w_max: 2 } },
  dendritic_delay_fraction: fraction,
  params: { weight, delay },
});
const static_ = (weight: number, delay: number): object => ({ type: 'StaticSynapse', params: { weight, delay } });
const projection = (label: string, pre: string, post: string, synapse: object): object => ({
  ...{ label, pre, post, receptor_type: 'excitatory', connector: { type: 'AllToAllConnector' }, synapse },
});
const set = (target: string, params: object): object => ({ set: { target, params } });
const setDelay = (target: string, delay: number): object => ({ set_projection: { target, params: { delay } } });

/** Spikes of some cells, with many repeated, and some repeated within the step. */
const trains = (size: number, later: number): readonly (readonly number[])[] =>
  Array.from({ length: size }, (_, i) =>
    Array.from({ length: 16 }, (__, k) => {
      const time = Number((later + 1 + 6 * k + ((i * 7 + k * k * 3) % 50) / 10).toFixed(1));
      return [time, ...(k % 3 === 0 ? [time] : []), ...((i + k) % 5 === 0 ? [time + 0.02] : [])];
    })
      .flat()
      .sort((a, b) => a - b),
  );

/** Parts of documents by their purpose. */
const parts: Readonly<Record<string, object>> = {
  'weights in transit at two delays': {
    populations: [sources('s', 40, { rate: 100 }), cells('c', 4)],
    projections: [
      projection('p', 's', 'c', plastic(1.5, 0.5, 1)),
      projection('q', 's', 'c', plastic(2, 1, 1, 'Multiplicative')),
    ],
    phases: [{ run: 250 }],
  },
  'jumps of the potential, and alpha functions': {
    populations: [sources('s', 40, { rate: 100 }), cells('c', 4, 'IF_curr_delta'), cells('e', 3, 'IF_cond_alpha')],
    projections: [projection('p', 's', 'c', static_(3, 1.3)), projection('q', 's', 'e', static_(0.03, 0.1))],
    phases: [{ run: 250 }],
  },
  'depression and facilitation': {
    populations: [sources('s', 40, { rate: 100 }), cells('c', 4)],
    projections: [
      projection('p', 's', 'c', {
        type: 'TsodyksMarkramSynapse',
        params: { U: 0.4, tau_rec: 100, tau_facil: 50, weight: 2, delay: 0.8 },
      }),
    ],
    phases: [{ run: 250 }],
  },
  'rates, times and delays that change': {
    populations: [sources('s', 40, { rate: 100, start: 20, duration: 200 }), cells('c', 4)],
    projections: [projection('p', 's', 'c', plastic(1.5, 1, 1)), projection('q', 's', 'c', static_(0.5, 0.4))],
    phases: [
      { run: 60 },
      set('s', { rate: 0 }),
      setDelay('q', 2),
      { run: 60 },
      set('s', { rate: 50, start: 150, duration: 100 }),
      { run: 150 },
    ],
  },
  'a part of a population, and an assembly': {
    populations: [
      sources('s', 40, { rate: { expr: '10*i', of: 'i' } }),
      sources('r', 10, { rate: 300, start: 10, duration: 150 }),
      ...[cells('c', 4), cells('d', 3, 'IF_cond_exp')],
    ],
    views: [{ label: 'low', of: 's', select: { slice: [0, 17, 1] } }],
    assemblies: [{ label: 'both', of: ['r', 's'] }],
    projections: [projection('p', 'low', 'c', plastic(1.5, 1, 1)), projection('a', 'both', 'd', static_(0.01, 0.8))],
    phases: [{ run: 250 }],
  },
};

const given = { type: 'SpikeSourceArray', params: { spike_times: { sequences: trains(20, 0) } } };
const givenParts: Readonly<Record<string, object>> = {
  'given spikes, several in a step': {
    populations: [{ label: 's', size: 20, cell: given }, cells('c', 4), cells('d', 3, 'IF_curr_delta')],
    views: [{ label: 'low', of: 's', select: { slice: [0, 7, 1] } }],
    projections: [projection('p', 's', 'c', plastic(1.5, 1, 2)), projection('q', 'low', 'd', static_(4, 0.6))],
    phases: [{ run: 100 }, set('s', { spike_times: { sequences: trains(20, 100) } }), { run: 100 }],
  },
};

/** Documents with their names. */
export const severalSpikesModels: readonly (readonly [name: string, text: string])[] = Object.entries({
  ...parts,
  ...givenParts,
}).map(([name, part]) => {
  const { populations } = part as { readonly populations: readonly { readonly label: string }[] };
  const recordings = populations.map(({ label }) => ({ target: label, variables: 'spikes' }));
  const head = { format: 'interneuron/pynn', version: 1, pynn: '0.13', seed: 7, setup: { timestep: 0.1 } };
  return [name, JSON.stringify({ ...head, ...part, recordings })];
});

/** Only sources that spike 0.4 times in a step on average. */
export const fastSources = JSON.stringify({
  ...{ format: 'interneuron/pynn', version: 1, pynn: '0.13', seed: 7, setup: { timestep: 0.1 } },
  populations: [sources('s', 100, { rate: 4000 })],
  recordings: [{ target: 's', variables: 'spikes' }],
  phases: [{ run: 50 }],
});
