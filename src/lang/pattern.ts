/** Patterns of expressions, in which some names stand for any part. */

import type { Expression, Statement } from './ast.js';
import { foldConstants } from './fold.js';
import { parseExpression } from './parse-expression.js';
import { childrenOf, equalExpressions, namesIn, sameNode } from './walk.js';

/**
 * Returns the parts of a folded expression at the free names of a pattern; undefined if it has another form.
 *
 * @param pattern  such as `a/(1 - exp(-x))`; its names are units only if the expression has no such names
 * @param free  names that stand for any part, for equal parts wherever they occur
 */
export function matched(e: Expression, pattern: string, ...free: readonly string[]): Match | undefined {
  const names = namesIn(e);
  const found: Record<string, Expression> = {};
  const matches = (p: Expression, part: Expression): boolean => {
    if (p.kind === 'name' && free.includes(p.name)) return equalExpressions((found[p.name] ??= part), part);
    const [own, others] = [childrenOf(p), childrenOf(part)];
    return sameNode(p, part) && own.length === others.length && own.every((one, k) => matches(one, others[k] ?? part));
  };
  const tree = foldConstants(parseExpression(pattern), undefined, (name) => names.has(name) || free.includes(name));
  return matches(tree, e) ? found : undefined;
}

/** Parts of an expression by the free names of a pattern. */
type Match = Readonly<Record<string, Expression>>;

/** Checks whether a statement assigns a value of a pattern without free names to a variable. */
export const assigns = (statement: Statement, target: string, pattern: string): boolean =>
  statement.kind === 'assignment' &&
  statement.operator === '=' &&
  statement.target === target &&
  matched(statement.value, pattern) !== undefined;

/** Returns the name that an expression is; empty if it is none. */
export const nameOf = (e: Expression | undefined): string => (e?.kind === 'name' ? e.name : '');
