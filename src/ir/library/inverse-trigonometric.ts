/** asin, acos, atan and atan2. All are straight-line. */

import { add, and, div, eq, gt, lt, mul, ne, neg, or, select, sub, unary } from '../builder.js';
import type { Expression } from '../program.js';
import { type Body, type FloatType, define, perType } from './define.js';
import { type Format, abs, atMost, formatOf, isNegative, polynomial, upperHalf, withSignOf } from './formats.js';
import { powerOfTwo } from '../power-of-two.js';

interface InverseConstants {
  /** (atan r - r) / r^3 in z = r^2 for |r| <= 7/16, relative error below 2^-57 (2^-28 in float32). */
  readonly atan: readonly number[];
  /** (asin s - s) / s^3 in z = s^2 for s <= 1/2, relative error below 2^-58 (2^-30 in float32). */
  readonly asin: readonly number[];
  readonly pi: readonly [number, number];
  readonly halfPi: readonly [number, number];
  readonly quarterPi: readonly [number, number];
  readonly atanHalf: readonly [number, number];
  readonly atanThreeHalves: readonly [number, number];
}

const constants: Readonly<Record<FloatType, InverseConstants>> = {
  f64: {
    atan: [
      -0.33333333333332926, 0.19999999999875123, -0.1428571427238014, 0.11111110399856738, -0.09090886986337633,
      0.07691873814629388, -0.06661048315955675, 0.05833405245238152, -0.049762002207555334, 0.036515876619920194,
      -0.016270165543890432,
    ],
    asin: [
      0.16666666666666763, 0.07499999999970225, 0.04464285717515816, 0.030381942681751463, 0.02237221571474332,
      0.017351599082089816, 0.013980973927162759, 0.011397670908023235, 0.0107871348336382, 0.00368069005550017,
      0.021769377420875594, -0.021085832234095526, 0.03268236914319994,
    ],
    pi: [3.141592653589793, 1.2246467991473532e-16],
    halfPi: [1.5707963267948966, 6.123233995736766e-17],
    quarterPi: [0.7853981633974483, 3.061616997868383e-17],
    atanHalf: [0.4636476090008061, 2.2698777452961687e-17],
    atanThreeHalves: [0.982793723247329, 1.3903311031230998e-17],
  },
  f32: {
    atan: [-0.3333330452442169, 0.19997760653495789, -0.1422991156578064, 0.10492745786905289, -0.05823013186454773],
    asin: [
      0.16666659712791443, 0.07500510662794113, 0.044515691697597504, 0.03181789815425873, 0.014401402324438095,
      0.03756703436374664,
    ],
    pi: [3.1415927410125732, -8.742277657347586e-8],
    halfPi: [1.5707963705062866, -4.371138828673793e-8],
    quarterPi: [0.7853981852531433, -2.1855694143368964e-8],
    atanHalf: [0.46364760398864746, 5.01215868808913e-9],
    atanThreeHalves: [0.9827937483787537, -2.5131424052915463e-8],
  },
};

/**
 * atan of a number that is not negative: atan x = atan c + atan((x - c) / (1 + c x)) with c = 0, 1/2, 1, 3/2 or
 * infinity, so the argument of the series stays within 7/16.
 */
function arctangentOf(body: Body, format: Format, x: Expression): Expression {
  const { number: n } = format;
  const { atan: series, atanHalf, quarterPi, atanThreeHalves, halfPi } = constants[format.type];
  const bounded = body.name('bounded', atMost(x, n(powerOfTwo(60))));
  const conditions = [7 / 16, 11 / 16, 19 / 16, 39 / 16].map((edge) => body.name('beyond', lt(n(edge), bounded)));
  const choose = (values: readonly number[]): Expression =>
    conditions.reduce((chosen, condition, k) => select(condition, n(values[k + 1] ?? 0), chosen), n(values[0] ?? 0));
  const top = add(mul(choose([1, 2, 1, 1, 0]), bounded), choose([0, -1, -1, -1.5, -1]));
  const bottom = add(mul(choose([0, 1, 1, 1.5, 1]), bounded), choose([1, 2, 1, 1, 0]));
  const r = body.name('r', div(top, bottom));
  const z = body.name('z', mul(r, r));
  const square = body.name('square', mul(z, z));
  const cubic = body.name('cubic', mul(mul(r, z), polynomial(body, z, square, series)));
  const high = choose([0, atanHalf[0], quarterPi[0], atanThreeHalves[0], halfPi[0]]);
  const low = choose([0, atanHalf[1], quarterPi[1], atanThreeHalves[1], halfPi[1]]);
  return body.name('arctangent', add(high, add(r, add(cubic, low))));
}

