/** The texts of a type, changed as trees. */

import type { Expression } from '../../lang/ast.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { printExpression, printStatement } from '../../lang/print.js';
import { mapStatement } from '../../lang/walk.js';
import type { EquationSet } from '../../model/model.js';

/** Members with an expression, and members with statements. */
const expressions: ReadonlySet<string> = new Set(['value', 'rate', 'when', 'for', 'while', 'initial', 'multiplicity']);
const statements: ReadonlySet<string> = new Set(['do', 'onEntry']);

/**
 * Returns a type with every expression changed.
 *
 * @param change  a whole expression; a text stays as it was if this returns the same tree
 */
export function withTrees<T extends EquationSet>(type: T, change: (e: Expression) => Expression): T {
  const taken = namesDeclared(type);
  const isTaken = (name: string): boolean => taken.has(name);
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === 'string' && expressions.has(key)) {
      const e = parseExpression(value);
      const changed = change(e);
      return changed === e ? value : printExpression(changed, { taken: isTaken });
    }
    if (Array.isArray(value))
      return value.map((one: unknown) =>
        statements.has(key) && typeof one === 'string'
          ? parseStatements(one)
              .map((statement) => printStatement(mapStatement(statement, change), { taken: isTaken }))
              .join('; ')
          : walk(one, key),
      );
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, walk(one, name)]));
    return value;
  };
  return walk(type, '') as T;
}

/** Returns names that a type itself declares; units of the same name are written long. */
function namesDeclared(type: EquationSet & { readonly inputs?: object; readonly ports?: object }): ReadonlySet<string> {
  const maps = [type.parameters, type.state, type.derived, type.inputs ?? {}, type.ports ?? {}];
  return new Set(maps.flatMap((map) => Object.keys(map)));
}
