/**
 * Numbers within limits and on a circle, by rejection, in float64.
 *
 * Attempt i of a truncated normal number is the normal number of iteration i. Attempt i of a von Mises number takes
 * values 0 and 1 of iteration 2i for the angle, and values 2 and 3 for its acceptance. Values 0 and 1 of iteration 2i +
 * 1 decide its side.
 */

import { add, and, call, div, f64, ge, get, le, leave, lt, mul, neg, select, sub, u32, unary } from '../builder.js';
import { define, once } from './define.js';
import { acos } from './inverse-trigonometric.js';
import { log } from './logarithm.js';
import { drawParameters, normalFromWords, uniformFromWords, wordsAt } from './philox.js';
import { cos } from './trigonometric.js';

/** Limits with almost no probability between them are a mistake; the result is then NaN. */
const mostAttempts = 1000;

/** A normal number from low to high; NaN after a thousand failed attempts. */
export const truncatedNormal = once(() =>
  define(
    'truncatedNormal',
    'normal number within limits',
    { ...drawParameters, mean: 'f64', deviation: 'f64', low: 'f64', high: 'f64' },
    (body, { mean, deviation, low, high, ...at }) => {
      const value = body.variable('value', f64(NaN));
      body.loop('attempt', u32(0), u32(mostAttempts), (attempt) => {
        const z = call(normalFromWords(), ...wordsAt(body, at, attempt));
        const x = body.let('x', add(mean, mul(deviation, z)));
        body.when(and(ge(x, low), le(x, high)), () => {
          body.set(value, x);
          body.add(leave);
        });
      });
      return get(value);
    },
  ),
);

/** Below this concentration all angles are as likely; between it and the next the envelope's formula would cancel. */
const [even, nearlyEven] = [1e-8, 1e-5];

/** A von Mises number in (-pi, pi] (Best and Fisher 1979, "Efficient simulation of the von Mises distribution"). */
export const vonMises = once(() =>
  define(
    'vonMises',
    'von Mises number',
    { ...drawParameters, mean: 'f64', concentration: 'f64' },
    (body, { mean, concentration: kappa, ...at }) => {
      const r = body.let('r', add(f64(1), unary('sqrt', add(f64(1), mul(f64(4), mul(kappa, kappa))))));
      const rho = body.let('rho', div(sub(r, unary('sqrt', mul(f64(2), r))), mul(f64(2), kappa)));
      const wide = div(add(f64(1), mul(rho, rho)), mul(f64(2), rho));
      const s = body.let('s', select(lt(kappa, f64(nearlyEven)), add(div(f64(1), kappa), kappa), wide));
      const angle = body.variable('angle', f64(NaN));
      const legal = and(ge(kappa, f64(0)), lt(kappa, f64(Infinity)));
      body.when(legal, () =>
        body.loop('attempt', u32(0), u32(mostAttempts), (attempt) => {
          const [w0, w1, w2, w3] = wordsAt(body, at, add(attempt, attempt));
          const [v0, v1] = wordsAt(body, at, add(add(attempt, attempt), u32(1)));
          const u = body.let('u', call(uniformFromWords(), w0, w1));
          const side = body.let('side', call(uniformFromWords(), v0, v1));
          body.when(lt(kappa, f64(even)), () => {
            body.set(angle, mul(f64(Math.PI), sub(mul(f64(2), u), f64(1))));
            body.add(leave);
          });
          const z = body.let('z', call(cos('f64'), mul(f64(Math.PI), u)));
          const w = body.let('w', div(add(f64(1), mul(s, z)), add(s, z)));
          const y = body.let('y', mul(kappa, sub(s, w)));
          const chance = body.let('chance', call(uniformFromWords(), w2, w3));
          const quick = ge(sub(mul(y, sub(f64(2), y)), chance), f64(0));
          const slow = ge(sub(add(call(log('f64'), div(y, chance)), f64(1)), y), f64(0));
          body.when(select(quick, quick, slow), () => {
            const turn = body.let('turn', call(acos('f64'), w));
            body.set(angle, select(lt(side, f64(0.5)), neg(turn), turn));
            body.add(leave);
          });
        }),
      );
      const turned = body.let('turned', add(get(angle), mean));
      const turns = unary('ceil', div(sub(turned, f64(Math.PI)), f64(2 * Math.PI)));
      return sub(turned, mul(turns, f64(2 * Math.PI)));
    },
  ),
);
