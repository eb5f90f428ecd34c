/**
 * MT19937, seeded by one number as NumPy's legacy RandomState is.
 *
 * @source Matsumoto & Nishimura, ACM Transactions on Modeling and Computer Simulation 8 (1998) 3
 */

const size = 624;
const shift = 397;

/** A number of 53 bits is an upper word of 27 bits times this, and a lower one. */
const lowerWords = 67108864;

/** A stream of 32-bit words. */
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

  /** The next word, 0 to 2^32 - 1. */
  word(): number {
    if (this.#next >= size) this.#advance();
    return tempered(this.#state[this.#next++] as number) >>> 0;
  }

  /** Draws `count` words for nothing. */
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
   * Goes through `count` numbers of 53 bits, each of two words, and puts down the places of those below a limit, from
   * the first cell of `places` on. @returns how many there are
   */
  below(count: number, limit: number, places: Uint32Array): number {
    const state = this.#state;
    // The upper word decides, but where it is that of the limit.
    const first = Math.floor(limit / lowerWords);
    let next = this.#next;
    let found = 0;
    let k = 0;
    while (k < count) {
      if (next + 1 >= size) {
        // Two words of a number may be before and after a twist.
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
        // One more where the difference is negative: a branch would be mispredicted.
        found += (upper - first) >>> 31;
        if (upper === first && upper * lowerWords + (tempered(state[next + 1] as number) >>> 6) < limit) found++;
      }
    }
    this.#next = next;
    return found;
  }

  /**
   * Puts 0 to n - 1 in a random order: each from the last is exchanged with one up to it, chosen by words below the
   * smallest mask.
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
    let own = state[0] as number;
    for (let k = 0; k < size - shift; k++) {
      const following = state[k + 1] as number;
      state[k] = twisted(own, following, state[k + shift] as number);
      own = following;
    }
    for (let k = size - shift; k < size - 1; k++) {
      const following = state[k + 1] as number;
      state[k] = twisted(own, following, state[k + shift - size] as number);
      own = following;
    }
    state[size - 1] = twisted(own, state[0] as number, state[shift - 1] as number);
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
