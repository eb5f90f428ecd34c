/** Component types in the making, for a model: its time step and tables. */

import { dependencyOrder } from '../../../src/lang/graph.js';
import { numbersOf } from '../../../src/model/arrays.js';
import { namesOf, type EquationSet } from '../../../src/model/typed.js';
import type { ExportContext } from './context.js';
import { dimensionOfUnit } from './text/dimensions.js';
import { NotExpressible } from '../../../src/library/not-expressible.js';
import { TypeBuilder } from './type-builder.js';

/** Returns an empty type of a model. */
export function builderOf({ model, data, dimensions, dt }: ExportContext): TypeBuilder {
  return new TypeBuilder(dimensions, dt, (name) => {
    const table = model.tables[name];
    if (!table) return undefined;
    const values = Array.from(numbersOf(table.values, data));
    const { columns } = table;
    const rows =
      columns === null
        ? [values]
        : Array.from({ length: columns }, (_, k) => values.filter((_value, at) => at % columns === k));
    return { dt: table.dt, dimension: dimensionOfUnit(table.unit), rows };
  });
}

/** Returns derived variables, each after the variables that it reads. */
export const derivedOrder = ({ derived }: Pick<EquationSet, 'derived'>): readonly string[] =>
  dependencyOrder(Object.keys(derived), (name) =>
    [...namesOf(derived[name])].filter((read) => Object.hasOwn(derived, read)),
  );

/** Runs an action, and reports what LEMS cannot express under the name of a part. */
export type Attempt = (part: string, action: () => void) => void;

/** Returns a function that reports what LEMS cannot express of the parts of something. */
export const attempting =
  (pointer: string, { report }: Pick<ExportContext, 'report'>): Attempt =>
  (part, action) => {
    try {
      action();
    } catch (error) {
      if (!(error instanceof NotExpressible)) throw error;
      report.missing(`${pointer}/${part}`, error.message);
    }
  };
