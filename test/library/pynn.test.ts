import { describe, expect, it } from 'vitest';
import {
  pointNeuron,
  responseParts,
  standardCells,
  stdpSynapse,
  synapsesFor,
  timingRules,
  weightDependences,
} from '../../src/library/pynn/index.js';
import type { StandardCell } from '../../src/library/standard-type.js';
import { normalised } from '../model/support.js';

/**
 * Parameters and first values of PyNN 0.13.0's classes, in PyNN's order, as
 * `python -c "from pyNN.standardmodels.cells import *; print(IF_curr_exp.default_parameters,
 * IF_curr_exp.default_initial_values)"` prints them.
 */
const classes: readonly [string, Readonly<Record<string, unknown>>, Readonly<Record<string, number>>][] = [
  [
    'IF_curr_exp',
    {
      v_rest: -65.0,
      cm: 1.0,
      tau_m: 20.0,
      tau_refrac: 0.1,
      tau_syn_E: 5.0,
      tau_syn_I: 5.0,
      i_offset: 0.0,
      v_reset: -65.0,
      v_thresh: -50.0,
    },
    { v: -65.0, isyn_exc: 0.0, isyn_inh: 0.0 },
  ],
  [
    'IF_curr_alpha',
    {
      v_rest: -65.0,
      cm: 1.0,
      tau_m: 20.0,
      tau_refrac: 0.1,
      tau_syn_E: 0.5,
      tau_syn_I: 0.5,
      i_offset: 0.0,
      v_reset: -65.0,
      v_thresh: -50.0,
    },
    { v: -65.0, isyn_exc: 0.0, isyn_inh: 0.0 },
  ],
  [
    'IF_curr_delta',
    { v_rest: -65.0, cm: 1.0, tau_m: 20.0, tau_refrac: 0.1, i_offset: 0.0, v_reset: -65.0, v_thresh: -50.0 },
    { v: -65.0 },
  ],
  [
    'IF_cond_exp',
    {
      v_rest: -65.0,
      cm: 1.0,
      tau_m: 20.0,
      tau_refrac: 0.1,
      tau_syn_E: 5.0,
      tau_syn_I: 5.0,
      e_rev_E: 0.0,
      e_rev_I: -70.0,
      v_thresh: -50.0,
      v_reset: -65.0,
      i_offset: 0.0,
    },
    { v: -65.0, gsyn_exc: 0.0, gsyn_inh: 0.0 },
  ],
  [
    'IF_cond_alpha',
    {
      v_rest: -65.0,
      cm: 1.0,
      tau_m: 20.0,
      tau_refrac: 0.1,
      tau_syn_E: 0.3,
      tau_syn_I: 0.5,
      e_rev_E: 0.0,
      e_rev_I: -70.0,
      v_thresh: -50.0,
      v_reset: -65.0,
      i_offset: 0.0,
    },
    { v: -65.0, gsyn_exc: 0.0, gsyn_inh: 0.0 },
  ],
  [
    'IF_cond_exp_gsfa_grr',
    {
      v_rest: -65.0,
      cm: 1.0,
      tau_m: 20.0,
      tau_refrac: 0.1,
      tau_syn_E: 5.0,
      tau_syn_I: 5.0,
      e_rev_E: 0.0,
      e_rev_I: -70.0,
      v_thresh: -50.0,
      v_reset: -65.0,
      i_offset: 0.0,
      tau_sfa: 100.0,
      e_rev_sfa: -75.0,
      q_sfa: 15.0,
      tau_rr: 2.0,
      e_rev_rr: -75.0,
      q_rr: 3000.0,
    },
    { v: -65.0, g_r: 0.0, g_s: 0.0, gsyn_exc: 0.0, gsyn_inh: 0.0 },
  ],
  [
    'IF_facets_hardware1',
    { g_leak: 40.0, tau_syn_E: 30.0, tau_syn_I: 30.0, v_reset: -80.0, e_rev_I: -80.0, v_rest: -65.0, v_thresh: -55.0 },
    { v: -65.0, gsyn_exc: 0.0, gsyn_inh: 0.0 },
  ],
  [
    'EIF_cond_exp_isfa_ista',
    {
      cm: 0.281,
      tau_refrac: 0.1,
      v_spike: -40.0,
      v_reset: -70.6,
      v_rest: -70.6,
      tau_m: 9.3667,
      i_offset: 0.0,
      a: 4.0,
      b: 0.0805,
      delta_T: 2.0,
      tau_w: 144.0,
      v_thresh: -50.4,
      e_rev_E: 0.0,
      tau_syn_E: 5.0,
      e_rev_I: -80.0,
      tau_syn_I: 5.0,
    },
    { v: -70.6, w: 0.0, gsyn_exc: 0.0, gsyn_inh: 0.0 },
  ],
  [
    'EIF_cond_alpha_isfa_ista',
    {
      cm: 0.281,
      tau_refrac: 0.1,
      v_spike: -40.0,
      v_reset: -70.6,
      v_rest: -70.6,
      tau_m: 9.3667,
      i_offset: 0.0,
      a: 4.0,
      b: 0.0805,
      delta_T: 2.0,
      tau_w: 144.0,
      v_thresh: -50.4,
      e_rev_E: 0.0,
      tau_syn_E: 5.0,
      e_rev_I: -80.0,
      tau_syn_I: 5.0,
    },
    { v: -70.6, w: 0.0, gsyn_exc: 0.0, gsyn_inh: 0.0 },
  ],
  [
    'HH_cond_exp',
    {
      gbar_Na: 20.0,
      gbar_K: 6.0,
      g_leak: 0.01,
      cm: 0.2,
      v_offset: -63.0,
      e_rev_Na: 50.0,
      e_rev_K: -90.0,
      e_rev_leak: -65.0,
      e_rev_E: 0.0,
      e_rev_I: -80.0,
      tau_syn_E: 0.2,
      tau_syn_I: 2.0,
      i_offset: 0.0,
    },
    { v: -65.0, gsyn_exc: 0.0, gsyn_inh: 0.0, h: 1.0, m: 0.0, n: 0.0 },
  ],
  ['Izhikevich', { a: 0.02, b: 0.2, c: -65.0, d: 2.0, i_offset: 0.0 }, { v: -70.0, u: -14.0 }],
  [
    'GIF_cond_exp',
    {
      v_rest: -65.0,
      cm: 1.0,
      tau_m: 20.0,
      tau_refrac: 4.0,
      tau_syn_E: 5.0,
      tau_syn_I: 5.0,
      e_rev_E: 0.0,
      e_rev_I: -70.0,
      v_reset: -65.0,
      i_offset: 0.0,
      delta_v: 0.5,
      v_t_star: -48.0,
      lambda0: 1.0,
      tau_eta: [1.0, 10.0, 100.0],
      tau_gamma: [1.0, 10.0, 100.0],
      a_eta: [1.0, 1.0, 1.0],
      a_gamma: [1.0, 1.0, 1.0],
    },
    { v: -65.0, v_t: -48.0, i_eta: 0.0, gsyn_exc: 0.0, gsyn_inh: 0.0 },
  ],
  ['SpikeSourcePoisson', { rate: 1.0, start: 0.0, duration: 10000000000.0 }, {}],
  ['SpikeSourcePoissonRefractory', { rate: 1.0, tau_refrac: 0.0, start: 0.0, duration: 10000000000.0 }, {}],
  ['SpikeSourceGamma', { alpha: 2, beta: 1.0, start: 0.0, duration: 10000000000.0 }, {}],
  ['SpikeSourceInhGamma', { a: [1.0], b: [1.0], tbins: [0.0], start: 0.0, duration: 10000000000.0 }, {}],
];

