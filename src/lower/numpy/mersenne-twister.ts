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
    let y = this.#state[this.#next++] as number;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  #advance(): void {
    const state = this.#state;
    for (let k = 0; k < size; k++) {
      const y = ((state[k] as number) & 0x80000000) | ((state[(k + 1) % size] as number) & 0x7fffffff);
      state[k] = (state[(k + shift) % size] as number) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#next = 0;
  }
}
