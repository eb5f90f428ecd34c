/**
 * Fixed-point numbers: defines `toFixed` and `fromFixed` by other operations of the program. Printers and the
 * interpreter use these definitions, so all compute the same bits.
 */

import { add, f64, i64, mul, reinterpret, sub } from './builder.js';
import { powerOfTwo } from './power-of-two.js';
import type { Expression, FromFixed, ToFixed } from './program.js';

/** 1.5 * 2^52: adding it to a number below 2^51 leaves the rounded number in the low bits. */
const magic = 6755399441055744;
const magicBits = 0x4338000000000000n;

/** Exponents of units are from -1000 to 1000, so powers of two and their inverses are normal. */
export const largestExponent = 1000;

/** A conversion to or from fixed point in operations that every engine has. */
export function expandFixed(e: ToFixed | FromFixed): Expression {
  switch (e.kind) {
    case 'toFixed':
      return sub(reinterpret('i64', add(mul(e.operand, e.scale), f64(magic))), i64(magicBits));
    case 'fromFixed':
      return mul(sub(reinterpret('f64', add(e.operand, i64(magicBits))), f64(magic)), e.unit);
  }
}

/** The exponent of a constant that is a power of two within the limits; undefined for everything else. */
export function exponentOf(e: Expression): number | undefined {
  if (e.kind !== 'const' || typeof e.value !== 'number' || !(e.value > 0 && e.value < Infinity)) return undefined;
  let exponent = 0;
  let rest = e.value;
  for (; rest >= 2 && exponent <= largestExponent; exponent++) rest /= 2;
  for (; rest < 1 && exponent >= -largestExponent; exponent--) rest *= 2;
  return rest === 1 && Math.abs(exponent) <= largestExponent ? exponent : undefined;
}

/** 2^exponent as a constant: the scale of units of 2^-exponent. */
export const scaleOf = (exponent: number): Expression => f64(powerOfTwo(exponent));

/** 2^-exponent as a constant. */
export const unitOf = (exponent: number): Expression => f64(powerOfTwo(-exponent));
