/**
 * Every standard cell: one with a step of current, one with a long refractory period and a constant current, and one
 * that receives spikes through both receptors without firing.
 */

import type { Expectation, Probe } from '../probe.js';
import { largestDistance, spikesOf, traceOf } from '../results.js';
import { firstSpikes, spikes, traces } from './quantities.js';

interface CellProbe {
  readonly name: string;
  readonly params?: object;
  /** Current of the driven cells in nA. */
  readonly current: number;
  /** Weights of an excitatory and an inhibitory spike; absent: no receiver. */
  readonly weights?: readonly [excitatory: number, inhibitory: number];
  readonly receptors?: readonly [excitatory: string, inhibitory: string];
  /** Variables of the receiver that are recorded in addition to v. */
  readonly variables?: readonly string[];
  readonly refractory?: boolean;
  /** Variables with units other than units of conductances. */
  readonly simulators: Probe['simulators'];
  readonly exact?: Probe['exact'];
  readonly note?: string;
  readonly cell?: object;
}

const duration = 150;

function probeOf({
  name,
  params,
  current,
  weights,
  receptors,
  variables = [],
  refractory = true,
  simulators,
  exact,
  note,
  cell,
}: CellProbe): Probe {
  const type = (more: object): object => cell ?? { type: name, params: { ...params, ...more } };
  const step = {
    label: 'step',
    type: 'DCSource',
    params: { amplitude: current, start: 10, stop: 120 },
    inject_into: ['driven'],
  };
  const inputs = weights === undefined ? [] : ['excitation', 'inhibition'];
  const record = ['v', ...variables];
  return {
    section: 'Cells',
    name,
    document: {
      populations: [
        { label: 'driven', size: 1, cell: type({}) },
        ...(refractory ? [{ label: 'held', size: 1, cell: type({ i_offset: current, tau_refrac: 5 }) }] : []),
        ...(weights === undefined ? [] : [{ label: 'receiver', size: 1, cell: type({}) }]),
        ...inputs.map((label, k) => ({
          label,
          size: 1,
          cell: { type: 'SpikeSourceArray', params: { spike_times: k === 0 ? [10, 30] : [70] } },
        })),
      ],
      projections: inputs.map((label, k) => ({
        label: `${label} to receiver`,
        pre: label,
        post: 'receiver',
        receptor_type: receptors?.[k] ?? ['excitatory', 'inhibitory'][k],
        connector: { type: 'AllToAllConnector' },
        synapse: { type: 'StaticSynapse', params: { weight: weights?.[k], delay: 1 } },
      })),
      current_sources: [step],
      recordings: [
        { target: 'driven', variables: ['spikes', 'v'] },
        ...(refractory ? [{ target: 'held', variables: ['spikes'] }] : []),
        ...(weights === undefined ? [] : [{ target: 'receiver', variables: record }]),
      ],
      phases: [{ run: duration }],
    },
    quantities: {
      spikes: spikes(0.1, 'driven', ...(refractory ? ['held'] : [])),
      ...(weights === undefined ? {} : { v: traces('mV', 'receiver.v') }),
      ...(weights === undefined || variables.length === 0
        ? {}
        : {
            [variables[0]!.includes('isyn') ? 'i' : 'g']: traces(
              variables[0]!.includes('isyn') ? 'nA' : 'uS',
              ...variables.map((variable) => `receiver.${variable}`),
            ),
          }),
    },
    simulators,
    ...(exact === undefined ? {} : { exact }),
    ...(note === undefined ? {} : { note }),
  };
}

/** Implicit Euler steps of 0.1 ms, and synapses with a first sample that has already decayed by a step. */
const implicit = 'implicit Euler in steps of 0.1 ms; a conductance has decayed by one step in its first sample';
const conductances = ['gsyn_exc', 'gsyn_inh'];
const brianEuler = 'the period with a refractory time is a step shorter; forward Euler where an equation is not linear';
const brianPeriod = 'the period with a refractory time is a step shorter';

const linearInNeuron = (v: number, steps: number): Expectation => ({ within: { v, spikes: steps }, because: implicit });

