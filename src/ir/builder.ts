/** Plain functions that make IR nodes and keep their types honest. Nothing here folds or simplifies. */

import { invariant } from '../diagnostics/diagnostic.js';
import type {
  BinaryOperator,
  Buffer,
  CompareOperator,
  Expression,
  IrFunction,
  Local,
  ScalarType,
  Statement,
  UnaryOperator,
} from './program.js';
import { loadedType } from './program.js';

/** A double constant. */
export const f64 = (value: number): Expression => ({ kind: 'const', type: 'f64', value });
/** A single constant, rounded to nearest. */
export const f32 = (value: number): Expression => ({ kind: 'const', type: 'f32', value: Math.fround(value) });
/** An i32 constant; other numbers wrap. */
export const i32 = (value: number): Expression => ({ kind: 'const', type: 'i32', value: value | 0 });
/** A u32 constant; other numbers wrap. */
export const u32 = (value: number): Expression => ({ kind: 'const', type: 'u32', value: value >>> 0 });
/** An i64 constant; other numbers wrap. */
export const i64 = (value: bigint): Expression => ({ kind: 'const', type: 'i64', value: BigInt.asIntN(64, value) });
/** A truth value. */
export const bool = (value: boolean): Expression => ({ kind: 'const', type: 'bool', value });

/** A constant of any number type. */
export function constant(type: Exclude<ScalarType, 'bool'>, value: number): Expression {
  switch (type) {
    case 'f64':
      return f64(value);
    case 'f32':
      return f32(value);
    case 'i32':
      return i32(value);
    case 'u32':
      return u32(value);
    case 'i64':
      return i64(BigInt(value));
  }
}

/** Reads a local. */
export const get = (local: Local): Expression => ({ kind: 'local', type: local.type, name: local.name });
/** Reads an element; `index` is a u32. */
export const load = (buffer: Pick<Buffer, 'name' | 'element'>, index: Expression): Expression => ({
  kind: 'load',
  type: loadedType[buffer.element],
  buffer: buffer.name,
  index,
});

/** An operation that returns the type of its operand. */
export function unary(op: UnaryOperator, operand: Expression): Expression {
  return { kind: 'unary', type: operand.type, op, operand };
}

/** An operation that returns the type of both operands. @throws InvariantError for operands of different types */
export function binary(op: BinaryOperator, left: Expression, right: Expression): Expression {
  invariant(left.type === right.type, 'ir/builder', `${op} of ${left.type} and ${right.type}`);
  return { kind: 'binary', type: left.type, op, left, right };
}

/**
 * A comparison, of type bool.
 * @throws InvariantError when the operands differ in type
 */
export function compare(op: CompareOperator, left: Expression, right: Expression): Expression {
  invariant(left.type === right.type, 'ir/builder', `${op} of ${left.type} and ${right.type}`);
  return { kind: 'compare', type: 'bool', op, left, right };
}

/**
 * One of two values; both are evaluated.
 * @throws InvariantError when they differ in type, or the condition is not a bool
 */
export function select(condition: Expression, whenTrue: Expression, whenFalse: Expression): Expression {
  invariant(
    condition.type === 'bool' && whenTrue.type === whenFalse.type,
    'ir/builder',
    `select of ${whenTrue.type} and ${whenFalse.type}`,
  );
  return { kind: 'select', type: whenTrue.type, condition, whenTrue, whenFalse };
}

/** a + b; integers wrap. */
export const add = (a: Expression, b: Expression): Expression => binary('add', a, b);
/** a - b; integers wrap. */
export const sub = (a: Expression, b: Expression): Expression => binary('sub', a, b);
/** a * b; integers wrap. */
export const mul = (a: Expression, b: Expression): Expression => binary('mul', a, b);
/** a / b; of integers truncating, with x / 0 = 0. */
export const div = (a: Expression, b: Expression): Expression => binary('div', a, b);
/** Conjunction of bools, or of each bit of integers. */
export const and = (a: Expression, b: Expression): Expression => binary('and', a, b);
/** Disjunction of bools, or of each bit of integers. */
export const or = (a: Expression, b: Expression): Expression => binary('or', a, b);
/** Exclusive or of bools, or of each bit of integers. */
export const xor = (a: Expression, b: Expression): Expression => binary('xor', a, b);
/** a shifted left by b bits, modulo the width. */
export const shl = (a: Expression, b: Expression): Expression => binary('shl', a, b);
/** a shifted right by b bits, modulo the width; arithmetic for i32 and i64, logical for u32. */
export const shr = (a: Expression, b: Expression): Expression => binary('shr', a, b);
/** -a; of integers wrapping, of floats the sign bit turned over. */
export const neg = (a: Expression): Expression => unary('neg', a);
/** Negation of a bool, or of each bit of an integer. */
export const not = (a: Expression): Expression => unary('not', a);
/** a = b; false if one is NaN. */
export const eq = (a: Expression, b: Expression): Expression => compare('eq', a, b);
/** a ≠ b; true if one is NaN. */
export const ne = (a: Expression, b: Expression): Expression => compare('ne', a, b);
/** a < b; false if one is NaN. */
export const lt = (a: Expression, b: Expression): Expression => compare('lt', a, b);
/** a ≤ b; false if one is NaN. */
export const le = (a: Expression, b: Expression): Expression => compare('le', a, b);
/** a > b; false if one is NaN. */
export const gt = (a: Expression, b: Expression): Expression => compare('gt', a, b);
/** a ≥ b; false if one is NaN. */
export const ge = (a: Expression, b: Expression): Expression => compare('ge', a, b);

