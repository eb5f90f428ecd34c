/** Numbers that hold under conditions, such as the steps of a current: `0.4*nA*int(t > 50*ms and t <= 110*ms)`. */

import type { Expression } from '../../../src/lang/ast.js';
import { binary, call } from '../../../src/lang/build.js';
import { operandsOf } from '../../../src/lang/addends.js';
import { printExpression } from '../../../src/lang/print.js';
import { brianUnits } from '../units.js';

type Binary = Expression & { readonly kind: 'binary' };

/** Checks for a number, with or without a sign and a unit. */
export const isLiteral = (e: Expression): boolean =>
  e.kind === 'number' ||
  (e.kind === 'unary' && e.operator === '-' && isLiteral(e.operand)) ||
  (e.kind === 'binary' && e.operator === '*' && e.right.kind === 'name' && isLiteral(e.left));

/** Returns a product without the sign of its first factor, or undefined if that factor has no sign. */
export function withoutSign(e: Expression): Expression | undefined {
  if (e.kind === 'unary' && e.operator === '-') return e.operand;
  if (e.kind !== 'binary' || (e.operator !== '*' && e.operator !== '/')) return undefined;
  const left = withoutSign(e.left);
  return left && binary(e.operator, left, e.right);
}

/** Checks for a number that holds under a condition. */
const isWindow = (e: Expression): boolean =>
  e.kind === 'binary' &&
  e.operator === '*' &&
  isLiteral(e.left) &&
  e.right.kind === 'call' &&
  e.right.function === 'int' &&
  e.right.arguments.flatMap((condition) => operandsOf(condition, 'and')).every(isBound);

/** Checks whether an expression is a number, or a sum of numbers that hold under conditions. */
export const areWindows = (e: Expression): boolean => isLiteral(e) || areApart(e);

const areApart = (e: Expression): boolean =>
  isWindow(e) ||
  (e.kind === 'binary' && (e.operator === '+' || e.operator === '-') && areApart(e.left) && areApart(e.right));

/** Returns the windows of a sum while a condition holds, or undefined for other expressions and conditions. */
export function windowsDuring(condition: Expression, e: Expression): Expression | undefined {
  if (!areApart(e) || !isBound(condition)) return undefined;
  const within = (part: Expression): Expression => {
    if (part.kind !== 'binary') return part;
    if (!isWindow(part)) return binary(part.operator, within(part.left), within(part.right));
    const [own] = part.right.kind === 'call' ? part.right.arguments : [];
    return binary('*', part.left, call('int', [both(condition, own ?? condition)]));
  };
  return within(e);
}

const isBound = (e: Expression): e is Binary => e.kind === 'binary' && ['<', '<=', '>', '>='].includes(e.operator);

/** Returns the number at the beginning of a bound, in the unit that follows it, and the rest of the bound. */
function boundOf(e: Expression): { readonly number: number; readonly rest: string } | undefined {
  if (!isBound(e)) return undefined;
  const [, number, unit, others = ''] = leadingQuantity.exec(printExpression(e.right)) ?? [];
  // Multiples of a variable, which may be negative, have no known order.
  if (number === undefined || (unit !== undefined && !brianUnits.has(unit))) return undefined;
  return { number: Number(number), rest: `${printExpression(e.left)} ${e.operator} ${unit ?? ''}${others}` };
}

/** `20*ms` by itself, or as the first part of a sum. */
const leadingQuantity = /^([\d.]+(?:e[-+]?\d+)?)(?:\*(\w+))?((?: [-+] .*)?)$/;

/** Joins two conditions, lower bounds first. Of two bounds of a kind it keeps the narrower. */
function both(a: Expression, b: Expression): Expression {
  const parts = [...operandsOf(b, 'and')];
  for (const operand of operandsOf(a, 'and')) {
    const bound = boundOf(operand);
    const index = parts.findIndex((other) => bound !== undefined && boundOf(other)?.rest === bound.rest);
    const other = boundOf(parts[index] ?? operand);
    const isUpper = isBound(operand) && operand.operator.startsWith('<');
    if (index < 0) parts.push(operand);
    else if (bound && other && (isUpper ? bound.number < other.number : bound.number > other.number))
      parts[index] = operand;
  }
  const isLower = (e: Expression): boolean => isBound(e) && e.operator.startsWith('>');
  const ordered = [...parts.filter(isLower), ...parts.filter((part) => !isLower(part))];
  return ordered.reduce((all, expression) => binary('and', all, expression));
}
