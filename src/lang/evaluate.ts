/** Values of expressions that are known before a run. */

import { libraryCall } from '../ir/library-calls.js';
import type { AssignmentOperator, BinaryOperator, Expression } from './ast.js';

/** A value is unknown before the run; the message gives the reason. */
export class NoNumber extends Error {}

/**
 * The functions of the model's language with machine-dependent digits, as the project defines them; undefined for other
 * names.
 */
export type Functions = (name: string, values: readonly number[]) => number | undefined;

/** Functions with exact or correctly rounded results on every machine. */
const exact: Readonly<Record<string, (x: number, y: number, z: number) => number>> = {
  sqrt: Math.sqrt,
  abs: Math.abs,
  floor: Math.floor,
  ceil: Math.ceil,
  sign: Math.sign,
  int: Math.trunc,
  min: (x, y) => (y < x ? y : x),
  max: (x, y) => (y > x ? y : x),
  clip: (x, low, high) => Math.min(Math.max(x, low), high),
  fmod: (x, y) => x % y,
};

/** @throws NoNumber for an expression with an unknown value before the run */
export function evaluate(e: Expression, lookup: (name: string) => number, functions: Functions): number {
  const of = (part: Expression): number => evaluate(part, lookup, functions);
  switch (e.kind) {
    case 'number':
    case 'quantity':
      return e.value;
    case 'boolean':
      return e.value ? 1 : 0;
    case 'name':
      return lookup(e.name);
    case 'unary':
      return e.operator === 'not' ? (of(e.operand) === 0 ? 1 : 0) : e.operator === '-' ? -of(e.operand) : of(e.operand);
    case 'binary':
      return e.operator === '**'
        ? called('pow', [of(e.left), of(e.right)], functions)
        : operations[e.operator](of(e.left), of(e.right));
    case 'conditional':
      return of(e.condition) === 0 ? of(e.whenFalse) : of(e.whenTrue);
    case 'call':
      return called(e.function, e.arguments.map(of), functions);
    default:
      return e satisfies never;
  }
}

function called(name: string, values: readonly number[], functions: Functions): number {
  const [x = 0, y = 0, z = 0] = values;
  const result = exact[name]?.(x, y, z) ?? functions(name, values);
  if (result === undefined) throw new NoNumber(`a value that uses ${name}(), which is drawn or computed during a run`);
  return result;
}

const byLibrary = (name: string, ...values: readonly number[]): number => libraryCall(name)?.(values) ?? NaN;

/** Results of operators, with the bits of the kernel program. Truth values are 1 and 0. */
export const operations: Readonly<Record<BinaryOperator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '//': (a, b) => byLibrary('floorDivide', a, b),
  '%': (a, b) => byLibrary('modulo', a, b),
  '**': (a, b) => byLibrary('pow', a, b),
  '<': (a, b) => Number(a < b),
  '<=': (a, b) => Number(a <= b),
  '>': (a, b) => Number(a > b),
  '>=': (a, b) => Number(a >= b),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  and: (a, b) => Number(a !== 0 && b !== 0),
  or: (a, b) => Number(a !== 0 || b !== 0),
};

/** Returns what an assignment leaves in a variable. */
export const assigned = (operator: AssignmentOperator, before: number, value: number): number =>
  operator === '=' ? value : operations[operator.slice(0, -1) as BinaryOperator](before, value);
