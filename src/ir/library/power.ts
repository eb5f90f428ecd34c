/**
 * x^y = e^(y log x), with log x as a pair of floats good to some 2^-64 (2^-34 in float32), since its error is
 * multiplied by up to 745 (104). Straight-line.
 */

import { add, and, div, eq, gt, lt, mul, ne, neg, not, or, select, sub, unary } from '../builder.js';
import type { Expression } from '../program.js';
import { type Body, type FloatType, define, perType } from './define.js';
import { exponentialConstants, exponentialOf } from './exponential.js';
import {
  type Format,
  type Pair,
  abs,
  fastTwoSum,
  formatOf,
  horner,
  isNegative,
  twoProduct,
  within,
} from './formats.js';
import { powerOfTwo } from '../power-of-two.js';
import { splitAnyExponent } from './logarithm.js';

interface PowerConstants {
  /** 2/3 as a pair. */
  readonly twoThirds: readonly [number, number];
  /** (2 atanh(s) - 2 s - 2 s^3 / 3) / s^5 in z = s^2. */
  readonly coefficients: readonly number[];
  /** An exponent y beyond it gives 0, 1 or infinity for every x. */
  readonly largestExponent: number;
}

const constants: Readonly<Record<FloatType, PowerConstants>> = {
  f64: {
    twoThirds: [0.6666666666666666, 3.700743415417188e-17],
    coefficients: [
      0.3999999999999998, 0.2857142857144521, 0.22222222217511406, 0.181818188734088, 0.1538455665886444,
      0.1333632561242193, 0.11674651652262916, 0.11990406548272844,
    ],
    largestExponent: powerOfTwo(66),
  },
  f32: {
    twoThirds: [0.6666666865348816, -1.9868215517249155e-8],
    coefficients: [0.40000152587890625, 0.2854708433151245, 0.23419803380966187],
    largestExponent: powerOfTwo(40),
  },
};

/** s = (m - 1)/(m + 1) as a pair. */
function quotientPair(body: Body, format: Format, m: Expression): Pair {
  const { number: n } = format;
  const f = body.name('f', sub(m, n(1)));
  const d = body.name('d', add(m, n(1)));
  const dLow = body.name('dLow', sub(m, sub(d, n(1))));
  const high = body.name('s', div(f, d));
  const back = twoProduct(body, format, high, d);
  const rest = sub(sub(sub(f, back.high), back.low), mul(high, dLow));
  return { high, low: body.name('sLow', div(rest, d)) };
}

/** log x as a pair, for finite positive x. */
function logarithmPair(body: Body, format: Format, x: Expression): Pair {
  const { number: n } = format;
  const { twoThirds, coefficients } = constants[format.type];
  const { ln2High, ln2Low } = exponentialConstants[format.type];
  const { k, m } = splitAnyExponent(body, format, x);
  const s = quotientPair(body, format, m);
  const squared = twoProduct(body, format, s.high, s.high);
  const zLow = body.name('zLow', add(squared.low, mul(add(s.high, s.high), s.low)));
  const cubed = twoProduct(body, format, squared.high, s.high);
  const cubeLow = body.name('cubeLow', add(cubed.low, add(mul(squared.high, s.low), mul(zLow, s.high))));
  const term = twoProduct(body, format, cubed.high, n(twoThirds[0]));
  const termLow = add(term.low, add(mul(cubeLow, n(twoThirds[0])), mul(cubed.high, n(twoThirds[1]))));
  const rest = mul(mul(cubed.high, squared.high), horner(squared.high, coefficients));
  const twice = body.name('twice', add(s.high, s.high));
  const near = fastTwoSum(body, twice, term.high);
  const nearLow = body.name('nearLow', add(near.low, add(add(s.low, s.low), add(termLow, rest))));
  const sum = fastTwoSum(body, mul(k, n(ln2High)), near.high);
  const sumLow = add(sum.low, add(nearLow, mul(k, n(ln2Low))));
  return fastTwoSum(body, sum.high, body.name('rest', sumLow));
}

/** |x|^y for finite |x| > 0. */
function magnitude(body: Body, format: Format, size: Expression, y: Expression): Expression {
  const { number: n } = format;
  const { low, high } = exponentialConstants[format.type];
  const logarithm = logarithmPair(body, format, size);
  const largest = constants[format.type].largestExponent;
  const exponent = within(body, y, -largest, largest);
  const product = twoProduct(body, format, exponent, logarithm.high);
  const inside = and(lt(product.high, n(high)), lt(n(low), product.high));
  const correction = body.name('correction', select(inside, add(product.low, mul(exponent, logarithm.low)), n(0)));
  return exponentialOf(body, format, within(body, product.high, low, high), correction);
}

/** x^y with all special cases of IEEE 754 pow. */
export const pow = perType((type) =>
  define(`pow_${type}`, 'x to the power y', { x: type, y: type }, (body, { x, y }) => {
    const format = formatOf(type);
    const { number: n } = format;
    const size = body.name('size', abs(x));
    const general = body.name('general', magnitude(body, format, size, y));

    // Where x is 0 or infinite, or y is infinite, the result grows without bound or vanishes.
    const infinite = n(Infinity);
    const grows = body.name('grows', eq(gt(size, n(1)), gt(y, n(0))));
    const limiting = or(or(eq(size, n(0)), eq(size, infinite)), eq(abs(y), infinite));
    const limited = body.name('limited', select(limiting, select(grows, infinite, n(0)), general));

    // A negative base: the sign of an odd power, no real value for a fraction.
    const half = body.name('half', mul(y, n(0.5)));
    const whole = body.name('whole', eq(unary('floor', y), y));
    const odd = body.name('odd', and(whole, ne(unary('floor', half), half)));
    const withSign = body.name('withSign', select(and(isNegative(x), odd), neg(limited), limited));
    const unreal = and(and(lt(x, n(0)), gt(x, n(-Infinity))), not(whole));
    const known = body.name('known', or(eq(y, n(0)), or(eq(x, n(1)), and(eq(size, n(1)), eq(abs(y), infinite)))));
    const undefinedHere = or(or(ne(x, x), ne(y, y)), unreal);
    return select(known, n(1), select(undefinedHere, n(NaN), withSign));
  }),
);
