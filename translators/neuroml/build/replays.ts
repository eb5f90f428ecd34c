/** Long lists of events as populations that replay them. */

import type { Assignment } from '../../../src/lang/ast.js';
import type { FlatType } from '../flatten/flatten.js';
import { stateVariables } from '../flatten/variables.js';
import type { TreeNode } from '../flatten/tree.js';
import type { Component } from '../lems/definitions.js';
import type { Train } from './trains.js';
import { identifier } from '../../../src/model/free-name.js';

/**
 * Returns the events of each of some elements, as a population of a canonical document has them.
 *
 * @param trains one for all elements, or one for each
 */
export function replayed(
  trains: readonly (Train | null)[],
  size: number,
): { readonly indices: readonly number[]; readonly times: unknown } {
  const elements = Array.from({ length: size }, (_, element) => {
    const train = trains.length === 1 ? trains[0] : trains[element];
    return Array.from(train?.times ?? []);
  });
  return {
    indices: elements.flatMap((times, element) => times.map(() => element)),
    times: { array: elements.flat(), unit: 's' },
  };
}

/** Checks whether all that a component does with its events is to pass each on as a spike. */
export function isRelay(component: Component, flat: FlatType, { port }: Train): boolean {
  const outer = flat.outPort;
  if (outer === undefined || identifier(outer) !== 'spike' || flat.inputs.length > 0 || flat.parameters.length > 0)
    return false;
  const { onEvents = [], onConditions = [], regimes = [], kineticSchemes = [] } = component.type.dynamics ?? {};
  const [handler, second] = onEvents;
  const emissions = handler?.actions.filter(({ kind }) => kind === 'emit') ?? [];
  const otherwise = [onConditions, regimes, kineticSchemes].some(({ length }) => length > 0);
  return handler?.port === port && !second && emissions.length === 1 && !otherwise && flat.tree.nodes.length === 1;
}

/**
 * Returns the actions of an instance at each event of a train. Actions before the instance is advanced keep the order
 * of the list. Actions after it belong to parts that are advanced earlier.
 */
export function effectsOf(
  flat: FlatType,
  { port, ahead }: Train,
): { readonly before: readonly Assignment[]; readonly after: readonly Assignment[] } {
  const late = new Set<string>();
  const visit = (node: TreeNode): void => {
    for (const { name } of stateVariables(node.type)) {
      const variable = flat.variables.variable(node, name);
      if (variable) late.add(variable.name);
    }
    node.inner.forEach(visit);
  };
  for (const node of flat.tree.root.inner) if (ahead.has(node.component)) visit(node);
  const statements = flat.handler(port);
  return {
    before: statements.filter(({ target }) => !late.has(target)),
    after: statements.filter(({ target }) => late.has(target)),
  };
}
