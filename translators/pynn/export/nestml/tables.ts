/** Functions of the time that are given by tables, as choices. */

import type { Expression } from '../../../../src/lang/ast.js';
import { binary, conditional, quantity } from '../../../../src/lang/build.js';
import { second } from '../../../../src/lang/dimension.js';
import { parseUnit } from '../../../../src/lang/units.js';
import { mapExpression } from '../../../../src/lang/walk.js';
import type { Table } from '../../../../src/model/typed.js';
import type { CellOfNest } from './cell-of-nest.js';
import { NotInNestml } from './not-in-nestml.js';

/** The longest table that is written as choices. */
const longestTable = 20;

/** Checks whether an expression calls a table. */
export function callsTable(e: Expression, tables: Readonly<Record<string, Table>>): boolean {
  let found = false;
  mapExpression(e, (part) => {
    found ||= part.kind === 'call' && Object.hasOwn(tables, part.function);
    return part;
  });
  return found;
}

/** Returns short tables as choices by the time. */
export function withTables(e: Expression, { tables, numbersOfTable }: CellOfNest): Expression {
  return mapExpression(e, (part) => {
    const table = part.kind === 'call' && Object.hasOwn(tables, part.function) ? tables[part.function] : undefined;
    if (table === undefined || part.kind !== 'call') return part;
    const [at] = part.arguments;
    const values = Array.from(numbersOfTable(table));
    if (table.columns !== null || at === undefined || values.length > longestTable)
      throw new NotInNestml(`the table ${part.function}, which is too long for NESTML or has a column for each cell`);
    const { dimension } = parseUnit(table.unit);
    const value = (k: number): Expression => quantity(values[k] ?? 0, dimension);
    return values
      .slice(0, -1)
      .reduceRight<Expression>(
        (rest, _, k) => conditional(binary('<', at, quantity((k + 1) * table.dt, second)), value(k), rest),
        value(values.length - 1),
      );
  });
}
