/** PyNN's connectors as connection rules of the canonical model. */

import { child } from '../../src/model/pointer.js';
import type { Call, Connections, Ends } from './connect/call.js';
import { drawn, fixedProbability, probabilityOf } from './connect/drawn.js';
import { allToAll, clone, connectionSet, fromArray, fromFile, fromList, oneToOne } from './connect/listed.js';
import { mapped } from '../../src/model/collections.js';
import { field, flag, number, argumentOf, type Field, type Fields } from '../shared/vocabulary.js';
import { own, type Setting } from './context.js';
import * as messages from './messages.js';
import type { Connector } from './specification.generated.js';

export type { Connections, Ends } from './connect/call.js';

interface Known {
  readonly parameters: Fields;
  /** Whether it depends on the positions of cells. */
  readonly readsPlaces?: true;
  /** Whether its lists may have weights and delays, too. */
  readonly hasColumns?: true;
  /** Whether the target, as lists do, goes through its pairs by sender and then receiver. */
  readonly byRow?: true;
  /** Names of its rules in the model: drawn by the target, and by a NumpyRNG. */
  readonly rules?: readonly [rule: string, host: string];
  readonly make: (call: Call) => Connections | undefined;
}

const self = flag(true);
const selfOrMutual = field({ enum: [true, false, 'NoMutual'] }, true);
const probability = number('1', undefined, { minimum: 0, maximum: 1 });
const count = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const formula = (readable: string): Field =>
  field({
    description: `an expression of ${readable}`,
    type: ['string', 'object'],
    if: { type: 'string' },
    then: true,
    else: { $ref: '#/$defs/formula' },
  });
const withReplacement = (usual: boolean): Field => ({ ...flag(usual), ours: 'replace' });
const numberOfEach: Fields = {
  n: field({
    description: 'a whole number, or a distribution of whole numbers',
    type: ['integer', 'object'],
    if: { type: 'integer' },
    then: count,
    else: { $ref: '#/$defs/random' },
  }),
  allow_self_connections: self,
  with_replacement: withReplacement(false),
};
/** A connector that draws. @param host  the rule if a NumpyRNG draws */
const drawnBy = (rule: string, host: string, parameters: Fields): Known => ({
  parameters,
  rules: [rule, host],
  make: (call) => drawn(call, parameters, rule, host),
});

/** Connectors by class name. */
export const connectors: Readonly<Record<string, Known>> = {
  AllToAllConnector: { parameters: { allow_self_connections: self }, make: allToAll },
  OneToOneConnector: { parameters: {}, make: oneToOne },
  FixedProbabilityConnector: {
    parameters: { p_connect: probability, allow_self_connections: selfOrMutual },
    byRow: true,
    make: fixedProbability,
  },
  IndexBasedProbabilityConnector: {
    parameters: { index_expression: formula('i and j'), allow_self_connections: selfOrMutual },
    byRow: true,
    make: (call) => probabilityOf(call, 'index_expression', 'ij'),
  },
  DistanceDependentProbabilityConnector: {
    parameters: { d_expression: formula('d, the distance in um'), allow_self_connections: selfOrMutual },
    readsPlaces: true,
    byRow: true,
    make: (call) => probabilityOf(call, 'd_expression', 'd'),
  },
  DisplacementDependentProbabilityConnector: {
    parameters: { disp_function: formula('d[0], d[1] and d[2], in um'), allow_self_connections: selfOrMutual },
    readsPlaces: true,
    byRow: true,
    make: (call) => probabilityOf(call, 'disp_function', 'displacement'),
  },
  FromListConnector: {
    parameters: {
      conn_list: field({ type: ['array', 'object'], description: 'rows of i, j and values, or columns by name' }),
      column_names: field({ type: ['array', 'null'], items: { type: 'string' } }, null),
    },
    hasColumns: true,
    make: fromList,
  },
  FromFileConnector: {
    parameters: {
      file: field({
        type: 'string',
        description: 'a file with rows of i, j and values: text, npy, npz, CSV or Parquet',
      }),
      distributed: flag(false),
    },
    hasColumns: true,
    make: fromFile,
  },
  ArrayConnector: {
    parameters: {
      array: field({
        type: ['array', 'string'],
        description: 'for each pair whether it is connected, row by row, or the bits of that in base64',
      }),
    },
    make: fromArray,
  },
  FixedNumberPreConnector: drawnBy('fixedInDegree', 'fixedNumberPre', numberOfEach),
  FixedNumberPostConnector: drawnBy('fixedOutDegree', 'fixedNumberPost', numberOfEach),
  FixedTotalNumberConnector: drawnBy('fixedTotal', 'fixedTotal', {
    n: field(count),
    allow_self_connections: self,
    with_replacement: withReplacement(true),
  }),
  SmallWorldConnector: {
    ...drawnBy('smallWorld', 'smallWorld', {
      degree: number('um', undefined, { minimum: 0 }),
      rewiring: probability,
      allow_self_connections: self,
      n_connections: { ...field({ ...count, type: ['integer', 'null'] }, null), ours: 'n' },
    }),
    readsPlaces: true,
  },
  CSAConnector: {
    parameters: { cset: field({ type: 'array', description: 'edges of 2 numbers, or of 4 with weight and delay' }) },
    make: connectionSet,
  },
  CloneConnector: {
    parameters: {
      reference: field({ type: 'string', description: 'label of an earlier projection' }, null),
      reference_projection: field({ type: 'string', description: 'the same' }, null),
    },
    make: clone,
  },
};

/** Arguments that every connector takes, and that have no effect here. */
const common: Fields = { safe: flag(true), callback: field({}, null), location_selector: field({}, null) };

/** Parameters of each connector, for the schema. */
export const connectorFields: Readonly<Record<string, Fields>> = {
  ...mapped(connectors, ({ parameters }) => ({ ...parameters, ...common })),
  // Synapses of a type of the document's own, with a projection that has a rule of the canonical model.
  native: {},
};

/** Returns the connections of a projection; undefined after an error was reported. */
export function translateConnector(
  connector: Connector,
  pointer: string,
  ends: Ends,
  setting: Setting,
): Connections | undefined {
  const place = child(pointer, 'params');
  const { params = {}, type } = connector;
  const known = own(connectors, type);
  if (known === undefined)
    return void setting.report(
      messages.unknownType('connector', type, Object.keys(connectors)),
      child(pointer, 'type'),
    );
  const value = (key: string): unknown => argumentOf(known.parameters, params, key);
  const made = known.make({ value, at: (key) => child(place, key), pointer, ends, connector, setting });
  return made && { ...made, between: [ends.pre.label, ends.post.label] };
}
