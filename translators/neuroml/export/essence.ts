/** What makes up a type beside its values. */

import { hashModel } from '../../../src/model/hash.js';
import type { EquationSet, Model, NeuronType } from '../../../src/model/model.js';

const emptyModel: Model = {
  interneuron: 1,
  name: '',
  metadata: {},
  parameters: {},
  neurons: {},
  synapses: {},
  tables: {},
  populations: {},
  projections: {},
  stimuli: {},
  operations: {},
  clocks: {},
  recordings: [],
  timing: 'grid',
  experiment: { dt: 1e-4, seed: '0', protocol: [] },
  annotations: {},
};

/**
 * The hash of a model that is nothing but a neuron type, without what the numbers of its parameters and its first
 * values are.
 */
export function neuronEssence(type: NeuronType): string {
  const state = Object.fromEntries(
    Object.entries(type.state).map(([name, variable]) => [name, { ...variable, initial: 0 }]),
  );
  return hashModel({ ...emptyModel, neurons: { cell: { ...type, parameters: withoutNumbers(type), state } } }).model;
}

function withoutNumbers({ parameters }: EquationSet): EquationSet['parameters'] {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => [
      name,
      typeof parameter.value === 'number' ? { ...parameter, value: 0 } : parameter,
    ]),
  );
}
