/**
 * Logarithms. All are straight-line.
 *
 * x = 2^k m with m in [sqrt(1/2), sqrt(2)), s = (m - 1)/(m + 1), log m = 2 atanh(s) (the classical series, with minimax
 * coefficients of our own, see docs/determinism.md).
 */

import { add, and, div, eq, lt, mul, or, select, sub } from '../builder.js';
import type { Expression } from '../program.js';
import { type Body, type FloatType, define, perType } from './define.js';
import { exponentialConstants, negligibleSquare } from './exponential.js';
import {
  type Format,
  abs,
  bitsOf,
  exponentBits,
  formatOf,
  fromBits,
  polynomial,
  twoSum,
  upperHalf,
} from './formats.js';
import { powerOfTwo } from '../power-of-two.js';

interface LogarithmConstants {
  /** Bits of sqrt(1/2). */
  readonly sqrtHalf: bigint;
  /** (2 atanh(s) - 2 s) / s^3 in z = s^2, relative error below 2^-59 (2^-31 in float32). */
  readonly coefficients: readonly number[];
  /**
   * 1/ln 2, 1/ln 10 with a first part of half the significand, and log10(2) with a first part that gives exact products
   * with k.
   */
  readonly inverseLn2: readonly [number, number];
  readonly inverseLn10: readonly [number, number];
  readonly log10Of2: readonly [number, number];
}

/** Coefficients of logarithms, by type. */
export const logarithmConstants: Readonly<Record<FloatType, LogarithmConstants>> = {
  f64: {
    sqrtHalf: 0x3fe6a09e667f3bcdn,
    coefficients: [
      0.6666666666666735, 0.39999999999411096, 0.2857142874325806, 0.2222219847687704, 0.1818356967342622,
      0.15313905403174977, 0.14797482089013525,
    ],
    inverseLn2: [1.4426950216293335, 1.9259629911266175e-8],
    inverseLn10: [0.4342944771051407, 4.798111141615973e-9],
    log10Of2: [0.30102999566395283, 2.8363394551044964e-14],
  },
  f32: {
    sqrtHalf: 0x3f3504f3n,
    coefficients: [0.6666666269302368, 0.4000033736228943, 0.28537246584892273, 0.2358342558145523],
    inverseLn2: [1.4423828125, 0.00031222839606925845],
    inverseLn10: [0.4342041015625, 9.038033749675378e-5],
    log10Of2: [0.301025390625, 4.605039066518657e-6],
  },
};

/** x = 2^k m with m in [sqrt(1/2), sqrt(2)), for finite positive normal x; k is a float. */
function splitExponent(body: Body, format: Format, x: Expression): { readonly k: Expression; readonly m: Expression } {
  const { sqrtHalf } = logarithmConstants[format.type];
  const bitsOfOne = BigInt(format.bias) << BigInt(format.mantissaBits);
  const moved = body.name('moved', add(bitsOf(x), format.word(bitsOfOne - sqrtHalf)));
  // The biased k, written into the low bits of 2^52, is a float without any conversion.
  const base = powerOfTwo(format.mantissaBits);
  const raised = fromBits(format, or(exponentBits(format, moved), bitsOf(format.number(base))));
  const fraction = and(moved, format.word((1n << BigInt(format.mantissaBits)) - 1n));
  return {
    k: body.name('k', sub(raised, format.number(base + format.bias))),
    m: body.name('m', fromBits(format, add(fraction, format.word(sqrtHalf)))),
  };
}

/** As `splitExponent`, for subnormal x too. */
export function splitAnyExponent(
  body: Body,
  format: Format,
  x: Expression,
): { readonly k: Expression; readonly m: Expression } {
  const { number: n, mantissaBits } = format;
  const small = body.name('small', lt(x, n(format.smallestNormal)));
  const scaled = body.name('scaled', select(small, mul(x, n(powerOfTwo(mantissaBits + 2))), x));
  const { k, m } = splitExponent(body, format, scaled);
  return { k: body.name('exponent', sub(k, select(small, n(mantissaBits + 2), n(0)))), m };
}

/** log(1 + f) = f - (half - tail), with half = f^2/2. */
interface SplitLogarithm {
  readonly half: Expression;
  readonly tail: Expression;
}

function logarithmOf(body: Body, format: Format, f: Expression): SplitLogarithm {
  const { number: n } = format;
  const s = body.name('s', div(f, add(n(2), f)));
  const z = body.name('z', mul(s, s));
  const square = body.name('square', mul(z, z));
  const series = body.name('series', mul(z, polynomial(body, z, square, logarithmConstants[format.type].coefficients)));
  const half = body.name('half', mul(mul(n(0.5), f), f));
  return { half, tail: body.name('tail', mul(s, add(half, series))) };
}

