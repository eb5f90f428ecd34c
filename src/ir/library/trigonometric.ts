/**
 * sin, cos, tan, and the sine and cosine of a fraction of a turn.
 *
 * `sinCosTurn` is straight-line. The others are not, since large arguments take the branch of `reduceHalfPi`.
 */

import { add, and, div, i32, lt, mul, ne, neg, select, sub } from '../builder.js';
import type { Expression } from '../program.js';
import { type Body, type FloatType, define, perType } from './define.js';
import { type Format, type Pair, abs, bitsOf, fastTwoSum, formatOf, horner } from './formats.js';
import { powerOfTwo } from '../power-of-two.js';
import { reduceHalfPi } from './reduction.js';

/**
 * (sin r - r) / r^3 and (cos r - 1 + r^2/2) / r^4 in z = r^2 for |r| <= pi/4; relative errors below 2^-57 (2^-27 in
 * float32).
 */
const coefficients: Readonly<Record<FloatType, { readonly sin: readonly number[]; readonly cos: readonly number[] }>> =
  {
    f64: {
      sin: [
        -0.16666666666666632, 0.008333333333322373, -0.00019841269829772867, 2.75573136791432e-6, -2.505075602510955e-8,
        1.5896669782523815e-10,
      ],
      cos: [
        0.0416666666666666, -0.001388888888887407, 2.4801587289446328e-5, -2.755731434144597e-7, 2.0875721728300992e-9,
        -1.135956468996639e-11,
      ],
    },
    f32: {
      sin: [-0.16666655242443085, 0.008332176133990288, -0.00019516983593348414],
      cos: [0.04166664555668831, -0.0013887364184483886, 2.4438109903712757e-5],
    },
  };

/** 2 pi as a pair. */
const twoPi: Readonly<Record<FloatType, readonly [number, number]>> = {
  f64: [6.283185307179586, 2.4492935982947064e-16],
  f32: [6.2831854820251465, -1.7484555314695172e-7],
};

/** sin(r + low) as an unevaluated sum. */
function sinPair(format: Format, z: Expression, r: Pair): Pair {
  const { number: n } = format;
  const cubic = mul(mul(z, r.high), horner(z, coefficients[format.type].sin));
  return { high: r.high, low: add(cubic, sub(r.low, mul(mul(n(0.5), z), r.low))) };
}

/** cos(r + low) as an unevaluated sum. */
function cosPair(body: Body, format: Format, z: Expression, r: Pair): Pair {
  const { number: n } = format;
  const half = body.name('half', mul(n(0.5), z));
  const high = body.name('cosHigh', sub(n(1), half));
  const quartic = mul(mul(z, z), horner(z, coefficients[format.type].cos));
  return { high, low: add(sub(sub(n(1), high), half), sub(quartic, mul(r.high, r.low))) };
}

interface Reduced {
  /** i32; only its value modulo 4 counts. */
  readonly quadrant: Expression;
  readonly sin: Expression;
  readonly cos: Expression;
  readonly sinPair: Pair;
  readonly cosPair: Pair;
}

/** The quadrant, and the sine and cosine of the rest. */
function reduced(body: Body, format: Format, x: Expression): Reduced {
  const at = body.write`${reduceHalfPi(format.type)}(${x}) -> (quadrant, r, rLow)`;
  const [quadrant, high, low] = [at('quadrant'), at('r'), at('rLow')];
  const z = body.name('z', mul(high, high));
  const s = sinPair(format, z, { high, low });
  const c = cosPair(body, format, z, { high, low });
  const sLow = body.name('sinLow', s.low);
  const cLow = body.name('cosLow', c.low);
  return {
    quadrant,
    sin: body.name('sin', add(s.high, sLow)),
    cos: body.name('cos', add(c.high, cLow)),
    sinPair: { high: s.high, low: sLow },
    cosPair: { high: c.high, low: cLow },
  };
}

const bit = (quadrant: Expression, mask: number): Expression => ne(and(quadrant, i32(mask)), i32(0));

