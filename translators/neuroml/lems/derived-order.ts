/** The order of computation of derived variables, which may read each other. */

import { namesIn } from '../../../src/lang/walk.js';
import type { DerivedVariableDefinition } from './definitions.js';

/** Returns names that the value of a derived variable reads. */
function readBy({ value, cases }: DerivedVariableDefinition): ReadonlySet<string> {
  const trees = [value, ...(cases ?? []).flatMap((each) => [each.condition, each.value])];
  return new Set(trees.flatMap((expression) => (expression ? [...namesIn(expression.tree)] : [])));
}

interface Order {
  /** Each after the variables that it reads; else in the given order. */
  readonly ordered: readonly DerivedVariableDefinition[];
  /** The first cycle: each reads the next one, the last reads the first. Empty if there is none. */
  readonly circle: readonly DerivedVariableDefinition[];
}

/** Puts derived variables in order. There may be long chains of them. */
function orderOf(definitions: readonly DerivedVariableDefinition[]): Order {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  const ordered: DerivedVariableDefinition[] = [];
  let circle: readonly DerivedVariableDefinition[] = [];
  const met = new Set<string>();
  for (const first of definitions) {
    const open = [{ definition: first, left: neededBy(first, byName) }];
    if (met.has(first.name)) continue;
    met.add(first.name);
    for (let top = open.at(-1); top; top = open.at(-1)) {
      const next = top.left.pop();
      if (!next) {
        ordered.push(top.definition);
        open.pop();
      } else if (!met.has(next.name)) {
        met.add(next.name);
        open.push({ definition: next, left: neededBy(next, byName) });
      } else if (circle.length === 0) {
        const from = open.findIndex(({ definition }) => definition === next);
        if (from >= 0) circle = open.slice(from).map(({ definition }) => definition);
      }
    }
  }
  return { ordered, circle };
}

/** Derived variables that one reads, the first last. */
function neededBy(
  definition: DerivedVariableDefinition,
  byName: ReadonlyMap<string, DerivedVariableDefinition>,
): DerivedVariableDefinition[] {
  // Types that expose a time call it `t`, as the time of the simulation is called too, which its own value may read.
  const names = [...readBy(definition)].filter((name) => name !== 't' || definition.name !== 't');
  return names.flatMap((name) => byName.get(name) ?? []).reverse();
}

/**
 * Returns derived variables, each after the variables that it reads; else selected ones first, conditional ones last,
 * as written.
 */
export function inOrderOfReading(
  definitions: readonly DerivedVariableDefinition[],
): readonly DerivedVariableDefinition[] {
  const rank = ({ select, cases }: DerivedVariableDefinition): number => (select !== undefined ? 0 : cases ? 2 : 1);
  return orderOf([...definitions].sort((definition, other) => rank(definition) - rank(other))).ordered;
}

/**
 * Returns the first cycle among derived variables: each reads the next one, the last reads the first. Empty if there is
 * none.
 */
export function circleIn(definitions: readonly DerivedVariableDefinition[]): readonly DerivedVariableDefinition[] {
  return orderOf(definitions).circle;
}
