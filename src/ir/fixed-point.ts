/**
 * Fixed-point numbers: what `toFixed` and `fromFixed` mean, as other operations of the program. Printers and the
 * interpreter take their meaning from here, so that all have the same bits.
 */

import { add, f64, i64, mul, reinterpret, sub } from './builder.js';
import { powerOfTwo } from './library/formats.js';
import type { Expression, FromFixed, ToFixed } from './program.js';

/** 1.5 * 2^52: adding it to a number below 2^51 leaves the rounded number in the low bits. */
const magic = 6755399441055744;
const magicBits = 0x4338000000000000n;

/** Exponents of fixed-point numbers are from -1000 to 1000, so that powers of two and their inverses are normal. */
export const largestExponent = 1000;

/** A conversion to or from fixed point in operations that every engine has. */
export function expandFixed(e: ToFixed | FromFixed): Expression {
  switch (e.kind) {
    case 'toFixed':
      return sub(reinterpret('i64', add(mul(e.operand, f64(powerOfTwo(e.exponent))), f64(magic))), i64(magicBits));
    case 'fromFixed':
      return mul(sub(reinterpret('f64', add(e.operand, i64(magicBits))), f64(magic)), f64(powerOfTwo(-e.exponent)));
  }
}