/** |x| below this is its own sine and tangent. */
const tiny = (format: Format): Expression => format.number(powerOfTwo(format.type === 'f64' ? -27 : -12));

/** sin x for every finite x. */
export const sin = perType((type) =>
  define(`sin_${type}`, 'sine of an angle in radians', { x: type }, (body, { x }) => {
    const format = formatOf(type);
    const { quadrant, sin: s, cos: c } = reduced(body, format, x);
    const value = body.name('value', select(bit(quadrant, 1), c, s));
    return select(lt(abs(x), tiny(format)), x, select(bit(quadrant, 2), neg(value), value));
  }),
);

/** cos x for every finite x. */
export const cos = perType((type) =>
  define(`cos_${type}`, 'cosine of an angle in radians', { x: type }, (body, { x }) => {
    const { quadrant, sin: s, cos: c } = reduced(body, formatOf(type), x);
    const value = body.name('value', select(bit(quadrant, 1), s, c));
    return select(bit(add(quadrant, i32(1)), 2), neg(value), value);
  }),
);

/** tan x for every finite x. */
export const tan = perType((type) =>
  define(`tan_${type}`, 'tangent of an angle in radians', { x: type }, (body, { x }) => {
    const format = formatOf(type);
    const parts = reduced(body, format, x);
    const s = fastTwoSum(body, parts.sinPair.high, parts.sinPair.low);
    const c = fastTwoSum(body, parts.cosPair.high, parts.cosPair.low);
    const odd = body.name('odd', bit(parts.quadrant, 1));
    const top: Pair = { high: body.name('top', select(odd, neg(c.high), s.high)), low: select(odd, neg(c.low), s.low) };
    const bottom: Pair = { high: body.name('bottom', select(odd, s.high, c.high)), low: select(odd, s.low, c.low) };
    const quotient = body.name('quotient', div(top.high, bottom.high));
    const corrected = add(quotient, div(sub(top.low, mul(quotient, bottom.low)), bottom.high));
    return select(lt(abs(x), tiny(format)), x, corrected);
  }),
);

/**
 * Sine and cosine of `u` turns, 2 pi u radians, for |u| < 2^50: the quadrant is exact, so they are precise
 * everywhere. Used by the Box-Muller transform.
 */
export const sinCosTurn = perType((type) =>
  define(`sinCosTurn_${type}`, 'sine and cosine of u turns', { u: type }, (body, { u }) => {
    const format = formatOf(type);
    const { number: n } = format;
    const shifted = body.name('shifted', add(mul(u, n(4)), n(format.magic)));
    const bits = body.name('bits', bitsOf(shifted));
    const rest = sub(u, mul(sub(shifted, n(format.magic)), n(0.25)));
    const [high, low] = twoPi[type];
    const turns = body.name('turns', rest);
    const r = body.name('r', mul(turns, n(high)));
    const rLow = body.name('rLow', mul(turns, n(low)));
    const z = body.name('z', mul(r, r));
    const { sin: sinSeries, cos: cosSeries } = coefficients[type];
    const sinRest = body.name('sinRest', add(r, add(mul(mul(z, r), horner(z, sinSeries)), rLow)));
    const half = body.name('half', mul(n(0.5), z));
    const near = body.name('near', sub(n(1), half));
    const quartic = sub(mul(mul(z, z), horner(z, cosSeries)), mul(r, rLow));
    const cosRest = body.name('cosRest', add(near, add(sub(sub(n(1), near), half), quartic)));
    const has = (value: Expression, mask: bigint): Expression => ne(and(value, format.word(mask)), format.word(0n));
    const odd = body.name('odd', has(bits, 1n));
    const sine = body.name('sine', select(odd, cosRest, sinRest));
    const cosine = body.name('cosine', select(odd, sinRest, cosRest));
    return {
      sin: select(has(bits, 2n), neg(sine), sine),
      cos: select(has(add(bits, format.word(1n)), 2n), neg(cosine), cosine),
    };
  }),
);