/** Times of spikes of a converged solution, in ms. */
const converged = (
  what: string,
  population: string,
  times: readonly number[],
  within: number,
): NonNullable<Probe['exact']> => ({
  what,
  within: { spikes: within },
  distances: (ours) => ({ spikes: [firstSpikes(times, spikesOf(ours, population)), 'ms'] }),
});

/**
 * Spikes of a cell with a threshold that v = v_rest + R I (1 - exp(-t/tau)) reaches, each in the step that it falls
 * into.
 */
const leaky = (current: number): NonNullable<Probe['exact']> => {
  const tau = 20;
  const toThreshold = Math.ceil((tau * Math.log((current * tau) / (current * tau - 15))) / 0.1 - 1e-9);
  const times = [0, 1, 2].map((k) => ((toThreshold + 50) * k + toThreshold) * 0.1);
  return converged('closed form', 'held', times, 1e-9);
};

const cells: readonly CellProbe[] = [
  {
    name: 'IF_curr_exp',
    current: 1.2,
    weights: [0.5, -0.7],
    simulators: {
      nest: { within: { v: 1e-9, spikes: 0 } },
      neuron: linearInNeuron(0.05, 1),
      brian2: { within: { v: 1e-9, spikes: 6 }, because: brianPeriod },
    },
    exact: leaky(1.2),
  },
  {
    name: 'IF_curr_alpha',
    params: { tau_syn_E: 2, tau_syn_I: 5 },
    current: 1.2,
    weights: [0.5, -0.5],
    simulators: {
      nest: { within: { v: 1e-9, spikes: 0 } },
      neuron: linearInNeuron(0.02, 1),
      brian2: { within: { spikes: 6 }, because: `${brianPeriod}; inhibition has the time constant of excitation` },
    },
    exact: leaky(1.2),
  },
  {
    name: 'IF_curr_delta',
    current: 1.2,
    weights: [3, -2],
    simulators: {
      nest: { within: { v: 1e-9, spikes: 1e-9 } },
      neuron: { refuses: /not available/, because: 'does not have this cell' },
      brian2: { within: { v: 1e-9, spikes: 6 }, because: brianPeriod },
    },
    exact: leaky(1.2),
  },
  {
    name: 'IF_cond_exp',
    current: 1.2,
    weights: [0.01, 0.05],
    variables: conductances,
    simulators: {
      nest: { within: { v: 1e-6, g: 1e-9, spikes: 0 } },
      neuron: linearInNeuron(0.05, 1),
      brian2: { within: { v: 0.05, spikes: 12 }, because: brianEuler },
    },
    exact: leaky(1.2),
  },
  {
    name: 'IF_cond_alpha',
    params: { tau_syn_E: 2, tau_syn_I: 3 },
    current: 1.2,
    weights: [0.01, 0.05],
    variables: conductances,
    simulators: {
      nest: { within: { v: 1e-6, g: 1e-7, spikes: 0 } },
      neuron: linearInNeuron(0.05, 1),
      brian2: { within: { v: 0.05, spikes: 12 }, because: brianEuler },
    },
    exact: leaky(1.2),
  },
  {
    name: 'IF_cond_exp_gsfa_grr',
    current: 1.5,
    weights: [0.01, 0.05],
    variables: conductances,
    simulators: {
      nest: { within: { v: 1e-6, g: 1e-7, spikes: 0 } },
      neuron: { within: { v: 0.05, spikes: 5 }, because: implicit },
      brian2: { because: 'fires in every step' },
    },
    note: 'under NEST with the variable_map that scripts give PyNN’s class, which raises a KeyError by itself',
  },
  {
    name: 'IF_facets_hardware1',
    current: 0.6,
    refractory: false,
    weights: [0.005, 0.005],
    variables: conductances,
    simulators: {
      nest: { within: { v: 1e-6, g: 1e-9, spikes: 0 } },
      neuron: { within: { v: 0.05, spikes: 20 }, because: implicit },
      brian2: { refuses: /IF_facets_hardware1/, because: 'does not have this cell' },
    },
  },
  {
    name: 'EIF_cond_exp_isfa_ista',
    current: 1,
    weights: [0.01, 0.03],
    variables: conductances,
    simulators: {
      nest: { within: { v: 1e-6, g: 1e-9, spikes: 2 }, because: 'resets within the step in which v passes v_spike' },
      neuron: { within: { v: 0.1 }, because: `${implicit}, which loses spikes of this cell` },
      brian2: { within: { v: 0.01, spikes: 5 }, because: 'threshold at v_thresh + 5 delta_T, forward Euler' },
    },
  },
  {
    name: 'EIF_cond_alpha_isfa_ista',
    current: 1,
    weights: [0.01, 0.03],
    variables: conductances,
    simulators: {
      nest: { within: { v: 1e-6, g: 1e-9, spikes: 2 }, because: 'resets within the step in which v passes v_spike' },
      neuron: { within: { v: 0.1 }, because: `${implicit}, which loses spikes of this cell` },
      brian2: {
        within: { spikes: 5 },
        because: 'threshold at v_thresh + 5 delta_T, forward Euler; inhibition has the time constant of excitation',
      },
    },
  },
  {
    name: 'HH_cond_exp',
    current: 1,
    refractory: false,
    weights: [0.01, 0.02],
    variables: conductances,
    simulators: {
      nest: { within: { v: 0.001, g: 1e-6, spikes: 2 }, because: 'a spike is the maximum of v after it passed 0 mV' },
      neuron: {
        within: { v: 0.5, spikes: 10 },
        because: `${implicit}; gates start at 0; a spike is a crossing of 10 mV`,
      },
      brian2: { because: 'a spike in each step above the threshold' },
    },
    note: 'a spike is an upward crossing of 0 mV; gates start at m 0, n 0, h 1, as the class says',
  },
  {
    name: 'Izhikevich',
    params: { d: 6 },
    current: 0.014,
    refractory: false,
    weights: [3, -3],
    simulators: {
      nest: { within: { v: 0.1, spikes: 20 }, because: 'forward Euler in steps of 0.1 ms' },
      neuron: { within: { v: 4, spikes: 5 }, because: 'implicit Euler in steps of 0.1 ms; arrivals a step later' },
      brian2: { within: { spikes: 20 }, because: 'forward Euler in steps of 0.1 ms' },
    },
  },
  {
    name: 'GIF_cond_exp',
    current: 0.2,
    refractory: false,
    weights: [0.01, 0.05],
    variables: conductances,
    simulators: {
      nest: { within: { v: 1e-6, g: 1e-9 }, because: 'spikes are random' },
      neuron: { within: { v: 0.05 }, because: `${implicit}; it emits no spikes of this cell` },
      brian2: { refuses: /GIF_cond_exp/, because: 'does not have this cell' },
    },
  },
];

