/** Van Rossum distance (2001, Neural Comput. 13:751). */

import type { Train } from './train.js';

/**
 * Returns distance of two trains that are filtered with exponential kernels, normalised such that one spike against
 * none gives 1 (as Elephant does, √2 times the original). One pass over the spikes of both trains (Houghton & Kreuz
 * 2012).
 *
 * @param tau  time constant in s; 0 compares equal times only, infinity only the numbers of spikes
 */
export function vanRossum(first: Train, second: Train, tau: number): number {
  let [i, j, trace, crossed, last] = [0, 0, 0, 0, 0];
  while (i < first.length || j < second.length) {
    const [a = Infinity, b = Infinity] = [first[i], second[j]];
    const time = Math.min(a, b);
    const sign = a <= b ? 1 : -1;
    if (a <= b) i += 1;
    else j += 1;
    if (time !== last) trace *= Math.exp((last - time) / tau);
    crossed += sign * trace;
    trace += sign;
    last = time;
  }
  return Math.sqrt(Math.max(0, first.length + second.length + 2 * crossed));
}
