/** Conditions that only bound indices, as slices of both ends of a projection. */

import type { Expression } from '../../lang/ast.js';
import type { Projection, SelectionRule } from '../../model/model.js';
import { taggedSelection } from '../../model/tagged.js';
import type { Ends } from './connections.js';
import { constantOf, plain } from './numbers.js';

/** First and last index but one, of senders (i) and receivers (j). */
interface Bounds {
  readonly i: readonly [number, number];
  readonly j: readonly [number, number];
}

/**
 * Returns a projection between slices of its ends, if its condition only bounds indices and its other parts do not read indices.
 * Returns other projections unchanged. Pairs and their order are the same.
 */
export function betweenSlices(projection: Projection, ends: Ends): Projection {
  const [rule, second] = projection.connect;
  if (rule?.rule !== 'pairs' || second !== undefined || rule.condition === null || !rule.self) return projection;
  const { p, copies } = rule;
  if (/\b([ij]|N_pre|N_post)\b/.test(JSON.stringify([p, copies, projection.values, projection.delays])))
    return projection;
  const bounds = boundsOf(plain(rule.condition, indices), ends, { i: [0, ends.from], j: [0, ends.to] });
  if (bounds === undefined || bounds.i[0] >= bounds.i[1] || bounds.j[0] >= bounds.j[1]) return projection;
  const from = sliceOf(projection.from.of, bounds.i, ends.from);
  const to = sliceOf(projection.to.of, bounds.j, ends.to);
  if (from === undefined || to === undefined) return projection;
  return {
    ...projection,
    from: { ...projection.from, of: from },
    to: { ...projection.to, of: to },
    connect: [{ ...rule, condition: null }],
  };
}

/** Indices are not units whatever they are called. */
const indices = { has: (name: string): boolean => ['i', 'j', 'N_pre', 'N_post'].includes(name) };

const mirrored = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==' } as const;

/** Returns bounds narrowed by a condition; undefined if it has parts other than bounds. */
function boundsOf(e: Expression, ends: Ends, known: Bounds): Bounds | undefined {
  if (e.kind !== 'binary') return undefined;
  if (e.operator === 'and') {
    const left = boundsOf(e.left, ends, known);
    return left && boundsOf(e.right, ends, left);
  }
  const operator = e.operator;
  if (operator !== '<' && operator !== '<=' && operator !== '>' && operator !== '>=' && operator !== '==')
    return undefined;
  const direct = e.left.kind === 'name' && (e.left.name === 'i' || e.left.name === 'j');
  const [index, other] = direct ? [e.left, e.right] : [e.right, e.left];
  if (index.kind !== 'name' || (index.name !== 'i' && index.name !== 'j')) return undefined;
  const bound = constantOf(other);
  if (bound === undefined) return undefined;
  const [first, last] = known[index.name];
  const narrowed = within(direct ? operator : mirrored[operator], bound);
  return { ...known, [index.name]: [Math.max(first, narrowed[0]), Math.min(last, narrowed[1])] };
}

/** Returns the whole numbers that a comparison holds for: the first, and the one after the last. */
function within(operator: keyof typeof mirrored, bound: number): readonly [number, number] {
  switch (operator) {
    case '<':
      return [0, Math.ceil(bound)];
    case '<=':
      return [0, Math.floor(bound) + 1];
    case '>':
      return [Math.floor(bound) + 1, Infinity];
    case '>=':
      return [Math.ceil(bound), Infinity];
    case '==':
      return Number.isInteger(bound) ? [bound, bound + 1] : [0, 0];
    default:
      return operator satisfies never;
  }
}

/** Returns elements of a population from one to before another; undefined if a selection is not a slice. */
function sliceOf(
  rule: SelectionRule,
  [first, last]: readonly [number, number],
  size: number,
): SelectionRule | undefined {
  const selection = taggedSelection(rule);
  if (first === 0 && last === size) return rule;
  if (selection.kind !== 'slice') return undefined;
  const [begin, , step] = selection.slice ?? [0, size, 1];
  return { population: selection.population, slice: [begin + first * step, begin + last * step, step] };
}
