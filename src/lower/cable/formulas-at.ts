/** Expressions among values of mechanisms: compartments of one class have the same. */

import { drawsIn } from '../../lang/functions.js';
import type { Tree } from '../../model/compartment-tree.js';
import { assignedBy } from '../../model/assigned.js';
import { formulaOf } from '../../model/typed.js';
import type { Model, Value } from '../../model/typed.js';
import { numberAt, type Instance } from './mechanisms.js';

/** Cells of one type, with the mechanisms at each compartment. */
interface Cells {
  readonly instances: readonly (readonly Instance[])[];
  readonly tree: Tree;
  readonly populations: readonly string[];
}

/**
 * Returns the properties that separate a compartment from others with the same equations of mechanisms: variables given
 * by expressions, of each cell, in a phase or by section, and drawn variables. Numbers may differ within a class.
 */
export function formulasAt(
  { instances, tree, populations }: Cells,
  { populations: all, experiment }: Pick<Model, 'populations' | 'experiment'>,
): (compartment: number) => readonly string[] {
  const formulas = (values: Readonly<Record<string, Value>>): readonly string[] =>
    Object.entries(values).flatMap(([key, value]) => (formulaOf(value) ? [key] : []));
  const ofCells = new Set([
    ...populations.flatMap((name) => formulas(all[name]?.values ?? {})),
    ...experiment.protocol.flatMap((phase) =>
      phase.kind === 'set' || phase.kind === 'initialise'
        ? formulas(phase.kind === 'set' ? phase.set : phase.initialise).map((key) => assignedBy(key).variable)
        : [],
    ),
  ]);
  // Expressions are compared by identity: sections of a group share one.
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
