/**
 * PyNN's classes with their parameters, as `schemas/pynn.schema.json` states them: those of connectors, structures and
 * currents from the tables of this folder, those of cells and synapses from the equations in `src/library/pynn`.
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
import type { NeuronDocument } from '../../src/model/document.js';
import { field, schemaOfTypes, type Field, type Fields, type Member } from '../shared/vocabulary.js';
import { parameterNames } from './cells.js';
import { connectorFields, connectors } from './connectors.js';
import { currentSources } from './currents.js';
import { ranges, rangeWords } from './ranges.js';
import { boundaries, structureFields } from './structures.js';

/** A value of each cell or connection, in a unit. */
const value = (unit: string, usual?: unknown): Field => ({
  ...field({ $ref: '#/$defs/value' }, usual ?? null),
  ...(unit === '1' ? {} : { unit }),
});

/** Parameters that a type declares, with their units, values and ranges. */
const declared = (parameters: NeuronDocument['parameters'] = {}): Fields =>
  mapped(parameters, (each, name) => {
    const range = ranges[name];
    const known = typeof each === 'object' ? value(String(each.unit ?? '1'), each.value) : value('1', each);
    return range === undefined ? known : { ...known, schema: { ...known.schema, description: rangeWords[range] } };
  });

/** Parameters of a cell, of which those that are lists have a number for each component. */
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

/** Parameters of one receptor of a PointNeuron. */
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

/** Parameters of the parts of a plastic synapse, some of them in the unit of weights. */
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

/** Names of cells and synapses that are types of the document's own, or of one simulator. */
const own: Readonly<Record<string, string>> = { cell: '^(native|nestml):', synapse: '^(native|nestml):' };

const ofCompartments: Member = { of: ['MultiCompartmentNeuron'], needed: false };
const plastic = (needed: boolean): Member => ({ of: ['STDPMechanism'], needed });

/** What only some cells and synapses have beside their parameters. */
const members: Readonly<Record<string, Readonly<Record<string, Member>>>> = {
  cell: {
    neuron: { of: ['PointNeuron'], needed: true },
    receptors: { of: ['PointNeuron', 'MultiCompartmentNeuron'], needed: false },
    sections: { ...ofCompartments, needed: true },
    ...{ groups: ofCompartments, ion_channels: ofCompartments, ionic_species: ofCompartments },
    ...{ cm: ofCompartments, Ra: ofCompartments },
  },
  synapse: {
    timing_dependence: plastic(true),
    weight_dependence: plastic(true),
    voltage_dependence: plastic(false),
    dendritic_delay_fraction: plastic(false),
  },
};

/** What the definitions of the schema say of types and their parameters. */
export const definitions: Readonly<Record<string, object>> = mapped(words, (types, name) =>
  schemaOfTypes(types, own[name], members[name]),
);

const entries = (map: Readonly<Record<string, string>>): string =>
  Object.entries(map)
    .map(([name, code]) => `    "${name}": ${code},\n`)
    .join('');
const tuple = (names: readonly string[]): string =>
  names.length === 1 ? `("${names.join('')}",)` : `(${names.map((name) => `"${name}"`).join(', ')})`;
const literal = (usual: unknown): string =>
  usual === null || usual === undefined ? 'None' : JSON.stringify(usual).replace(/^t/, 'T').replace(/^f/, 'F');
const usualValues = (fields: Fields): string =>
  `{${Object.entries(fields)
    .map(([name, { usual }]) => `"${name}": ${literal(usual)}`)
    .join(', ')}}`;

/** What PyNN's backend in Python checks its classes and their parameters by. */
export const pythonModule = `"""PyNN's classes and their parameters, as documents have them."""

#: Ranges of parameters by name.
RANGES = {
${entries(mapped(ranges, (range) => `"${rangeWords[range]}"`))}}

#: Parameters of connectors.
CONNECTORS = {
${entries(mapped(connectors, ({ parameters }) => tuple(Object.keys(parameters))))}}

#: Classes with the usual values of their parameters.
CLASSES = {
${['cell', 'synapse', 'timingDependence', 'weightDependence', 'currentSource']
  .map((kind) => entries(mapped(words[kind] ?? {}, usualValues)))
  .join('')}}
`;
