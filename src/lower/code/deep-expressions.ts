/**
 * Deep expressions are computed in parts, each with its own local. Assemblers and C compilers read nested text by
 * recursion, and most refuse or overflow at a few hundred levels.
 *
 *     x = f(f(f(f(y)))) becomes part = f(f(y)); x = f(f(part))
 */

import { get, set, type Locals } from '../../ir/builder.js';
import type { Expression, Statement } from '../../ir/program.js';
import { expressionsOf, operandsOf, withExpressions, withParts } from '../../ir/walk.js';

/** Levels of an expression that stays in one piece. */
const deepest = 64;

/** Checks whether an expression has fewer levels than a number. */
const isBelow = (e: Expression, levels: number): boolean =>
  levels > 1 && operandsOf(e).every((operand) => isBelow(operand, levels - 1));

const depths = new WeakMap<Expression, number>();

function depthOf(e: Expression): number {
  if (e.kind === 'const' || e.kind === 'local') return 1;
  const known = depths.get(e);
  if (known !== undefined) return known;
  const depth = 1 + operandsOf(e).reduce((most, operand) => Math.max(most, depthOf(operand)), 0);
  depths.set(e, depth);
  return depth;
}

/** The statements that do the work of one with expressions of few levels. Loops keep their conditions. */
export function shallowStatements(s: Statement, locals: Locals): readonly Statement[] {
  if (expressionsOf(s).every((e) => isBelow(e, deepest))) return [s];
  const before: Statement[] = [];
  const pieces = new Map<Expression, Expression>();
  const shallow = (e: Expression): Expression => {
    if (depthOf(e) < deepest) return e;
    const known = pieces.get(e);
    if (known) return known;
    const rebuilt = withParts(e, (part) => (part === e ? undefined : shallow(part)));
    let piece = rebuilt;
    if (depthOf(rebuilt) >= deepest) {
      const local = locals.fresh('part', e.type);
      before.push(set(local, rebuilt));
      piece = get(local);
    }
    pieces.set(e, piece);
    return piece;
  };
  // Deep parts are computed once before a loop, but its condition is evaluated at each turn.
  const rewritten = s.kind === 'while' ? s : withExpressions(s, shallow);
  return [...before, rewritten];
}
