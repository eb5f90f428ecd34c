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

export const f64 = (value: number): Expression => ({ kind: 'const', type: 'f64', value });
export const f32 = (value: number): Expression => ({ kind: 'const', type: 'f32', value: Math.fround(value) });
export const i32 = (value: number): Expression => ({ kind: 'const', type: 'i32', value: value | 0 });
export const u32 = (value: number): Expression => ({ kind: 'const', type: 'u32', value: value >>> 0 });
export const i64 = (value: bigint): Expression => ({ kind: 'const', type: 'i64', value: BigInt.asIntN(64, value) });
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

export const get = (local: Local): Expression => ({ kind: 'local', type: local.type, name: local.name });
export const load = (buffer: Buffer, index: Expression): Expression => ({
  kind: 'load',
  type: loadedType[buffer.element],
  buffer: buffer.name,
  index,
});

export function unary(op: UnaryOperator, operand: Expression): Expression {
  return { kind: 'unary', type: operand.type, op, operand };
}

export function binary(op: BinaryOperator, left: Expression, right: Expression): Expression {
  invariant(left.type === right.type, 'ir/builder', `${op} of ${left.type} and ${right.type}`);
  return { kind: 'binary', type: left.type, op, left, right };
}

export function compare(op: CompareOperator, left: Expression, right: Expression): Expression {
  invariant(left.type === right.type, 'ir/builder', `${op} of ${left.type} and ${right.type}`);
  return { kind: 'compare', type: 'bool', op, left, right };
}

export function select(condition: Expression, whenTrue: Expression, whenFalse: Expression): Expression {
  invariant(
    condition.type === 'bool' && whenTrue.type === whenFalse.type,
    'ir/builder',
    `select of ${whenTrue.type} and ${whenFalse.type}`,
  );
  return { kind: 'select', type: whenTrue.type, condition, whenTrue, whenFalse };
}

export const add = (a: Expression, b: Expression): Expression => binary('add', a, b);
export const sub = (a: Expression, b: Expression): Expression => binary('sub', a, b);
export const mul = (a: Expression, b: Expression): Expression => binary('mul', a, b);
export const div = (a: Expression, b: Expression): Expression => binary('div', a, b);
export const and = (a: Expression, b: Expression): Expression => binary('and', a, b);
export const or = (a: Expression, b: Expression): Expression => binary('or', a, b);
export const xor = (a: Expression, b: Expression): Expression => binary('xor', a, b);
export const shl = (a: Expression, b: Expression): Expression => binary('shl', a, b);
export const shr = (a: Expression, b: Expression): Expression => binary('shr', a, b);
export const neg = (a: Expression): Expression => unary('neg', a);
export const not = (a: Expression): Expression => unary('not', a);
export const eq = (a: Expression, b: Expression): Expression => compare('eq', a, b);
export const ne = (a: Expression, b: Expression): Expression => compare('ne', a, b);
export const lt = (a: Expression, b: Expression): Expression => compare('lt', a, b);
export const le = (a: Expression, b: Expression): Expression => compare('le', a, b);
export const gt = (a: Expression, b: Expression): Expression => compare('gt', a, b);
export const ge = (a: Expression, b: Expression): Expression => compare('ge', a, b);

/** Converts, or returns the operand when it already has the type. */
export function convert(type: ScalarType, operand: Expression): Expression {
  return operand.type === type ? operand : { kind: 'convert', type, operand };
}

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

/** What a fixed-point number stands for. */
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

export const set = (local: Local, value: Expression): Statement => {
  invariant(local.type === value.type, 'ir/builder', `${local.name} is ${local.type}, not ${value.type}`);
  return { kind: 'set', local: local.name, value };
};
export const store = (buffer: Buffer, index: Expression, value: Expression): Statement => ({
  kind: 'store',
  buffer: buffer.name,
  index,
  value,
});
export const accumulate = (buffer: Buffer, index: Expression, value: Expression): Statement => ({
  kind: 'accumulate',
  buffer: buffer.name,
  index,
  value,
});
export const when = (condition: Expression, then: Statement[], otherwise: Statement[] = []): Statement => ({
  kind: 'if',
  condition,
  then,
  else: otherwise,
});
export const loop = (local: Local, from: Expression, to: Expression, body: Statement[]): Statement => ({
  kind: 'for',
  local: local.name,
  from,
  to,
  body,
});
export const whilst = (condition: Expression, body: Statement[]): Statement => ({ kind: 'while', condition, body });
export const leave: Statement = { kind: 'break' };
export const comment = (text: string): Statement => ({ kind: 'comment', text });
export const fault = (bits: number, condition: Expression): Statement => ({ kind: 'fault', bits, when: condition });
export const invoke = (callee: IrFunction, args: Expression[], results: Local[]): Statement => ({
  kind: 'call',
  function: callee.name,
  arguments: args,
  results: results.map((local) => local.name),
});

/** Hands out locals with names unique in one kernel or function, and remembers them for its declaration. */
export class Locals {
  readonly declared: Local[] = [];
  readonly #counts: Map<string, number>;

  /** @param taken  names that no local may have */
  constructor(taken: readonly string[] = []) {
    this.#counts = new Map(taken.map((name) => [name, 1]));
  }

  fresh(name: string, type: ScalarType): Local {
    const used = this.#counts.get(name) ?? 0;
    this.#counts.set(name, used + 1);
    const local = { name: used === 0 ? name : `${name}_${used}`, type };
    // A name such as `a_1` may have been asked for literally before.
    if (this.declared.some((other) => other.name === local.name)) return this.fresh(name, type);
    this.declared.push(local);
    return local;
  }
}
