/** Values at the start: results of `OnStart` after instances that read each other have settled. */

import type { Expression } from '../../../src/lang/ast.js';
import { substitute } from '../../../src/lang/walk.js';
import type { ActionDefinition } from '../lems/definitions.js';
import { fit, translate } from './expressions.js';
import * as messages from './messages.js';
import { stateVariables, type Variables } from './variables.js';
import type { TreeNode } from './tree.js';

/**
 * Returns first values of the state variables of a node, by canonical name. The blocks run again until no value
 * changes, so that a name is its own first value. Only a variable that a block assigns twice has its intermediate
 * value.
 */
export function startValues(variables: Variables, node: TreeNode): ReadonlyMap<string, Expression> {
  const { dynamics } = node.type;
  const values = new Map<string, Expression>();
  if (!dynamics) return values;
  const initial = dynamics.regimes.find((regime) => regime.initial) ?? dynamics.regimes[0];
  const block: readonly ActionDefinition[] = [...dynamics.onStart, ...(initial?.onEntry ?? [])];
  const assigned = block.flatMap((action) => (action.kind === 'assign' ? [action.variable] : []));
  const passing = new Map<string, Expression>();
  for (const action of block) {
    if (action.kind !== 'assign') continue;
    const target = variables.variable(node, action.variable);
    if (target?.kind === 'derived') continue; // Told of when types were checked: it is calculated again.
    if (target?.kind !== 'state') {
      variables.diagnostics.add(
        messages.notAState(
          action.variable,
          stateVariables(node.type).map(({ name }) => name),
        ),
        action.place,
      );
      continue;
    }
    const typed = translate(action.value.tree, variables.scope(node), (missing) =>
      variables.unknown(node, missing, action.value.place),
    );
    const value = substitute(fit(typed, target.dimension), passing);
    values.set(target.name, value);
    if (assigned.filter((name) => name === action.variable).length > 1) passing.set(target.name, value);
  }
  return values;
}
