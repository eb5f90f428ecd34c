/** Choices that generators of models make. */

import type { Random } from '../random.js';

/** True in so many of a hundred cases. */
export const often = (random: Random, percent: number): boolean => random.below(100) < percent;

/** A number from `low` to `high` with two significant digits more than their difference has. */
export function between(random: Random, low: number, high: number): number {
  return Number((low + ((high - low) * random.below(101)) / 100).toPrecision(4));
}

/** A whole number from `low` to `high`. */
export const whole = (random: Random, low: number, high: number): number => low + random.below(high - low + 1);

/** Some of the items, in their order, each in so many of a hundred cases. */
export const some = <T>(random: Random, items: readonly T[], percent: number): readonly T[] =>
  items.filter(() => often(random, percent));

/** So many numbers. */
export const several = (count: number, one: (k: number) => number): readonly number[] =>
  Array.from({ length: count }, (_, k) => one(k));
