/**
 * Deep expressions are computed in pieces, each with a local of its own. Assemblers and C compilers read nested text by
 * recursion, and most refuse or overflow at a few hundred levels.
 *
 *     x = f(f(f(f(y))))   becomes   part = f(f(y)); x = f(f(part))
 */

import { get, set, type Locals } from '../ir/builder.js';
import type { Expression, Statement } from '../ir/program.js';
import { operandsOf, withParts } from '../ir/walk.js';

/** Levels of an expression that stays in one piece. */
const deepest = 64;

const depths = new WeakMap<Expression, number>();

function depthOf(e: Expression): number {
  const known = depths.get(e);
  if (known !== undefined) return known;
  const depth = 1 + operandsOf(e).reduce((most, operand) => Math.max(most, depthOf(operand)), 0);
  depths.set(e, depth);
  return depth;
}

/** The statements that do the work of one with expressions of few levels. Loops keep their conditions. */
export function shallowStatements(s: Statement, locals: Locals): readonly Statement[] {
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
  const rewritten = withExpressions(s, shallow);
  return [...before, rewritten];
}

/** A statement with the expressions replaced that are evaluated once, before anything that it does. */
function withExpressions(s: Statement, replace: (e: Expression) => Expression): Statement {
  switch (s.kind) {
    case 'set':
      return { ...s, value: replace(s.value) };
    case 'store':
    case 'accumulate':
      return { ...s, index: replace(s.index), value: replace(s.value) };
    case 'if':
    case 'setBit':
      return { ...s, condition: replace(s.condition) };
    case 'for':
      return { ...s, from: replace(s.from), to: replace(s.to) };
    case 'call':
      return { ...s, arguments: s.arguments.map(replace) };
    case 'fault':
      return { ...s, when: replace(s.when) };
    case 'while':
    case 'break':
    case 'comment':
      return s;
  }
}
