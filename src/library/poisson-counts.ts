/** How many spikes Poisson sources may have in some steps, as far as a run can tell. */

import type { Model } from '../model/model.js';
import { endOf } from '../model/tagged.js';

/** The probability of something in a whole run that is taken for none. */
export const leastProbable = 1e-9;

/** How many of some spikes are told apart. */
export interface Limit {
  readonly most: number;
  /** Whether there are never more; else that is improbable. */
  readonly isCertain: boolean;
}

/**
 * How many spikes in some steps are enough for Poisson sources; undefined where there are too many.
 *
 * @param mean   of spikes in these steps
 * @param draws  how often they are counted in the run
 * @param most   more would be too many
 */
export function spikesEnough(mean: number, draws: number, most: number): Limit | undefined {
  for (let k = 1; k <= most; k++) {
    const beyond = draws * moreThan(k, mean);
    if (beyond < leastProbable) return { most: k, isCertain: beyond === 0 };
  }
  return undefined;
}

/** Upper bound of the probability that a number from a Poisson distribution is above k, which is above the mean. */
function moreThan(k: number, mean: number): number {
  if (mean <= 0) return 0;
  if (k + 2 <= mean) return 1;
  let logarithm = -mean;
  for (let one = 1; one <= k + 1; one++) logarithm += Math.log(mean / one);
  return Math.min(1, Math.exp(logarithm) / (1 - mean / (k + 2)));
}

/** How often a population of so many sources draws the number of spikes of a step in a run, at least once each. */
export const drawsInRun = (size: number, { experiment: { dt, protocol } }: Pick<Model, 'experiment'>): number =>
  size * Math.max(1, Math.ceil(endOf(protocol) / dt));

/**
 * How many per cent of the spikes of a Poisson process are not the first of their step, to two digits.
 *
 * @param mean  number of spikes in a step, above 0
 */
export const percentWaiting = (mean: number): number => Number((100 * (1 + Math.expm1(-mean) / mean)).toPrecision(2));