const defaultOf = (cell: StandardCell, name: string): unknown => {
  const list = cell.lists?.[name];
  if (list) return list.map((component) => defaultOf(cell, component));
  const declared = cell.neuron.parameters?.[name] ?? cell.neuron.state?.[name];
  return typeof declared === 'object'
    ? 'value' in declared
      ? declared.value
      : 'initial' in declared
        ? declared.initial
        : 0
    : declared;
};

describe("PyNN's standard cells", () => {
  it('are all there', () => {
    expect([...standardCells.keys()].sort()).toEqual(classes.map(([name]) => name).sort());
  });

  it.each(classes)('%s has the parameters, defaults and first values of its class', (name, parameters, initial) => {
    const cell = standardCells.get(name)!;
    const lists = cell.lists ?? {};
    expect(Object.keys(cell.neuron.parameters ?? {})).toEqual(
      Object.keys(parameters).flatMap((key) => lists[key] ?? [key]),
    );
    for (const [key, value] of Object.entries(parameters)) expect(defaultOf(cell, key), key).toEqual(value);
    for (const [key, value] of Object.entries(initial)) {
      const variable = cell.initial[key] ?? cell.recordable[key]!;
      // Of GIF_cond_exp's variables v_t and i_eta follow from others, which begin at zero.
      if (cell.neuron.state?.[variable] !== undefined) expect(defaultOf(cell, variable), key).toBe(value);
      else expect(cell.neuron.derived?.[variable], key).toBeDefined();
    }
  });

  it.each([...standardCells.values()])('$name is a valid type whose units agree', (cell) => {
    const text = JSON.stringify({
      interneuron: 1,
      neurons: { cell: cell.neuron },
      populations: { p: { type: 'cell', size: 2 } },
    });
    expect(normalised(text).model.neurons['cell']?.conformsTo).toMatchObject({
      type: `pynn/${cell.name}`,
      timing: 'grid',
    });
  });

  it.each(
    ['LIF', 'AdExp'].flatMap((neuron) => Object.keys(responseParts).map((receptor) => [neuron, receptor] as const)),
  )('PointNeuron of %s with %s is valid', (neuron, type) => {
    const cell = pointNeuron(neuron, [
      { name: 'B', type },
      { name: 'A', type },
    ])!;
    expect(Object.keys(cell.receptors)).toEqual(['A', 'B']);
    normalised(
      JSON.stringify({ interneuron: 1, neurons: { cell: cell.neuron }, populations: { p: { type: 'cell', size: 2 } } }),
    );
  });
});

