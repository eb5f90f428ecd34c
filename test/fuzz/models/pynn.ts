/**
 * PyNN-style documents that are valid and that nobody wrote: standard cells with parameters and first values drawn for
 * each, sources with given spikes, views and assemblies, synapses of every kind, currents, and runs of several phases.
 */

import type { Random } from '../random.js';
import { between, often, several, some, whole } from './draw.js';

type Values = Readonly<Record<string, unknown>>;

/** A population as far as others need to know it. */
interface Cells {
  readonly label: string;
  readonly size: number;
  readonly synapses: 'current' | 'conductance' | 'kick' | 'none';
  readonly variables: readonly string[];
  readonly document: Values;
}

interface CellType {
  readonly name: string;
  readonly synapses: Cells['synapses'];
  readonly params: (random: Random) => Values;
  readonly variables: readonly string[];
  /** Range of first potentials in mV. */
  readonly starts?: readonly [number, number];
  /** nA that make it fire. */
  readonly drive: number;
}

const integrator = (random: Random): Values => ({
  tau_m: between(random, 8, 20),
  cm: between(random, 0.2, 1),
  tau_refrac: random.pick([0.1, 1, 2, 3]),
  v_reset: random.pick([-65, -60]),
  v_thresh: -50,
});
const decays = (random: Random): Values => ({ tau_syn_E: between(random, 1, 6), tau_syn_I: between(random, 2, 9) });

const cellTypes: readonly CellType[] = [
  ...['IF_curr_exp', 'IF_curr_alpha'].map((name): CellType => ({
    name,
    synapses: 'current',
    params: (random) => ({ ...integrator(random), ...decays(random) }),
    variables: ['v'],
    starts: [-65, -52],
    drive: 1.2,
  })),
  {
    name: 'IF_curr_delta',
    synapses: 'kick',
    params: integrator,
    variables: ['v'],
    starts: [-65, -52],
    drive: 1.2,
  },
  ...['IF_cond_exp', 'IF_cond_alpha'].map((name): CellType => ({
    name,
    synapses: 'conductance',
    params: (random) => ({ ...integrator(random), ...decays(random), e_rev_I: random.pick([-70, -80]) }),
    variables: ['v', 'gsyn_exc', 'gsyn_inh'],
    starts: [-65, -52],
    drive: 1.2,
  })),
  {
    name: 'IF_cond_exp_gsfa_grr',
    synapses: 'conductance',
    params: (random) => ({ ...decays(random), q_sfa: 15, q_rr: 300 }),
    variables: ['v', 'gsyn_exc'],
    drive: 0.5,
  },
  ...['EIF_cond_exp_isfa_ista', 'EIF_cond_alpha_isfa_ista'].map((name): CellType => ({
    name,
    synapses: 'conductance',
    params: (random) => ({ ...decays(random), a: random.pick([0, 4]), b: 0.08, tau_refrac: random.pick([0.1, 2]) }),
    variables: ['v', 'w', 'gsyn_exc'],
    drive: 0.8,
  })),
  {
    name: 'HH_cond_exp',
    synapses: 'conductance',
    params: decays,
    variables: ['v', 'gsyn_exc'],
    drive: 0.8,
  },
  {
    name: 'Izhikevich',
    synapses: 'kick',
    params: (random) => ({ a: random.pick([0.02, 0.1]), d: random.pick([2, 8]) }),
    variables: ['v', 'u'],
    drive: 0.012,
  },
];

/** Weights that matter, by their quantity: nA, uS or mV. */
const weights = { current: [0.2, 2], conductance: [0.005, 0.05], kick: [2, 12], none: [0, 0] } as const;

function cells(random: Random, k: number): Cells {
  const type = random.pick(cellTypes);
  const size = whole(random, 1, 5);
  const label = random.pick([`cells${k}`, `p ${k}`, `Exc-${k}`]);
  const drive = type.drive * between(random, 0.5, 1.8);
  const offset = random.pick<unknown>([
    0,
    Number(drive.toPrecision(3)),
    several(size, (cell) => Number((drive * (1 - cell / 10)).toPrecision(3))),
  ]);
  const params = { ...(often(random, 80) ? type.params(random) : {}), i_offset: offset };
  const [low, high] = type.starts ?? [0, 0];
  const start = random.pick<unknown>([
    between(random, low, high),
    several(size, () => between(random, low, high)),
    { expr: `-65 + 2*i`, of: 'i' },
  ]);
  return {
    label,
    size,
    synapses: type.synapses,
    variables: type.variables,
    document: {
      label,
      size,
      cell: { type: type.name, params },
      ...(type.starts !== undefined && often(random, 60) ? { initial_values: { v: start } } : {}),
    },
  };
}

/** Given spikes on the grid of steps, no two of a source at once. */
function source(random: Random, k: number): Cells {
  const size = whole(random, 1, 4);
  const train = (): readonly number[] => {
    const times: number[] = [];
    for (let at = between(random, 0.5, 4); at < 28; at += between(random, 1, 7)) times.push(Number(at.toFixed(1)));
    return times;
  };
  const label = `in${k}`;
  const times = often(random, 70) ? { sequences: several(size, (cell) => cell).map(train) } : train();
  return {
    label,
    size,
    synapses: 'none',
    variables: [],
    document: { label, size, cell: { type: 'SpikeSourceArray', params: { spike_times: times } } },
  };
}

/** Part of a population, or the whole of it. */
interface Ends {
  readonly label: string;
  readonly size: number;
  readonly synapses: Cells['synapses'];
}

