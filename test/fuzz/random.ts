/** Numbers that follow only from a seed, so that an input can be made again from its ordinal. */

/** A source of choices. */
export interface Random {
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number;
  /** True once in `times`. */
  once(times: number): boolean;
  pick<T>(items: readonly T[]): T;
}

/** @source the 32-bit generator of G. Marsaglia, Xorshift RNGs, Journal of Statistical Software 8 (2003) 14 */
export function randomOf(seed: number): Random {
  // Neighbouring seeds are mixed apart; a state of zero would stay zero.
  let state = Math.imul((seed ^ 0x9e3779b9) >>> 0, 0x85ebca6b) >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
  for (let k = 0; k < 8; k++) next();
  const below = (limit: number): number => next() % Math.max(1, limit);
  return {
    below,
    once: (times) => below(times) === 0,
    pick: (items) => items[below(items.length)] as (typeof items)[number],
  };
}
