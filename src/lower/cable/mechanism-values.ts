/** Values that a population has for variables of mechanisms: of each cell, or of each compartment of each cell. */

import { arrayOf } from '../../model/arrays.js';
import { formulaOf } from '../../model/typed.js';
import type { Value } from '../../model/typed.js';
import { numberOf } from '../context/groups.js';
import type { Class, Kind, StructuredCells } from './structured-cells.js';

/** The value of a variable, `mechanism.variable`, in a population. */
interface Given {
  readonly variable: string;
  /** A list has a value for each cell, or for each compartment with the mechanism, the first of all cells first. */
  readonly value: Value;
  /** Number of cells. */
  readonly size: number;
}

/** Returns the compartments that have a variable, `mechanism.variable` or `v`, in the order of the tree. */
export function placesWith({ instances }: Kind, variable: string): readonly number[] {
  const mechanism = variable.slice(0, variable.indexOf('.'));
  return instances.flatMap((own, at) => (variable === 'v' || own.some(({ name }) => name === mechanism) ? [at] : []));
}

/** Values for the elements of a class, by the names that it has for the variable. */
export function mechanismValues(
  population: string,
  kind: Kind,
  cellClass: Class,
  { variable, value, size }: Given,
  cells: StructuredCells,
): ReadonlyMap<string, Value> {
  const names = cellClass.compartments.map((_, ordinal) => cellClass.made.variables[ordinal]?.get(variable));
  const valuesByVariable = new Map<string, Value>();
  for (const classVariable of new Set(names)) {
    if (classVariable === undefined) continue;
    const isWhole = names.every((name) => name === classVariable);
    const formula = formulaOf(value);
    if (isWhole && (formula || typeof value === 'number')) {
      valuesByVariable.set(classVariable, value);
      continue;
    }
    if (formula) {
      cells.refuse(
        `an expression for ${variable} of each cell, where other mechanisms have the same equations (${population})`,
        'give numbers',
      );
      continue;
    }
    const list = typeof value !== 'number' && value.kind === 'array' ? arrayOf(value.array, cells.data.store) : null;
    const places = placesWith(kind, variable);
    const byPlace = list !== null && list.length === size * places.length;
    const others = cellClass.made.values.get(classVariable);
    const common =
      cellClass.made.type.parameters[classVariable]?.value ?? cellClass.made.type.state[classVariable]?.initial ?? 0;
    const all = new Float64Array(size * names.length);
    names.forEach((name, ordinal) => {
      const otherwise = numberOf(others?.[ordinal] ?? common) ?? 0;
      const place = byPlace ? places.indexOf(cellClass.compartments[ordinal] ?? 0) : 0;
      for (let cell = 0; cell < size; cell++)
        all[ordinal * size + cell] =
          name !== classVariable
            ? otherwise
            : list === null
              ? (value as number)
              : (list[(byPlace ? place * size : 0) + cell] ?? 0);
    });
    valuesByVariable.set(classVariable, { kind: 'array', array: cells.data.keep(all) });
  }
  return valuesByVariable;
}
