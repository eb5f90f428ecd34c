/**
 * The operations of i32, u32, f32 and f64 as makers of closures. All are total.
 *
 * f32 operations round the float64 result once more: for + − × ÷ √ of float32 operands that is the correctly rounded
 * float32 result, because 53 ≥ 2 · 24 + 2 (Figueroa 1995, "When is double rounding innocuous?").
 */

import type { BoolCode, NumberCode, NumberType } from './code.js';
import { ctz32, popcount32 } from './long.js';
import type { BinaryOperator, CompareOperator, UnaryOperator } from './program.js';

type Unary = (x: NumberCode) => NumberCode;
type Binary = (l: NumberCode, r: NumberCode) => NumberCode;
type UnaryTable = Readonly<Partial<Record<UnaryOperator, Unary>>>;
type BinaryTable = Readonly<Partial<Record<BinaryOperator, Binary>>>;

const fround = Math.fround;
const twoTo52 = 4503599627370496;

/** Rounds to the nearest integer, half to even, keeping the sign of zero. Adding 2^52 leaves no bits for a fraction. */
function nearest(x: number): number {
  const magnitude = Math.abs(x);
  if (!(magnitude < twoTo52)) return x;
  const rounded = magnitude + twoTo52 - twoTo52;
  return x < 0 || Object.is(x, -0) ? -rounded : rounded;
}

/** Upper half of the 64-bit product of two u32, from four products of 16-bit halves. */
function mulHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  // Each sum stays below 2^32 and so is exact; the shifts drop the lower half.
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const upper = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + (middle >>> 16) + (upper >>> 16)) >>> 0;
}

/** float → i32: truncates and saturates, NaN → 0. */
export function saturateToI32(x: number): number {
  if (x >= 2147483647) return 2147483647;
  if (x <= -2147483648) return -2147483648;
  return x | 0;
}

/** float → u32: truncates and saturates, NaN → 0. */
export function saturateToU32(x: number): number {
  if (x >= 4294967295) return 4294967295;
  return x > 0 ? x >>> 0 : 0;
}

const floatBits = new Float32Array(1);
const wordBits = new Uint32Array(floatBits.buffer);

/** Returns the bits of a float32 as u32; for any NaN, the bits of the canonical NaN. */
export function bitsOfFloat32(x: number): number {
  if (Number.isNaN(x)) return 0x7fc00000;
  floatBits[0] = x;
  return wordBits[0] ?? 0;
}

/** The float32 with the given bits (i32 or u32). */
export function float32OfBits(bits: number): number {
  wordBits[0] = bits;
  return floatBits[0] ?? 0;
}

const floatUnary: UnaryTable = {
  neg: (x) => () => -x(),
  abs: (x) => () => Math.abs(x()),
  floor: (x) => () => Math.floor(x()),
  ceil: (x) => () => Math.ceil(x()),
  trunc: (x) => () => Math.trunc(x()),
  nearest: (x) => () => nearest(x()),
};

/** Unary operations by type. */
export const numberUnary: Readonly<Record<NumberType, UnaryTable>> = {
  f64: { ...floatUnary, sqrt: (x) => () => Math.sqrt(x()) },
  f32: { ...floatUnary, sqrt: (x) => () => fround(Math.sqrt(x())) },
  i32: {
    neg: (x) => () => -x() | 0,
    abs: (x) => () => Math.abs(x()) | 0,
    bitNot: (x) => () => ~x(),
    popcount: (x) => () => popcount32(x()),
    ctz: (x) => () => ctz32(x()),
    clz: (x) => () => Math.clz32(x()),
  },
  u32: {
    bitNot: (x) => () => ~x() >>> 0,
    popcount: (x) => () => popcount32(x()),
    ctz: (x) => () => ctz32(x()),
    clz: (x) => () => Math.clz32(x()),
  },
};

/** Binary operations by type. JavaScript takes shift counts modulo 32. */
export const numberBinary: Readonly<Record<NumberType, BinaryTable>> = {
  f64: {
    add: (l, r) => () => l() + r(),
    sub: (l, r) => () => l() - r(),
    mul: (l, r) => () => l() * r(),
    div: (l, r) => () => l() / r(),
  },
  f32: {
    add: (l, r) => () => fround(l() + r()),
    sub: (l, r) => () => fround(l() - r()),
    mul: (l, r) => () => fround(l() * r()),
    div: (l, r) => () => fround(l() / r()),
  },
  i32: {
    add: (l, r) => () => (l() + r()) | 0,
    sub: (l, r) => () => (l() - r()) | 0,
    mul: (l, r) => () => Math.imul(l(), r()),
    // The float64 quotient of 32-bit integers truncates correctly; x/0 is infinite or NaN, which `| 0` makes 0; 2^31
    // wraps to MIN.
    div: (l, r) => () => (l() / r()) | 0,
    rem: (l, r) => () => (l() % r()) | 0,
    and: (l, r) => () => l() & r(),
    or: (l, r) => () => l() | r(),
    xor: (l, r) => () => l() ^ r(),
    shl: (l, r) => () => l() << r(),
    shr: (l, r) => () => l() >> r(),
  },
  u32: {
    add: (l, r) => () => (l() + r()) >>> 0,
    sub: (l, r) => () => (l() - r()) >>> 0,
    mul: (l, r) => () => Math.imul(l(), r()) >>> 0,
    div: (l, r) => () => (l() / r()) >>> 0,
    rem: (l, r) => () => (l() % r()) >>> 0,
    mulHigh: (l, r) => () => mulHigh(l(), r()),
    and: (l, r) => () => (l() & r()) >>> 0,
    or: (l, r) => () => (l() | r()) >>> 0,
    xor: (l, r) => () => (l() ^ r()) >>> 0,
    shl: (l, r) => () => (l() << r()) >>> 0,
    shr: (l, r) => () => l() >>> r(),
  },
};

/** Comparisons of numbers or of i64. With a NaN, JavaScript's are false except `!==`, as the IR requires. */
export function compareCode<T extends number | bigint>(op: CompareOperator, l: () => T, r: () => T): BoolCode {
  switch (op) {
    case 'eq':
      return () => l() === r();
    case 'ne':
      return () => l() !== r();
    case 'lt':
      return () => l() < r();
    case 'le':
      return () => l() <= r();
    case 'gt':
      return () => l() > r();
    case 'ge':
      return () => l() >= r();
  }
}