/** A cell at a constant current, as long as the converged solution is known. */
function convergedProbe(
  name: string,
  params: object,
  timestep: number,
  initial: object,
  times: readonly number[],
  within: number,
): Probe {
  return {
    section: 'Cells',
    name,
    document: {
      setup: { timestep },
      populations: [{ label: 'cell', size: 1, cell: { type: name, params }, initial_values: initial }],
      recordings: [{ target: 'cell', variables: 'spikes' }],
      phases: [{ run: Math.max(...times) + 1 }],
    },
    quantities: {},
    simulators: {},
    exact: converged('converged solution', 'cell', times, within),
  };
}

/** Converged solutions (Runge–Kutta with steps of 0.001 ms), for cells on which simulators disagree with each other. */
const solutions: readonly Probe[] = [
  convergedProbe(
    'EIF_cond_exp_isfa_ista',
    { i_offset: 1 },
    0.1,
    {},
    [11.74, 25.371, 41.232, 59.843, 81.729, 107.231, 136.242, 168.11],
    0.5,
  ),
  convergedProbe(
    'EIF_cond_alpha_isfa_ista',
    { i_offset: 1, tau_refrac: 2 },
    0.01,
    { v: -65 },
    [10.015, 25.515, 43.168, 63.41, 86.649, 113.112, 142.663, 174.76],
    0.1,
  ),
  convergedProbe('HH_cond_exp', { i_offset: 1 }, 0.01, { v: -64 }, [2.517, 10.322, 18.115, 25.909, 33.702], 0.02),
  convergedProbe('Izhikevich', { d: 6, i_offset: 0.014 }, 0.1, {}, [2.631, 6.118, 18.924, 45.921, 72.668, 99.416], 0.6),
  convergedProbe(
    'IF_cond_exp_gsfa_grr',
    { i_offset: 1.5 },
    0.01,
    {},
    [13.863, 42.896, 77.695, 118.515, 163.557, 210.503, 258.092],
    0.1,
  ),
];

