/**
 * The hazard of the gamma distribution with scale 1: density over survival, x^(k-1) e^-x / Γ(k, x), in float64.
 *
 * From x = k + 1 on by Legendre's continued fraction of the incomplete gamma function (Lentz's method), below by its
 * power series and Stirling's series of ln Γ. Relative error below 1e-11 for shapes from 0.01 to 1000.
 */

import { f64 } from '../builder.js';
import type { Expression } from '../program.js';
import { code } from '../template.js';
import { type Body, define, once } from './define.js';
import { exp } from './exponential.js';
import { log } from './logarithm.js';

/** Terms that are enough for every shape up to some thousands; the bound makes the function total. */
const mostTerms = 2000;
const precision = 1e-15;
/** Stands for a divisor of zero in Lentz's method. */
const tiny = 1e-300;

/** 1/12, -1/360, 1/1260, -1/1680, 1/1188: Stirling's series in 1/z. */
const stirling = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188];
const halfLogTwoPi = 0.9189385332046728;
/** Stirling's series is good from here on. */
const shift = 8;

/** ln Γ(k) for k > 0. */
function logGamma(body: Body, k: Expression): Expression {
  let below: Expression = k;
  for (let n = 1; n < shift; n++) below = code`${below} * (${k} + ${n})`;
  const series = (square: Expression): Expression =>
    stirling.reduceRight((sum: Expression, term) => code`${term} + ${sum} / ${square}`, f64(0));
  const ln = log('f64');
  const at = body.write`
    let z = ${k} + ${shift}
    let square = z * z
    let log_gamma = (z - 0.5) * ${ln}(z) - z + ${halfLogTwoPi} + ${(at) => series(at('square'))} / z - ${ln}(${below})`;
  return at('log_gamma');
}

/** The hazard at x of the gamma distribution of shape k and scale 1; NaN for a shape that is not positive. */
export const gammaHazard = once(() =>
  define('gamma_hazard', 'hazard of the gamma distribution', { k: 'f64', x: 'f64' }, (body, { k }) => {
    const at = body.write`
      var value = nan
      if k > 0.0 & k < inf & x >= 0.0 {
        if x < k + 1.0 {
          var term = 1.0 / k
          var sum = term
          for n = 1u until ${mostTerms}u {
            term = term * x / (k + f64(n))
            sum = sum + term
            if term < sum * ${precision} {
              break
            }
          }
          # Where x is zero its logarithm is -infinity, and so is, for shapes above one, the hazard's.
          let rest = ${exp('f64')}(${(_, inner) => logGamma(inner, k)} + x - k * ${log('f64')}(x)) - sum
          let at_zero = select(k > 1.0, 0.0, select(k < 1.0, inf, 1.0))
          value = select(x > 0.0 | x < 0.0, 1.0 / (x * rest), at_zero)
        } else {
          var b = x - k + 1.0
          var c = 1.0 / ${tiny}
          var d = 1.0 / b
          var fraction = d
          for n = 1u until ${mostTerms}u {
            let m = f64(n)
            let a = -(m * (m - k))
            b = b + 2.0
            let below = a * d + b
            d = 1.0 / select(abs(below) < ${tiny}, ${tiny}, below)
            let above = b + a / c
            c = select(abs(above) < ${tiny}, ${tiny}, above)
            let change = c * d
            fraction = fraction * change
            if abs(change - 1.0) < ${precision} {
              break
            }
          }
          value = 1.0 / (x * fraction)
        }
      }`;
    return at('value');
  }),
);
