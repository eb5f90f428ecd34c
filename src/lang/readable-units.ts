/** Canonical texts with quantities in units that people use. */

import type { Expression, Statement } from './ast.js';
import { binary, integer } from './build.js';
import { foldConstants } from './fold.js';
import { parseExpression, parseStatements } from './parse.js';
import { printExpression, printStatement } from './print.js';
import { mapExpression, mapStatement, namesIn } from './walk.js';
import { multiplesOfPi, plainUnit, quantityTree, reads, writtenQuantity } from './readable-quantity.js';

/**
 * Rewrites a canonical expression or statement with readable units: `v = -65*mV` for `v = -0.065*V`. It reads back to
 * the same text. Other texts, and quantities with units that could be read as variables, stay unchanged.
 *
 * @param declared names that are variables in the surrounding text
 */
export function withReadableUnits(text: string, declared: (name: string) => boolean): string {
  if (!hasUnit.test(text)) return text;
  const plain = (e: Expression): Expression => foldConstants(e, undefined, declared);
  const print = (part: Expression | Statement, change: (e: Expression) => Expression): string =>
    isStatement(part)
      ? printStatement(mapStatement(part, change), { taken: declared })
      : printExpression(change(part), { taken: declared });
  try {
    const part = read(text);
    const written = print(part, (e) => readable(plain(e), declared));
    return print(part, plain) === text && print(read(written), plain) === text ? written : text;
  } catch {
    return text;
  }
}

/** A product of a number and a unit, or a multiple of pi. */
const hasUnit = /\d\*[A-Za-z]|(?:1\.57079|3\.14159|6\.28318|12\.5663)\d/;

const isStatement = (part: Expression | Statement): part is Statement =>
  part.kind === 'assignment' || part.kind === 'send';

function read(text: string): Expression | Statement {
  const [statement] = /^(?:[\w.]+ [-+*/]?= |send\()/.test(text) ? parseStatements(text) : [];
  return statement ?? parseExpression(text);
}

function readable(tree: Expression, declared: (name: string) => boolean): Expression {
  /** Units, by products of 1 and them: `v/ms`. */
  const units = new Map<Expression, Expression>();
  return mapExpression(tree, (node) => {
    if (node.kind === 'binary' && (node.operator === '*' || node.operator === '/'))
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
