/** Library types in the normalised form of the model. */

import { Diagnostics } from '../diagnostics/diagnostic.js';
import type { NeuronType, SynapseType } from '../model/model.js';
import { normalise } from '../model/normalise.js';
import { weightUnits, type StandardCell, type StandardSynapse, type WeightKind } from './standard-type.js';

const cells = new Map<string, NeuronType | undefined>();

/** Returns the normalised type of a library cell. */
export function normalisedCell(standard: StandardCell): NeuronType | undefined {
  const key = JSON.stringify(standard.neuron);
  if (!cells.has(key)) {
    const document = { interneuron: 1, neurons: { cell: standard.neuron } };
    cells.set(key, modelOf(document, standard.name)?.neurons['cell']);
  }
  return cells.get(key);
}

/** Returns the normalised type of a library synapse for weights of a kind. */
export function normalisedSynapse(standard: StandardSynapse, kind: WeightKind): SynapseType | undefined {
  const { ports } = standard.synapse;
  const document = {
    interneuron: 1,
    neurons: {
      cell: {
        state: { v: { unit: 'mV' }, target: { unit: weightUnits[kind] } },
        inputs: { i_inj: { unit: 'nA' } },
        events: { spike: 't < 0*ms' },
      },
    },
    synapses: { s: standard.synapse },
    populations: { p: { type: 'cell', size: 1 } },
    projections: { x: { from: 'p', to: 'p', synapse: 's', connect: 'all', ...(ports ? { receptor: 'target' } : {}) } },
  };
  return modelOf(document, standard.name)?.synapses['s'];
}

const modelOf = (document: object, name: string): NonNullable<ReturnType<typeof normalise>>['model'] | undefined =>
  normalise(document, { place: () => ({ document: name }) }, new Diagnostics())?.model;
