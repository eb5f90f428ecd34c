/** Six kinds of cells in other notations, and after small changes of each kind, in the limit of small steps. */

import { describe, expect, test } from 'vitest';
import { importModel } from '../../src/pipeline/pipeline.js';
import { chooseTarget } from '../../src/pipeline/choose-target.js';
import type { TargetNotation } from '../../src/convert/convert.js';
import type { ValidModel } from '../../src/model/model.js';
import { limitOf, type Limit } from '../../src/verify/limit.js';
import { drawnOnce } from '../../src/verify/open-loop.js';
import { convertWritten, readWritten } from '../../src/verify/read-back.js';

const [sources, size] = [10, 8];

/** Cells of PyNN with a network of their own, and their values that change. */
interface Kind {
  readonly type: string;
  readonly params: Readonly<Record<string, number>>;
  readonly v: number;
  /** Current of each cell in nA: the first, and what each next one has more. */
  readonly current: readonly [first: number, more: number];
  readonly weights: readonly [excitatory: number, inhibitory: number];
  readonly isPlastic?: boolean;
  /** Other values of parameters, by what they are. */
  readonly others: Readonly<Record<string, readonly [parameter: string, value: number]>>;
}

const conductances = { e_rev_E: 0, e_rev_I: -80, tau_syn_E: 4, tau_syn_I: 8 };
const leaky = { tau_m: 20, cm: 0.25, v_rest: -65, v_reset: -60, v_thresh: -52, tau_refrac: 3 };
const ofLeaky = {
  'membrane time constant': ['tau_m', 20.2],
  'synaptic time constant': ['tau_syn_E', 4.04],
  capacity: ['cm', 0.2525],
  threshold: ['v_thresh', -51.9],
  reset: ['v_reset', -60.1],
  'refractory period': ['tau_refrac', 3.1],
} as const;

const kinds: Readonly<Record<string, Kind>> = {
  IF_curr_exp: {
    type: 'IF_curr_exp',
    params: { ...leaky, tau_syn_E: 4, tau_syn_I: 8 },
    v: -64,
    current: [0.12, 0.004],
    weights: [0.15, -0.3],
    others: { ...ofLeaky, 'resting potential': ['v_rest', -64.9] },
  },
  IF_cond_alpha: {
    type: 'IF_cond_alpha',
    params: { ...leaky, ...conductances },
    v: -64,
    current: [0.12, 0.004],
    weights: [0.002, 0.01],
    others: { ...ofLeaky, 'reversal potential': ['e_rev_I', -80.8] },
  },
  'IF_cond_exp with plastic synapses': {
    type: 'IF_cond_exp',
    params: { ...leaky, ...conductances },
    v: -64,
    current: [0.12, 0.004],
    weights: [0.002, 0.01],
    isPlastic: true,
    others: { ...ofLeaky, 'reversal potential': ['e_rev_E', -0.8] },
  },
  EIF_cond_exp_isfa_ista: {
    type: 'EIF_cond_exp_isfa_ista',
    params: { ...conductances, a: 4, b: 0.08, delta_T: 2, tau_w: 144, cm: 0.281, tau_m: 9.4, tau_refrac: 2 },
    v: -68,
    current: [0.55, 0.02],
    weights: [0.01, 0.01],
    others: {
      'membrane time constant': ['tau_m', 9.494],
      'synaptic time constant': ['tau_syn_I', 8.08],
      threshold: ['v_thresh', -50.3],
      reset: ['v_reset', -70.7],
      'refractory period': ['tau_refrac', 2.1],
      'time constant of the adaptation': ['tau_w', 145.44],
      'slope factor': ['delta_T', 2.02],
      'reversal potential': ['e_rev_I', -80.8],
    },
  },
  Izhikevich: {
    type: 'Izhikevich',
    params: { a: 0.02, b: 0.2, c: -65, d: 8 },
    v: -64,
    current: [0.006, 0.0005],
    weights: [1.5, -1],
    others: { reset: ['c', -64.9], recovery: ['a', 0.0202], sensitivity: ['b', 0.202], jump: ['d', 8.08] },
  },
  HH_cond_exp: {
    type: 'HH_cond_exp',
    params: { ...conductances },
    v: -64,
    current: [0.9, 0.05],
    weights: [0.02, 0.02],
    others: {
      'reversal potential': ['e_rev_K', -90.9],
      'sodium conductance': ['gbar_Na', 20.2],
      'synaptic time constant': ['tau_syn_E', 4.04],
    },
  },
};

