/** Statistics of the intervals between the spikes of one train. */

import { intervalAt, type Train } from './train.js';

/** Returns the coefficient of variation: standard deviation over mean of the intervals; NaN without an interval. */
export function variation(train: Train): number {
  const count = train.length - 1;
  if (count < 1) return NaN;
  const mean = (train[count]! - train[0]!) / count;
  let squares = 0;
  for (let k = 0; k < count; k += 1) squares += (intervalAt(train, k) - mean) ** 2;
  return Math.sqrt(squares / count) / mean;
}

/** Returns mean of a function of successive intervals; NaN for less than two. */
function meanOfPairs(train: Train, of: (interval: number, next: number) => number): number {
  const count = train.length - 2;
  if (count < 1) return NaN;
  let sum = 0;
  for (let k = 0; k < count; k += 1) sum += of(intervalAt(train, k), intervalAt(train, k + 1));
  return sum / count;
}

/** CV2 of Holt et al. (1996, J. Neurophysiol. 75:1806). */
export const variation2 = (train: Train): number => 2 * meanOfPairs(train, (x, y) => Math.abs(y - x) / (y + x));

/** Returns the local variation LV of Shinomoto et al. (2003, Neural Comput. 15:2823): 1 for a Poisson process. */
export const localVariation = (train: Train): number => 3 * meanOfPairs(train, (x, y) => ((y - x) / (y + x)) ** 2);

/**
 * Revised local variation LvR of Shinomoto et al. (2009, PLoS Comput. Biol. 5:e1000433).
 *
 * @param refractory  R in s
 */
export const revisedLocalVariation = (train: Train, refractory: number): number =>
  3 * meanOfPairs(train, (x, y) => (1 - (4 * x * y) / (x + y) ** 2) * (1 + (4 * refractory) / (x + y)));
