/** Kinds of cells in other notations, and after small changes of some of them, in the limit of small steps. */

import { describe, expect, test } from 'vitest';
import { importModel } from '../../src/pipeline/pipeline.js';
import { chooseTarget } from '../../src/pipeline/choose-target.js';
import type { TargetNotation } from '../../src/convert/convert.js';
import type { ValidModel } from '../../src/model/model.js';
import { limitOf, type Limit } from '../../src/verify/limit.js';
import { drawnOnce } from '../../src/verify/open-loop.js';
import { openPart } from '../../src/verify/open-pair.js';
import { convertWritten, readWritten } from '../../src/verify/read-back.js';
import { stepReaders } from '../../src/verify/step-reasons.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';
import '../../translators/pynn/road.js';

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

const ruleOf = (largest: number) => ({
  type: 'STDPMechanism',
  timing_dependence: { type: 'SpikePairRule', params: { tau_plus: 20, tau_minus: 20, A_plus: 0.1, A_minus: 0.12 } },
  weight_dependence: { type: 'AdditiveWeightDependence', params: { w_min: 0, w_max: largest } },
  dendritic_delay_fraction: 0,
});

/** Returns 8 cells with 80 synapses from 10 listed sources, and a projection among the cells. */
function network({ type, params, v, current: [first, more], weights: [excitatory, inhibitory], isPlastic }: Kind) {
  const synapses = Array.from({ length: sources * size }, (_, k) => [
    k % sources,
    Math.floor(k / sources),
    excitatory * (1 + 0.02 * (k % 9)),
    1 + 0.1 * (k % 7),
  ]);
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
        synapse: isPlastic === true ? ruleOf(3 * excitatory) : { type: 'StaticSynapse', params: {} },
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

/** Conductances act at the other receptor. */
const otherReceptor = (document: Network): void => void (document.projections[1]!.receptor_type = 'excitatory');

/** Changes of a plastic synapse: of a value by 1 %, and of the place of its delay. */
const changesOfRule: Readonly<Record<string, (document: Network) => void>> = {
  'delays behind the synapse': (document) =>
    void Object.assign(document.projections[0]!.synapse, { dendritic_delay_fraction: 1 }),
  ...Object.fromEntries(
    ['tau_plus', 'tau_minus', 'A_plus', 'A_minus', 'w_max'].map((name) => [
      name,
      (document: Network) => {
        const { timing_dependence, weight_dependence } = document.projections[0]!.synapse as ReturnType<typeof ruleOf>;
        const [owner] = [timing_dependence.params, weight_dependence.params].filter((params) => name in params);
        (owner as Record<string, number>)[name]! *= 1.01;
      },
    ]),
  ),
};

const read = (document: object): ValidModel =>
  importModel({ name: 'model.json', text: JSON.stringify(document) }).valid;

test('a threshold far beyond the states of a run', async () => {
  const [model, spike] = ofBrian['exponential']!;
  const [source, other] = [spike, spike.replace('30*mV', '900*mV')].map(
    (one) => importModel({ name: 'model.yaml', text: brian(model, one) }).valid,
  );
  const { verdict: found, states } = await verdict(source!, other!, 'pynn-json');
  expect([found, states?.differences.map(({ quantity }) => quantity)]).toEqual(['another model', ['threshold']]);
});

/** Returns some cells of a network of 240 cells with drawn connections and first values, with its loop open. */
async function someCells(kind: Kind): Promise<ValidModel> {
  const { populations, projections, ...document } = network(kind);
  const [inputs, cells] = populations as [object, { cell: { params: object } }];
  const { i_offset: _, ...params } = { i_offset: 0, ...cells.cell.params };
  const source = read({
    ...document,
    rngs: { numbers: { type: 'NumpyRNG', seed: 5 } },
    populations: [
      inputs,
      {
        ...cells,
        size: 240,
        cell: { type: kind.type, params: { ...params, i_offset: kind.current[0] } },
        initial_values: { v: { random: 'uniform', params: { low: -64, high: -54 }, rng: 'numbers' } },
      },
    ],
    projections: projections.map((projection, k) => ({
      ...projection,
      connector: { type: 'FixedProbabilityConnector', params: { p_connect: 0.5 }, rng: 'numbers' },
      synapse: { type: 'StaticSynapse', params: { weight: kind.weights[k]! / (1 + 9 * k), delay: 1.5 } },
    })),
  });
  const { valid } = await drawnOnce(source, (await chooseTarget('wasm')).target);
  return (await openPart(valid, 0, undefined))!.valid;
}

/** Changes of some cells of a network. */
const changesOfPart: Readonly<Record<string, (model: ValidModel['model']) => ValidModel['model']>> = {
  ...Object.fromEntries(
    (
      [
        ['weights', 'excitation', 'values', 'weight', 1.01],
        ['weights of given spikes', 'inhibition', 'values', 'weight', 1.01],
        ['delays, by one step', 'inhibition', 'delays', 'pre', 1.6 / 1.5],
      ] as const
    ).map(([what, name, member, key, factor]) => [
      what,
      ({ projections, ...model }: ValidModel['model']) => {
        const projection = projections[name]!;
        const values = { ...projection[member], [key]: (projection[member][key] as number) * factor };
        return { ...model, projections: { ...projections, [name]: { ...projection, [member]: values } } };
      },
    ]),
  ),
  'one synapse less': ({ projections, ...model }) => {
    const projection = projections['inhibition']!;
    const [rule] = projection.connect as unknown as [{ rule: 'list'; sources: number[]; targets: number[] }];
    const connect = [{ ...rule, sources: rule.sources.slice(1), targets: rule.targets.slice(1) }];
    return { ...model, projections: { ...projections, inhibition: { ...projection, connect } } };
  },
  'a time constant': ({ neurons, ...model }) => {
    const [name, type] = Object.entries(neurons).find(([, { parameters }]) => 'tau_m' in parameters)!;
    const tau_m = { ...type.parameters['tau_m']!, value: 20.2e-3 };
    const populations = Object.fromEntries(
      Object.entries(model.populations).map(
        ([
          key,
          {
            values: { tau_m: _, ...values },
            ...population
          },
        ]) => [key, { ...population, values }],
      ),
    );
    const parameters = { ...type.parameters, tau_m };
    return { ...model, populations, neurons: { ...neurons, [name]: { ...type, parameters } } };
  },
};

test.each([
  ['IF_curr_exp', 'neuroml'],
  ['IF_cond_alpha', 'brian-json'],
] as const)('some cells of a network of %s, and changes of them, in %s', async (name, to) => {
  const source = await someCells(kinds[name]!);
  const { populations } = source.model;
  expect(['cells', 'cells_given'].map((one) => populations[one]!.size)).toEqual([12, 100]);
  const { verdict: right, reason } = await verdict(source, source, to);
  expect([right, reason]).toEqual(['the same model', undefined]);
  const found: [string, string][] = [];
  for (const [what, change] of Object.entries(changesOfPart))
    found.push([what, (await verdict(source, { ...source, model: change(source.model) }, to)).verdict]);
  expect(found.filter(([, one]) => one !== 'another model')).toEqual([]);
});

/** Two synapses of Brian that are depressed and facilitated, with few spikes. */
const shortTerm = (td = 120, tf = 80) => `
format: interneuron/brian
version: 1
dt: 0.1 ms
namespace: { tau: 18 ms, ts: 4 ms, tf: ${tf} ms, td: ${td} ms, U0: 0.25 }
neuron_groups:
  P:
    N: 2
    model: |
      dv/dt = (g + 11*mV - v)/tau : volt (unless refractory)
      dg/dt = -g/ts : volt
    threshold: v > 12*mV
    reset: v = 5*mV
    refractory: 2.5 ms
    method: euler
spike_generators:
  G: { N: 1, indices: [0, 0, 0], times: [6 ms, 19 ms, 37 ms] }
synapses:
  S:
    source: G
    target: P
    model: |
      dx/dt = (1 - x)/td : 1 (event-driven)
      du/dt = (U0 - u)/tf : 1 (event-driven)
    on_pre: |
      u += U0*(1 - u)
      g += 9*mV*u*x
      x -= u*x
    connect: true
    delay: 1.3 ms
    initializers: { x: 1, u: U0 }
spike_monitors: { s: { source: P } }
run: 60 ms
`;

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
    // Gates begin otherwise.
    const isOther = to === 'neuroml' && kind.type === 'HH_cond_exp';
    expect([found, reason]).toEqual([isOther ? 'another model' : 'the same model', undefined]);
  });

  test('is another model after any change', async () => {
    const source = read(network(kind));
    const ofWeights = kind.weights[1] > 0 ? { receptor: otherReceptor } : {};
    const all = { ...changes, ...ofWeights, ...(kind.isPlastic === true ? changesOfRule : {}) };
    const changed = Object.entries(all).map(([name, change]) => {
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

/** Other cells of PyNN with the same network. */
const more: Readonly<Record<string, Omit<Kind, 'others'>>> = {
  IF_curr_alpha: { ...kinds['IF_curr_exp']!, type: 'IF_curr_alpha' },
  IF_cond_exp: { ...kinds['IF_cond_alpha']!, type: 'IF_cond_exp' },
  EIF_cond_alpha_isfa_ista: { ...kinds['EIF_cond_exp_isfa_ista']!, type: 'EIF_cond_alpha_isfa_ista' },
};

/** Cells of NeuroML, some of which a current of 0.3 nA drives. */
const ofNeuroML: Readonly<Record<string, string>> = {
  iafTauCell: 'leakReversal="-50mV" thresh="-55mV" reset="-70mV" tau="20ms"',
  iafTauRefCell: 'leakReversal="-50mV" thresh="-55mV" reset="-70mV" tau="20ms" refract="4ms"',
  iafCell: 'leakReversal="-65mV" thresh="-50mV" reset="-68mV" C="200pF" leakConductance="10nS"',
  iafRefCell: 'leakReversal="-65mV" thresh="-50mV" reset="-68mV" C="200pF" leakConductance="10nS" refract="3ms"',
  izhikevich2007Cell:
    'v0="-60mV" k="0.7nS_per_mV" vr="-60mV" vt="-40mV" vpeak="35mV" a="0.03per_ms" b="-2nS" c="-50mV" d="100pA" C="100pF"',
  adExIaFCell:
    'C="281pF" gL="30nS" EL="-70.6mV" reset="-60mV" VT="-50.4mV" thresh="-40mV" refract="1ms" delT="2mV" tauw="40ms" a="4nS" b="0.08nA"',
  fitzHughNagumoCell: 'I="0.8"',
  fitzHughNagumo1969Cell: 'a="0.7" b="0.8" I="1" phi="0.08" V0="0" W0="0"',
};

const lems = (type: string, attributes: string): string => `<Lems>
  <Target component="run"/>
  <Include file="Cells.xml"/>
  <Include file="Networks.xml"/>
  <Include file="Simulation.xml"/>
  <${type} id="c" ${attributes}/>
  <pulseGenerator id="p" delay="3ms" duration="50ms" amplitude="0.3nA"/>
  <network id="net">
    <population id="cells" component="c" size="1"/>
    ${/^(?:iafTau|fitz)/.test(type) ? '' : '<explicitInput target="cells[0]" input="p"/>'}
  </network>
  <Simulation id="run" length="60ms" step="0.05ms" target="net"/>
</Lems>`;

/** Cells of Brian that fire by themselves: equations, and what a spike does. */
const ofBrian: Readonly<Record<string, readonly [model: string, spike: string]>> = {
  leaky: ['dv/dt = (18*mV - v)/(12*ms) : volt', 'threshold: v > 15*mV, reset: v = 2*mV'],
  'leaky and refractory': [
    'dv/dt = (18*mV - v)/(12*ms) : volt (unless refractory)',
    'threshold: v > 15*mV, reset: v = 2*mV, refractory: 3 ms',
  ],
  quadratic: ['dv/dt = (v**2/mV + 3*mV)/(20*ms) : volt', 'threshold: v > 20*mV, reset: v = -4*mV'],
  exponential: [
    'dv/dt = (14*mV - v + 2*mV*exp((v - 12*mV)/(2*mV)))/(12*ms) : volt',
    'threshold: v > 30*mV, reset: v = 2*mV',
  ],
  adapting: [
    'dv/dt = (25*mV - v - w)/(12*ms) : volt\n      dw/dt = (0.2*v - w)/(40*ms) : volt',
    'threshold: v > 15*mV, reset: "v = 2*mV\\nw += 1*mV"',
  ],
  'with a threshold that moves': [
    'dv/dt = (25*mV - v)/(12*ms) : volt\n      dq/dt = (10*mV - q)/(15*ms) : volt',
    'threshold: v > q + 5*mV, reset: "v = 2*mV\\nq += 2*mV"',
  ],
};

const brian = (model: string, spike: string): string => `
format: interneuron/brian
version: 1
dt: 0.1 ms
neuron_groups:
  P:
    N: 1
    model: |
      ${model}
    ${spike.replaceAll(', ', '\n    ')}
    method: euler
spike_monitors: { s: { source: P } }
run: 60 ms
`;

test.each([
  ...Object.entries(more).flatMap(([name, kind]) =>
    (['brian-json', 'neuroml'] as const).map((to) => [name, to, () => read(network(kind as Kind))] as const),
  ),
  ...Object.entries(ofNeuroML).flatMap(([name, attributes]) =>
    (['brian-json', 'pynn-json'] as const).map(
      (to) => [name, to, () => importModel({ name: 'model.xml', text: lems(name, attributes) }).valid] as const,
    ),
  ),
  ...Object.entries(ofBrian).flatMap(([name, [model, spike]]) =>
    (['pynn-json', 'neuroml'] as const).map(
      (to) => [`${name} cell`, to, () => importModel({ name: 'model.yaml', text: brian(model, spike) }).valid] as const,
    ),
  ),
])('%s is the same model in %s', async (_, to, model) => {
  const { verdict: found, reason, levels } = await verdict(model(), model(), to);
  expect([found, reason]).toEqual(['the same model', undefined]);
  expect(levels[0]!.units.size).toBeGreaterThan(0);
});

// Conversions of HH_cond_exp are other models, see above.
test.each(Object.entries(kinds).filter(([name]) => name !== 'HH_cond_exp'))(
  '%s with one weight of 80 by 1 %% larger, in NeuroML',
  async (_, kind) => {
    const [source, document] = [read(network(kind)), network(kind)];
    changes['one weight of 80']!(document);
    const { verdict: found, states } = await verdict(source, read(document), 'neuroml');
    const quantities = states?.differences.filter(({ quantity }) => quantity.includes('synapse'));
    expect([found, states?.synapses, quantities?.map(({ quantity }) => quantity)]).toEqual([
      'another model',
      true,
      [`effect on ${kind.type === 'Izhikevich' ? 'v' : 'the rate of v'} of a synapse from inputs[3]`],
    ]);
  },
);

/** Two cells of NeuroML with synapses of two exponentials, with few spikes. */
const twoExponentials = (rise = 1, decay = 5, reversal = 0) => `<Lems>
  <Target component="run"/>
  <Include file="Cells.xml"/>
  <Include file="Networks.xml"/>
  <Include file="Simulation.xml"/>
  <iafRefCell id="c" refract="5ms" leakConductance="0.01uS" leakReversal="-60mV" thresh="-55mV" reset="-62mV" C="0.2nF"/>
  <spikeArray id="train"><spike id="0" time="5ms"/><spike id="1" time="19ms"/></spikeArray>
  <expTwoSynapse id="s" gbase="1nS" erev="${reversal}mV" tauRise="${rise}ms" tauDecay="${decay}ms"/>
  <network id="net">
    <population id="cells" component="c" size="2"/>
    <population id="inputs" component="train" size="1"/>
    <projection id="e" presynapticPopulation="inputs" postsynapticPopulation="cells" synapse="s">
      <connectionWD id="0" preCellId="../inputs[0]" postCellId="../cells[0]" weight="1.2" delay="1.5ms"/>
      <connectionWD id="1" preCellId="../inputs[0]" postCellId="../cells[1]" weight="2" delay="1ms"/>
    </projection>
  </network>
  <Simulation id="run" length="40ms" step="0.05ms" target="net"/>
</Lems>`;

test.each([
  ['nothing', [], 'the same model'],
  ['its rise', [1.01], 'another model'],
  ['its decay', [1, 5.05], 'another model'],
  ['its reversal potential', [1, 5, 0.7], 'another model'],
] as const)(
  'a synapse of NeuroML with two exponentials, in Brian after a change of %s',
  async (_, change, expected) => {
    const [source, other] = [[], change].map(
      (values) => importModel({ name: 'model.xml', text: twoExponentials(...values) }).valid,
    );
    const { verdict: found, states } = await verdict(source!, other!, 'brian-json');
    expect([found, states?.synapses, states?.differences[0]?.quantity]).toEqual([
      expected,
      true,
      expected === 'another model' ? 'effect on the rate of v of a synapse from inputs[0]' : undefined,
    ]);
  },
);

/** Returns the verdict on the Brian model and one with other time constants, as PyNN has it. */
const verdictOf = async (...constants: Parameters<typeof shortTerm>): Promise<Limit> => {
  const [source, other] = [shortTerm(), shortTerm(...constants)].map(
    (text) => importModel({ name: 'model.yaml', text }).valid,
  );
  return verdict(source!, other!, 'pynn-json');
};

test('synapses of Brian with short-term plasticity are compared at later spikes, too', async () => {
  const right = await verdictOf();
  expect([right.verdict, right.states?.synapses]).toEqual(['the same model', true]);
  for (const constants of [[121.2, 80] as const, [120, 80.8] as const]) {
    const { verdict: found, states } = await verdictOf(...constants);
    expect([found, states?.differences[0]?.quantity]).toEqual([
      'another model',
      'effect of spike 2 on g of a synapse from G[0]',
    ]);
  }
});

test.each([
  ['a change of nothing', {}, 'the same model'],
  ['a time constant of recovery', { tau_rec: 60.6 }, 'another model'],
  ['a time constant of facilitation', { tau_facil: 25.25 }, 'another model'],
  ['a utilisation', { U: 0.404 }, 'another model'],
] as const)('synapses of PyNN with short-term plasticity, and %s', async (_, change, expected) => {
  const [kind] = Object.values(kinds);
  const [source, other] = [{}, change].map((more) => {
    const document = network(kind!);
    const params = { U: 0.4, tau_rec: 60, tau_facil: 25, ...more };
    const synapse: object = { type: 'TsodyksMarkramSynapse', params };
    return read({ ...document, projections: [{ ...document.projections[0]!, synapse }, document.projections[1]!] });
  });
  const { verdict: found, states } = await verdict(source!, other!, 'brian-json');
  expect([found, states?.synapses]).toEqual([expected, true]);
});

/** Hodgkin–Huxley cells of Brian with a current of their own. */
const gated = (gl = 7, gNa = 9, bn = 0.5) => `
format: interneuron/brian
version: 1
dt: 0.05 ms
namespace: { Cm: 100 pF, gl: ${gl} nS, El: -63 mV, gNa: ${gNa} uS, gK: 2.7 uS, ENa: 52 mV, EK: -88 mV, VT: -61 mV }
neuron_groups:
  P:
    N: 2
    model: |
      dv/dt = (gl*(El - v) + ge*(2*mV - v) - gNa*m**3*h*(v - ENa) - gK*n**4*(v - EK) + I)/Cm : volt
      dm/dt = 0.32*4/exprel((13*mV - u)/(4*mV))/ms*(1 - m) - 0.28*5/exprel((u - 40*mV)/(5*mV))/ms*m : 1
      dn/dt = 0.032*5/exprel((15*mV - u)/(5*mV))/ms*(1 - n) - ${bn}*exp((10*mV - u)/(40*mV))/ms*n : 1
      dh/dt = 0.128*exp((17*mV - u)/(18*mV))/ms*(1 - h) - 4/(1 + exp((40*mV - u)/(5*mV)))/ms*h : 1
      dge/dt = -ge/(3.5*ms) : siemens
      u = v - VT : volt
      I : amp (constant)
    threshold: v > -15*mV
    refractory: 3 ms
    method: exponential_euler
    initializers: { v: El, I: (70 + 12*i)*pA, h: 0.9, n: 0.05 }
spike_generators:
  G: { N: 1, indices: [0, 0, 0], times: [5 ms, 28 ms, 41 ms] }
synapses:
  S: { source: G, target: P, on_pre: ge += 4*nS, connect: true, delay: 1.2 ms }
spike_monitors: { s: { source: P } }
run: 50 ms
`;

test('cells with gates and timers of refractory periods in LEMS are compared at states', async () => {
  const own = [7, 9, 0.5] as const;
  const others = [own, [7.07, 9, 0.5], [7, 9.09, 0.5], [7, 9, 0.505]] as const;
  const [source, ...written] = [own, ...others].map(
    (values) => importModel({ name: 'model.yaml', text: gated(...values) }).valid,
  );
  const found: [string, string | undefined][] = [];
  for (const other of written) {
    const { verdict: one, states } = await verdict(source!, other, 'neuroml');
    // Timers are events of LEMS: the run compares them.
    expect([...states!.reasons]).toEqual([]);
    found.push([one, states?.differences[0]?.quantity]);
  }
  expect(found).toEqual([
    ['the same model', undefined],
    ['another model', 'rate of v'],
    ['another model', 'rate of v'],
    ['another model', 'rate of n'],
  ]);
});

/** A cable of Brian with channels and a tapered end. */
const cable = (diameter = 1.5, resistivity = 120, capacity = 1, gl = 0.3, gK = 36, closing = 0.125) => `
format: interneuron/brian
version: 1
dt: 0.025 ms
namespace: { gl: ${gl} msiemens/cm**2, El: -54 mV, gK: ${gK} msiemens/cm**2, EK: -77 mV }
spatial_neurons:
  cell:
    morphology:
      sections:
        soma: { diameter: 25 um, length: 30 um, n: 1 }
        dend: { parent: soma, diameter: 3 um, length: 300 um, n: 3 }
        tip: { parent: dend, diameter: [3 um, 2 um, ${diameter} um], length: [60 um, 60 um], n: 2 }
    Cm: ${capacity} uF/cm**2
    Ri: ${resistivity} ohm*cm
    model: |
      Im = gl*(El - v) + gK*n**4*(EK - v) : amp/meter**2
      dn/dt = opens*(1 - n) - closes*n : 1
      opens = 0.1/exprel(-(v + 55*mV)/(10*mV))/ms : Hz
      closes = ${closing}*exp(-(v + 65*mV)/(80*mV))/ms : Hz
    method: exponential_euler
    initializers:
      - { variable: v, value: -60 mV }
      - { variable: n, value: opens/(opens + closes) }
state_monitors:
  trace: { source: cell, variables: [v], record: [0, 3], dt: 0.1 ms }
run: 20 ms
`;

test('a derived variable that nothing reads does not use the step', () => {
  const unused = importModel({ name: 'model.yaml', text: cable() }).valid.model;
  const used = importModel({ name: 'model.yaml', text: cable().replace('gl*(El - v)', 'gl*(El - v) + 0*Ic') }).valid
    .model;
  expect([unused, used].map(stepReaders)).toEqual([[], ['equations of cell read dt']]);
});

test.each([
  ['nothing', [], undefined],
  ['one diameter', [1.515], 'axial conductance of tip 0'],
  ['the resistivity', [1.5, 121.2], 'axial conductance of soma 0'],
  ['the capacity', [1.5, 120, 1.01], 'capacitance of soma 0'],
  ['the leak', [1.5, 120, 1, 0.303], 'current at 33.6 mV of soma 0'],
  ['the density of a channel', [1.5, 120, 1, 0.3, 36.36], 'current at 33.6 mV of soma 0'],
  ['the rate of a gate', [1.5, 120, 1, 0.3, 36, 0.12625], 'current at 4.7 mV of soma 0'],
] as const)('compartments after a change of %s', async (_, change, quantity) => {
  const [source, other] = [cable(), cable(...change)].map((text) => importModel({ name: 'model.yaml', text }).valid);
  const { verdict: found, states } = await verdict(source!, other!, 'neuroml');
  expect([found, states?.differences[0]?.quantity]).toEqual([
    quantity === undefined ? 'the same model' : 'another model',
    quantity,
  ]);
});
