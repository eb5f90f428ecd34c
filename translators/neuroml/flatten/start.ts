/** Values at the start: results of `OnStart` after instances that read each other have settled. */

import type { Expression } from '../../../src/lang/ast.js';
import { integer, quantity } from '../../../src/lang/build.js';
import { namesIn, substitute } from '../../../src/lang/walk.js';
import type { ActionDefinition } from '../lems/definitions.js';
import { fit, translate } from './expressions.js';
import * as messages from './messages.js';
import { firstOf } from './regimes.js';
import { derivedVariables, stateVariables, type Variables } from './variables.js';
import type { TreeNode } from './tree.js';

/**
 * Returns first values of the state variables of a node, by canonical name. The blocks run again until no value
 * changes, so that a name is its own first value. Variables that a block assigns twice, or from their own values, have
 * their intermediate values, beginning with zero.
 *
 * @param entersFirst true if the run itself enters the first regime, which repeats the actions at entry
 */
export function startValues(
  variables: Variables,
  node: TreeNode,
  entersFirst: boolean,
): ReadonlyMap<string, Expression> {
  const { dynamics } = node.type;
  const values = new Map<string, Expression>();
  if (!dynamics) return values;
  const onEntry = dynamics.regimes[firstOf(dynamics.regimes)]?.onEntry ?? [];
  const left = entersFirst && readsItself(node, onEntry);
  const block: readonly ActionDefinition[] = [...dynamics.onStart, ...(left ? [] : onEntry)];
  const assigned = block.flatMap((action) => (action.kind === 'assign' ? [action.variable] : []));
  const inSequence = readsItself(node, block);
  const passing = new Map<string, Expression>();
  if (inSequence)
    for (const name of assigned) {
      const variable = variables.variable(node, name);
      const { dimension = null } = variable ?? {};
      if (variable) passing.set(variable.name, dimension ? quantity(0, dimension) : integer(0));
    }
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
    if (inSequence || assigned.filter((name) => name === action.variable).length > 1) passing.set(target.name, value);
  }
  return values;
}

/**
 * Checks whether values of a block depend on variables that it assigns so that a second run would change them: directly
 * or in a circle, also through derived variables.
 */
function readsItself({ type }: TreeNode, block: readonly ActionDefinition[]): boolean {
  const derived = new Map(derivedVariables(type).map((variable) => [variable.name, variable]));
  const assignments = block.filter((action) => action.kind === 'assign');
  const readBy = (name: string): readonly string[] => {
    const { value, cases = [] } = derived.get(name) ?? {};
    const formulas = [value, ...cases.flatMap((each) => [each.condition, each.value])];
    return [
      ...formulas.flatMap((formula) => [...(formula ? namesIn(formula.tree) : [])]),
      ...assignments.flatMap((assignment) => (assignment.variable === name ? [...namesIn(assignment.value.tree)] : [])),
    ];
  };
  return assignments.some(({ variable }) => {
    const reached = new Set(readBy(variable));
    for (const name of reached) for (const next of readBy(name)) reached.add(next);
    return reached.has(variable);
  });
}
