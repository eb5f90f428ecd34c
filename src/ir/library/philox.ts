/**
 * The counter-based generator Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as
 * 1, 2, 3"), and numbers derived from its outputs without rejection. All are straight-line.
 */

import { add, binary, call, convert, f64, i64, mul, neg, or, reinterpret, shl, sub, u32 } from '../builder.js';
import type { Expression, ScalarType } from '../program.js';
import { code } from '../template.js';
import { define, once } from './define.js';
import { logOrdinary } from './logarithm.js';
import { powerOfTwo } from '../power-of-two.js';
import { sinCosTurn } from './trigonometric.js';

const multipliers = [0xd2511f53, 0xcd9e8d57] as const;
/** Added to the key before each round except the first: the golden ratio and sqrt(3) - 1 as fractions of 2^32. */
const weyl = [0x9e3779b9, 0xbb67ae85] as const;
const rounds = 10;

/** Maps a counter of four u32 and a key of two u32 to four random u32. */
export const philox4x32 = once(() =>
  define(
    'philox4x32',
    'Philox4x32-10',
    { c0: 'u32', c1: 'u32', c2: 'u32', c3: 'u32', k0: 'u32', k1: 'u32' },
    (body, { c0, c1, c2, c3, k0, k1 }) => {
      let words: readonly [Expression, Expression, Expression, Expression] = [c0, c1, c2, c3];
      for (let round = 0; round < rounds; round++) {
        const [w0, w1, w2, w3] = words;
        const key0 = add(k0, u32(Math.imul(round, weyl[0])));
        const key1 = add(k1, u32(Math.imul(round, weyl[1])));
        const [m0, m1] = [u32(multipliers[0]), u32(multipliers[1])];
        words = [
          body.name('w0', binary('xor', binary('xor', binary('mulHigh', m1, w2), w1), key0)),
          body.name('w1', mul(m1, w2)),
          body.name('w2', binary('xor', binary('xor', binary('mulHigh', m0, w0), w3), key1)),
          body.name('w3', mul(m0, w0)),
        ];
      }
      const [r0, r1, r2, r3] = words;
      return { r0, r1, r2, r3 };
    },
  ),
);

/** (2k + 1) 2^-53, with k from the 52 upper bits of high * 2^32 + low: a float64 strictly between 0 and 1. */
export const uniformFromWords = once(() =>
  define('uniformFromWords', 'uniform in (0, 1) from two u32', { low: 'u32', high: 'u32' }, (body, { low, high }) => {
    const word = body.name('word', or(shl(convert('i64', high), i64(32n)), convert('i64', low)));
    // k as the fraction of a number in [1, 2); one subtraction then gives the odd multiple of 2^-53, exactly.
    const raised = reinterpret('f64', or(binary('shrU', word, i64(12n)), i64(0x3ff0000000000000n)));
    return sub(raised, f64(1 - powerOfTwo(-53)));
  }),
);

const words = { w0: 'u32', w1: 'u32', w2: 'u32', w3: 'u32' } as const satisfies Record<string, ScalarType>;

/** Two independent standard normal numbers from four u32 (Box and Muller 1958), by cosine and by sine. */
export const normalPair = once(() =>
  define('normalPair', 'two standard normal numbers', words, (body) => {
    const uniform = uniformFromWords();
    const at = body.write`
      let first = ${uniform}(w0, w1)
      let second = ${uniform}(w2, w3)
      let radius = sqrt(-2.0 * ${logOrdinary('f64')}(first))
      ${sinCosTurn('f64')}(second) -> (sine, cosine)`;
    const of = (part: string): Expression => code`${at('radius')} * ${at(part)}`;
    return { even: of('cosine'), odd: of('sine') };
  }),
);

/** The first of `normalPair`. */
export const normalFromWords = once(() =>
  define('normalFromWords', 'a standard normal number', words, (body) => {
    const at = body.write`${normalPair()}(w0, w1, w2, w3) -> (even, odd)`;
    return at('even');
  }),
);

/** An exponential number with mean 1 from a uniform one. */
export const exponentialFromUniform = once(() =>
  define('exponentialFromUniform', 'exponential with mean 1 from a uniform number', { u: 'f64' }, (_, { u }) =>
    neg(call(logOrdinary('f64'), u)),
  ),
);

/**
 * Number of failures before the next success: floor(log(u) / log(1 - p)), saturating.
 * @remarks `inverseLogQ` is 1 / log1p(-p): -0 for p = 1 (no failures), -infinity for p = 0 (never).
 */
export const geometricSkip = once(() =>
  define(
    'geometricSkip',
    'failures before the next success',
    { u: 'f64', inverseLogQ: 'f64' },
    (_, { u, inverseLogQ }) => convert('u32', mul(call(logOrdinary('f64'), u), inverseLogQ)),
  ),
);

/** The counter and key that every draw function takes, in this order; `site` is site * 2^24. */
export const drawParameters = {
  element: 'u32',
  subElement: 'u32',
  step: 'u32',
  site: 'u32',
  k0: 'u32',
  k1: 'u32',
} as const satisfies Record<string, ScalarType>;

/** Uniform in (0, 1): values 0 and 1 of iteration 0. */
export const uniform = once(() =>
  define('uniform', 'uniform in (0, 1)', drawParameters, (body) => {
    const at = body.write`
      ${philox4x32()}(element, subElement, step, site + 0u, k0, k1) -> (r0, r1, r2, r3)
      let result = ${uniformFromWords()}(r0, r1)`;
    return at('result');
  }),
);

/** Standard normal outside steps: the cosine's number of iteration 0. */
export const normal = once(() =>
  define('normal', 'standard normal', drawParameters, (body) => {
    const at = body.write`
      ${philox4x32()}(element, subElement, step, site + 0u, k0, k1) -> (r0, r1, r2, r3)
      let result = ${normalFromWords()}(r0, r1, r2, r3)`;
    return at('result');
  }),
);

/** Standard normal within a step: an even step and the next share the pair at the counter step >> 1. */
export const normalPerStep = once(() =>
  define('normalPerStep', 'standard normal of a step', drawParameters, (body) => {
    const at = body.write`
      ${philox4x32()}(element, subElement, step >> 1u, site + 0u, k0, k1) -> (r0, r1, r2, r3)
      ${normalPair()}(r0, r1, r2, r3) -> (even, odd)
      let result = select((step & 1u) == 0u, even, odd)`;
    return at('result');
  }),
);
