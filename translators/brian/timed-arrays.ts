/** TimedArray: a table of the canonical model. */

import { second } from '../../src/lang/dimension.js';
import { dimensionless, type Dimension } from '../../src/lang/ast.js';
import { LangError } from '../../src/lang/lang-error.js';
import { parseUnit, unitText } from '../../src/lang/units.js';
import { child } from '../../src/model/pointer.js';
import { writtenQuantity } from './constants.js';
import type { Reporter } from './context.js';
import { reservedWord } from './equations.js';
import { located, type Located } from '../shared/located.js';
import * as messages from './messages.js';
import type { TimedArray } from './specification.generated.js';
import type { Namespace, TableShape } from './terms.js';
import { readNumber, readNumbers } from './values.js';

/** A table, and the facts that its callers need. */
export interface TranslatedTable {
  readonly shape: TableShape;
  /** Part of the canonical document, with its place in the user's. */
  readonly table: Located;
}

/** Returns a timed array as a table with values in SI, row by row. */
export function translateTimedArray(
  key: string,
  array: TimedArray,
  pointer: string,
  namespace: Namespace,
  to: Reporter,
): TranslatedTable {
  const reason = reservedWord(key, 'neuron');
  if (reason !== undefined) to.report(messages.reservedName(key, reason), pointer);
  const valuesPointer = child(pointer, 'values');
  const rows = array.values.some(Array.isArray)
    ? array.values.map((row) => (Array.isArray(row) ? (row as readonly (number | string)[]) : [row as number | string]))
    : undefined;
  const columns = rows === undefined ? null : (rows[0]?.length ?? 0);
  if (rows?.some((row) => row.length !== columns) === true || columns === 0)
    to.report(messages.raggedRows(), valuesPointer);
  if (array.values.length === 0) to.report(messages.lengthMismatch('values', 1, 0), valuesPointer);
  const flat = rows?.flat() ?? (array.values as readonly (number | string)[]);
  const dimension = tableDimension(array, flat[0], pointer, to);
  const slot = { name: key, dimension, type: 'real' } as const;
  const unit = array.unit === undefined ? undefined : { text: array.unit, pointer: child(pointer, 'unit') };
  const values =
    rows === undefined
      ? (readNumbers(flat, valuesPointer, unit, slot, namespace.definition, to) ?? [])
      : rows.flatMap(
          (row, index) => readNumbers(row, child(valuesPointer, index), unit, slot, namespace.definition, to) ?? [],
        );
  const dt =
    readNumber(array.dt, child(pointer, 'dt'), { name: 'dt', dimension: second, type: 'real' }, namespace, to) ?? 1;
  if (!(dt > 0)) to.report(messages.outOfRange('dt', 'a time above 0', array.dt), child(pointer, 'dt'));
  return {
    shape: { kind: 'table', columns },
    table: located(
      {
        dt: located(dt, child(pointer, 'dt')),
        unit: unitText(dimension),
        values: located(values, valuesPointer),
        ...(columns === null ? {} : { columns }),
      },
      pointer,
    ),
  };
}

function tableDimension(
  array: TimedArray,
  first: number | string | undefined,
  pointer: string,
  to: Reporter,
): Dimension {
  if (array.unit !== undefined) {
    try {
      return parseUnit(array.unit).dimension;
    } catch (error) {
      if (!(error instanceof LangError)) throw error;
      to.report(error.finding, child(pointer, 'unit'), error.span);
      return dimensionless;
    }
  }
  const quantity = typeof first === 'string' ? writtenQuantity(first) : undefined;
  return quantity === undefined || quantity instanceof LangError ? dimensionless : quantity.dimension;
}
