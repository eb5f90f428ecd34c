/**
 * Numbers within limits and on a circle, by rejection, in float64.
 *
 * Attempt i of a truncated normal number is the normal number of iteration i. Attempt i of a von Mises number takes
 * values 0 and 1 of iteration 2i for the angle, and values 2 and 3 for its acceptance. Values 0 and 1 of iteration 2i +
 * 1 decide its side.
 */

import { define, once } from './define.js';
import { acos } from './inverse-trigonometric.js';
import { log } from './logarithm.js';
import { drawParameters, normalFromWords, philox4x32, uniformFromWords } from './philox.js';
import { cos } from './trigonometric.js';

/** Limits with almost no probability between them are a mistake; the result is then NaN. */
const mostAttempts = 1000;

/** A normal number from low to high; NaN after a thousand failed attempts. */
export const truncatedNormal = once(() =>
  define(
    'truncatedNormal',
    'normal number within limits',
    { ...drawParameters, mean: 'f64', deviation: 'f64', low: 'f64', high: 'f64' },
    (body) => {
      const at = body.write`
        var value = nan
        for attempt = 0u until ${mostAttempts}u {
          ${philox4x32()}(element, subElement, step, site + attempt, k0, k1) -> (r0, r1, r2, r3)
          let x = mean + deviation * ${normalFromWords()}(r0, r1, r2, r3)
          if x >= low & x <= high {
            value = x
            break
          }
        }`;
      return at('value');
    },
  ),
);

/** Below this concentration all angles are as likely; between it and the next the envelope's formula would cancel. */
const [even, nearlyEven] = [1e-8, 1e-5];

/** A von Mises number in (-pi, pi] (Best and Fisher 1979, "Efficient simulation of the von Mises distribution"). */
export const vonMises = once(() =>
  define('vonMises', 'von Mises number', { ...drawParameters, mean: 'f64', kappa: 'f64' }, (body) => {
    const [words, uniform] = [philox4x32(), uniformFromWords()];
    const at = body.write`
        let r = 1.0 + sqrt(1.0 + 4.0 * (kappa * kappa))
        let rho = (r - sqrt(2.0 * r)) / (2.0 * kappa)
        let s = select(kappa < ${nearlyEven}, 1.0 / kappa + kappa, (1.0 + rho * rho) / (2.0 * rho))
        var angle = nan
        if kappa >= 0.0 & kappa < inf {
          for attempt = 0u until ${mostAttempts}u {
            ${words}(element, subElement, step, site + (attempt + attempt), k0, k1) -> (w0, w1, w2, w3)
            ${words}(element, subElement, step, site + (attempt + attempt + 1u), k0, k1) -> (v0, v1, v2, v3)
            let u = ${uniform}(w0, w1)
            let side = ${uniform}(v0, v1)
            if kappa < ${even} {
              angle = ${Math.PI} * (2.0 * u - 1.0)
              break
            }
            let z = ${cos('f64')}(${Math.PI} * u)
            let w = (1.0 + s * z) / (s + z)
            let y = kappa * (s - w)
            let chance = ${uniform}(w2, w3)
            let quick = y * (2.0 - y) - chance >= 0.0
            if select(quick, quick, ${log('f64')}(y / chance) + 1.0 - y >= 0.0) {
              let turn = ${acos('f64')}(w)
              angle = select(side < 0.5, -turn, turn)
              break
            }
          }
        }
        let turned = angle + mean
        let result = turned - ceil((turned - ${Math.PI}) / ${2 * Math.PI}) * ${2 * Math.PI}`;
    return at('result');
  }),
);
