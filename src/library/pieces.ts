/** Functions of the time in pieces, such as a pulse of current. */

import type { Expression } from '../lang/ast.js';

/** A stretch of time in s with its value. */
export interface Piece {
  readonly from: number;
  readonly to: number;
  readonly value: Expression;
}

/** Returns the pieces of a function of the time in order, or undefined for other conditions than its bounds. */
export function piecesOf(
  e: Expression,
  within: Pick<Piece, 'from' | 'to'> = { from: 0, to: Infinity },
): Piece[] | undefined {
  if (!(within.from < within.to)) return [];
  if (e.kind !== 'conditional') return [{ ...within, value: e }];
  const when = interval(e.condition);
  if (when === undefined) return undefined;
  const [from, to] = [Math.max(within.from, when.from), Math.min(within.to, when.to)];
  if (!(from < to)) return piecesOf(e.whenFalse, within);
  const parts = [
    piecesOf(e.whenFalse, { from: within.from, to: from }),
    piecesOf(e.whenTrue, { from, to }),
    piecesOf(e.whenFalse, { from: to, to: within.to }),
  ];
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}

/** Returns the times at which a condition holds: `t > a - dt/2`, `t < b - dt/2`, or both. */
function interval(e: Expression): Pick<Piece, 'from' | 'to'> | undefined {
  if (e.kind !== 'binary') return undefined;
  if (e.operator === 'and') {
    const [a, b] = [interval(e.left), interval(e.right)];
    return a && b && { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
  }
  if (
    e.left.kind !== 'name' ||
    e.left.name !== 't' ||
    e.right.kind !== 'binary' ||
    e.right.operator !== '-' ||
    !isHalfStep(e.right.right)
  )
    return undefined;
  const time = literal(e.right.left);
  if (time === undefined) return undefined;
  return e.operator === '>' ? { from: time, to: Infinity } : e.operator === '<' ? { from: 0, to: time } : undefined;
}

const isHalfStep = (e: Expression): boolean =>
  e.kind === 'binary' && e.operator === '/' && e.left.kind === 'name' && e.left.name === 'dt' && literal(e.right) === 2;

/** Returns the value of a number, or undefined for other expressions. */
export function literal(e: Expression): number | undefined {
  if (e.kind === 'number' || e.kind === 'quantity') return e.value;
  const inner = e.kind === 'unary' && e.operator === '-' ? literal(e.operand) : undefined;
  return inner === undefined ? undefined : -inner;
}
