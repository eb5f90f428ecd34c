/** Properties of the two floating-point formats that the algorithms use, and small expressions over their bits. */

import {
  add,
  and,
  binary,
  constant,
  f32,
  f64,
  i64,
  mul,
  or,
  reinterpret,
  select,
  shl,
  shr,
  sub,
  u32,
  unary,
} from '../builder.js';
import { powerOfTwo } from '../power-of-two.js';
import type { Expression } from '../program.js';
import type { Body, FloatType } from './define.js';

/** A floating point format; `i64` or `u32` hold its bits. */
export interface Format {
  readonly type: FloatType;
  /** Explicit bits of the significand. */
  readonly mantissaBits: number;
  /** Bias of the stored exponent: 1023 or 127. */
  readonly bias: number;
  /**
   * 1.5 * 2^mantissaBits: adding it to a value below 2^(mantissaBits - 2) rounds to an integer, half to even, into the
   * low bits.
   */
  readonly magic: number;
  /** Smallest positive normal number: 2^-1022 or 2^-126. */
  readonly smallestNormal: number;
  /** Largest finite number. */
  readonly largest: number;
  /** Low bits that `upperHalf` clears, so products of two upper halves are exact. */
  readonly lowerHalfBits: number;
  /** A constant of the format. */
  readonly number: (value: number) => Expression;
  /** An integer constant of the type that holds the bits. */
  readonly word: (value: bigint) => Expression;
}

const formats: Readonly<Record<FloatType, Format>> = {
  f64: {
    type: 'f64',
    mantissaBits: 52,
    bias: 1023,
    magic: 1.5 * powerOfTwo(52),
    smallestNormal: powerOfTwo(-1022),
    largest: Number.MAX_VALUE,
    lowerHalfBits: 27,
    number: f64,
    word: i64,
  },
  f32: {
    type: 'f32',
    mantissaBits: 23,
    bias: 127,
    magic: 1.5 * powerOfTwo(23),
    smallestNormal: powerOfTwo(-126),
    largest: (2 - powerOfTwo(-23)) * powerOfTwo(127),
    lowerHalfBits: 12,
    number: f32,
    word: (value) => u32(Number(BigInt.asUintN(32, value))),
  },
};

/** Returns the properties of a floating-point type. */
export const formatOf = (type: FloatType): Format => formats[type];

/** The bits of a float as an integer of its width. */
export const bitsOf = (x: Expression): Expression => reinterpret(x.type === 'f64' ? 'i64' : 'u32', x);
/** Returns the float with the given bits. */
export const fromBits = (format: Format, bits: Expression): Expression => reinterpret(format.type, bits);

/** Shifts an exponent from the low bits to its position in the float; higher bits drop out. */
export const toExponent = (format: Format, bits: Expression): Expression =>
  shl(bits, format.word(BigInt(format.mantissaBits)));

/** Shifts the exponent and sign down to the low bits. */
export const exponentBits = (format: Format, bits: Expression): Expression =>
  format.type === 'f64' ? binary('shrU', bits, format.word(52n)) : shr(bits, format.word(23n));

/** The integer `value << mantissaBits`, as a constant. */
export const exponentWord = (format: Format, value: number): Expression =>
  format.word(BigInt(value) << BigInt(format.mantissaBits));

/** Magnitude of a float or an integer. */
export const abs = (x: Expression): Expression => unary('abs', x);

/** Combines the magnitude of `x` (with a clear sign bit) and the sign bit of `sign`; so -0 is kept. */
export function withSignOf(format: Format, x: Expression, sign: Expression): Expression {
  const signBit = format.word(1n << BigInt(format.type === 'f64' ? 63 : 31));
  return fromBits(format, or(bitsOf(x), and(bitsOf(sign), signBit)));
}

/** True for a negative number and for -0. */
export function isNegative(x: Expression): Expression {
  const bits = bitsOf(x);
  return x.type === 'f64'
    ? { kind: 'compare', type: 'bool', op: 'lt', left: bits, right: i64(0n) }
    : { kind: 'compare', type: 'bool', op: 'ge', left: bits, right: u32(0x80000000) };
}

/** min(x, high) that leaves NaN as it is. */
export const atMost = (x: Expression, high: Expression): Expression =>
  select({ kind: 'compare', type: 'bool', op: 'lt', left: high, right: x }, high, x);
/** max(x, low) that leaves NaN as it is. */
export const atLeast = (x: Expression, low: Expression): Expression =>
  select({ kind: 'compare', type: 'bool', op: 'lt', left: x, right: low }, low, x);

/** `x` brought within [low, high]; NaN stays. */
export function within(body: Body, x: Expression, low: number, high: number): Expression {
  const type = x.type === 'f32' ? 'f32' : 'f64';
  const below = body.name('below', atMost(x, constant(type, high)));
  return body.name('bounded', atLeast(below, constant(type, low)));
}

/** The value with the lower half of its significand cleared. */
export function upperHalf(format: Format, x: Expression): Expression {
  return fromBits(format, and(bitsOf(x), format.word(-(1n << BigInt(format.lowerHalfBits)))));
}

/**
 * Returns the polynomial with the given coefficients, lowest first, as even(x^2) + x * odd(x^2). If x^2 is given, it
 * takes as many operations as Horner's rule, in two independent chains of half the length.
 */
export function polynomial(body: Body, x: Expression, square: Expression, coefficients: readonly number[]): Expression {
  const even = body.name(
    'even',
    horner(
      square,
      coefficients.filter((_, k) => k % 2 === 0),
    ),
  );
  const odd = body.name(
    'odd',
    horner(
      square,
      coefficients.filter((_, k) => k % 2 === 1),
    ),
  );
  return add(even, mul(x, odd));
}

/** The polynomial by Horner's rule, lowest coefficient first. */
export function horner(x: Expression, coefficients: readonly number[]): Expression {
  const type = x.type === 'f32' ? 'f32' : 'f64';
  const [last = 0, ...others] = [...coefficients].reverse();
  return others.reduce((sum, coefficient) => add(mul(sum, x), constant(type, coefficient)), constant(type, last));
}

/** An unevaluated sum of two floats, the second at most half a unit in the last place of the first. */
export interface Pair {
  /** The sum rounded to the format. */
  readonly high: Expression;
  /** The rounding error. */
  readonly low: Expression;
}

/** a + b without error, for |a| >= |b| or a = 0 (Dekker 1971). */
export function fastTwoSum(body: Body, a: Expression, b: Expression): Pair {
  const high = body.name('sum', add(a, b));
  return { high, low: body.name('sumLow', add(sub(a, high), b)) };
}

/** a + b without error (Knuth). */
export function twoSum(body: Body, a: Expression, b: Expression): Pair {
  const high = body.name('sum', add(a, b));
  const part = body.name('part', sub(high, a));
  return { high, low: body.name('sumLow', add(sub(a, sub(high, part)), sub(b, part))) };
}

/**
 * a * b as a pair (Dekker 1971, with halves cut by bits): exact except for a rounding far below the low part's last
 * place.
 */
export function twoProduct(body: Body, format: Format, a: Expression, b: Expression): Pair {
  const high = body.name('product', mul(a, b));
  const aUpper = body.name('aUpper', upperHalf(format, a));
  const aLower = body.name('aLower', sub(a, aUpper));
  const bUpper = body.name('bUpper', upperHalf(format, b));
  const bLower = body.name('bLower', sub(b, bUpper));
  const crossed = add(add(sub(mul(aUpper, bUpper), high), mul(aUpper, bLower)), mul(aLower, bUpper));
  return { high, low: body.name('productLow', add(crossed, mul(aLower, bLower))) };
}
