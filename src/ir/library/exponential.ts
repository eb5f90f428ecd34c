/**
 * exp and functions derived from it. All are straight-line.
 *
 * Reduction: x = k ln 2 + r with |r| <= ln(2)/2, k rounded by adding 1.5 * 2^52 (Cody and Waite 1980); polynomial
 * coefficients by our own Remez exchange, see docs/determinism.md.
 */

import { add, div, eq, lt, mul, select, sub } from '../builder.js';
import type { Expression } from '../program.js';
import { type Body, type FloatType, define, perType } from './define.js';
import {
  type Format,
  type Pair,
  abs,
  atLeast,
  atMost,
  bitsOf,
  exponentWord,
  fastTwoSum,
  formatOf,
  fromBits,
  horner,
  polynomial,
  toExponent,
  twoSum,
  withSignOf,
  within,
} from './formats.js';
import { powerOfTwo } from '../power-of-two.js';

interface ExponentialConstants {
  /** Arguments outside give 0 or infinity, or are clipped to a bound by the caller. */
  readonly low: number;
  readonly high: number;
  /** Below it the result may be subnormal. */
  readonly subnormalBelow: number;
  readonly inverseLn2: number;
  /** ln 2 in two parts, the first short enough that its product with k is exact. */
  readonly ln2High: number;
  readonly ln2Low: number;
  /** (e^r - 1 - r) / r^2, for exp (relative error below 2^-57; 2^-28 in float32). */
  readonly exp: readonly number[];
  /** (e^r - 1 - r - r^2/2) / r^3, for e^r - 1 (relative error below 2^-58; 2^-29 in float32). */
  readonly expm1: readonly number[];
  /** e^x - 1 rounds to -1 below it. */
  readonly expm1Low: number;
  /** exprel, sinh and cosh are infinite above it. */
  readonly expm1High: number;
  /** tanh x rounds to 1 above it. */
  readonly oneVanishes: number;
}

/** ln 2 and the ranges of exp, by type. */
export const exponentialConstants: Readonly<Record<FloatType, ExponentialConstants>> = {
  f64: {
    low: -746,
    high: 710,
    subnormalBelow: -700,
    inverseLn2: 1.4426950408889634,
    ln2High: 0.6931471805598903,
    ln2Low: 5.497923018708371e-14,
    exp: [
      0.5000000000000008, 0.16666666666666455, 0.04166666666655102, 0.008333333333476757, 0.001388888893890337,
      0.0001984126953212988, 2.4801497406026143e-5, 2.7557571490687336e-6, 2.76288792182385e-7, 2.5002976601956426e-8,
    ],
    expm1: [
      0.16666666666666677, 0.041666666666666345, 0.008333333333321993, 0.0013888888889047734, 0.00019841269885332503,
      2.4801587001225007e-5, 2.7557244899464068e-6, 2.7557549812837394e-7, 2.510883061621928e-8, 2.0829891913103955e-9,
    ],
    expm1Low: -45,
    expm1High: 720,
    oneVanishes: 22,
  },
  f32: {
    low: -104,
    high: 89,
    subnormalBelow: -80,
    inverseLn2: 1.4426950216293335,
    ln2High: 0.693145751953125,
    ln2Low: 1.428606765330187e-6,
    exp: [0.4999999403953552, 0.1666652262210846, 0.04166817665100098, 0.008368510752916336, 0.0013825029600411654],
    expm1: [
      0.1666666567325592, 0.04166637361049652, 0.008333501406013966, 0.0013939825585111976, 0.00019779180001933128,
    ],
    expm1Low: -20,
    expm1High: 94,
    oneVanishes: 10,
  },
};

/** k = round(x / ln 2) as a float and, in the low bits, as an integer. */
function exponentOf(body: Body, format: Format, x: Expression): { readonly bits: Expression; readonly k: Expression } {
  const { inverseLn2 } = exponentialConstants[format.type];
  const shifted = body.name('shifted', add(mul(x, format.number(inverseLn2)), format.number(format.magic)));
  return { bits: bitsOf(shifted), k: body.name('k', sub(shifted, format.number(format.magic))) };
}

/** e^(x - k ln 2 + correction). */
function reducedExponential(
  body: Body,
  format: Format,
  x: Expression,
  k: Expression,
  correction?: Expression,
): Expression {
  const { ln2High, ln2Low, exp: coefficients } = exponentialConstants[format.type];
  const { number: n } = format;
  const upper = body.name('upper', sub(x, mul(k, n(ln2High))));
  const product = mul(k, n(ln2Low));
  const lower = body.name('lower', correction ? sub(product, correction) : product);
  const r = body.name('r', sub(upper, lower));
  const square = body.name('square', mul(r, r));
  const curved = mul(square, polynomial(body, r, square, coefficients));
  // `upper` is exact and r is not: so the sum starts again from the former.
  return add(n(1), add(upper, sub(curved, lower)));
}

