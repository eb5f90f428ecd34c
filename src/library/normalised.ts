/** Library types in the normalised form of the model. */

import { Diagnostics } from '../diagnostics/diagnostic.js';
import type * as written from '../model/model.js';
import { normalise } from '../model/normalise.js';
import type { NeuronType, SynapseType } from '../model/typed.js';
import { typedModel } from '../model/typed-model.js';
import { weightUnits, type StandardCell, type StandardSynapse, type WeightKind } from './standard-type.js';

/** A model with a library type; undefined if the type is not valid. */
type LibraryModel = written.Model | undefined;

const models = new Map<string, LibraryModel>();

/** Returns the type of a library cell; the same object for the same cell. */
export function typedCell(standard: StandardCell): NeuronType | undefined {
  const model = cellModel(standard);
  return model && typedModel(model).neurons['cell'];
}

/** Returns the type of a library cell in its written form. */
export const normalisedCell = (standard: StandardCell): written.NeuronType | undefined =>
  cellModel(standard)?.neurons['cell'];

/** Returns the type of a library synapse for weights of a kind; the same object for the same synapse. */
export function typedSynapse(standard: StandardSynapse, kind: WeightKind): SynapseType | undefined {
  const model = synapseModel(standard, kind);
  return model && typedModel(model).synapses['s'];
}

const cellModel = ({ name, neuron }: StandardCell): LibraryModel => modelOf({ neurons: { cell: neuron } }, name);

function synapseModel({ name, synapse }: StandardSynapse, kind: WeightKind): LibraryModel {
  const document = {
    neurons: {
      cell: {
        state: { v: { unit: 'mV' }, target: { unit: weightUnits[kind] } },
        inputs: { i_inj: { unit: 'nA' } },
        events: { spike: 't < 0*ms' },
      },
    },
    synapses: { s: synapse },
    populations: { p: { type: 'cell', size: 1 } },
    projections: {
      x: { from: 'p', to: 'p', synapse: 's', connect: 'all', ...(synapse.ports ? { receptor: 'target' } : {}) },
    },
  };
  return modelOf(document, name);
}

function modelOf(document: object, name: string): LibraryModel {
  const key = JSON.stringify(document);
  if (!models.has(key))
    models.set(
      key,
      normalise({ interneuron: 1, ...document }, { place: () => ({ document: name }) }, new Diagnostics())?.model,
    );
  return models.get(key);
}
