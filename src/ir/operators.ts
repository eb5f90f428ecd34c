/** The operations of each type: one table shared by the checker, the reader and the tests. */

import type { BinaryOperator, CompareOperator, ScalarType, UnaryOperator } from './program.js';

/** All types, in the order of the manual. */
export const scalarTypes = ['bool', 'i32', 'u32', 'i64', 'f32', 'f64'] as const satisfies readonly ScalarType[];

/** Operand types of each unary operation; the result has the type of the operand. */
export const unaryTypes: Readonly<Record<UnaryOperator, readonly ScalarType[]>> = {
  neg: ['i32', 'i64', 'f32', 'f64'],
  abs: ['i32', 'i64', 'f32', 'f64'],
  sqrt: ['f32', 'f64'],
  floor: ['f32', 'f64'],
  ceil: ['f32', 'f64'],
  trunc: ['f32', 'f64'],
  nearest: ['f32', 'f64'],
  not: ['bool'],
  bitNot: ['u32', 'i32', 'i64'],
  popcount: ['u32', 'i32', 'i64'],
  ctz: ['u32', 'i32', 'i64'],
  clz: ['u32', 'i32', 'i64'],
};

const numbers: readonly ScalarType[] = ['i32', 'u32', 'i64', 'f32', 'f64'];
const integers: readonly ScalarType[] = ['i32', 'u32', 'i64'];

/** Operand types of each binary operation; both operands and the result have one type. */
export const binaryTypes: Readonly<Record<BinaryOperator, readonly ScalarType[]>> = {
  add: numbers,
  sub: numbers,
  mul: numbers,
  div: numbers,
  rem: integers,
  mulHigh: ['u32'],
  and: ['bool', ...integers],
  or: ['bool', ...integers],
  xor: ['bool', ...integers],
  shl: integers,
  shr: integers,
  shrU: ['i64'],
};

/** Operand types of each comparison. */
export const compareTypes: Readonly<Record<CompareOperator, readonly ScalarType[]>> = {
  eq: scalarTypes,
  ne: scalarTypes,
  lt: numbers,
  le: numbers,
  gt: numbers,
  ge: numbers,
};

/** Bits of an integer type: shift counts are below it. */
export const integerBits = { i32: 32, u32: 32, i64: 64 } as const;

/** True when `convert` has a meaning: two different types, and not i64 → f32, which could round twice. */
export function convertible(from: ScalarType, to: ScalarType): boolean {
  return from !== to && !(from === 'i64' && to === 'f32');
}

const reinterpretations: readonly string[] = ['f64 i64', 'i64 f64', 'f32 u32', 'u32 f32', 'f32 i32', 'i32 f32'];

/** True when `reinterpret` has a meaning. */
export function reinterpretable(from: ScalarType, to: ScalarType): boolean {
  return reinterpretations.includes(`${from} ${to}`);
}
