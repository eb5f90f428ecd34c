/** `convert` and `reinterpret` as makers of closures. */

import { InvariantError } from '../diagnostics/diagnostic.js';
import { bitsOfFloat32, float32OfBits, saturateToI32, saturateToU32 } from './arithmetic.js';
import type { BoolCode, LongCode, NumberCode, NumberType } from './code.js';
import { bitsOfFloat64, float64OfBits, longToFloat64, longToI32, longToU32, saturateToLong } from './long.js';
import type { ScalarType } from './program.js';

function illegal(operation: string, from: ScalarType, to: ScalarType): InvariantError {
  return new InvariantError('ir/evaluate', `${operation} of ${from} to ${to}`);
}

/** Number → number. */
export function convertNumber(from: NumberType, to: NumberType, x: NumberCode): NumberCode {
  const fromFloat = from === 'f32' || from === 'f64';
  switch (to) {
    case 'f64':
      return x;
    case 'f32':
      return () => Math.fround(x());
    case 'i32':
      return fromFloat ? () => saturateToI32(x()) : () => x() | 0;
    case 'u32':
      return fromFloat ? () => saturateToU32(x()) : () => x() >>> 0;
  }
}

/** i64 → number. */
export function convertLong(to: NumberType, x: LongCode): NumberCode {
  switch (to) {
    case 'f64':
      return () => longToFloat64(x());
    case 'i32':
      return () => longToI32(x());
    case 'u32':
      return () => longToU32(x());
    case 'f32':
      throw illegal('convert', 'i64', 'f32');
  }
}

/** bool → number. */
export const convertBool =
  (x: BoolCode): NumberCode =>
  () =>
    x() ? 1 : 0;

/** Number → i64. */
export function convertToLong(from: NumberType, x: NumberCode): LongCode {
  return from === 'f32' || from === 'f64' ? () => saturateToLong(x()) : () => BigInt(x());
}

/** Bits of i64, u32 or i32 as a float, or of f32 as an integer. */
export function reinterpretNumber(from: NumberType, to: NumberType, x: NumberCode): NumberCode {
  if (from === 'f32' && to === 'u32') return () => bitsOfFloat32(x());
  if (from === 'f32' && to === 'i32') return () => bitsOfFloat32(x()) | 0;
  if (to === 'f32' && (from === 'u32' || from === 'i32')) return () => float32OfBits(x());
  throw illegal('reinterpret', from, to);
}

/** Bits of i64 as f64. */
export function reinterpretLong(to: NumberType, x: LongCode): NumberCode {
  if (to !== 'f64') throw illegal('reinterpret', 'i64', to);
  return () => float64OfBits(x());
}

/** Bits of f64 as i64. */
export function reinterpretToLong(from: ScalarType, x: NumberCode): LongCode {
  if (from !== 'f64') throw illegal('reinterpret', from, 'i64');
  return () => bitsOfFloat64(x());
}
