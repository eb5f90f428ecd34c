/** Names that code reads, and derived variables. */

import { entryOf } from '../../diagnostics/entry.js';
import type { Expression } from '../../lang/ast.js';
import { dependencyOrder, findCycle } from '../../lang/graph.js';
import { measure, namesIn, substitute } from '../../lang/walk.js';
import { expressionsIn, statementsIn } from '../../model/typed.js';

/** Returns names that code of a part of a model reads. */
export const readsIn = (part: unknown): ReadonlySet<string> =>
  new Set([
    ...expressionsIn(part).flatMap((e) => [...namesIn(e)]),
    ...statementsIn(part).flatMap((one) => (one.kind === 'assignment' && one.operator !== '=' ? [one.target] : [])),
  ]);

/** Derived variables of a type. */
interface Derived {
  readonly derived: Readonly<Record<string, { readonly value: Expression }>>;
}

/** Larger expressions are not put in the place of names: each that reads another one twice is twice as large. */
const largest = 5000;

/**
 * Returns each derived variable as an expression without derived variables. Variables with too large expressions keep
 * their names. Undefined if variables depend on each other.
 */
export function derivedOf(type: Derived): ReadonlyMap<string, Expression> | undefined {
  const ordered = derivedInOrder(type);
  if (ordered === undefined) return undefined;
  const found = new Map<string, Expression>();
  for (const [name, e] of ordered) {
    const whole = substitute(e, found);
    if (measure(whole).size <= largest) found.set(name, whole);
  }
  return found;
}

/** Returns derived variables, each after those that it reads; undefined if they depend on each other. */
export function derivedInOrder({
  derived,
}: Derived): readonly (readonly [name: string, value: Expression])[] | undefined {
  const trees = new Map(Object.entries(derived).map(([name, { value }]) => [name, value]));
  const reads = (name: string): readonly string[] => [...namesIn(entryOf(trees, name))].filter((one) => trees.has(one));
  if (findCycle(trees.keys(), reads) !== undefined) return undefined;
  return dependencyOrder(trees.keys(), reads).flatMap((name) => {
    const tree = trees.get(name);
    return tree === undefined ? [] : [[name, tree] as const];
  });
}