/** Converts, or returns the operand when it already has the type. */
export function convert(type: ScalarType, operand: Expression): Expression {
  return operand.type === type ? operand : { kind: 'convert', type, operand };
}

/** The same bits as another type of the same width. */
export const reinterpret = (type: ScalarType, operand: Expression): Expression => ({
  kind: 'reinterpret',
  type,
  operand,
});

/** The fixed-point number that is nearest to an f64, in units of 1 / scale. */
export const toFixed = (operand: Expression, scale: Expression): Expression => ({
  kind: 'toFixed',
  type: 'i64',
  operand,
  scale,
});

/** Converts a fixed-point number to f64. */
export const fromFixed = (operand: Expression, unit: Expression): Expression => ({
  kind: 'fromFixed',
  type: 'f64',
  operand,
  unit,
});

/** Calls a function with exactly one result. */
export function call(callee: IrFunction, ...args: Expression[]): Expression {
  const result = callee.results[0];
  invariant(result !== undefined && callee.results.length === 1, 'ir/builder', `${callee.name} has not one result`);
  callee.parameters.forEach((parameter, k) => {
    invariant(
      args[k]?.type === parameter.type,
      'ir/builder',
      `${callee.name}: argument ${k} is ${args[k]?.type}, not ${parameter.type}`,
    );
  });
  return { kind: 'call', type: result.type, function: callee.name, arguments: args };
}

/**
 * Assigns a local.
 * @throws InvariantError when the value has another type
 */
export const set = (local: Local, value: Expression): Statement => {
  invariant(local.type === value.type, 'ir/builder', `${local.name} is ${local.type}, not ${value.type}`);
  return { kind: 'set', local: local.name, value };
};
/** Writes an element, cut to its width. */
export const store = (buffer: Buffer, index: Expression, value: Expression): Statement => ({
  kind: 'store',
  buffer: buffer.name,
  index,
  value,
});
/** Adds to an element of an integer buffer, in any order with others that do. */
export const accumulate = (buffer: Buffer, index: Expression, value: Expression): Statement => ({
  kind: 'accumulate',
  buffer: buffer.name,
  index,
  value,
});
/** Runs one of two lists of statements. */
export const when = (condition: Expression, then: Statement[], otherwise: Statement[] = []): Statement => ({
  kind: 'if',
  condition,
  then,
  else: otherwise,
});
/** Counts a u32 local up from `from` to `to - 1`; bounds are evaluated once. */
export const loop = (local: Local, from: Expression, to: Expression, body: Statement[]): Statement => ({
  kind: 'for',
  local: local.name,
  from,
  to,
  body,
});
/** A loop with independent rounds. */
export const lanesLoop = (local: Local, from: Expression, to: Expression, body: Statement[]): Statement => ({
  kind: 'for',
  local: local.name,
  from,
  to,
  body,
  lanes: true,
});
/** Repeats while the condition holds. */
export const whilst = (condition: Expression, body: Statement[]): Statement => ({ kind: 'while', condition, body });
/** Leaves the innermost loop. */
export const leave: Statement = { kind: 'break' };
/** A comment in generated code. */
export const comment = (text: string): Statement => ({ kind: 'comment', text });
/** Raises fault bits if the condition holds; the run stops after the step. */
export const fault = (bits: number, condition: Expression): Statement => ({ kind: 'fault', bits, when: condition });
/** Calls a function and puts its results into locals, in order. */
export const invoke = (callee: IrFunction, args: Expression[], results: Local[]): Statement => ({
  kind: 'call',
  function: callee.name,
  arguments: args,
  results: results.map((local) => local.name),
});

/** Hands out locals with names unique in one kernel or function, and remembers them for its declaration. */
export class Locals {
  /** Locals handed out so far, in order. */
  readonly declared: Local[] = [];
  readonly #counts: Map<string, number>;
  readonly #names = new Set<string>();

  /** @param taken  names that no local may have */
  constructor(taken: readonly string[] = []) {
    this.#counts = new Map(taken.map((name) => [name, 1]));
  }

  /** Declares a local, called `name` or, if that is taken, `name_1`, `name_2`, …. */
  fresh(name: string, type: ScalarType): Local {
    const used = this.#counts.get(name) ?? 0;
    this.#counts.set(name, used + 1);
    const local = { name: used === 0 ? name : `${name}_${used}`, type };
    // A name such as `a_1` may have been asked for literally before.
    if (this.#names.has(local.name)) return this.fresh(name, type);
    this.#names.add(local.name);
    this.declared.push(local);
    return local;
  }
}
