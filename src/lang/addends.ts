/** Sums, and other chains of one operator, as their parts. */

import type { BinaryOperator, Expression } from './ast.js';

/** A part of a sum. */
export interface Addend {
  readonly sign: 1 | -1;
  readonly value: Expression;
}

/** The parts of a sum, from left to right. */
export function addendsOf(e: Expression, sign: 1 | -1 = 1): readonly Addend[] {
  const other = sign === 1 ? -1 : 1;
  if (e.kind === 'binary' && (e.operator === '+' || e.operator === '-'))
    return [...addendsOf(e.left, sign), ...addendsOf(e.right, e.operator === '+' ? sign : other)];
  if (e.kind === 'unary' && e.operator !== 'not') return addendsOf(e.operand, e.operator === '-' ? other : sign);
  return [{ sign, value: e }];
}

/** Returns the operands of a chain of one operator, from left to right: `a`, `b` and `c` of `a and (b and c)`. */
export function operandsOf(e: Expression, operator: BinaryOperator): readonly Expression[] {
  return e.kind === 'binary' && e.operator === operator
    ? [...operandsOf(e.left, operator), ...operandsOf(e.right, operator)]
    : [e];
}