describe("PyNN's synapses", () => {
  const target = {
    parameters: { tau: '5 ms' },
    state: { g: { unit: 'uS' }, isyn: { unit: 'nA' }, v: { unit: 'mV' } },
    events: { spike: 'v > 0*mV' },
  };
  const between = (synapse: object, receptor: string): string =>
    JSON.stringify({
      interneuron: 1,
      neurons: { cell: target },
      synapses: { s: synapse },
      populations: { p: { type: 'cell', size: 2 } },
      projections: { x: { from: 'p', to: 'p', synapse: 's', connect: 'all', receptor, delays: { pre: '1 ms' } } },
    });
  const kinds = [
    ['conductance', 'g'],
    ['current', 'isyn'],
    ['voltage', 'v'],
  ] as const;

  it.each(
    kinds.flatMap(([kind, receptor]) => Object.keys(synapsesFor(kind)).map((name) => [name, kind, receptor] as const)),
  )('%s for weights of a %s is valid', (name, kind, receptor) => {
    normalised(between(synapsesFor(kind)[name]!.synapse, receptor));
  });

  it.each(
    Object.keys(timingRules).flatMap((timing) =>
      Object.keys(weightDependences).map((weights) => [timing, weights] as const),
    ),
  )('%s with %s is valid', (timing, weights) => {
    for (const sends of [true, false]) {
      normalised(
        between(
          stdpSynapse('conductance', timing, weights, { preAtOnce: sends, postAtOnce: true, sends })!.synapse,
          'g',
        ),
      );
    }
  });
});
