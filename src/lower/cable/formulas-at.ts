/** Expressions among values of mechanisms: compartments of one class have the same. */

import { drawsIn } from '../../lang/functions.js';
import type { Tree } from '../../model/compartment-tree.js';
import { formulaOf } from '../../model/typed.js';
import type { Population, Value } from '../../model/typed.js';
import { numberAt, type Instance } from './mechanisms.js';

/** Cells of one type, with the mechanisms at each compartment. */
interface Cells {
  readonly instances: readonly (readonly Instance[])[];
  readonly tree: Tree;
  readonly populations: readonly string[];
}

/**
 * What tells a compartment from others whose mechanisms have the same equations: variables that expressions give, of
 * each cell or by section, and those that are drawn. Numbers may differ within a class.
 */
export function formulasAt(
  { instances, tree, populations }: Cells,
  all: Readonly<Record<string, Population>>,
): (compartment: number) => readonly string[] {
  const ofCells = new Set(
    populations.flatMap((name) =>
      Object.entries(all[name]?.values ?? {}).flatMap(([key, value]) => (formulaOf(value) ? [key] : [])),
    ),
  );
  // Expressions are told apart by where they stand: sections of a group share one.
  const numbers = new Map<Value, number>();
  const numberOf = (value: Value): number => {
    const number = numbers.get(value) ?? numbers.size;
    numbers.set(value, number);
    return number;
  };
  return (at) => {
    const place = tree.compartments[at];
    const texts = (instances[at] ?? []).flatMap(({ name, mechanism, given }) =>
      [...Object.keys(mechanism.parameters), ...Object.keys(mechanism.state)].flatMap((own) => {
        const key = `${name}.${own}`;
        if (ofCells.has(key)) return [key];
        const value = given.get(own)?.value ?? mechanism.parameters[own]?.value ?? mechanism.state[own]?.initial ?? 0;
        const formula = formulaOf(value);
        if (!formula || !drawsIn(formula) || !place || numberAt(formula, place) !== null) return [];
        return [given.has(own) ? `${key} ${numberOf(value)}` : key];
      }),
    );
    return texts.sort();
  };
}