function view(random: Random, of: Cells, label: string): { readonly document: Values; readonly ends: Ends } {
  const [select, size] = random.pick<readonly [Values, number]>([
    [{ slice: [1, of.size] }, of.size - 1],
    [{ indices: [of.size - 1, 0] }, 2],
    [{ mask: several(of.size, (k) => k).map((k) => k % 2 === 0) }, Math.ceil(of.size / 2)],
  ]);
  return { document: { label, of: of.label, select }, ends: { label, size, synapses: of.synapses } };
}

function connector(random: Random, from: Ends, to: Ends): Values {
  const list = several(whole(random, 1, 5), (k) => k).map(() => [random.below(from.size), random.below(to.size)]);
  return random.pick<Values>([
    { type: 'AllToAllConnector' },
    { type: 'AllToAllConnector', params: { allow_self_connections: false } },
    { type: 'OneToOneConnector' },
    { type: 'FromListConnector', params: { conn_list: list } },
    {
      type: 'ArrayConnector',
      params: {
        array: several(from.size, (k) => k).map((i) => several(to.size, (j) => j).map((j) => (i + j) % 2 === 0)),
      },
    },
    { type: 'IndexBasedProbabilityConnector', params: { index_expression: '(i + j) % 2 == 0' } },
  ]);
}

function projection(random: Random, label: string, from: Ends, to: Ends): Values {
  const [low, high] = weights[to.synapses];
  const isInhibitory = to.synapses !== 'kick' && often(random, 25);
  const isSigned = to.synapses === 'current' || to.synapses === 'kick';
  const size = between(random, low, high);
  const weight = isInhibitory && isSigned ? -size : size;
  const delay = Number(between(random, 0.2, 4).toFixed(1));
  const params: Record<string, unknown> = {
    weight: random.pick<unknown>([weight, weight, { expr: `${weight}*(1 + 0.1*j)`, of: 'ij' }]),
    delay: random.pick<unknown>([delay, delay, { expr: '0.5 + 0.2*j', of: 'ij' }]),
  };
  const pairRule = {
    type: 'STDPMechanism',
    timing_dependence: {
      type: random.pick(['SpikePairRule', 'SpikePairRule']),
      params: { tau_plus: 20, tau_minus: between(random, 10, 25), A_plus: 0.2, A_minus: 0.22 },
    },
    weight_dependence: {
      type: random.pick([
        'AdditiveWeightDependence',
        'MultiplicativeWeightDependence',
        'AdditivePotentiationMultiplicativeDepression',
      ]),
      params: { w_min: 0, w_max: 2 * size },
    },
    dendritic_delay_fraction: 1,
    params: { weight: size, delay },
  };
  const depressing = {
    type: 'TsodyksMarkramSynapse',
    params: { ...params, weight, U: 0.4, tau_rec: between(random, 20, 100), tau_facil: random.pick([0, 30]) },
  };
  const isPlastic = often(random, 20) && from.synapses === 'none' && !isInhibitory;
  return {
    label,
    pre: from.label,
    post: to.label,
    receptor_type: isInhibitory ? 'inhibitory' : 'excitatory',
    connector: connector(random, from, to),
    synapse: isPlastic ? pairRule : often(random, 20) ? depressing : { type: 'StaticSynapse', params },
  };
}

function current(random: Random, label: string, into: string): Values {
  return {
    label,
    inject_into: [into],
    ...random.pick<Values>([
      { type: 'DCSource', params: { amplitude: between(random, 0.2, 1.5), start: between(random, 1, 5), stop: 18 } },
      { type: 'StepCurrentSource', params: { times: [2, 9.5, 20], amplitudes: [0.8, -0.3, 1.1] } },
      { type: 'ACSource', params: { amplitude: 0.6, offset: 0.3, frequency: 60, phase: 30, start: 3, stop: 22 } },
    ]),
  };
}

/** A PyNN-style document in JSON. */
export function pynnModel(random: Random): string {
  const sources = several(whole(random, 0, 2), (k) => k).map((k) => source(random, k));
  const own = several(whole(random, 1, 3), (k) => k).map((k) => cells(random, k));
  const views = some(
    random,
    [...sources, ...own].filter(({ size }) => size > 2),
    30,
  ).map((of, k) => view(random, of, `part${k}`));
  const ends: readonly Ends[] = [...sources, ...own, ...views.map((one) => one.ends)];
  const receivers = ends.filter((one) => one.synapses !== 'none');
  const projections = several(whole(random, 0, 4), (k) => k).map((k) =>
    projection(random, `proj${k}`, random.pick(ends), random.pick(receivers)),
  );
  const driven = own.filter((one) => one.synapses === 'current' || one.synapses === 'conductance');
  const currents = some(random, driven, 30).map((of, k) => current(random, `current${k}`, of.label));
  const target = random.pick(own);
  const later = random.pick<readonly Values[]>([
    [],
    [],
    [{ set: { target: target.label, params: { i_offset: 0.4 } } }, { run: 10 }],
    [{ initialize: { target: target.label, values: { v: -60 } } }, { run: 8 }],
    [{ reset: {} }, { run: 10 }],
  ]);
  return JSON.stringify({
    format: 'interneuron/pynn',
    version: 1,
    pynn: '0.13',
    seed: 1 + random.below(1000),
    setup: { timestep: random.pick([0.1, 0.1, 0.05, 0.2]) },
    populations: [...sources, ...own].map(({ document }) => document),
    ...(views.length > 0 ? { views: views.map(({ document }) => document) } : {}),
    ...(projections.length > 0 ? { projections } : {}),
    ...(currents.length > 0 ? { current_sources: currents } : {}),
    recordings: own.map(({ label, variables }) => ({
      target: label,
      variables: ['spikes', ...some(random, variables, 50)],
    })),
    phases: [{ run: whole(random, 12, 25) }, ...later],
  });
}
