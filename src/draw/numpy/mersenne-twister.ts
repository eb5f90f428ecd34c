/**
 * MT19937, seeded by one number as NumPy's legacy RandomState is.
 *
 * @source Matsumoto & Nishimura, ACM Transactions on Modeling and Computer Simulation 8 (1998) 3
 */

const size = 624;
const shift = 397;

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
    let next = this.#next;
    let found = 0;
    for (let k = 0; k < count; k++) {
      if (next >= size) {
        this.#advance();
        next = 0;
      }
      const high = tempered(state[next++] as number) >>> 5;
      if (next >= size) {
        this.#advance();
        next = 0;
      }
      const low = tempered(state[next++] as number) >>> 6;
      if (high * 67108864 + low < limit) places[found++] = k;
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
    for (let k = 0; k < size - shift; k++) twist(state, k, k + 1, k + shift);
    for (let k = size - shift; k < size - 1; k++) twist(state, k, k + 1, k + shift - size);
    twist(state, size - 1, 0, shift - 1);
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

function twist(state: Uint32Array, k: number, following: number, shifted: number): void {
  const y = ((state[k] as number) & 0x80000000) | ((state[following] as number) & 0x7fffffff);
  state[k] = (state[shifted] as number) ^ (y >>> 1) ^ (-(y & 1) & 0x9908b0df);
}
