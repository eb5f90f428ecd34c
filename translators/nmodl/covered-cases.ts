/** Conditions of `else if` that the conditions before them decide. */

import type { Expression } from '../../src/lang/ast.js';
import { printExpression } from '../../src/lang/print.js';

/** The orders of two numbers under which comparisons hold: less, equal, greater. */
const orders: Readonly<Record<string, string>> = { '<': 'l', '<=': 'le', '==': 'e', '!=': 'lg', '>=': 'eg', '>': 'g' };

/** The operands of a comparison as text, and the orders under which it holds. */
interface Comparison {
  readonly operands: string;
  readonly holds: ReadonlySet<string>;
}

/** Returns a comparison with its operands in the order of their texts, or undefined for another condition. */
function comparisonOf(e: Expression): Comparison | undefined {
  if (e.kind === 'unary' && e.operator === 'not') {
    const inner = comparisonOf(e.operand);
    return inner && { ...inner, holds: new Set([...'leg'].filter((order) => !inner.holds.has(order))) };
  }
  const held = e.kind === 'binary' ? orders[e.operator] : undefined;
  if (e.kind !== 'binary' || held === undefined) return undefined;
  const [left, right] = [printExpression(e.left), printExpression(e.right)];
  return left <= right
    ? { operands: `${left} ? ${right}`, holds: new Set(held) }
    : { operands: `${right} ? ${left}`, holds: new Set([...held].map((order) => swapped[order] ?? order)) };
}
const swapped: Readonly<Record<string, string>> = { l: 'g', g: 'l' };

/** Returns whether a condition holds if others do not, or undefined if that depends on more. */
export function decidedBy(denied: readonly Expression[], condition: Expression): boolean | undefined {
  if (condition.kind === 'binary' && (condition.operator === 'and' || condition.operator === 'or')) {
    const sides = [condition.left, condition.right].map((side) => decidedBy(denied, side));
    const deciding = condition.operator === 'or';
    return sides.includes(deciding) ? deciding : sides.every((side) => side === !deciding) ? !deciding : undefined;
  }
  const asked = comparisonOf(condition);
  if (!asked) return undefined;
  const failed = denied.flatMap(alternatives).flatMap((one) => {
    const known = comparisonOf(one);
    return known?.operands === asked.operands ? [...known.holds] : [];
  });
  const left = [...'leg'].filter((order) => !failed.includes(order));
  const holding = left.filter((order) => asked.holds.has(order));
  return holding.length === left.length ? true : holding.length === 0 ? false : undefined;
}

/** Returns the conditions that all fail if a condition fails. */
const alternatives = (e: Expression): readonly Expression[] =>
  e.kind === 'binary' && e.operator === 'or' ? [...alternatives(e.left), ...alternatives(e.right)] : [e];
