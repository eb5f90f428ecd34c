/** Expressions with quantities in units that people use. */

import type { Expression } from './ast.js';
import { binary, integer } from './build.js';
import { foldConstants } from './fold.js';
import { printExpression } from './print.js';
import { mapExpression, namesIn } from './walk.js';
import { multiplesOfPi, plainUnit, quantityTree, reads, writtenQuantity } from './readable-quantity.js';

/**
 * Rewrites an expression with readable units: `v/(10*ms)` for `v/(0.01*s)`. Folding undoes it. Quantities with units
 * that could be read as variables stay unchanged.
 *
 * @param declared names that are variables in the surrounding code
 */
export function withReadableUnits(e: Expression, declared: (name: string) => boolean): Expression {
  const written = readable(e, declared);
  if (written === e) return e;
  const text = (part: Expression): string => printExpression(foldConstants(part, undefined, declared));
  return text(written) === text(e) ? written : e;
}

function readable(tree: Expression, declared: (name: string) => boolean): Expression {
  /** Units, by products of 1 and them: `v/ms`. */
  const units = new Map<Expression, Expression>();
  return mapExpression(tree, (node) => {
    if (node.kind === 'binary' && units.has(node.right) && (node.operator === '*' || node.operator === '/'))
      return { ...node, right: units.get(node.right) ?? node.right };
    if (node.kind === 'number' && !declared('pi')) return multiplesOfPi.get(node.value) ?? node;
    if (node.kind !== 'quantity') return node;
    const quantity = writtenQuantity(node.value, node.dimension, 'decimal');
    const { number, unit } = quantity;
    const written = quantityTree(node.value, node.dimension, 'decimal');
    if (
      (number !== 0 && !reads(quantity)) ||
      unit === plainUnit(node.dimension) ||
      [...namesIn(written)].some(declared)
    )
      return node;
    if (written.kind !== 'name') return written;
    const product = binary('*', integer(1), written);
    units.set(product, written);
    return product;
  });
}
