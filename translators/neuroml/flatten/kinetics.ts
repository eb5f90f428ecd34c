/** Kinetic schemes: the occupancies of states, between which transitions lead at rates of their own. */

import { hertz } from '../../../src/lang/dimension.js';
import { missingReference } from '../messages.js';
import type { Expression } from '../../../src/lang/ast.js';
import { binary, difference, integer, name as nameOf, negated, quantity, sum } from '../../../src/lang/build.js';
import type { KineticSchemeDefinition } from '../lems/definitions.js';
import * as messages from './messages.js';
import { linked, membersNamed, type TreeNode } from './tree.js';
import type { Variables } from './variables.js';

/** Rates of change of the occupancies by canonical name, in order, and their first values. */
interface FlatScheme {
  readonly rates: ReadonlyMap<string, Expression>;
  /** All are in the first state at the start. */
  readonly start: ReadonlyMap<string, Expression>;
}

/** Returns the equations of a kinetic scheme of a node. @diagnostic lems/unknown-path, lems/not-a-state-variable */
export function flattenScheme(variables: Variables, node: TreeNode, scheme: KineticSchemeDefinition): FlatScheme {
  const occupancies = new Map<TreeNode, string>();
  for (const state of membersNamed(node, scheme.nodes)) {
    const variable = variables.variable(state, scheme.stateVariable);
    if (variable?.kind === 'state') occupancies.set(state, variable.name);
    else
      variables.diagnostics.add(
        messages.notAState(scheme.stateVariable, [...state.type.exposures.keys()]),
        state.component.place,
      );
  }
  const flows = new Map<string, Expression>([...occupancies.values()].map((name) => [name, quantity(0, hertz)]));
  for (const edge of membersNamed(node, scheme.edges)) {
    const end = (attribute: string): string | undefined => {
      const state = linked(edge, attribute);
      const name = state && occupancies.get(state);
      if (name === undefined) {
        const ids = [...occupancies.keys()].map(({ component }) => component.id);
        variables.diagnostics.add(
          missingReference(attribute, edge.component.attributes[attribute], ids),
          edge.component.place,
        );
      }
      return name;
    };
    const rate = (name: string): Expression | undefined => {
      const found = variables.seen(edge, name, node)?.expression;
      if (!found)
        variables.diagnostics.add(
          messages.unknownPath(name, name, [...edge.type.exposures.keys()]),
          edge.component.place,
        );
      return found;
    };
    const [from, to] = [end(scheme.edgeSource), end(scheme.edgeTarget)];
    const [forward, reverse] = [rate(scheme.forwardRate), rate(scheme.reverseRate)];
    if (from === undefined || to === undefined || !forward || !reverse) continue;
    // One flow leaves the first state and enters the second.
    const flow = difference(binary('*', forward, nameOf(from)), binary('*', reverse, nameOf(to)));
    flows.set(from, sum(flows.get(from) ?? flow, negated(flow)));
    flows.set(to, sum(flows.get(to) ?? flow, flow));
  }
  const start = new Map([...flows.keys()].map((name, k) => [name, integer(k === 0 ? 1 : 0)]));
  return { rates: flows, start };
}
