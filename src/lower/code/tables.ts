/**
 * Tables, piecewise constant functions of time: value k holds for k*dt <= t < (k+1)*dt, the ends extend.
 *
 * The row is found as Brian's TimedArray does, on a grid finer than an eighth of the step, so rounding of t never
 * picks the neighbour.
 *
 * @source Brian 2, brian2.input.timedarray
 */

import { invariant } from '../../diagnostics/diagnostic.js';
import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import type { Call } from '../../lang/ast.js';
import type { Table } from '../../model/typed.js';
import type { Context } from '../context/context.js';
import { arrayOf } from '../../model/arrays.js';
import { typed } from '../context/groups.js';
import type { Scope } from './expressions.js';
import { to } from './expressions.js';
import { folded } from '../../ir/fold.js';

/** Least power of two that is not below 8 * table step / model step, at least 1. */
function subdivisions(tableDt: number, dt: number): number {
  let k = 1;
  while (k < (8 * tableDt) / dt) k *= 2;
  return k;
}

/** Returns the value of a table call, or undefined if the name is not a table. */
export function tableValue(call: Call, args: readonly Ir[], scope: Scope, context: Context): Ir | undefined {
  const table = context.model.tables[call.function];
  if (!table) return undefined;
  const buffer = tableBuffer(call.function, table, context);
  const columns = table.columns ?? 1;
  const rows = (buffer.length as number) / columns;
  const time = args[0];
  invariant(time, 'lower/tables', `${call.function} needs a time`);
  const k = subdivisions(table.dt, context.dt);
  const row = scope.block.name('row', folded`i32((${to('f64', time)} / ${table.dt / k} + 0.5) / ${k})`);
  const last = rows - 1;
  const first = to('u32', folded`select(${row} < 0i, 0i, select(${row} > ${last}i, ${last}i, ${row}))`);
  if (table.columns === null) return ir.load(buffer, scope.block.name('row_index', first));
  const column = args[1];
  invariant(column, 'lower/tables', `${call.function} needs an index`);
  return code`${buffer}[${first} * ${columns}u + ${to('u32', to('i32', column))}]`;
}

function tableBuffer(name: string, table: Table, context: Context): Buffer {
  const { builder, real } = context;
  // No other thing has a name with a space.
  return builder.common(`table ${name}`, () => {
    const initial = typed(real, arrayOf(table.values, context.data));
    return builder.buffer(`table.${name}`, real, initial.length, `table ${name} (${table.unit})`, {
      role: 'constant',
      initial,
    });
  });
}
