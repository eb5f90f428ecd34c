/** The operators of the text form, shared by its printer and its reader. */

import type { BinaryOperator, CompareOperator, UnaryOperator } from './program.js';

/** Infix operators with their precedence; higher binds tighter. All associate to the left, comparisons not at all. */
export const infix = {
  '*': { level: 7, op: 'mul' },
  '/': { level: 7, op: 'div' },
  '%': { level: 7, op: 'rem' },
  '+': { level: 6, op: 'add' },
  '-': { level: 6, op: 'sub' },
  '<<': { level: 5, op: 'shl' },
  '>>': { level: 5, op: 'shr' },
  '>>>': { level: 5, op: 'shrU' },
  '==': { level: 4, op: 'eq' },
  '!=': { level: 4, op: 'ne' },
  '<': { level: 4, op: 'lt' },
  '<=': { level: 4, op: 'le' },
  '>': { level: 4, op: 'gt' },
  '>=': { level: 4, op: 'ge' },
  '&': { level: 3, op: 'and' },
  '^': { level: 2, op: 'xor' },
  '|': { level: 1, op: 'or' },
} as const satisfies Record<string, { level: number; op: BinaryOperator | CompareOperator }>;

/** Level of comparisons, which do not chain. */
export const compareLevel = 4;

/** Symbol and level of each infix operation; `mulHigh` is written as a function. */
export const symbolOf: ReadonlyMap<string, { readonly symbol: string; readonly level: number }> = new Map(
  Object.entries(infix).map(([symbol, { level, op }]) => [op, { symbol, level }]),
);

/** Prefix operators. */
export const prefix: Readonly<Record<string, UnaryOperator>> = { '-': 'neg', '!': 'not', '~': 'bitNot' };

/** Unary operations written as functions. */
export const unaryFunctions: readonly UnaryOperator[] = [
  'abs',
  'sqrt',
  'floor',
  'ceil',
  'trunc',
  'nearest',
  'popcount',
  'ctz',
  'clz',
];

/** True for comparison operators. */
export function isCompare(op: BinaryOperator | CompareOperator): op is CompareOperator {
  return ['eq', 'ne', 'lt', 'le', 'gt', 'ge'].includes(op);
}
