/** Contributions of attachments to a place on a cell with compartments. */

import type { Expression } from '../../../src/lang/ast.js';
import { name as nameOf } from '../../../src/lang/build.js';
import { namesIn, substitute } from '../../../src/lang/walk.js';
import { isRandomExpression } from '../flatten/flat.js';
import type { FlatType } from '../flatten/flatten.js';

/**
 * Rewrites the contribution of an instance to a place on a cell. Variables of the cell are read there, so that the
 * cable is solved together with it.
 */
export function atPlace(e: Expression, own: FlatType, target: FlatType): Expression {
  const derived = new Map(own.allDerived.map(({ name, value }) => [name, value]));
  const outside = new Map(
    own.parameters.flatMap(({ name, source }) => {
      const seen = source.kind === 'outside' ? target.seen([source.name]) : undefined;
      return seen?.expression.kind === 'name' ? [[name, nameOf(`post.${seen.expression.name}`)] as const] : [];
    }),
  );
  const readsCell = (part: Expression): boolean => {
    const names = [...namesIn(part)];
    return names.some((name) => outside.has(name) || (derived.has(name) && readsCell(derived.get(name) ?? part)));
  };
  const inlined = (part: Expression): Expression => {
    const replaced = new Map<string, Expression>();
    for (const name of namesIn(part)) {
      const value = derived.get(name);
      const read = outside.get(name);
      if (read) replaced.set(name, read);
      else if (value && readsCell(value) && !isRandomExpression(value)) replaced.set(name, inlined(value));
      else if (name !== 't') replaced.set(name, nameOf(`pre.${name}`));
    }
    return substitute(part, replaced);
  };
  return inlined(e);
}