/** atan x. */
export const atan = perType((type) =>
  define(`atan_${type}`, 'arctangent in radians', { x: type }, (body, { x }) => {
    const format = formatOf(type);
    return withSignOf(format, arctangentOf(body, format, body.name('size', abs(x))), x);
  }),
);

/** Angle of the point (x, y), with all special cases of IEEE 754 atan2. */
export const atan2 = perType((type) =>
  define(`atan2_${type}`, 'angle of (x, y) in radians', { y: type, x: type }, (body, { y, x }) => {
    const format = formatOf(type);
    const { number: n } = format;
    const { pi } = constants[type];
    const height = body.name('height', abs(y));
    const width = body.name('width', abs(x));
    const ratio = select(eq(height, n(0)), n(0), select(eq(height, width), n(1), div(height, width)));
    const angle = arctangentOf(body, format, body.name('ratio', ratio));
    // On the y axis the sign of a zero x does not count.
    const left = and(isNegative(x), or(ne(width, n(0)), eq(height, n(0))));
    const turned = body.name('turned', select(left, sub(n(pi[0]), sub(angle, n(pi[1]))), angle));
    return select(or(ne(x, x), ne(y, y)), n(NaN), withSignOf(format, turned, y));
  }),
);

interface ArcsineParts {
  readonly small: Expression;
  /** Up to 1/2: |x|. Above: sqrt((1 - |x|)/2); its arcsine is half the arccosine of |x|. */
  readonly s: Expression;
  /** asin s - s. */
  readonly rest: Expression;
  /** s with half its significand, and its difference to the exact root. */
  readonly upper: Expression;
  readonly lacking: Expression;
}

function arcsineParts(body: Body, format: Format, x: Expression): ArcsineParts {
  const { number: n } = format;
  const size = body.name('size', abs(x));
  const small = body.name('small', lt(size, n(0.5)));
  const z = body.name('z', select(small, mul(x, x), mul(sub(n(1), size), n(0.5))));
  const square = body.name('square', mul(z, z));
  const s = body.name('s', select(small, size, unary('sqrt', z)));
  const rest = body.name('rest', mul(s, mul(z, polynomial(body, z, square, constants[format.type].asin))));
  const upper = body.name('upper', upperHalf(format, s));
  const root = div(sub(z, mul(upper, upper)), add(s, upper));
  return { small, s, rest, upper, lacking: body.name('lacking', select(eq(s, n(0)), n(0), root)) };
}

/** asin x; NaN outside [-1, 1]. */
export const asin = perType((type) =>
  define(`asin_${type}`, 'arcsine in radians', { x: type }, (body, { x }) => {
    const format = formatOf(type);
    const { number: n } = format;
    const { quarterPi, halfPi } = constants[type];
    const { small, s, rest, upper, lacking } = arcsineParts(body, format, x);
    // pi/2 - 2 asin s, summed from pi/4 - 2 * upper, which is nearly exact.
    const inner = sub(add(rest, rest), sub(n(halfPi[1]), add(lacking, lacking)));
    const large = sub(n(quarterPi[0]), sub(inner, sub(n(quarterPi[0]), add(upper, upper))));
    const value = body.name('value', select(small, add(s, rest), large));
    return select(gt(abs(x), n(1)), n(NaN), withSignOf(format, value, x));
  }),
);

/** acos x; NaN outside [-1, 1]. */
export const acos = perType((type) =>
  define(`acos_${type}`, 'arccosine in radians', { x: type }, (body, { x }) => {
    const format = formatOf(type);
    const { number: n } = format;
    const { pi, halfPi } = constants[type];
    const { small, s, rest, upper, lacking } = arcsineParts(body, format, x);
    const negative = body.name('negative', lt(x, n(0)));
    const arcsine = select(negative, neg(rest), rest);
    const near = sub(n(halfPi[0]), sub(x, sub(n(halfPi[1]), arcsine)));
    const half = body.name('half', add(upper, add(rest, lacking)));
    const far = sub(n(pi[0]), sub(add(add(s, s), add(rest, rest)), n(pi[1])));
    const large = select(negative, far, add(half, half));
    return select(gt(abs(x), n(1)), n(NaN), select(small, near, large));
  }),
);
