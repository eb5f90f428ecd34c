/**
 * Gamma numbers by rejection from a normal one (Marsaglia and Tsang 2000, "A simple method for generating gamma
 * variables"), in float64.
 *
 * Attempt i takes its normal number from iteration 2i, and its acceptance from values 0 and 1 of iteration 2i + 1.
 * Values 2 and 3 of the accepted attempt give the power for shapes below 1.
 */

import { add, and, call, div, f64, ge, get, gt, leave, lt, mul, select, sub, u32, unary } from '../builder.js';
import { define, once } from './define.js';
import { exp } from './exponential.js';
import { log } from './logarithm.js';
import { drawParameters, normalFromWords, uniformFromWords, wordsAt } from './philox.js';

/** More than nine in ten attempts succeed; the bound only makes the function total. */
const mostAttempts = 1000;

/** A gamma number of the given shape with scale 1; 0 for shape 0, NaN for a shape that is negative, infinite or NaN. */
export const gamma = once(() =>
  define('gamma', 'gamma number', { ...drawParameters, shape: 'f64' }, (body, { shape, ...at }) => {
    const boosted = body.let('boosted', lt(shape, f64(1)));
    const d = body.let('d', sub(select(boosted, add(shape, f64(1)), shape), f64(1 / 3)));
    const c = body.let('c', div(f64(1), unary('sqrt', mul(f64(9), d))));
    const value = body.variable('value', f64(0));
    const legal = and(gt(shape, f64(0)), lt(shape, f64(Infinity)));
    body.when(legal, () =>
      body.loop('attempt', u32(0), u32(mostAttempts), (attempt) => {
        const x = body.let('x', call(normalFromWords(), ...wordsAt(body, at, add(attempt, attempt))));
        const base = body.let('base', add(f64(1), mul(c, x)));
        const v = body.let('v', mul(mul(base, base), base));
        body.when(gt(base, f64(0)), () => {
          const [w0, w1, w2, w3] = wordsAt(body, at, add(add(attempt, attempt), u32(1)));
          const chance = call(log('f64'), call(uniformFromWords(), w0, w1));
          const logBound = add(mul(mul(f64(0.5), x), x), add(sub(d, mul(d, v)), mul(d, call(log('f64'), v))));
          body.when(lt(chance, logBound), () => {
            const power = div(call(log('f64'), call(uniformFromWords(), w2, w3)), shape);
            const factor = select(boosted, call(exp('f64'), power), f64(1));
            body.set(value, mul(mul(d, v), factor));
            body.add(leave);
          });
        });
      }),
    );
    const known = and(ge(shape, f64(0)), lt(shape, f64(Infinity)));
    return select(known, get(value), f64(NaN));
  }),
);