/**
 * e^(x + correction), for use inside other functions.
 *
 * @param x           already within [low, high], or NaN
 * @param correction  far smaller than x
 */
export function exponentialOf(body: Body, format: Format, x: Expression, correction?: Expression): Expression {
  const { subnormalBelow } = exponentialConstants[format.type];
  const n = format.number;
  const { bits, k } = exponentOf(body, format, x);
  const p = body.name('p', reducedExponential(body, format, x, k, correction));
  // The scale is 2^(k-1), then 2; for results that may be subnormal 2^(k+63), then 2^-63, so only the last product
  // rounds.
  const small = body.name('small', lt(x, n(subnormalBelow)));
  const offset = select(small, exponentWord(format, format.bias + 63), exponentWord(format, format.bias - 1));
  const scale = fromBits(format, add(toExponent(format, bits), offset));
  return mul(mul(p, scale), select(small, n(powerOfTwo(-63)), n(2)));
}

/** e^x. */
export const exp = perType((type) =>
  define(`exp_${type}`, 'e^x', { x: type }, (body, { x }) => {
    const format = formatOf(type);
    const { low, high } = exponentialConstants[type];
    return exponentialOf(body, format, within(body, x, low, high));
  }),
);

/** Where e^x is neither subnormal nor infinite. */
const ordinary: Readonly<Record<FloatType, readonly [number, number]>> = { f64: [-708, 709], f32: [-87, 88] };

/**
 * e^x for rates of change. It is constant outside the range of normal results (3e-308 and 8e307; 2e-38 and 2e38 in
 * float32), and so a tenth cheaper than `exp`.
 */
export const expOrdinary = perType((type) =>
  define(`expOrdinary_${type}`, 'e^x, no smaller and no larger than ordinary numbers', { x: type }, (body, { x }) => {
    const format = formatOf(type);
    const bounded = within(body, x, ...ordinary[type]);
    const { bits, k } = exponentOf(body, format, bounded);
    const p = body.name('p', reducedExponential(body, format, bounded, k));
    return mul(p, fromBits(format, add(toExponent(format, bits), exponentWord(format, format.bias))));
  }),
);

/** 2^(k - 17) below: the factor 2^17 on the other side keeps 2^k within the exponents for k from -65 to 1039. */
const headroom = 17;

/** (e^x - 1) / 2^k as an unevaluated sum, and the scale 2^(k - 17) that goes with it. */
interface ScaledExpm1 extends Pair {
  readonly scale: Expression;
  /** 1 / scale */
  readonly inverse: Expression;
  /** 2^-k */
  readonly unit: Expression;
}

/** For x within [expm1Low, expm1High]. */
function scaledExpm1(body: Body, format: Format, x: Expression): ScaledExpm1 {
  const { ln2High, ln2Low, expm1: coefficients } = exponentialConstants[format.type];
  const n = format.number;
  const { bits, k } = exponentOf(body, format, x);
  const upper = body.name('upper', sub(x, mul(k, n(ln2High))));
  const lower = body.name('lower', mul(k, n(ln2Low)));
  const r = body.name('r', sub(upper, lower));
  const rest = body.name('rest', sub(sub(upper, r), lower));
  const square = body.name('square', mul(r, r));
  // The first term is separate, since its rounding dominates for small e^x - 1.
  const curved = mul(mul(r, square), polynomial(body, r, square, coefficients));
  const p = body.name('p', add(mul(n(0.5), square), curved));
  const exponent = body.name('exponent', toExponent(format, bits));
  const inverse = body.name('inverse', fromBits(format, sub(exponentWord(format, format.bias + headroom), exponent)));
  const unit = body.name('unit', mul(inverse, n(powerOfTwo(-headroom))));
  const c = body.name('c', sub(n(1), unit));
  // The rounding error of 1 - 2^-k matters if k is about the length of the significand.
  const lost = body.name('lost', sub(sub(n(1), c), unit));
  const { high, low } = fastTwoSum(body, c, r);
  return {
    high,
    unit,
    low: body.name('low', add(low, add(p, add(lost, add(rest, mul(rest, r)))))),
    inverse,
    scale: body.name('scale', fromBits(format, add(exponent, exponentWord(format, format.bias - headroom)))),
  };
}

/** e^x - 1 for x within its bounds, with the error of the reduction carried to the end. */
function expm1Of(body: Body, format: Format, x: Expression): Expression {
  const { high, low, scale } = scaledExpm1(body, format, x);
  return mul(mul(add(high, low), format.number(powerOfTwo(headroom))), scale);
}

/** |x| below this: the first term of the series is the rounded result. */
export const negligibleSquare = (format: Format): Expression =>
  format.number(powerOfTwo(format.type === 'f64' ? -54 : -25));

/** e^x - 1. */
export const expm1 = perType((type) =>
  define(`expm1_${type}`, 'e^x - 1, precise near 0', { x: type }, (body, { x }) => {
    const format = formatOf(type);
    const { high, expm1Low } = exponentialConstants[type];
    const value = body.name('value', expm1Of(body, format, within(body, x, expm1Low, high)));
    return select(lt(abs(x), negligibleSquare(format)), x, value);
  }),
);

