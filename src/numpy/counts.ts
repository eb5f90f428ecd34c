/**
 * Functions for draws of large counts: the logarithm of the factorial, and the regions of the binomial's majorising
 * function.
 */

import { log } from './functions.js';

const stirling: readonly number[] = [
  8.333333333333333e-2, -2.777777777777778e-3, 7.936507936507937e-4, -5.952380952380952e-4, 8.417508417508418e-4,
  -1.917526917526918e-3, 6.41025641025641e-3, -2.955065359477124e-2, 1.796443723688307e-1, -1.3924322169059,
];
const halfLogTwoPi = 0.5 * 1.8378770664093453;

/**
 * log(k!) by Stirling's series, taken at 7 or more (Zhang & Jin, Computation of Special Functions, 1996, as NumPy has
 * it).
 */
export function logFactorial(k: number): number {
  const x = k + 1;
  if (x === 1 || x === 2) return 0;
  const n = x < 7 ? Math.trunc(7 - x) : 0;
  let at = x + n;
  const inverse = (1 / at) * (1 / at);
  let sum = stirling[9] as number;
  for (let term = 8; term >= 0; term--) sum = sum * inverse + (stirling[term] as number);
  let result = sum / at + halfLogTwoPi + (at - 0.5) * log(at) - at;
  for (let step = 0; step < n; step++) {
    result -= log(at - 1);
    at -= 1;
  }
  return result;
}

/** The binomial's regions: `attempt` returns a count, or null for a rejected pair of uniforms. */
export interface BinomialSetup {
  /** Scale of the first uniform. */
  readonly total: number;
  /** One attempt with two uniforms, the first scaled by `total`. */
  attempt(u: number, v: number): number | null;
}

/**
 * Algorithm BTPE for n*p above 30 and p at most 1/2: a triangle with adjacent parallelograms and exponential tails.
 *
 * @source Kachitvichyanukul & Schmeiser, Communications of the ACM 31 (1988) 216
 */
export function binomialTriangle(n: number, p: number): BinomialSetup {
  const q = 1 - p;
  const mode = n * p + p;
  const m = Math.floor(mode);
  const spread = n * p * q;
  const half = Math.floor(2.195 * Math.sqrt(spread) - 4.6 * q) + 0.5;
  const middle = m + 0.5;
  const left = middle - half;
  const right = middle + half;
  const c = 0.134 + 20.5 / (15.3 + m);
  const slope = (a: number): number => a * (1 + a / 2);
  const tailLeft = slope((mode - left) / (mode - left * p));
  const tailRight = slope((right - mode) / (right * q));
  const p2 = half * (1 + 2 * c);
  const p3 = p2 + c / tailLeft;
  const p4 = p3 + c / tailRight;
  const region = (u: number, v: number): { readonly y: number; readonly v: number } | 'reject' | 'accept' => {
    if (u <= half) return 'accept';
    if (u <= p2) {
      const x = left + (u - half) / c;
      const height = v * c + 1 - Math.abs(m - x + 0.5) / half;
      return height > 1 ? 'reject' : { y: Math.floor(x), v: height };
    }
    if (u <= p3) {
      const y = Math.floor(left + log(v) / tailLeft);
      return y < 0 || v === 0 ? 'reject' : { y, v: v * (u - p2) * tailLeft };
    }
    const y = Math.floor(right - log(v) / tailRight);
    return y > n || v === 0 ? 'reject' : { y, v: v * (u - p3) * tailRight };
  };
  return {
    total: p4,
    attempt(u, v) {
      const verdict = region(u, v);
      if (verdict === 'accept') return Math.floor(middle - half * v + u);
      if (verdict === 'reject') return null;
      return isAccepted(verdict.y, verdict.v, { n, p, q, m, middle, spread }) ? verdict.y : null;
    },
  };
}

interface Binomial {
  readonly n: number;
  readonly p: number;
  readonly q: number;
  readonly m: number;
  readonly middle: number;
  readonly spread: number;
}

/** Whether v is below the ratio of the probabilities of y and of the mode. */
function isAccepted(y: number, v: number, { n, p, q, m, middle, spread }: Binomial): boolean {
  const k = Math.abs(y - m);
  if (k <= 20 || k >= spread / 2 - 1) {
    const s = p / q;
    const a = s * (n + 1);
    let ratio = 1;
    for (let i = m + 1; i <= y; i++) ratio *= a / i - s;
    for (let i = y + 1; i <= m; i++) ratio /= a / i - s;
    return v <= ratio;
  }
  const rho = (k / spread) * ((k * (k / 3 + 0.625) + 0.16666666666666666) / spread + 0.5);
  const t = (-k * k) / (2 * spread);
  const height = log(v);
  if (height < t - rho) return true;
  if (height > t + rho) return false;
  const [x1, f1, z, w] = [y + 1, m + 1, n + 1 - m, n - y + 1];
  const tail = (value: number): number => {
    const square = value * value;
    return (13680 - (462 - (132 - (99 - 140 / square) / square) / square) / square) / value / 166320;
  };
  const bound =
    middle * log(f1 / x1) +
    (n - m + 0.5) * log(z / w) +
    (y - m) * log((w * p) / (x1 * q)) +
    tail(f1) +
    tail(z) +
    tail(x1) +
    tail(w);
  return height <= bound;
}
