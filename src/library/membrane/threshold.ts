/** The potential at which a cell fires. */

import type { Expression } from '../../lang/ast.js';
import { evaluate, type Functions } from '../../lang/evaluate.js';
import { foldConstants } from '../../lang/fold.js';
import { namesIn } from '../../lang/walk.js';

/**
 * Returns the number that the potential exceeds at a spike, or undefined for other conditions.
 *
 * @param fixed numbers of names, in SI
 */
export function thresholdOf(
  when: Expression,
  fixed: (name: string) => number | undefined,
  functions: Functions,
): number | undefined {
  const e = foldConstants(when, undefined, (name) => name === 'v' || fixed(name) !== undefined);
  if (e.kind !== 'binary' || (e.operator !== '>' && e.operator !== '>=')) return undefined;
  if (e.left.kind !== 'name' || e.left.name !== 'v' || [...namesIn(e.right)].some((name) => fixed(name) === undefined))
    return undefined;
  return evaluate(e.right, (name) => fixed(name) ?? NaN, functions);
}
