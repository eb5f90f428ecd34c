/**
 * Poisson and binomial numbers, in float64: sequential search for small means, otherwise transformed rejection (Hörmann
 * 1993a, "The transformed rejection method for generating Poisson random variables", algorithm PTRS; 1993b, "The
 * generation of binomial random variates", algorithm BTRS), accepting by probabilities computed in full precision.
 *
 * The uniform number of a search is from values 0 and 1 of iteration 0. Attempt i of a rejection is iteration i: values
 * 0 and 1 place it, values 2 and 3 accept it. Loops are bounded only to make every function total; in practice the
 * bounds are never reached.
 */

import {
  add,
  and,
  call,
  div,
  eq,
  f64,
  ge,
  get,
  gt,
  le,
  leave,
  lt,
  mul,
  neg,
  not,
  select,
  sub,
  u32,
  unary,
} from '../builder.js';
import type { Expression, Local } from '../program.js';
import { type Body, define, once } from './define.js';
import { exp } from './exponential.js';
import { abs } from './formats.js';
import { log, log1p } from './logarithm.js';
import { type DrawPoint, drawParameters, uniformFromWords, wordsAt } from './philox.js';
import { deviance, log2Pi, stirlingError } from './saddle-point.js';

/** Smaller means are drawn by search, because it is faster there and the rejection hats do not hold. */
const searchBelow = 10;
/** The chance that a number with a mean below ten is larger is less than 2^-100. */
const longestSearch = 128;
/** At least a third of the attempts succeed. */
const mostAttempts = 1000;

/**
 * Adds up probabilities p(0), p(1) = p(0) factor(1), … until they reach a uniform number, or change no more for
 * rounding; stops at `limit`.
 */
function search(
  body: Body,
  at: DrawPoint,
  count: Local,
  first: Expression,
  limit: Expression,
  factor: (k: Expression) => Expression,
): void {
  const [w0, w1] = wordsAt(body, at, u32(0));
  const uniform = body.let('uniform', call(uniformFromWords(), w0, w1));
  const probability = body.variable('probability', first);
  const reached = body.variable('reached', first);
  const before = body.variable('before', f64(-1));
  const goesOn = and(gt(uniform, get(reached)), gt(get(reached), get(before)));
  body.whilst(and(goesOn, lt(get(count), limit)), () => {
    body.set(before, get(reached));
    body.set(count, add(get(count), f64(1)));
    body.set(probability, mul(get(probability), factor(get(count))));
    body.set(reached, add(get(before), get(probability)));
  });
}

interface Hat {
  readonly a: Expression;
  readonly b: Expression;
  readonly centre: Expression;
  /** Below it, away from the tails, an attempt is accepted without looking at its probability. */
  readonly squeeze: Expression;
  /** Scales the hat to the logarithm of probability from `logProbability`. */
  readonly scale: Expression;
}

/** Transformed rejection: the common part of PTRS and BTRS. */
function reject(
  body: Body,
  at: DrawPoint,
  count: Local,
  hat: Hat,
  highest: Expression,
  logProbability: (k: Expression) => Expression,
): void {
  body.loop('attempt', u32(0), u32(mostAttempts), (attempt) => {
    const [w0, w1, w2, w3] = wordsAt(body, at, attempt);
    const u = body.let('u', sub(call(uniformFromWords(), w0, w1), f64(0.5)));
    const v = body.let('v', call(uniformFromWords(), w2, w3));
    const us = body.let('us', sub(f64(0.5), abs(u)));
    const k = body.let('k', unary('floor', add(mul(add(div(mul(f64(2), hat.a), us), hat.b), u), hat.centre)));
    body.set(count, k);
    body.when(and(ge(us, f64(0.07)), le(v, hat.squeeze)), () => body.add(leave));
    const possible = and(and(ge(k, f64(0)), le(k, highest)), not(and(lt(us, f64(0.013)), gt(v, us))));
    body.when(possible, () => {
      const height = div(mul(v, hat.scale), add(div(hat.a, mul(us, us)), hat.b));
      body.when(le(call(log('f64'), height), logProbability(k)), () => body.add(leave));
    });
  });
}

/** log of the probability of k under a Poisson law. */
const logPoisson = once(() =>
  define('logPoisson', 'log probability of k at a mean', { k: 'f64', mean: 'f64' }, (body, { k, mean }) => {
    const some = body.let('some', select(lt(k, f64(1)), f64(1), k));
    const exponent = add(call(stirlingError(), some), call(deviance(), some, mean));
    const value = neg(add(exponent, mul(f64(0.5), add(log2Pi, call(log('f64'), some)))));
    return select(lt(k, f64(1)), neg(mean), value);
  }),
);

