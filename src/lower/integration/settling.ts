/** Decayed values of populations that the exact method advances: how often a step looks for them. */

import type { Real } from '../context/context.js';
import type { Entry } from './propagators.js';

/** Steps from one look at slowly decaying values to the next. */
export const settlingSteps = 64;

/**
 * Smallest factor of a step with which a value is still normal after 64 of them: it is then less than 2^100 (f32: 2^20)
 * times smaller than the bound of `settled`, which leaves room for the factors of other variables.
 */
const fastest = { f64: 0.34, f32: 0.81 } as const;

/** How often a variable is settled, most often first. */
const settlings = ['always', 'now and then', 'never'] as const;
export type Settling = (typeof settlings)[number];

/** Returns how often a variable is settled that is a different case in each of its modes. */
export const mostOften = (each: readonly Settling[]): Settling =>
  settlings.find((one) => each.includes(one)) ?? 'always';

/**
 * Returns how often a value has to be settled that a step multiplies by `own` and changes by `constant`: never if the
 * constant keeps it away from 0, and in every 64th step if it can't become subnormal meanwhile.
 */
export function settlingOf(own: Entry | null | undefined, constant: Entry | null | undefined, real: Real): Settling {
  if (typeof constant === 'number' && Math.abs(constant) > 1e-20) return 'never';
  return typeof own === 'number' && Math.abs(own) >= fastest[real] ? 'now and then' : 'always';
}
