/** Errors of our functions in units in the last place, against decimal.js to forty digits. */

import { Decimal } from 'decimal.js';
import { type FloatType, formats, rational } from './exact.js';

export type { FloatType } from './exact.js';

/** Decimal numbers with forty significant digits, for references. */
export const Exact = Decimal.clone({ precision: 40, toExpNeg: -2000, toExpPos: 2000, minE: -9e15, maxE: 9e15 });
export type Exact = InstanceType<typeof Exact>;

/**
 * A float as a decimal number: all of its bits, as far as the digits go (a decimal made of the number's text would lack
 * the last ones).
 */
export function exact(x: number, Digits: typeof Exact = Exact): Exact {
  const { n, d } = rational(x);
  return new Digits(n.toString()).div(d.toString());
}

/** The nearest number of the type. */
export const rounded = (type: FloatType, x: number): number => (type === 'f64' ? x : Math.fround(x));

/** Distance of neighbouring floats in the binade of `x`, not 0; of subnormals below the smallest normal number. */
function spacing(type: FloatType, x: Exact): Exact {
  const { precision, least } = formats[type];
  const smallestExponent = least + precision - 1;
  const approximate = x.abs().toNumber();
  let exponent = approximate < 2 ** smallestExponent ? smallestExponent : Math.floor(Math.log2(approximate));
  if (x.abs().lt(new Exact(2).pow(exponent))) exponent--;
  if (x.abs().gte(new Exact(2).pow(exponent + 1))) exponent++;
  return new Exact(2).pow(Math.max(exponent, smallestExponent) - precision + 1);
}

/**
 * Returns |value - reference| in units in the last place of the reference; 0 for infinity if the reference overflows,
 * else infinity.
 */
export function ulpError(type: FloatType, value: number, reference: Exact): number {
  const { precision, largest } = formats[type];
  // Rounding to nearest overflows from half a spacing above the largest number.
  const limit = exact(largest).times(new Exact(1).plus(new Exact(2).pow(-precision - 1)));
  if (!Number.isFinite(value)) return reference.abs().gte(limit) && Math.sign(value) === reference.s ? 0 : Infinity;
  if (reference.isZero()) return value === 0 ? 0 : Infinity;
  return exact(value).minus(reference).abs().div(spacing(type, reference)).toNumber();
}

/** Equally distributed numbers in (0, 1), the same in every run (mulberry32). */
export function repeatable(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 4294967296;
  };
}

/** How test points are spread. `powers` is uniform in the exponent of 2, with either sign unless `positive`. */
export type Spread =
  | { readonly from: number; readonly to: number }
  | { readonly powers: readonly [number, number]; readonly positive?: boolean }
  | { readonly around: readonly number[]; readonly width: number };

/** `count` numbers of the type for each spread. */
export function points(type: FloatType, spreads: readonly Spread[], count: number, seed = 1): number[] {
  const next = repeatable(seed);
  const draw = (spread: Spread): number => {
    if ('from' in spread) return spread.from + (spread.to - spread.from) * next();
    if ('around' in spread) {
      const centre = spread.around[Math.floor(next() * spread.around.length)] ?? 0;
      return centre + spread.width * (2 * next() - 1);
    }
    const [low, high] = spread.powers;
    const size = (1 + next()) * 2 ** Math.floor(low + (high - low) * next());
    return spread.positive || next() < 0.5 ? size : -size;
  };
  return spreads.flatMap((spread) => Array.from({ length: count }, () => rounded(type, draw(spread))));
}

const pi = Exact.acos(-1);
const small = 1e-10;

/** e^x - 1, by its series near 0. */
export function expm1(x: Exact): Exact {
  if (x.abs().lt(small)) return x.plus(x.pow(2).div(2)).plus(x.pow(3).div(6)).plus(x.pow(4).div(24));
  return x.exp().minus(1);
}

/** log(1 + x), by its series near 0. */
export function log1p(x: Exact): Exact {
  if (x.abs().lt(small)) return x.minus(x.pow(2).div(2)).plus(x.pow(3).div(3)).minus(x.pow(4).div(4));
  return x.plus(1).ln();
}

/** The error function by its series at 0, with digits for the cancellation. */
export function erf(x: Exact): Exact {
  const Wide = Exact.clone({ precision: 70 });
  const square = new Wide(x).pow(2);
  let term = new Wide(x);
  let sum = term;
  for (let n = 1; term.abs().gt(new Wide(10).pow(-60)) || n < 4; n++) {
    term = term.times(square).div(-n);
    sum = sum.plus(term.div(2 * n + 1));
    if (term.isZero()) break;
  }
  return new Exact(sum.times(2).div(new Wide(pi).sqrt()));
}