/** A Poisson number: whole, NaN for a mean that is negative or NaN, infinite for an infinite one. */
export const poisson = once(() =>
  define('poisson', 'Poisson number', { ...drawParameters, mean: 'f64' }, (body, { mean, ...at }) => {
    const count = body.variable('count', f64(0));
    body.when(
      lt(mean, f64(searchBelow)),
      () => {
        search(body, at, count, call(exp('f64'), neg(mean)), f64(longestSearch), (k) => div(mean, k));
      },
      () =>
        body.when(lt(mean, f64(Infinity)), () => {
          const b = body.let('b', add(f64(0.931), mul(f64(2.53), unary('sqrt', mean))));
          const hat: Hat = {
            b,
            a: body.let('a', add(f64(-0.059), mul(f64(0.02483), b))),
            centre: body.let('centre', add(mean, f64(0.43))),
            squeeze: body.let('squeeze', sub(f64(0.9277), div(f64(3.6224), sub(b, f64(2))))),
            scale: body.let('scale', add(f64(1.1239), div(f64(1.1328), sub(b, f64(3.4))))),
          };
          reject(body, at, count, hat, f64(Infinity), (k) => call(logPoisson(), k, mean));
        }),
    );
    const drawn = select(eq(mean, f64(Infinity)), mean, get(count));
    return select(ge(mean, f64(0)), drawn, f64(NaN));
  }),
);

/** log of the probability of k under a binomial law with 0 < p < 1 and n >= 1. */
export const logBinomial = once(() =>
  define('logBinomial', 'log probability of k in n', { k: 'f64', n: 'f64', p: 'f64' }, (body, { k, n, p }) => {
    const inside = body.let('inside', and(gt(k, f64(0)), lt(k, n)));
    const some = body.let('some', select(inside, k, mul(n, f64(0.5))));
    const others = body.let('others', sub(n, some));
    const q = body.let('q', sub(f64(1), p));
    const errors = sub(sub(call(stirlingError(), n), call(stirlingError(), some)), call(stirlingError(), others));
    const deviances = add(call(deviance(), some, mul(n, p)), call(deviance(), others, mul(n, q)));
    const width = sub(call(log('f64'), div(n, mul(some, others))), log2Pi);
    const value = add(sub(errors, deviances), mul(f64(0.5), width));
    const edge = select(le(k, f64(0)), call(log1p('f64'), neg(p)), call(log('f64'), p));
    return select(inside, value, mul(n, edge));
  }),
);

/**
 * A binomial number of n trials: an integer; NaN unless n is at least 0 and finite and p is in [0, 1]. A fraction of n
 * is cut off.
 */
export const binomial = once(() =>
  define(
    'binomial',
    'binomial number',
    { ...drawParameters, trials: 'f64', probability: 'f64' },
    (body, { trials, probability, ...at }) => {
      const n = body.let('n', unary('trunc', trials));
      const swapped = body.let('swapped', gt(probability, f64(0.5)));
      const p = body.let('p', select(swapped, sub(f64(1), probability), probability));
      const q = body.let('q', sub(f64(1), p));
      const mean = body.let('mean', mul(n, p));
      const legal = body.let(
        'legal',
        and(and(ge(n, f64(0)), lt(n, f64(Infinity))), and(ge(probability, f64(0)), le(probability, f64(1)))),
      );
      const count = body.variable('count', f64(0));
      const odds = body.let('odds', div(p, q));
      body.when(
        and(legal, lt(mean, f64(searchBelow))),
        () => {
          const none = call(exp('f64'), mul(n, call(log1p('f64'), neg(p))));
          const limit = body.let('limit', select(lt(n, f64(longestSearch)), n, f64(longestSearch)));
          search(body, at, count, none, limit, (k) => mul(div(add(sub(n, k), f64(1)), k), odds));
        },
        () =>
          body.when(legal, () => {
            const deviation = body.let('deviation', unary('sqrt', mul(mean, q)));
            const b = body.let('b', add(f64(1.15), mul(f64(2.53), deviation)));
            const hat: Hat = {
              b,
              a: body.let('a', add(add(f64(-0.0873), mul(f64(0.0248), b)), mul(f64(0.01), p))),
              centre: body.let('centre', add(mean, f64(0.5))),
              squeeze: body.let('squeeze', sub(f64(0.92), div(f64(4.2), b))),
              scale: body.let('scale', mul(add(f64(2.83), div(f64(5.1), b)), deviation)),
            };
            const mode = body.let('mode', unary('floor', mul(add(n, f64(1)), p)));
            const highest = body.let('highest', call(logBinomial(), mode, n, p));
            reject(body, at, count, hat, n, (k) => sub(call(logBinomial(), k, n, p), highest));
          }),
      );
      return select(legal, select(swapped, sub(n, get(count)), get(count)), f64(NaN));
    },
  ),
);
