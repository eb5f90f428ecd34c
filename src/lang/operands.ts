/** Chains of one operator as what they join: conditions that hold together, alternatives, factors. */

import type { BinaryOperator, Expression } from './ast.js';

/** What a chain of one operator joins, from left to right: `a`, `b` and `c` of `a and (b and c)`. */
export function operandsOf(e: Expression, operator: BinaryOperator): readonly Expression[] {
  return e.kind === 'binary' && e.operator === operator
    ? [...operandsOf(e.left, operator), ...operandsOf(e.right, operator)]
    : [e];
}
