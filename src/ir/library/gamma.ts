/**
 * Gamma numbers by rejection from a normal one (Marsaglia and Tsang 2000, "A simple method for generating gamma
 * variables"), in float64.
 *
 * Attempt i takes its normal number from iteration 2i, and its acceptance from values 0 and 1 of iteration 2i + 1.
 * Values 2 and 3 of the accepted attempt give the power for shapes below 1.
 */

import { define, once } from './define.js';
import { exp } from './exponential.js';
import { log } from './logarithm.js';
import { drawParameters, normalFromWords, philox4x32, uniformFromWords } from './philox.js';

/** More than nine in ten attempts succeed; the bound only makes the function total. */
const mostAttempts = 1000;

/** A gamma number of the given shape with scale 1; 0 for shape 0, NaN for a shape that is negative, infinite or NaN. */
export const gamma = once(() =>
  define('gamma', 'gamma number', { ...drawParameters, shape: 'f64' }, (body) => {
    const [words, uniform, ln] = [philox4x32(), uniformFromWords(), log('f64')];
    const at = body.write`
      let boosted = shape < 1.0
      let d = select(boosted, shape + 1.0, shape) - ${1 / 3}
      let c = 1.0 / sqrt(9.0 * d)
      var value = 0.0
      if shape > 0.0 & shape < inf {
        for attempt = 0u until ${mostAttempts}u {
          ${words}(element, subElement, step, site + (attempt + attempt), k0, k1) -> (r0, r1, r2, r3)
          let x = ${normalFromWords()}(r0, r1, r2, r3)
          let base = 1.0 + c * x
          let v = base * base * base
          if base > 0.0 {
            ${words}(element, subElement, step, site + (attempt + attempt + 1u), k0, k1) -> (r0, r1, r2, r3)
            if ${ln}(${uniform}(r0, r1)) < 0.5 * x * x + (d - d * v + d * ${ln}(v)) {
              value = d * v * select(boosted, ${exp('f64')}(${ln}(${uniform}(r2, r3)) / shape), 1.0)
              break
            }
          }
        }
      }
      let result = select(shape >= 0.0 & shape < inf, value, nan)`;
    return at('result');
  }),
);
