/**
 * What PyNN's table of words says in the JSON Schema and in PyNN's backend in Python; `build-schemas.mjs` writes both.
 */

import { mapped } from '../src/model/collections.js';
import { connectors } from '../translators/pynn/connectors.js';
import { ranges, rangeWords } from '../translators/pynn/ranges.js';
import { words } from '../translators/pynn/vocabulary.js';
import type { Fields } from '../translators/shared/vocabulary.js';
import { schemaOfTypes, type Member } from './words-schema.js';

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

/** What a cell with a type has not: the file of its model. */
const withoutFile = { if: { required: ['type'] }, then: { properties: { nestml: false, name: false } } };

/** What the definitions of the schema say of types and their parameters. */
export const definitions: Readonly<Record<string, object>> = mapped(words, (types, name) => {
  const { allOf, ...said } = schemaOfTypes(types, own[name], members[name]);
  return { ...said, allOf: [...(name === 'cell' ? [withoutFile] : []), ...(allOf as readonly object[])] };
});

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
