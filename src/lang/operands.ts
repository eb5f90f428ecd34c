/** Operands of chains of one operator: conjunctions, alternatives, factors. */

import type { BinaryOperator, Expression } from './ast.js';

/** Returns the operands of a chain of one operator, from left to right: `a`, `b` and `c` of `a and (b and c)`. */
export function operandsOf(e: Expression, operator: BinaryOperator): readonly Expression[] {
  return e.kind === 'binary' && e.operator === operator
    ? [...operandsOf(e.left, operator), ...operandsOf(e.right, operator)]
    : [e];
}
