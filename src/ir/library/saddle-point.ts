/**
 * Logarithms of discrete probabilities to full precision for any size of counts: Stirling's error and the deviance are
 * computed separately, so that no large terms cancel (Loader 2000, "Fast and accurate computation of binomial
 * probabilities").
 */

import { add, call, div, f64, get, lt, mul, sub } from '../builder.js';
import type { Expression } from '../program.js';
import { define, once } from './define.js';
import { horner } from './formats.js';
import { log1p } from './logarithm.js';

/** log n! - log(sqrt(2 pi n) (n/e)^n) for whole n >= 1. */
export const stirlingError = once(() =>
  define('stirlingError', "log n! less Stirling's approximation", { n: 'f64' }, (body, { n }) => {
    const at = body.variable('at', n);
    const sum = body.variable('sum', f64(0));
    // error(n) - error(n + 1) = (n + 1/2) log(1 + 1/n) - 1
    body.whilst(lt(get(at), f64(16)), () => {
      const difference = sub(mul(add(get(at), f64(0.5)), call(log1p('f64'), div(f64(1), get(at)))), f64(1));
      body.set(sum, add(get(sum), difference));
      body.set(at, add(get(at), f64(1)));
    });
    const inverse = body.let('inverse', div(f64(1), get(at)));
    const square = body.let('square', mul(inverse, inverse));
    const series = mul(inverse, horner(square, [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188]));
    return add(get(sum), series);
  }),
);

/** k log(k/m) + m - k for k > 0, m > 0: a distance of a count from its mean. */
export const deviance = once(() =>
  define('deviance', 'k log(k/m) + m - k', { k: 'f64', m: 'f64' }, (body, { k, m }) => {
    const difference = body.let('difference', sub(k, m));
    return sub(mul(k, call(log1p('f64'), div(difference, m))), difference);
  }),
);

/** log(2 pi). */
export const log2Pi: Expression = f64(1.8378770664093453);