// --- PointNeuron ----------------------------------------------------------------------------------------------------
/** Returns a composed cell with receptors that each get a spike. */
function composed(
  neuron: string,
  receptors: Readonly<Record<string, object>>,
  weight: number,
  variable: string,
  simulators: Probe['simulators'],
  exact?: Probe['exact'],
): Probe {
  const names = Object.keys(receptors);
  return {
    section: 'Cells',
    name: `PointNeuron, ${neuron} with ${Object.values(receptors)
      .map((receptor) => (receptor as { type: string }).type)
      .join(' and ')}`,
    document: {
      populations: [
        {
          label: 'sender',
          size: 1,
          cell: { type: 'SpikeSourceArray', params: { spike_times: { sequence: [10, 14] } } },
        },
        { label: 'cell', size: 1, cell: { type: 'PointNeuron', neuron: { type: neuron }, receptors } },
        {
          label: 'driven',
          size: 1,
          cell: { type: 'PointNeuron', neuron: { type: neuron, params: { i_offset: 1.2, tau_refrac: 2 } }, receptors },
        },
      ],
      projections: names.map((name, k) => ({
        label: `to ${name}`,
        pre: 'sender',
        post: 'cell',
        receptor_type: name,
        connector: { type: 'AllToAllConnector' },
        synapse: { type: 'StaticSynapse', params: { weight: weight / (k + 1), delay: 1 + 10 * k } },
      })),
      recordings: [
        { target: 'cell', variables: ['v', ...names.map((name) => `${name}.${variable}`)] },
        { target: 'driven', variables: 'spikes' },
      ],
      phases: [{ run: 100 }],
    },
    quantities: {
      v: traces('mV', 'cell.v'),
      spikes: spikes(0.1, 'driven'),
      ...(variable === 'isyn'
        ? { i: traces('nA', ...names.map((name) => `cell.${name}.isyn`)) }
        : { g: traces('uS', ...names.map((name) => `cell.${name}.gsyn`)) }),
    },
    simulators,
    ...(exact === undefined ? {} : { exact }),
  };
}

/** Sums of differences of exponentials that peak with the weight, each begun by a spike that has arrived. */
function beta(weight: number, rise: number, decay: number, arrivals: readonly number[]): readonly number[] {
  const peak = ((decay * rise) / (decay - rise)) * Math.log(decay / rise);
  const shape = (t: number): number => (t < -1e-9 ? 0 : Math.exp(-t / decay) - Math.exp(-t / rise));
  return Array.from(
    { length: 1001 },
    (_, k) => (weight / shape(peak)) * arrivals.reduce((sum, at) => sum + shape(k * 0.1 - at), 0),
  );
}

/** Sums of exponential currents. */
const decaying = (weight: number, tau: number, arrivals: readonly number[]): readonly number[] =>
  Array.from({ length: 1001 }, (_, k) =>
    arrivals.reduce((sum, at) => sum + (k * 0.1 < at - 1e-9 ? 0 : weight * Math.exp(-(k * 0.1 - at) / tau)), 0),
  );

/** Distances of the results of two receptors from a closed form. */
const closed = (
  unit: string,
  expected: Readonly<Record<string, readonly number[]>>,
  within = 1e-10,
): NonNullable<Probe['exact']> => ({
  what: 'closed form of what the receptors give',
  within: { receptors: within },
  distances: (ours) => ({
    receptors: [
      Math.max(...Object.entries(expected).map(([name, trace]) => largestDistance(traceOf(ours, 'cell', name), trace))),
      unit,
    ],
  }),
});

