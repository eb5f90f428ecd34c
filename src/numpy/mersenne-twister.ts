/**
 * MT19937, seeded by one number as NumPy's legacy RandomState is.
 *
 * @source Matsumoto & Nishimura, ACM Transactions on Modeling and Computer Simulation 8 (1998) 3
 */

const size = 624;
const shift = 397;

/** A number of 53 bits is an upper part of 27 bits times this factor, plus a lower part. */
const lowerWords = 67108864;

/** A stream of u32 numbers. */
export class MersenneTwister {
  readonly #state = new Uint32Array(size);
  #next = size;

  /** @param seed  0 to 2^32 - 1 */
  constructor(seed: number) {
    const state = this.#state;
    state[0] = seed >>> 0;
    for (let k = 1; k < size; k++) {
      const before = state[k - 1] as number;
      state[k] = Math.imul(1812433253, before ^ (before >>> 30)) + k;
    }
  }

  /** Another generator that goes on from the same state. */
  copy(): MersenneTwister {
    const other = new MersenneTwister(0);
    other.#state.set(this.#state);
    other.#next = this.#next;
    return other;
  }

  /** Returns the next number, 0 to 2^32 - 1. */
  word(): number {
    if (this.#next >= size) this.#advance();
    return tempered(this.#state[this.#next++] as number) >>> 0;
  }

  /** Skips `count` u32 numbers. */
  skip(count: number): void {
    let left = count;
    while (left > 0) {
      if (this.#next >= size) this.#advance();
      const taken = Math.min(left, size - this.#next);
      this.#next += taken;
      left -= taken;
    }
  }

  /**
   * Draws `count` numbers of 53 bits, each from two u32, and writes the indices of the numbers below a limit to
   * `places`. @returns their number
   */
  below(count: number, limit: number, places: Uint32Array): number {
    const state = this.#state;
    // The upper part decides, unless it equals the limit's.
    const first = Math.floor(limit / lowerWords);
    let next = this.#next;
    let found = 0;
    let k = 0;
    while (k < count) {
      if (next + 1 >= size) {
        // A twist may happen between the two parts of a number.
        this.#next = next;
        const number = (this.word() >>> 5) * lowerWords + (this.word() >>> 6);
        next = this.#next;
        places[found] = k++;
        if (number < limit) found++;
        continue;
      }
      const end = Math.min(count, k + ((size - next) >> 1));
      for (; k < end; k++, next += 2) {
        const upper = tempered(state[next] as number) >>> 5;
        places[found] = k;
        // Adds one for a negative difference: a branch would be mispredicted.
        found += (upper - first) >>> 31;
        if (upper === first && upper * lowerWords + (tempered(state[next + 1] as number) >>> 6) < limit) found++;
      }
    }
    this.#next = next;
    return found;
  }

  /**
   * Writes a random permutation of 0 to n - 1: each position from the last is exchanged with one up to it, drawn as u32
   * numbers under the smallest mask.
   */
  shuffle(n: number, order: Uint32Array): void {
    for (let k = 0; k < n; k++) order[k] = k;
    const state = this.#state;
    let next = this.#next;
    for (let k = n - 1; k > 0; k--) {
      const mask = (1 << (32 - Math.clz32(k))) - 1;
      let other: number;
      do {
        if (next >= size) {
          this.#advance();
          next = 0;
        }
        other = tempered(state[next++] as number) & mask;
      } while (other > k);
      const kept = order[k] as number;
      order[k] = order[other] as number;
      order[other] = kept;
    }
    this.#next = next;
  }

  #advance(): void {
    const state = this.#state;
    let current = state[0] as number;
    for (let k = 0; k < size - shift; k++) {
      const following = state[k + 1] as number;
      state[k] = twisted(current, following, state[k + shift] as number);
      current = following;
    }
    for (let k = size - shift; k < size - 1; k++) {
      const following = state[k + 1] as number;
      state[k] = twisted(current, following, state[k + shift - size] as number);
      current = following;
    }
    state[size - 1] = twisted(current, state[0] as number, state[shift - 1] as number);
    this.#next = 0;
  }
}

function tempered(word: number): number {
  let y = word;
  y ^= y >>> 11;
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  return y ^ (y >>> 18);
}

function twisted(own: number, following: number, shifted: number): number {
  const y = (own & 0x80000000) | (following & 0x7fffffff);
  return shifted ^ (y >>> 1) ^ (-(y & 1) & 0x9908b0df);
}
