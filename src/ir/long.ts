/** The operations of i64, on bigints in [-2^63, 2^63). All are total. */

import type { LongCode } from './code.js';
import type { BinaryOperator, UnaryOperator } from './program.js';

const wrap = (x: bigint): bigint => BigInt.asIntN(64, x);
const unsigned = (x: bigint): bigint => BigInt.asUintN(64, x);
/** Shift counts are taken modulo the width. */
const count = (x: bigint): bigint => BigInt.asUintN(6, x);

const low = (x: bigint): number => Number(BigInt.asUintN(32, x));
const high = (x: bigint): number => Number(BigInt.asUintN(32, x >> 32n));

/** Number of ones in the 32 bits of `x`. */
export function popcount32(x: number): number {
  let n = x - ((x >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  n = (n + (n >>> 4)) & 0x0f0f0f0f;
  return Math.imul(n, 0x01010101) >>> 24;
}

/** Number of zeros below the lowest one of the 32 bits of `x`; 32 for zero. */
export function ctz32(x: number): number {
  return (x | 0) === 0 ? 32 : 31 - Math.clz32(x & -x);
}

function ctz64(x: bigint): number {
  return low(x) === 0 ? 32 + ctz32(high(x)) : ctz32(low(x));
}

function clz64(x: bigint): number {
  return high(x) === 0 ? 32 + Math.clz32(low(x)) : Math.clz32(high(x));
}

const view = new DataView(new ArrayBuffer(8));

/** Returns the bits of a float64; for any NaN, the bits of the canonical NaN. */
export function bitsOfFloat64(x: number): bigint {
  if (Number.isNaN(x)) return 0x7ff8000000000000n;
  view.setFloat64(0, x);
  return view.getBigInt64(0);
}

/** The float64 with the given bits. */
export function float64OfBits(bits: bigint): number {
  view.setBigInt64(0, bits);
  return view.getFloat64(0);
}

const limit = 9223372036854775808;

/** float → i64: truncates and saturates, NaN → 0. */
export function saturateToLong(x: number): bigint {
  if (Number.isNaN(x)) return 0n;
  if (x >= limit) return 0x7fffffffffffffffn;
  if (x < -limit) return -0x8000000000000000n;
  return BigInt(Math.trunc(x));
}

/** i64 → float64, to nearest, ties to even, as `Number` of a bigint does. */
export const longToFloat64 = (x: bigint): number => Number(x);
/** The low 32 bits of an i64 as i32 and as u32. */
export const longToI32 = (x: bigint): number => Number(BigInt.asIntN(32, x));
/** The low 32 bits of an i64 as u32. */
export const longToU32 = low;

/** Unary operations that exist for i64. */
export const longUnary: Readonly<Partial<Record<UnaryOperator, (x: LongCode) => LongCode>>> = {
  neg: (x) => () => wrap(-x()),
  abs: (x) => () => {
    const value = x();
    return value < 0n ? wrap(-value) : value;
  },
  bitNot: (x) => () => ~x(),
  popcount: (x) => () => {
    const value = x();
    return BigInt(popcount32(low(value)) + popcount32(high(value)));
  },
  ctz: (x) => () => BigInt(ctz64(x())),
  clz: (x) => () => BigInt(clz64(x())),
};

/** Binary operations that exist for i64. */
export const longBinary: Readonly<Partial<Record<BinaryOperator, (l: LongCode, r: LongCode) => LongCode>>> = {
  add: (l, r) => () => wrap(l() + r()),
  sub: (l, r) => () => wrap(l() - r()),
  mul: (l, r) => () => wrap(l() * r()),
  div: (l, r) => () => {
    const dividend = l();
    const divisor = r();
    return divisor === 0n ? 0n : wrap(dividend / divisor);
  },
  rem: (l, r) => () => {
    const dividend = l();
    const divisor = r();
    return divisor === 0n ? 0n : dividend % divisor;
  },
  and: (l, r) => () => l() & r(),
  or: (l, r) => () => l() | r(),
  xor: (l, r) => () => l() ^ r(),
  shl: (l, r) => () => wrap(l() << count(r())),
  shr: (l, r) => () => l() >> count(r()),
  shrU: (l, r) => () => wrap(unsigned(l()) >> count(r())),
};
