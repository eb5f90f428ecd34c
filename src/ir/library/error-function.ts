/** The error function. Straight-line. */

import { add, div, lt, mul, neg, select, sub } from '../builder.js';
import { type FloatType, define, perType } from './define.js';
import { exponentialOf } from './exponential.js';
import { abs, atMost, formatOf, horner, polynomial, withSignOf } from './formats.js';

interface ErrorConstants {
  /** erf(x)/x - 1 in z = x^2 for |x| <= 1, relative error below 2^-56 (2^-27 in float32). */
  readonly small: readonly number[];
  /** erfc(x) e^(x^2) in t = 1/(x + 2) from 1 to the limit; error in erf below 2^-57 (2^-29 in float32). */
  readonly large: readonly number[];
  /** From here on erf x rounds to 1. */
  readonly limit: number;
}

const constants: Readonly<Record<FloatType, ErrorConstants>> = {
  f64: {
    small: [
      0.1283791670955126, -0.3761263890318375, 0.11283791670954857, -0.02686617064507284, 0.0052239776247803155,
      -0.0008548326978709237, 0.00012055331035645364, -1.4925593475500286e-5, 1.6460972294104895e-6,
      -1.6350019484141473e-7, 1.4657840014188439e-8, -1.1365507572467213e-9, 5.944986818727078e-11,
    ],
    large: [
      -3.1268088211226673e-6, 0.5643772388262127, 1.1232688300402638, 2.058449089402591, 1.8978652960806728,
      9.885505888048689, -41.107399032597776, 161.19229434386068, -510.7452598862004, 994.6575620187199,
      -1152.8833312413094, 747.916959208222, -212.10252359913923,
    ],
    limit: 6,
  },
  f32: {
    small: [
      0.12837916612625122, -0.3761262595653534, 0.1128358468413353, -0.026853807270526886, 0.005188317503780127,
      -0.0008010100573301315, 7.853534043533728e-5,
    ],
    large: [
      0.0018221607897430658, 0.5194068551063538, 1.5871691703796387, -0.5155489444732666, 10.186644554138184,
      -7.385490894317627,
    ],
    limit: 4,
  },
};

/** erf x. */
export const erf = perType((type) =>
  define(`erf_${type}`, 'error function', { x: type }, (body, { x }) => {
    const format = formatOf(type);
    const { number: n } = format;
    const { small, large, limit } = constants[type];
    const size = body.name('size', atMost(abs(x), n(limit)));
    const z = body.name('z', mul(size, size));
    const square = body.name('square', mul(z, z));
    const inner = add(size, mul(size, polynomial(body, z, square, small)));
    const t = body.name('t', div(n(1), add(size, n(2))));
    const outer = sub(n(1), mul(exponentialOf(body, format, body.name('minus', neg(z))), horner(t, large)));
    return withSignOf(format, body.name('value', select(lt(size, n(1)), inner, outer)), x);
  }),
);
