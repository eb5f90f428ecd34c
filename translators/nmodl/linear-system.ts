/** Linear equations of states, solved as expressions. */

import type { Expression } from '../../src/lang/ast.js';
import { difference, integer, isZero, product, quotient } from '../../src/lang/build.js';
import { requireModest } from '../../src/lang/walk.js';
import type { Powers } from './units.js';

/** An equation of states: an expression that is zero, with its unit. */
export interface Equation {
  readonly zero: Expression;
  readonly unit: Powers;
}

/**
 * Solves a linear system of expressions, whose rows end with the right-hand side, by elimination.
 *
 * @param simple  returns a short form of an element, given its original row and its column
 * @throws LangError lang/too-deep
 */
export function eliminate(
  rows: readonly (readonly Expression[])[],
  simple: (e: Expression, row: number, column: number) => Expression,
): Expression[] {
  const matrix = rows.map((row, origin) => ({ origin, row: [...row] }));
  const size = matrix.length;
  const element = (row: number, column: number): Expression => matrix[row]?.row[column] ?? integer(0);
  for (let k = 0; k < size; k++) {
    const pivot = matrix.findIndex((_, row) => row >= k && !isZero(element(row, k)));
    if (pivot > k) matrix.splice(k, 0, ...matrix.splice(pivot, 1));
    for (const [row, line] of matrix.entries()) {
      if (row <= k || isZero(element(row, k))) continue;
      const factor = quotient(element(row, k), element(k, k));
      for (let column = k + 1; column <= size; column++)
        line.row[column] = simple(
          difference(element(row, column), product(factor, element(k, column))),
          line.origin,
          column,
        );
      line.row[k] = integer(0);
    }
  }
  const solved: Expression[] = Array.from({ length: size }, () => integer(0));
  for (let k = size - 1; k >= 0; k--) {
    let value = element(k, size);
    for (let column = k + 1; column < size; column++)
      value = requireModest(difference(value, product(element(k, column), solved[column] ?? integer(0))));
    solved[k] = quotient(simple(value, matrix[k]?.origin ?? k, size), element(k, k));
  }
  return solved;
}
