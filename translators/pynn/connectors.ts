/** PyNN's connectors as connection rules of the canonical model. */

import { child } from '../../src/model/pointer.js';
import type { Call, Connections, Ends } from './connect/call.js';
import { fixedNumber, fixedProbability, fixedTotal, probabilityOf, smallWorld } from './connect/drawn.js';
import { allToAll, clone, connectionSet, fromArray, fromFile, fromList, oneToOne } from './connect/listed.js';
import { own, type Setting } from './context.js';
import * as messages from './messages.js';
import type { Connector } from './specification.generated.js';

export type { Connections, Ends } from './connect/call.js';

interface Known {
  readonly parameters: readonly string[];
  readonly make: (call: Call) => Connections | undefined;
}

/** Connectors by class name. */
const connectors: Readonly<Record<string, Known>> = {
  AllToAllConnector: { parameters: ['allow_self_connections'], make: allToAll },
  OneToOneConnector: { parameters: [], make: oneToOne },
  FixedProbabilityConnector: { parameters: ['p_connect', 'allow_self_connections'], make: fixedProbability },
  IndexBasedProbabilityConnector: {
    parameters: ['index_expression', 'allow_self_connections'],
    make: (call) => probabilityOf(call, 'index_expression', 'ij'),
  },
  DistanceDependentProbabilityConnector: {
    parameters: ['d_expression', 'allow_self_connections'],
    make: (call) => probabilityOf(call, 'd_expression', 'd'),
  },
  DisplacementDependentProbabilityConnector: {
    parameters: ['disp_function', 'allow_self_connections'],
    make: (call) => probabilityOf(call, 'disp_function', 'displacement'),
  },
  FromListConnector: { parameters: ['conn_list', 'column_names'], make: fromList },
  FromFileConnector: { parameters: ['file', 'distributed'], make: fromFile },
  ArrayConnector: { parameters: ['array'], make: fromArray },
  FixedNumberPreConnector: {
    parameters: ['n', 'allow_self_connections', 'with_replacement'],
    make: (call) => fixedNumber(call, 'fixedNumberPre', 'fixedInDegree'),
  },
  FixedNumberPostConnector: {
    parameters: ['n', 'allow_self_connections', 'with_replacement'],
    make: (call) => fixedNumber(call, 'fixedNumberPost', 'fixedOutDegree'),
  },
  FixedTotalNumberConnector: { parameters: ['n', 'allow_self_connections', 'with_replacement'], make: fixedTotal },
  SmallWorldConnector: {
    parameters: ['degree', 'rewiring', 'allow_self_connections', 'n_connections'],
    make: smallWorld,
  },
  CSAConnector: { parameters: ['cset'], make: connectionSet },
  CloneConnector: { parameters: ['reference', 'reference_projection'], make: clone },
};

/** Arguments that every connector takes, and that change nothing here. */
const common: readonly string[] = ['safe', 'callback', 'location_selector'];

/** The connections of a projection; undefined after what is wrong was reported. */
export function translateConnector(
  connector: Connector,
  pointer: string,
  ends: Ends,
  setting: Setting,
): Connections | undefined {
  const known = own(connectors, connector.type);
  if (known === undefined)
    return void setting.report(
      messages.unknownType('connector', connector.type, Object.keys(connectors)),
      child(pointer, 'type'),
    );
  const params = connector.params ?? {};
  const place = child(pointer, 'params');
  let whole = true;
  for (const key of Object.keys(params)) {
    if (known.parameters.includes(key) || common.includes(key)) continue;
    whole = false;
    setting.reportKey(messages.unknownParameter(key, connector.type, known.parameters), child(place, key));
  }
  const made = whole
    ? known.make({ params, at: (key) => child(place, key), pointer, ends, connector, setting })
    : undefined;
  return made && { ...made, between: [ends.pre.label, ends.post.label] };
}
