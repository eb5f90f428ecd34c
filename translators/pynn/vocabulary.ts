/**
 * PyNN's classes with their parameters, as `schemas/pynn.schema.json` states them. Classes of connectors, structures
 * and currents come from the tables of this folder. Classes of cells and synapses come from the equations in
 * `src/library/pynn`.
 */

import {
  electricalSynapse,
  ionChannels,
  neuronParts,
  pointNeuron,
  responseParts,
  standardCells,
  synapsesFor,
  timingRules,
  weightDependences,
} from '../../src/library/pynn/index.js';
import { mapped } from '../../src/model/collections.js';
import type { StandardCell } from '../../src/library/standard-type.js';
import type { NeuronDocument } from '../../src/model/document.generated.js';
import { field, type Field, type Fields } from '../shared/vocabulary.js';
import { parameterNames } from './cells.js';
import { connectorFields } from './connectors.js';
import { currentSources } from './currents.js';
import { ranges, rangeWords } from './ranges.js';
import { boundaries, structureFields } from './structures.js';

/** Returns a value of each cell or connection, in a unit. */
const value = (unit: string, usual?: unknown): Field => ({
  ...field({ $ref: '#/$defs/value' }, usual ?? null),
  ...(unit === '1' ? {} : { unit }),
});

/** Returns parameters that a type declares, with their units, values and ranges. */
const declared = (parameters: NeuronDocument['parameters'] = {}): Fields =>
  mapped(parameters, (each, name) => {
    const range = ranges[name];
    const known = typeof each === 'object' ? value(String(each.unit ?? '1'), each.value) : value('1', each);
    return range === undefined ? known : { ...known, schema: { ...known.schema, description: rangeWords[range] } };
  });

/** Returns parameters of a cell; list-valued parameters have a number for each component. */
function cellFields(cell: StandardCell): Fields {
  const each = declared(cell.neuron.parameters);
  return Object.fromEntries(
    parameterNames(cell).map((name) => {
      const components = cell.lists?.[name]?.map((component) => each[component]);
      return [
        name,
        components
          ? value(
              components[0]?.unit ?? '1',
              components.map((one) => one?.usual),
            )
          : each[name]!,
      ];
    }),
  );
}

/** Returns parameters of one receptor of a PointNeuron. */
function responseFields(type: string): Fields {
  const { parameters = {} } = pointNeuron('LIF', [{ name: 'r', type }])?.neuron ?? {};
  const own = Object.entries(declared(parameters)).filter(([name]) => name.startsWith('r_'));
  return Object.fromEntries([
    ...own.map(([name, each]) => [name.slice(2), each] as const),
    ['locations', field({}, null)],
  ]);
}

const byWeight = 'nA, uS or mV, as the receptor has weights';
const weight = { ...value('1', 0), unit: byWeight };
const delay = { ...value('ms'), schema: { ...value('ms').schema, description: 'min_delay unless stated' } };

/** Returns parameters of the parts of a plastic synapse, some of them in the unit of weights. */
const partFields = (parts: Readonly<Record<string, { readonly parameters: NeuronDocument['parameters'] }>>) =>
  mapped(parts, ({ parameters }) =>
    mapped(declared(parameters), (each): Field => (each.unit === 'weight' ? { ...each, unit: byWeight } : each)),
  );

/** Parameters by the name of the class, for each definition of the schema that has `type` and `params`. */
export const words: Readonly<Record<string, Readonly<Record<string, Fields>>>> = {
  cell: {
    ...Object.fromEntries([...standardCells].map(([name, cell]) => [name, cellFields(cell)])),
    SpikeSourceArray: { spike_times: { ...value('ms', []) } },
    PointNeuron: {},
    MultiCompartmentNeuron: {},
  },
  neuron: Object.fromEntries(neuronParts.map((name) => [name, declared(pointNeuron(name, [])?.neuron.parameters)])),
  receptor: Object.fromEntries(Object.keys(responseParts).map((type) => [type, responseFields(type)])),
  structure: structureFields,
  boundary: mapped(boundaries, ({ parameters }) => parameters),
  connector: connectorFields,
  synapse: {
    ...mapped(synapsesFor('current'), ({ synapse: { parameters } }) => {
      const { tau_syn: _, weight: __, ...own } = declared(parameters);
      return { weight, delay, ...own };
    }),
    [electricalSynapse.name]: { weight: value('uS', 0) },
    STDPMechanism: { weight, delay },
  },
  timingDependence: partFields(timingRules),
  weightDependence: partFields(weightDependences),
  currentSource: mapped(currentSources, ({ parameters }) => parameters),
  ionChannel: mapped(ionChannels, ({ conductanceDensity, reversal }) => ({
    conductance_density: { ...field({ $ref: '#/$defs/distribution' }, conductanceDensity), unit: 'S/cm**2' },
    e_rev: { ...field({ $ref: '#/$defs/distribution' }, reversal), unit: 'mV' },
  })),
};