/** (e^x - 1) / x, and 1 at 0: the rate functions of channels without their removable singularity. */
export const exprel = perType((type) =>
  define(`exprel_${type}`, '(e^x - 1) / x, 1 at 0', { x: type }, (body, { x }) => {
    const format = formatOf(type);
    const { number: n } = format;
    const { expm1Low, expm1High } = exponentialConstants[type];
    const below = body.name('below', atMost(x, n(expm1High)));
    const { high, low, scale } = scaledExpm1(body, format, body.name('bounded', atLeast(below, n(expm1Low))));
    // Divided before scaling, since e^x overflows earlier than the quotient.
    const value = body.name('value', mul(div(mul(add(high, low), n(powerOfTwo(headroom))), below), scale));
    return select(eq(x, n(0)), n(1), value);
  }),
);

/**
 * x / (e^x - 1), 1 at 0: the building block of channel rates, with one division instead of the two in `1 / exprel(x)`.
 * Above the largest x with finite e^x it is constant (4e-306, 2e-37 in float32) rather than falling to zero.
 */
export const inverseExprel = perType((type) =>
  define(`inverseExprel_${type}`, 'x / (e^x - 1), 1 at 0', { x: type }, (body, { x }) => {
    const format = formatOf(type);
    const { number: n } = format;
    const { expm1Low, expm1High } = exponentialConstants[type];
    const below = body.name('below', atMost(x, n(expm1High)));
    const { high, low, inverse } = scaledExpm1(body, format, body.name('bounded', atLeast(below, n(expm1Low))));
    const value = body.name('value', mul(div(below, mul(add(high, low), n(powerOfTwo(headroom)))), inverse));
    return select(eq(x, n(0)), n(1), value);
  }),
);

/** (sinh x - x) / x^3 in z = x^2 for |x| <= 1, relative error below 2^-56 (2^-27 in float32). */
const sinhSeries: Readonly<Record<FloatType, readonly number[]>> = {
  f64: [
    0.16666666666666669, 0.008333333333333148, 0.00019841269841431894, 2.7557319157062294e-6, 2.5052123138636587e-8,
    1.6057259594368593e-10, 7.758754751221272e-13,
  ],
  f32: [0.1666666716337204, 0.008333349600434303, 0.00019836158026009798, 2.8169583856652025e-6],
};

/** e^x / 2 for x from 0 to expm1High; infinite only if cosh x is. */
function halfExponential(body: Body, format: Format, x: Expression): Expression {
  const { bits, k } = exponentOf(body, format, x);
  const p = body.name('p', reducedExponential(body, format, x, k));
  const scale = fromBits(format, add(toExponent(format, bits), exponentWord(format, format.bias - headroom)));
  return body.name('halfExponential', mul(mul(p, format.number(powerOfTwo(headroom - 1))), scale));
}

/** sinh x. */
export const sinh = perType((type) =>
  define(`sinh_${type}`, 'hyperbolic sine', { x: type }, (body, { x }) => {
    const format = formatOf(type);
    const { number: n } = format;
    const size = body.name('size', atMost(abs(x), n(exponentialConstants[type].expm1High)));
    const square = body.name('square', mul(size, size));
    const small = add(size, mul(mul(size, square), horner(square, sinhSeries[type])));
    const half = halfExponential(body, format, size);
    const large = sub(half, div(n(0.25), half));
    return withSignOf(format, body.name('value', select(lt(size, n(1)), small, large)), x);
  }),
);

/** cosh x. */
export const cosh = perType((type) =>
  define(`cosh_${type}`, 'hyperbolic cosine', { x: type }, (body, { x }) => {
    const format = formatOf(type);
    const { number: n } = format;
    const half = halfExponential(
      body,
      format,
      body.name('size', atMost(abs(x), n(exponentialConstants[type].expm1High))),
    );
    return add(half, div(n(0.25), half));
  }),
);

/**
 * tanh x = e / (e + 2) with e = e^(2x) - 1, all over 2^k, with the errors of e and of the sum carried to the quotient.
 */
export const tanh = perType((type) =>
  define(`tanh_${type}`, 'hyperbolic tangent', { x: type }, (body, { x }) => {
    const format = formatOf(type);
    const { number: n } = format;
    const size = body.name('size', atMost(abs(x), n(exponentialConstants[type].oneVanishes)));
    const scaled = scaledExpm1(body, format, body.name('twice', add(size, size)));
    const top = fastTwoSum(body, scaled.high, scaled.low);
    const bottom = twoSum(body, top.high, body.name('two', add(scaled.unit, scaled.unit)));
    const quotient = body.name('quotient', div(top.high, bottom.high));
    const missing = sub(top.low, mul(quotient, add(bottom.low, top.low)));
    return withSignOf(format, body.name('value', add(quotient, div(missing, bottom.high))), x);
  }),
);
