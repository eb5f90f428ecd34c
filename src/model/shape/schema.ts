import { document } from './document.js';
import { network } from './network.js';
import { types } from './types.js';

const { model, ...parts } = { ...types, ...network, ...document };

/** The JSON Schema of a canonical document. */
export const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:interneuron:schema:model:1',
  title: 'interneuron model',
  ...model?.node,
  $defs: Object.fromEntries(Object.entries(parts).map(([name, { node }]) => [name, node])),
};
