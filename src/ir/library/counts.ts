/**
 * Poisson and binomial numbers, in float64: sequential search for small means, otherwise transformed rejection (Hörmann
 * 1993a, "The transformed rejection method for generating Poisson random variables", algorithm PTRS; 1993b, "The
 * generation of binomial random variates", algorithm BTRS), accepting by probabilities computed in full precision.
 *
 * The uniform number of a search is from values 0 and 1 of iteration 0. Attempt i of a rejection is iteration i: values
 * 0 and 1 place it, values 2 and 3 accept it. Loops are bounded only to make every function total; in practice the
 * bounds are never reached.
 */

import { f64 } from '../builder.js';
import type { Expression } from '../program.js';
import { code, type Names } from '../template.js';
import { type Body, define, once } from './define.js';
import { exp } from './exponential.js';
import { log, log1p } from './logarithm.js';
import { drawParameters, philox4x32, uniformFromWords } from './philox.js';
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
 *
 * @param count the local that counts them
 */
function search(
  body: Body,
  count: Expression,
  first: Expression,
  limit: Expression,
  factor: (k: Expression) => Expression,
): void {
  body.write`
    ${philox4x32()}(element, subElement, step, site + 0u, k0, k1) -> (r0, r1, r2, r3)
    let uniform = ${uniformFromWords()}(r0, r1)
    var probability = ${first}
    var reached = ${first}
    var before = -1.0
    while uniform > reached & reached > before & ${count} < ${limit} {
      before = reached
      ${count} = ${count} + 1.0
      probability = probability * ${factor(count)}
      reached = before + probability
    }`;
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

/** The hat that a template has declared by the names of its parts. */
const hatOf = (at: Names): Hat => ({
  a: at('a'),
  b: at('b'),
  centre: at('centre'),
  squeeze: at('squeeze'),
  scale: at('scale'),
});

/** Transformed rejection: the common part of PTRS and BTRS. */
function reject(
  body: Body,
  count: Expression,
  { a, b, centre, squeeze, scale }: Hat,
  highest: Expression,
  logProbability: (k: Expression) => Expression,
): void {
  const uniform = uniformFromWords();
  body.write`
    for attempt = 0u until ${mostAttempts}u {
      ${philox4x32()}(element, subElement, step, site + attempt, k0, k1) -> (r0, r1, r2, r3)
      let u = ${uniform}(r0, r1) - 0.5
      let v = ${uniform}(r2, r3)
      let us = 0.5 - abs(u)
      let k = floor((2.0 * ${a} / us + ${b}) * u + ${centre})
      ${count} = k
      if us >= 0.07 & v <= ${squeeze} {
        break
      }
      if k >= 0.0 & k <= ${highest} & !(us < 0.013 & v > us) {
        if ${log('f64')}(v * ${scale} / (${a} / (us * us) + ${b})) <= ${(at) => logProbability(at('k'))} {
          break
        }
      }
    }`;
}

/** log of the probability of k under a Poisson law. */
const logPoisson = once(() =>
  define('logPoisson', 'log probability of k at a mean', { k: 'f64', mean: 'f64' }, (body) => {
    const ln = log('f64');
    const at = body.write`
      let some = select(k < 1.0, 1.0, k)
      let result = select(
        k < 1.0,
        -mean,
        -(${stirlingError()}(some) + ${deviance()}(some, mean) + 0.5 * (${log2Pi} + ${ln}(some)))
      )`;
    return at('result');
  }),
);

/** A Poisson number: whole, NaN for a mean that is negative or NaN, infinite for an infinite one. */
export const poisson = once(() =>
  define('poisson', 'Poisson number', { ...drawParameters, mean: 'f64' }, (body, { mean }) => {
    const at = body.write`
      var count = 0.0
      if mean < ${searchBelow} {
        ${(at, inner) => {
          const none = code`${exp('f64')}(-${mean})`;
          search(inner, at('count'), none, f64(longestSearch), (k) => code`${mean} / ${k}`);
        }}
      } else {
        if mean < inf {
          let b = 0.931 + 2.53 * sqrt(mean)
          let a = -0.059 + 0.02483 * b
          let centre = mean + 0.43
          let squeeze = 0.9277 - 3.6224 / (b - 2.0)
          let scale = 1.1239 + 1.1328 / (b - 3.4)
          ${(at, inner) =>
            reject(inner, at('count'), hatOf(at), f64(Infinity), (k) => code`${logPoisson()}(${k}, ${mean})`)}
        }
      }
      let result = select(mean >= 0.0, select(mean == inf, mean, count), nan)`;
    return at('result');
  }),
);

/** log of the probability of k under a binomial law with 0 < p < 1 and n >= 1. */
export const logBinomial = once(() =>
  define('logBinomial', 'log probability of k in n', { k: 'f64', n: 'f64', p: 'f64' }, (body) => {
    const [error, distance, ln] = [stirlingError(), deviance(), log('f64')];
    const at = body.write`
      let inside = k > 0.0 & k < n
      let some = select(inside, k, n * 0.5)
      let others = n - some
      let q = 1.0 - p
      let result = select(
        inside,
        ${error}(n) - ${error}(some) - ${error}(others) - (${distance}(some, n * p) + ${distance}(others, n * q))
          + 0.5 * (${ln}(n / (some * others)) - ${log2Pi}),
        n * select(k <= 0.0, ${log1p('f64')}(-p), ${ln}(p))
      )`;
    return at('result');
  }),
);

/**
 * A binomial number of n trials: an integer; NaN unless n is at least 0 and finite and p is in [0, 1]. A fraction of n
 * is cut off.
 */
export const binomial = once(() =>
  define('binomial', 'binomial number', { ...drawParameters, trials: 'f64', probability: 'f64' }, (body) => {
    const logP = logBinomial();
    const at = body.write`
        let n = trunc(trials)
        let swapped = probability > 0.5
        let p = select(swapped, 1.0 - probability, probability)
        let q = 1.0 - p
        let mean = n * p
        let legal = n >= 0.0 & n < inf & (probability >= 0.0 & probability <= 1.0)
        var count = 0.0
        let odds = p / q
        if legal & mean < ${searchBelow} {
          ${(at, inner) => {
            const [n, p, odds] = [at('n'), at('p'), at('odds')];
            const none = code`${exp('f64')}(${n} * ${log1p('f64')}(-${p}))`;
            const limit = inner.name('limit', code`select(${n} < ${longestSearch}, ${n}, ${longestSearch})`);
            search(inner, at('count'), none, limit, (k) => code`(${n} - ${k} + 1.0) / ${k} * ${odds}`);
          }}
        } else {
          if legal {
            let deviation = sqrt(mean * q)
            let b = 1.15 + 2.53 * deviation
            let a = -0.0873 + 0.0248 * b + 0.01 * p
            let centre = mean + 0.5
            let squeeze = 0.92 - 4.2 / b
            let scale = (2.83 + 5.1 / b) * deviation
            let mode = floor((n + 1.0) * p)
            ${(at, inner) => {
              const [n, p, mode] = [at('n'), at('p'), at('mode')];
              // Few attempts come to this, so the highest probability is not computed before them.
              const aboveMode = (k: Expression): Expression =>
                code`${logP}(${k}, ${n}, ${p}) - ${logP}(${mode}, ${n}, ${p})`;
              reject(inner, at('count'), hatOf(at), n, aboveMode);
            }}
          }
        }
        let result = select(legal, select(swapped, n - count, count), nan)`;
    return at('result');
  }),
);