const adexResets = 'resets within the step in which v passes v_spike';
const noSuchCombination = {
  refuses: /No possible models|has no attribute|not supported|not available/,
  because: 'does not have this combination',
};

const composedCells: readonly Probe[] = [
  composed(
    'LIF',
    {
      fast: { type: 'CurrExpPostSynapticResponse', params: { tau_syn: 2 } },
      slow: { type: 'CurrExpPostSynapticResponse', params: { tau_syn: 10 } },
    },
    0.5,
    'isyn',
    {
      nest: { within: { v: 1e-9, spikes: 0 } },
      neuron: { within: { v: 0.05, spikes: 1 }, because: implicit },
    },
  ),
  composed(
    'LIF',
    { exc: { type: 'ExpPSR' }, inh: { type: 'ExpPSR', params: { e_syn: -80, tau_syn: 8 } } },
    0.01,
    'gsyn',
    {
      nest: noSuchCombination,
      neuron: { within: { v: 0.05, spikes: 1 }, because: implicit },
    },
  ),
  composed(
    'LIF',
    {
      exc: { type: 'AlphaPSR', params: { tau_syn: 2 } },
      inh: { type: 'AlphaPSR', params: { e_syn: -80, tau_syn: 4 } },
    },
    0.01,
    'gsyn',
    {
      nest: noSuchCombination,
      neuron: { within: { v: 0.05, spikes: 1 }, because: implicit },
    },
  ),
  composed(
    'AdExp',
    {
      exc: { type: 'AlphaPSR', params: { tau_syn: 2 } },
      inh: { type: 'AlphaPSR', params: { e_syn: -80, tau_syn: 4 } },
    },
    0.01,
    'gsyn',
    {
      nest: { within: { v: 1e-4, spikes: 2 }, because: adexResets },
      neuron: { within: { v: 0.2 }, because: implicit },
    },
  ),
  composed(
    'AdExp',
    {
      exc: { type: 'BetaPSR', params: { tau_rise: 0.5, tau_decay: 3 } },
      inh: { type: 'BetaPSR', params: { e_syn: -80, tau_rise: 1, tau_decay: 6 } },
    },
    0.01,
    'gsyn',
    {
      nest: { within: { v: 1e-4, spikes: 2 }, because: adexResets },
      neuron: noSuchCombination,
    },
  ),
  composed(
    'LIF',
    {
      exc: { type: 'BetaPSR', params: { tau_rise: 0.5, tau_decay: 3 } },
      inh: { type: 'BetaPSR', params: { e_syn: -80, tau_rise: 1, tau_decay: 6 } },
    },
    0.01,
    'gsyn',
    { nest: noSuchCombination, neuron: noSuchCombination },
    closed('uS', { 'exc.gsyn': beta(0.01, 0.5, 3, [11, 15]), 'inh.gsyn': beta(0.005, 1, 6, [21, 25]) }, 2e-7),
  ),
  composed(
    'AdExp',
    {
      fast: { type: 'CurrExpPostSynapticResponse', params: { tau_syn: 2 } },
      slow: { type: 'CurrExpPostSynapticResponse', params: { tau_syn: 10 } },
    },
    0.1,
    'isyn',
    { nest: noSuchCombination, neuron: { within: { v: 0.2 }, because: implicit } },
    closed('nA', { 'fast.isyn': decaying(0.1, 2, [11, 15]), 'slow.isyn': decaying(0.05, 10, [21, 25]) }),
  ),
  composed(
    'AdExp',
    { exc: { type: 'ExpPSR', params: { tau_syn: 2 } }, inh: { type: 'ExpPSR', params: { e_syn: -80, tau_syn: 8 } } },
    0.01,
    'gsyn',
    { nest: noSuchCombination, neuron: { within: { v: 0.2 }, because: implicit } },
    closed('uS', { 'exc.gsyn': decaying(0.01, 2, [11, 15]), 'inh.gsyn': decaying(0.005, 8, [21, 25]) }),
  ),
];

export const cellProbes: readonly Probe[] = [...cells.map(probeOf), ...solutions, ...composedCells];
