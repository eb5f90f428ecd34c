/**
 * NumPy's legacy RandomState: the same numbers for the same seed and the same order of calls. Uniforms and integers
 * agree to the bit, numbers from exp, log and cos within the rounding of these functions.
 *
 * @source NumPy 1.26, numpy.random.RandomState; algorithms at each distribution
 */

import { MersenneTwister } from './mersenne-twister.js';
import { acos, cos, exp, fmod, log, pow } from './functions.js';
import { binomialTriangle, logFactorial, type BinomialSetup } from './counts.js';

/** The generator `numpy.random.RandomState`: a Mersenne twister, and NumPy's conversions of its output to numbers. */
export class RandomState {
  readonly #words: MersenneTwister;
  /** The second normal number of a pair, kept for the next call. */
  #spare: number | null = null;

  /** @param start a seed, 0 to 2^32 - 1, or a generator */
  constructor(start: number | MersenneTwister) {
    this.#words = typeof start === 'number' ? new MersenneTwister(start) : start;
  }

  /** Another generator that goes on from the same state. */
  copy(): RandomState {
    const other = new RandomState(this.#words.copy());
    other.#spare = this.#spare;
    return other;
  }

  /** Skips this many u32 numbers. */
  skip(words: number): void {
    this.#words.skip(words);
  }

  /** Returns a multiple of 2^-53 in [0, 1), from the upper bits of two u32. */
  double(): number {
    const high = this.#words.word() >>> 5;
    const low = this.#words.word() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /**
   * Draws `count` numbers of `double` and writes the indices of the numbers below p to `places`. @returns their number
   */
  below(count: number, p: number, places: Uint32Array): number {
    return this.#words.below(count, p * 9007199254740992, places);
  }

  /** A double in [low, high). */
  uniform(low: number, high: number): number {
    return low + (high - low) * this.double();
  }

  /** Returns an integer from 0 to `most` inclusive: u32 numbers under the smallest mask, until one is not too large. */
  interval(most: number): number {
    if (most === 0) return 0;
    const mask = most >= 0x80000000 ? 0xffffffff : (1 << (32 - Math.clz32(most))) - 1;
    for (;;) {
      const value = (this.#words.word() & mask) >>> 0;
      if (value <= most) return value;
    }
  }

  /** A whole number from `low` to below `high`. */
  integer(low: number, high: number): number {
    return low + this.interval(high - 1 - low);
  }

  /** A random order of 0 to n - 1 (Fisher and Yates, from the end). */
  permutation(n: number, order: Uint32Array = new Uint32Array(n)): Uint32Array {
    this.#words.shuffle(n, order);
    return order;
  }

  /** Normal number by the polar method (Marsaglia & Bray, SIAM Review 6 (1964) 260). */
  gauss(): number {
    if (this.#spare !== null) {
      const value = this.#spare;
      this.#spare = null;
      return value;
    }
    for (;;) {
      const x = 2 * this.double() - 1;
      const y = 2 * this.double() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * log(square)) / square);
      this.#spare = factor * x;
      return factor * y;
    }
  }

  /** Returns a normal number by the polar method, which gives two at a time and stores the second. */
  normal(mean: number, deviation: number): number {
    return mean + deviation * this.gauss();
  }

  /** e to the power of a normal number with this mean and deviation. */
  lognormal(mean: number, deviation: number): number {
    return exp(this.normal(mean, deviation));
  }

  /** An exponential number with this mean. */
  exponential(scale: number): number {
    return scale * -log(1 - this.double());
  }

  /**
   * Gamma by Marsaglia & Tsang (ACM Transactions on Mathematical Software 26 (2000) 363); below shape 1 by Ahrens &
   * Dieter (1974).
   */
  gamma(shape: number, scale: number): number {
    return scale * this.#standardGamma(shape);
  }

  #standardGamma(shape: number): number {
    if (shape === 1) return this.exponential(1);
    if (shape === 0) return 0;
    if (shape < 1) {
      for (;;) {
        const u = this.double();
        const v = this.exponential(1);
        if (u <= 1 - shape) {
          const x = pow(u, 1 / shape);
          if (x <= v) return x;
        } else {
          const y = -log((1 - u) / shape);
          const x = pow(1 - shape + shape * y, 1 / shape);
          if (x <= v + y) return x;
        }
      }
    }
    const b = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * b);
    for (;;) {
      let x: number;
      let v: number;
      do {
        x = this.gauss();
        v = 1 + c * x;
      } while (v <= 0);
      v = v * v * v;
      const u = this.double();
      if (u < 1 - 0.0331 * (x * x) * (x * x)) return b * v;
      if (log(u) < 0.5 * x * x + b * (1 - v + log(v))) return b * v;
    }
  }

  /**
   * Poisson: products of uniforms below a mean of 10, above it Hörmann's transformed rejection (Insurance 12 (1993)
   * 39).
   */
  poisson(mean: number): number {
    if (mean >= 10) return this.#largePoisson(mean);
    if (mean === 0) return 0;
    const limit = exp(-mean);
    let product = this.double();
    let count = 0;
    while (product > limit) {
      count++;
      product *= this.double();
    }
    return count;
  }

  #largePoisson(mean: number): number {
    const root = Math.sqrt(mean);
    const logMean = log(mean);
    const b = 0.931 + 2.53 * root;
    const a = -0.059 + 0.02483 * b;
    const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
    const limit = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
      const u = this.double() - 0.5;
      const v = this.double();
      const s = 0.5 - Math.abs(u);
      const k = Math.floor(((2 * a) / s + b) * u + mean + 0.43);
      if (s >= 0.07 && v <= limit) return k;
      if (k < 0 || (s < 0.013 && v > s)) continue;
      if (log(v) + log(inverseAlpha) - log(a / (s * s) + b) <= -mean + k * logMean - logFactorial(k)) return k;
    }
  }

  /**
   * Binomial: by inversion for n*p up to 30, else by triangles and exponential tails (Kachitvichyanukul & Schmeiser
   * 1988).
   */
  binomial(n: number, p: number): number {
    if (n === 0 || p === 0) return 0;
    if (p <= 0.5) return p * n <= 30 ? this.#inverseBinomial(n, p) : this.#largeBinomial(n, p);
    const q = 1 - p;
    return n - (q * n <= 30 ? this.#inverseBinomial(n, q) : this.#largeBinomial(n, q));
  }

  #inverseBinomial(n: number, p: number): number {
    const q = 1 - p;
    const first = exp(n * log(q));
    const bound = Math.trunc(Math.min(n, n * p + 10 * Math.sqrt(n * p * q + 1)));
    let count = 0;
    let chance = first;
    let u = this.double();
    while (u > chance) {
      count++;
      if (count > bound) {
        count = 0;
        chance = first;
        u = this.double();
      } else {
        u -= chance;
        chance = ((n - count + 1) * p * chance) / (count * q);
      }
    }
    return count;
  }

  #largeBinomial(n: number, p: number): number {
    const setup: BinomialSetup = binomialTriangle(n, p);
    for (;;) {
      const u = this.double() * setup.total;
      const v = this.double();
      const count = setup.attempt(u, v);
      if (count !== null) return count;
    }
  }

  /** Von Mises by Best & Fisher (Applied Statistics 28 (1979) 152), in (-pi, pi]. */
  vonMises(mean: number, concentration: number): number {
    if (concentration < 1e-8) return Math.PI * (2 * this.double() - 1);
    let s: number;
    if (concentration < 1e-5) s = 1 / concentration + concentration;
    else {
      const r = 1 + Math.sqrt(1 + 4 * concentration * concentration);
      const rho = (r - Math.sqrt(2 * r)) / (2 * concentration);
      s = (1 + rho * rho) / (2 * rho);
    }
    let w: number;
    for (;;) {
      const z = cos(Math.PI * this.double());
      w = (1 + s * z) / (s + z);
      const y = concentration * (s - w);
      const v = this.double();
      if (y * (2 - y) - v >= 0 || log(y / v) + 1 - y >= 0) break;
    }
    const sign = this.double() < 0.5 ? -1 : 1;
    const angle = sign * acos(w) + mean;
    const folded = fmod(Math.abs(angle) + Math.PI, 2 * Math.PI) - Math.PI;
    return angle < 0 ? -folded : folded;
  }
}
