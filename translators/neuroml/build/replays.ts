/** Long lists of events as populations that replay them. */

import type { Assignment } from '../../../src/lang/ast.js';
import type { FlatType } from '../flatten/flatten.js';
import { stateVariables } from '../flatten/variables.js';
import type { TreeNode } from '../flatten/tree.js';
import type { Component } from '../lems/definitions.js';
import type { Train } from './trains.js';
import { identifier } from '../../../src/model/free-name.js';

/** The events of a train for each of some elements, as a population of a canonical document has them. */
export function replayed(
  { times }: Train,
  size: number,
): { readonly indices: readonly number[]; readonly times: unknown } {
  const all = Array.from(times);
  const elements = Array.from({ length: size }, (_, element) => element);
  return {
    indices: elements.flatMap((element) => all.map(() => element)),
    times: { array: size === 1 ? all : elements.flatMap(() => all), unit: 's' },
  };
}

/** Whether all that a component does with its events is to pass each on as a spike. */
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
 * What an instance does at each event of a train: some of it before the instance is advanced, as the list would be in
 * its place, and some after, for parts that have had their turn by then.
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
