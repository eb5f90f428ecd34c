/** How many of many independent inputs have an event in a step, as LEMS can draw it. */

import { dimensionless } from '../../../../src/lang/ast.js';
import { numberText } from '../text/quantity-text.js';
import type { TypeBuilder } from '../type-builder.js';
import type { Element } from '../text/xml-text.js';

/** A drawn count. */
interface DrawnCount {
  readonly actions: readonly Element[];
  /** Expression for the count. */
  readonly count: string;
  /** Deviation from the binomial distribution; absent if it is exact. */
  readonly difference?: string;
}

/** Up to this many inputs, one draw is made for each. */
const mostSingle = 20;
/** Most numbers that are told apart; beyond, a normal number takes the place of the count. */
const mostNumbers = 250;
/** The probability of numbers that are left out: less than a uniform number tells apart. */
const negligible = 1e-16;

/**
 * Returns a number of events among `n` inputs, each with probability `p`.
 *
 * @param builder gets the needed variables
 * @source few: one draw each; more: the inverse of the binomial distribution function at a uniform number; for too many
 *   steps, a rounded normal number
 */
export function drawCount(n: number, p: number, builder: TypeBuilder): DrawnCount {
  if (n * p === 0) return { actions: [], count: '0' };
  const probability = numberText(p);
  if (n <= mostSingle)
    return { actions: [], count: `(${Array.from({ length: n }, () => `H(${probability} - random(1))`).join(' + ')})` };
  const count = builder.state('drawn', dimensionless, false);
  const borders = inverse(n, p);
  if (borders === undefined) {
    const spread = numberText(Math.sqrt(n * p * (1 - p)));
    const normal = '(sqrt(0 - 2 * ln(random(1))) * cos(6.283185307179586 * random(1)))';
    const drawn = `ceil(${numberText(n * p)} + ${spread} * ${normal} - 0.5)`;
    return {
      actions: [builder.assign(count, drawn), builder.assign(count, `${count} * H(${count} + 0.5)`)],
      count,
      difference:
        'the number of events per step is a rounded normal number ' +
        'with the mean and variance of the binomial distribution',
    };
  }
  const uniform = builder.state('uniform', dimensionless, false);
  const steps = borders.above.map((border) => `H(${uniform} - ${numberText(border)})`);
  const value = [...(borders.least === 0 ? [] : [String(borders.least)]), ...steps].join(' + ');
  return { actions: [builder.assign(uniform, 'random(1)'), builder.assign(count, value)], count };
}

/**
 * Returns the least number of successes, and the uniform numbers above each of which there is one more. Returns
 * undefined if there are too many, or if the chance of no success is too small for a number.
 */
function inverse(n: number, p: number): { readonly least: number; readonly above: readonly number[] } | undefined {
  if (p >= 1) return { least: n, above: [] };
  let chance = Math.exp(n * Math.log1p(-p));
  if (chance < Number.MIN_VALUE / negligible) return undefined;
  let below = 0;
  let least = 0;
  const above: number[] = [];
  for (let k = 0; k < n; k++) {
    below += chance;
    if (below < negligible) least = k + 1;
    else if (k > n * p && chance < negligible) break;
    else above.push(Math.min(below, 1));
    if (above.length > mostNumbers) return undefined;
    chance *= ((n - k) / (k + 1)) * (p / (1 - p));
  }
  return { least, above };
}
