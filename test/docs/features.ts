/** Features of models, each with a small document in every notation that has it. Paths are below `fixtures`. */

import '../../translators/brian/road.js';
import '../../translators/pynn/road.js';
import '../../translators/neuroml/road.js';
import '../../translators/nir/road.js';

export const notations = ['brian', 'pynn', 'neuroml'] as const;

export type Notation = (typeof notations)[number];

export interface Feature {
  readonly name: string;
  readonly brian?: string;
  readonly pynn?: string;
  readonly neuroml?: string;
  /** Notations without a construct for the feature: their document states it in equations. */
  readonly inEquations?: readonly Notation[];
}

export const features: Readonly<Record<string, readonly Feature[]>> = {
  Cells: [
    {
      name: 'integrate and fire, currents',
      brian: 'single-lif.yaml',
      pynn: 'if-curr-exp.json',
      neuroml: 'point-cells.xml',
      inEquations: ['brian'],
    },
    {
      name: 'integrate and fire, conductances',
      brian: 'vogels-abbott-coba.yaml',
      pynn: 'if-cond-exp.json',
      neuroml: 'pynn-cells.xml',
      inEquations: ['brian'],
    },
    { name: 'adaptive exponential', pynn: 'eif-cond-exp-isfa-ista.json', neuroml: 'point-cells.xml' },
    { name: 'Izhikevich', pynn: 'izhikevich.json', neuroml: 'point-cells.xml' },
    {
      name: 'Hodgkin–Huxley',
      brian: 'single-hh.yaml',
      pynn: 'hh-cond-exp.json',
      neuroml: 'channels.xml',
      inEquations: ['brian'],
    },
    {
      name: 'equations of the user',
      brian: 'methods.yaml',
      neuroml: 'own-types.xml',
      inEquations: ['brian', 'neuroml'],
    },
    { name: 'channels, kinetic schemes', neuroml: 'kinetic-scheme.xml' },
    { name: 'several compartments', brian: 'hodgkin-huxley-axon.yaml', neuroml: 'soma.cell.nml' },
    { name: 'noise in equations', brian: 'noisy-group.yaml', inEquations: ['brian'] },
    { name: 'refractoriness of all kinds', brian: 'refractory-variants.yaml' },
    { name: 'events besides spikes', brian: 'custom-event.yaml', neuroml: 'own-types.xml', inEquations: ['neuroml'] },
  ],
  Synapses: [
    {
      name: 'a weight and a delay for each',
      brian: 'heterogeneous-delays.yaml',
      pynn: 'connector-from-list.json',
      neuroml: 'network.xml',
    },
    { name: 'random connections', brian: 'brunel-hakim.yaml', pynn: 'connector-fixed-probability.json' },
    { name: 'connections by distance', pynn: 'connector-distance-dependent-probability.json' },
    { name: 'short-term plasticity', pynn: 'tsodyks-markram.json', neuroml: 'synapses.xml' },
    {
      name: 'spike-timing dependent plasticity',
      brian: 'stdp-pair.yaml',
      pynn: 'stdp-additive.json',
      neuroml: 'synapses.xml',
      inEquations: ['brian'],
    },
    { name: 'gap junctions', pynn: 'electrical.json', neuroml: 'contacts.xml' },
    { name: 'sums over synapses in equations', brian: 'summed.yaml' },
    { name: 'stochastic release', pynn: 'simple-stochastic.json' },
  ],
  Inputs: [
    { name: 'Poisson sources', brian: 'poisson-input.yaml', pynn: 'sources.json', neuroml: 'random-inputs.xml' },
    { name: 'listed spikes', brian: 'deterministic-30.yaml', pynn: 'sources.json', neuroml: 'synapses.xml' },
    { name: 'currents', pynn: 'current-sources.json', neuroml: 'inputs.xml' },
    { name: 'tables over time', brian: 'timed-array.yaml', pynn: 'current-sources.json' },
  ],
  Protocol: [
    { name: 'several runs, values that change', brian: 'protocol.yaml', pynn: 'delays-changed.json' },
    { name: 'resets, segments', pynn: 'segments.json' },
    { name: 'code at intervals', brian: 'run-regularly.yaml' },
    { name: 'views and assemblies', pynn: 'views-and-assemblies.json' },
  ],
};

/** Graphs of NIR and circuits of SONATA with the features that they show, by folders below `fixtures`. */
export const graphsAndCircuits = {
  nir: {
    'CubaLIF, recurrent weights': 'recurrent-cuba.nir',
    'Affine, LIF': 'affine-lif.nir',
    'Delay, nested graphs, LI': 'nested-delays.nir',
    'Conv2d, SumPool2d, Flatten, IF': 'conv-pool.nir',
    'all primitives': 'all-primitives.nir',
  },
  sonata: {
    'currents (`iaf_psc_alpha`)': 'psc-alpha/config.json',
    'conductances, adaptive exponential (`aeif_cond_exp`)': 'aeif-cond-exp/config.json',
    'generalised integrate and fire (`glif_psc`)': 'glif-adapting/config.json',
    'models by node type': 'models-by-type/config.json',
    'groups of parameters, `nsyns`': 'groups-nsyns/config.json',
    'several populations, node sets, `current_clamp`': 'several-populations/config.json',
  },
} as const;