/** Returns 8 cells with 80 synapses from 10 listed sources, and a projection among the cells. */
function network({ type, params, v, current: [first, more], weights: [excitatory, inhibitory], isPlastic }: Kind) {
  const synapses = Array.from({ length: sources * size }, (_, k) => [
    k % sources,
    Math.floor(k / sources),
    excitatory * (1 + 0.02 * (k % 9)),
    1 + 0.1 * (k % 7),
  ]);
  const rule = {
    type: 'STDPMechanism',
    timing_dependence: { type: 'SpikePairRule', params: { tau_plus: 20, tau_minus: 20, A_plus: 0.1, A_minus: 0.12 } },
    weight_dependence: { type: 'AdditiveWeightDependence', params: { w_min: 0, w_max: 3 * excitatory } },
  };
  return {
    format: 'interneuron/pynn',
    setup: { timestep: 0.1, min_delay: 0.1 },
    populations: [
      {
        label: 'inputs',
        size: sources,
        cell: {
          type: 'SpikeSourceArray',
          params: {
            spike_times: Array.from({ length: sources }, (_, k) =>
              Array.from({ length: 6 }, (__, n) => 5 + 2.3 * k + 19.7 * n),
            ),
          },
        },
      },
      {
        label: 'cells',
        size,
        cell: { type, params: { ...params, i_offset: Array.from({ length: size }, (_, k) => first + more * k) } },
        initial_values: { v: Array.from({ length: size }, (_, k) => v + 0.8 * k) },
      },
    ],
    projections: [
      {
        label: 'excitation',
        pre: 'inputs',
        post: 'cells',
        receptor_type: 'excitatory',
        connector: { type: 'FromListConnector', params: { conn_list: synapses } },
        synapse: isPlastic === true ? rule : { type: 'StaticSynapse', params: {} },
      },
      {
        label: 'inhibition',
        pre: 'cells',
        post: 'cells',
        receptor_type: 'inhibitory',
        connector: { type: 'AllToAllConnector', params: { allow_self_connections: false } },
        synapse: { type: 'StaticSynapse', params: { weight: inhibitory, delay: 1.5 } },
      },
    ],
    recordings: [{ target: 'cells', variables: ['spikes'] }],
    phases: [{ run: 120 }],
  };
}

type Network = ReturnType<typeof network>;

const synapsesOf = (document: Network) => document.projections[0]!.connector.params.conn_list as number[][];
const cellsOf = (document: Network) => document.populations[1]!.cell.params as unknown as Record<string, number[]>;

/** Changes of all kinds of cells, none of which leaves the model the same. */
const changes: Readonly<Record<string, (document: Network) => void>> = {
  weights: (document) => synapsesOf(document).forEach((synapse) => (synapse[2]! *= 1.01)),
  'one weight of 80': (document) => (synapsesOf(document)[33]![2]! *= 1.01),
  'delays, by one step': (document) => synapsesOf(document).forEach((synapse) => (synapse[3]! += 0.1)),
  'one of 80 synapses': (document) => void synapsesOf(document).splice(41, 1),
  currents: (document) => (cellsOf(document)['i_offset'] = cellsOf(document)['i_offset']!.map((one) => 1.01 * one)),
  'order of cells': (document) => void cellsOf(document)['i_offset']!.reverse(),
  'one first value': (document) => (document.populations[1]!.initial_values!.v[2]! -= 0.6),
  'one time of an input': (document) =>
    ((document.populations[0]!.cell.params as { spike_times: number[][] }).spike_times[4]![2]! += 0.5),
};

const read = (document: object): ValidModel =>
  importModel({ name: 'model.json', text: JSON.stringify(document) }).valid;

/** Returns the verdict on a model and another one, as a notation has that. */
async function verdict(source: ValidModel, other: ValidModel, to: TargetNotation): Promise<Limit> {
  const { valid: frozen } = await drawnOnce(other, (await chooseTarget('wasm')).target);
  const converted = await convertWritten(frozen, to);
  const { valid } = await readWritten(converted, to);
  return limitOf(source, valid, { became: converted.became });
}

describe.each(Object.entries(kinds))('%s', (_, kind) => {
  test.each(['brian-json', 'neuroml'] as const)('has its right conversion to %s', async (to) => {
    const { verdict: found, reason } = await verdict(read(network(kind)), read(network(kind)), to);
    // Delays of PyNN are behind plastic synapses, those of LEMS before them: lems/delay-before. Gates begin otherwise.
    const isOther = to === 'neuroml' && (kind.isPlastic === true || kind.type === 'HH_cond_exp');
    expect([found, reason]).toEqual([isOther ? 'another model' : 'the same model', undefined]);
  });

  test('is another model after any change', async () => {
    const source = read(network(kind));
    const changed = Object.entries(changes).map(([name, change]) => {
      const document = network(kind);
      change(document);
      return [name, document] as const;
    });
    const others = Object.entries(kind.others).map(
      ([name, [parameter, value]]) =>
        [name, network({ ...kind, params: { ...kind.params, [parameter]: value } })] as const,
    );
    const found: [string, string][] = [];
    for (const [name, document] of [...changed, ...others])
      found.push([name, (await verdict(source, read(document), 'brian-json')).verdict]);
    expect(found.filter(([, one]) => one !== 'another model')).toEqual([]);
  });
});