/** Handles arguments outside the formula's range: returns `atZero` at 0, NaN below, x at infinity and NaN. */
function withLimits(format: Format, argument: Expression, x: Expression, value: Expression): Expression {
  const { number: n } = format;
  const inside = and(lt(n(0), argument), lt(argument, n(Infinity)));
  return select(inside, value, select(eq(argument, n(0)), n(-Infinity), select(lt(argument, n(0)), n(NaN), x)));
}

/** log(2^k m). */
function naturalLogarithm(
  body: Body,
  format: Format,
  { k, m }: { readonly k: Expression; readonly m: Expression },
): Expression {
  const { number: n } = format;
  const { ln2High, ln2Low } = exponentialConstants[format.type];
  const f = body.name('f', sub(m, n(1)));
  const { half, tail } = logarithmOf(body, format, f);
  return sub(mul(k, n(ln2High)), sub(sub(half, add(tail, mul(k, n(ln2Low)))), f));
}

/** Natural logarithm. */
export const log = perType((type) =>
  define(`log_${type}`, 'natural logarithm', { x: type }, (body, { x }) => {
    const format = formatOf(type);
    const value = naturalLogarithm(body, format, splitAnyExponent(body, format, x));
    return withLimits(format, x, x, body.name('value', value));
  }),
);

/** The same bits as `log` for positive, normal, finite numbers, such as uniform random ones, and a sixth cheaper. */
export const logOrdinary = perType((type) =>
  define(`logOrdinary_${type}`, 'natural logarithm of an ordinary number', { x: type }, (body, { x }) => {
    const format = formatOf(type);
    return naturalLogarithm(body, format, splitExponent(body, format, x));
  }),
);

/** log(1 + x). */
export const log1p = perType((type) =>
  define(`log1p_${type}`, 'log(1 + x), precise near 0', { x: type }, (body, { x }) => {
    const format = formatOf(type);
    const { number: n } = format;
    const { ln2High, ln2Low } = exponentialConstants[type];
    const { high: u, low: lost } = twoSum(body, n(1), x);
    const { k, m } = splitExponent(body, format, u);
    // For a zero exponent, x is the argument itself. Otherwise the rounding error of 1 + x is added as lost / (1 + x).
    const near = body.name('near', eq(k, n(0)));
    const f = body.name('f', select(near, x, sub(m, n(1))));
    const correction = body.name('correction', select(near, n(0), div(lost, u)));
    const { half, tail } = logarithmOf(body, format, f);
    const low = add(mul(k, n(ln2Low)), correction);
    const value = sub(mul(k, n(ln2High)), sub(sub(half, add(tail, low)), f));
    return select(lt(abs(x), negligibleSquare(format)), x, withLimits(format, u, x, body.name('value', value)));
  }),
);

/** log(1 + f) as a high part with half the significand and a low part. */
function splitLogarithm(
  body: Body,
  format: Format,
  f: Expression,
): { readonly high: Expression; readonly low: Expression } {
  const { half, tail } = logarithmOf(body, format, f);
  const high = body.name('high', upperHalf(format, body.name('rough', sub(f, half))));
  return { high, low: body.name('low', add(sub(sub(f, high), half), tail)) };
}

/** Logarithm to base 2; exact for powers of two. */
export const log2 = perType((type) =>
  define(`log2_${type}`, 'logarithm to base 2', { x: type }, (body, { x }) => {
    const format = formatOf(type);
    const { number: n } = format;
    const [upper, lower] = logarithmConstants[type].inverseLn2;
    const { k, m } = splitAnyExponent(body, format, x);
    const { high, low } = splitLogarithm(body, format, body.name('f', sub(m, n(1))));
    const first = body.name('first', mul(high, n(upper)));
    const second = add(mul(add(low, high), n(lower)), mul(low, n(upper)));
    const sum = body.name('sum', add(k, first));
    return withLimits(format, x, x, body.name('value', add(add(second, add(sub(k, sum), first)), sum)));
  }),
);

/** Logarithm to base 10. */
export const log10 = perType((type) =>
  define(`log10_${type}`, 'logarithm to base 10', { x: type }, (body, { x }) => {
    const format = formatOf(type);
    const { number: n } = format;
    const [upper, lower] = logarithmConstants[type].inverseLn10;
    const [twoUpper, twoLower] = logarithmConstants[type].log10Of2;
    const { k, m } = splitAnyExponent(body, format, x);
    const { high, low } = splitLogarithm(body, format, body.name('f', sub(m, n(1))));
    const whole = body.name('whole', mul(k, n(twoUpper)));
    const first = body.name('first', mul(high, n(upper)));
    const second = add(add(mul(k, n(twoLower)), mul(add(low, high), n(lower))), mul(low, n(upper)));
    const sum = body.name('sum', add(whole, first));
    return withLimits(format, x, x, body.name('value', add(add(second, add(sub(whole, sum), first)), sum)));
  }),
);
