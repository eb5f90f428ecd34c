/** Point processes whose state is the sum over their connections. */

import type { Expression } from '../../src/lang/ast.js';
import { isZero } from '../../src/lang/build.js';
import { linearForm } from '../../src/lang/linear.js';
import { namesIn, readsAny, substitute } from '../../src/lang/walk.js';
import { statementsOf, type Mechanism, type Receipt } from './mechanism.js';
import { isNothing } from './values.js';

/** Whether the state of a point process is the sum over its connections: its equations are linear. */
export function isSum({ states, derived, writes }: Mechanism, receipt: Receipt): boolean {
  const { variables } = receipt;
  const names = new Set(states.keys());
  const values = new Map<string, Expression>();
  for (const { name, expression } of derived) {
    const own = substitute(expression, values);
    if (readsAny(own, names)) values.set(name, own);
  }
  const isLinear = (e: Expression): boolean => {
    const form = linearForm(substitute(e, values), names);
    return form !== null && isZero(form.constant) && [...form.coefficients.values()].every((c) => !readsAny(c, names));
  };
  const isOwn = (name: string): boolean => variables.has(name);
  return (
    [...states.values()].every(({ initial, rate }) => rate !== undefined && isLinear(rate) && isNothing(initial)) &&
    [...writes.values()].every(isLinear) &&
    statementsOf(receipt).every(({ target, value }) => {
      if (isOwn(target)) return ![...namesIn(value)].some((name) => names.has(name));
      const form = linearForm(value, [target]);
      const added = form?.coefficients.get(target);
      return form !== null && added?.kind === 'number' && added.value === 1 && !readsAny(form.constant, names);
    })
  );
}
