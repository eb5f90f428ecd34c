/** How many of many independent inputs have an event in a step, as LEMS can draw it. */

import { dimensionless } from '../../../src/lang/ast.js';
import { numberText } from './quantity-text.js';
import type { TypeBuilder } from './type-builder.js';
import type { Element } from './xml-text.js';

/** A drawn count. */
interface DrawnCount {
  readonly actions: readonly Element[];
  /** Expression for the count. */
  readonly count: string;
  /** What differs from the binomial distribution; absent where nothing does. */
  readonly approximated?: string;
}

/** Up to this many inputs, one draw is made for each. */
const mostSingle = 20;
/** Below this mean, counts are found by adding up waiting times. */
const largestMean = 10;

/**
 * A number of events among `n` inputs, each with probability `p`.
 *
 * @param builder  gets the variables that are needed
 * @source few: one draw each; small means: exponential waiting times until they exceed one step (a Poisson count); else
 *   a rounded normal number
 */
export function drawCount(n: number, p: number, builder: TypeBuilder): DrawnCount {
  if (n * p === 0) return { actions: [], count: '0' };
  const probability = numberText(p);
  if (n <= mostSingle)
    return { actions: [], count: `(${Array.from({ length: n }, () => `H(${probability} - random(1))`).join(' + ')})` };
  const mean = n * p;
  const count = builder.state('drawn', dimensionless, false);
  if (mean > largestMean) {
    const spread = numberText(Math.sqrt(mean * (1 - p)));
    const normal = '(sqrt(0 - 2 * ln(random(1))) * cos(6.283185307179586 * random(1)))';
    const drawn = `ceil(${numberText(mean)} + ${spread} * ${normal} - 0.5)`;
    return {
      actions: [builder.assign(count, drawn), builder.assign(count, `${count} * H(${count} + 0.5)`)],
      count,
      approximated:
        'the number of events per step is a rounded normal number ' +
        'with the mean and variance of the binomial distribution',
    };
  }
  // Waiting times in steps: an event for each that ends within this one. More than these happen less than once in 10^9
  // steps.
  const most = Math.ceil(mean + 7 * Math.sqrt(mean) + 7);
  const elapsed = builder.state('elapsed', dimensionless, false);
  const wait = `${elapsed} - ln(random(1)) / ${numberText(mean)}`;
  const each = Array.from({ length: most }, () => [
    builder.assign(elapsed, wait),
    builder.assign(count, `${count} + H(1 - ${elapsed})`),
  ]).flat();
  return {
    actions: [builder.assign(elapsed, '0'), builder.assign(count, '0'), ...each],
    count,
    approximated: 'the number of events per step has a Poisson instead of a binomial distribution',
  };
}
