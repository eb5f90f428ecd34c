/**
 * The hazard of the gamma distribution with scale 1: density over survival, x^(k-1) e^-x / Γ(k, x), in float64.
 *
 * From x = k + 1 on by Legendre's continued fraction of the incomplete gamma function (Lentz's method), below by its
 * power series and Stirling's series of ln Γ. Relative error below 1e-11 for shapes from 0.01 to 1000.
 */

import {
  add,
  and,
  call,
  div,
  f64,
  ge,
  get,
  gt,
  leave,
  lt,
  mul,
  neg,
  or,
  select,
  sub,
  u32,
  convert,
  unary,
} from '../builder.js';
import type { Expression } from '../program.js';
import { type Body, define, once } from './define.js';
import { exp } from './exponential.js';
import { log } from './logarithm.js';

/** Terms that are enough for every shape up to some thousands; the bound makes the function total. */
const mostTerms = 2000;
const precision = 1e-15;

/** 1/12, -1/360, 1/1260, -1/1680, 1/1188: Stirling's series in 1/z. */
const stirling = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188];
const halfLogTwoPi = 0.9189385332046728;
/** Stirling's series is good from here on. */
const shift = 8;

/** ln Γ(k) for k > 0. */
function logGamma(body: Body, k: Expression): Expression {
  const z = body.let('z', add(k, f64(shift)));
  let below: Expression = k;
  for (let n = 1; n < shift; n++) below = mul(below, add(k, f64(n)));
  const square = body.let('square', mul(z, z));
  const series = stirling.reduceRight((sum: Expression, term) => add(f64(term), div(sum, square)), f64(0));
  const main = add(sub(mul(sub(z, f64(0.5)), call(log('f64'), z)), z), f64(halfLogTwoPi));
  return body.let('log_gamma', sub(add(main, div(series, z)), call(log('f64'), below)));
}

/** The hazard at x of the gamma distribution of shape k and scale 1; NaN for a shape that is not positive. */
export const gammaHazard = once(() =>
  define('gamma_hazard', 'hazard of the gamma distribution', { k: 'f64', x: 'f64' }, (body, { k, x }) => {
    const value = body.variable('value', f64(NaN));
    const legal = and(and(gt(k, f64(0)), lt(k, f64(Infinity))), ge(x, f64(0)));
    body.when(legal, () => {
      body.when(
        lt(x, add(k, f64(1))),
        () => {
          const term = body.variable('term', div(f64(1), k));
          const sum = body.variable('sum', get(term));
          body.loop('n', u32(1), u32(mostTerms), (n) => {
            body.set(term, div(mul(get(term), x), add(k, convert('f64', n))));
            body.set(sum, add(get(sum), get(term)));
            body.when(lt(get(term), mul(get(sum), f64(precision))), () => body.add(leave));
          });
          // Where x is zero its logarithm is -infinity, and so is, for shapes above one, the hazard's.
          const whole = call(exp('f64'), sub(add(logGamma(body, k), x), mul(k, call(log('f64'), x))));
          const rest = body.let('rest', sub(whole, get(sum)));
          const inner = div(f64(1), mul(x, rest));
          const atZero = select(gt(k, f64(1)), f64(0), select(lt(k, f64(1)), f64(Infinity), f64(1)));
          body.set(value, select(or(gt(x, f64(0)), lt(x, f64(0))), inner, atZero));
        },
        () => {
          const tiny = f64(1e-300);
          const b = body.variable('b', add(sub(x, k), f64(1)));
          const c = body.variable('c', div(f64(1), tiny));
          const d = body.variable('d', div(f64(1), get(b)));
          const fraction = body.variable('fraction', get(d));
          body.loop('n', u32(1), u32(mostTerms), (n) => {
            const m = body.let('m', convert('f64', n));
            const a = body.let('a', neg(mul(m, sub(m, k))));
            body.set(b, add(get(b), f64(2)));
            const below = body.let('below', add(mul(a, get(d)), get(b)));
            body.set(d, div(f64(1), select(lt(unary('abs', below), tiny), tiny, below)));
            const above = body.let('above', add(get(b), div(a, get(c))));
            body.set(c, select(lt(unary('abs', above), tiny), tiny, above));
            const change = body.let('change', mul(get(c), get(d)));
            body.set(fraction, mul(get(fraction), change));
            body.when(lt(unary('abs', sub(change, f64(1))), f64(precision)), () => body.add(leave));
          });
          body.set(value, div(f64(1), mul(x, get(fraction))));
        },
      );
    });
    return get(value);
  }),
);
