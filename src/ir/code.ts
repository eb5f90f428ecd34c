/** Expressions prepared for evaluation: closures that return their value. */

import type { ScalarType } from './program.js';

/** A value of the IR: bigint for i64, boolean for bool, number for the rest (f32 values are already rounded). */
export type Scalar = number | bigint | boolean;

/** Evaluates an expression of type i32, u32, f32 or f64. */
export type NumberCode = () => number;
/** Evaluates an expression of type i64, in [-2^63, 2^63). */
export type LongCode = () => bigint;
/** Evaluates an expression of type bool. */
export type BoolCode = () => boolean;
/** Runs a statement; true when it left by `break`. */
export type StatementCode = () => boolean;

/** Types with JavaScript numbers as values. */
export type NumberType = 'i32' | 'u32' | 'f32' | 'f64';

/** Whether values of a type are JavaScript numbers. */
export function isNumberType(type: ScalarType): type is NumberType {
  return type !== 'bool' && type !== 'i64';
}
