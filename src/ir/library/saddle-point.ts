/**
 * Logarithms of discrete probabilities to full precision for any size of counts: Stirling's error and the deviance are
 * computed separately, so that no large terms cancel (Loader 2000, "Fast and accurate computation of binomial
 * probabilities").
 */

import { f64 } from '../builder.js';
import type { Expression } from '../program.js';
import { define, once } from './define.js';
import { horner } from './formats.js';
import { log1p } from './logarithm.js';

/** Stirling's series in 1/n. */
const stirling = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188];

/** log n! - log(sqrt(2 pi n) (n/e)^n) for whole n >= 1. */
export const stirlingError = once(() =>
  define('stirlingError', "log n! less Stirling's approximation", { n: 'f64' }, (body) => {
    const at = body.write`
      var at = n
      var sum = 0.0
      # error(n) - error(n + 1) = (n + 1/2) log(1 + 1/n) - 1
      while at < 16.0 {
        sum = sum + ((at + 0.5) * ${log1p('f64')}(1.0 / at) - 1.0)
        at = at + 1.0
      }
      let inverse = 1.0 / at
      let square = inverse * inverse
      let result = sum + inverse * ${(at) => horner(at('square'), stirling)}`;
    return at('result');
  }),
);

/** k log(k/m) + m - k for k > 0, m > 0: a distance of a count from its mean. */
export const deviance = once(() =>
  define('deviance', 'k log(k/m) + m - k', { k: 'f64', m: 'f64' }, (body) => {
    const at = body.write`
      let difference = k - m
      let result = k * ${log1p('f64')}(difference / m) - difference`;
    return at('result');
  }),
);

/** log(2 pi). */
export const log2Pi: Expression = f64(1.8378770664093453);
