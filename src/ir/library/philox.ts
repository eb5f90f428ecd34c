/**
 * The counter-based generator Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as
 * 1, 2, 3"), and numbers derived from its outputs without rejection. All are straight-line.
 */

import {
  add,
  and,
  binary,
  call,
  convert,
  eq,
  f64,
  get,
  i64,
  invoke,
  mul,
  neg,
  or,
  reinterpret,
  select,
  shl,
  shr,
  sub,
  u32,
  unary,
} from '../builder.js';
import type { Expression, Local, ScalarType } from '../program.js';
import { type Body, define, once } from './define.js';
import { log } from './logarithm.js';
import { powerOfTwo } from './formats.js';
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
          body.let('w0', binary('xor', binary('xor', binary('mulHigh', m1, w2), w1), key0)),
          body.let('w1', mul(m1, w2)),
          body.let('w2', binary('xor', binary('xor', binary('mulHigh', m0, w0), w3), key1)),
          body.let('w3', mul(m0, w0)),
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
    const word = body.let('word', or(shl(convert('i64', high), i64(32n)), convert('i64', low)));
    // k as the fraction of a number in [1, 2); one subtraction then gives the odd multiple of 2^-53, exactly.
    const raised = reinterpret('f64', or(binary('shrU', word, i64(12n)), i64(0x3ff0000000000000n)));
    return sub(raised, f64(1 - powerOfTwo(-53)));
  }),
);

const words = { w0: 'u32', w1: 'u32', w2: 'u32', w3: 'u32' } as const satisfies Record<string, ScalarType>;

/** Two independent standard normal numbers from four u32 (Box and Muller 1958), by cosine and by sine. */
export const normalPair = once(() =>
  define('normalPair', 'two standard normal numbers', words, (body, { w0, w1, w2, w3 }) => {
    const first = body.let('first', call(uniformFromWords(), w0, w1));
    const second = body.let('second', call(uniformFromWords(), w2, w3));
    const radius = body.let('radius', unary('sqrt', mul(f64(-2), call(log('f64'), first))));
    const [sine, cosine] = sineAndCosine(body, second);
    return { even: mul(radius, get(cosine)), odd: mul(radius, get(sine)) };
  }),
);

/** The first of `normalPair`. */
export const normalFromWords = once(() =>
  define('normalFromWords', 'a standard normal number', words, (body, { w0, w1, w2, w3 }) => {
    const pair = body.results({ even: 'f64', odd: 'f64' });
    body.add(invoke(normalPair(), [w0, w1, w2, w3], pair));
    return get(pair[0] as Local);
  }),
);

function sineAndCosine(body: Body, turns: Expression): readonly [Local, Local] {
  const results = body.results({ sine: 'f64', cosine: 'f64' });
  body.add(invoke(sinCosTurn('f64'), [turns], results));
  return results as [Local, Local];
}

/** An exponential number with mean 1 from a uniform one. */
export const exponentialFromUniform = once(() =>
  define('exponentialFromUniform', 'exponential with mean 1 from a uniform number', { u: 'f64' }, (_, { u }) =>
    neg(call(log('f64'), u)),
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
    (_, { u, inverseLogQ }) => convert('u32', mul(call(log('f64'), u), inverseLogQ)),
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

/** The counter and key of a draw function. */
export type DrawPoint = { readonly [K in keyof typeof drawParameters]: Expression };

/** Returns the four u32 outputs of one iteration of a draw. */
export function wordsAt(
  body: Body,
  at: DrawPoint,
  iteration: Expression,
): readonly [Expression, Expression, Expression, Expression] {
  const results = body.results({ r0: 'u32', r1: 'u32', r2: 'u32', r3: 'u32' });
  body.add(invoke(philox4x32(), [at.element, at.subElement, at.step, add(at.site, iteration), at.k0, at.k1], results));
  return results.map(get) as [Expression, Expression, Expression, Expression];
}

/** Uniform in (0, 1): values 0 and 1 of iteration 0. */
export const uniform = once(() =>
  define('uniform', 'uniform in (0, 1)', drawParameters, (body, at) => {
    const [w0, w1] = wordsAt(body, at, u32(0));
    return call(uniformFromWords(), w0, w1);
  }),
);

/** Standard normal outside steps: the cosine's number of iteration 0. */
export const normal = once(() =>
  define('normal', 'standard normal', drawParameters, (body, at) => {
    return call(normalFromWords(), ...wordsAt(body, at, u32(0)));
  }),
);

/** Standard normal within a step: an even step and the next share the pair at the counter step >> 1. */
export const normalPerStep = once(() =>
  define('normalPerStep', 'standard normal of a step', drawParameters, (body, at) => {
    const shared = { ...at, step: shr(at.step, u32(1)) };
    const pair = body.results({ even: 'f64', odd: 'f64' });
    body.add(invoke(normalPair(), [...wordsAt(body, shared, u32(0))], pair));
    return select(eq(and(at.step, u32(1)), u32(0)), get(pair[0] as Local), get(pair[1] as Local));
  }),
);
