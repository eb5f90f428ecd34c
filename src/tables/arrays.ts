/** Tables in arrays of NumPy: `.npy` with rows or named fields, `.npz` with an array for each column. */

import { itemAt } from '../diagnostics/entry.js';
import type { WantedColumn, WantedColumns } from './columns.js';
import { Identifiers } from './identifiers.js';
import * as messages from './messages.js';
import { elementsOf, isWhole, npyHead, numberReader, textAt, type NpyField } from './npy.js';
import { emptyNumbers, fail, fits, refuseLong, type ColumnValues, type FileReading, type Table } from './table.js';
import { zipEntries } from './zip.js';

/** A column of an array: elements at equal distances. */
interface Strided {
  readonly bytes: Uint8Array;
  readonly field: NpyField;
  /** Byte of the first element, and bytes from one element to the next. */
  readonly begin: number;
  readonly stride: number;
  readonly rows: number;
}

/** Reads an array with rows of numbers, or with named fields. @throws DiagnosticError */
export function readNpyTable(bytes: Uint8Array, wanted: WantedColumns, reading: FileReading): Table {
  const columns = columnsOf(bytes, 'the file', reading);
  const names = columns.every(([name]) => /^\d+$/.test(name)) ? null : columns.map(([name]) => name);
  return tableOf(new Map(columns), names, wanted, reading);
}

/**
 * Reads an archive with an array for each column. An array with two dimensions gives columns by number, the names of
 * which PyNN writes into an array `metadata`.
 *
 * @throws DiagnosticError
 */
export function readNpzTable(bytes: Uint8Array, wanted: WantedColumns, reading: FileReading): Table {
  const place = { document: reading.path };
  const entries = zipEntries(bytes)?.filter(({ name }) => name.endsWith('.npy'));
  if (!entries) fail(messages.damagedTable('it is no complete archive of NumPy'), place);
  if (entries.reduce((sum, { size }) => sum + size, 0) > reading.most)
    fail(messages.unpacksTooLong(reading.most), place);
  const arrays = entries.map(({ name, unpack }) => {
    const array = unpack();
    if (!array) fail(messages.damagedTable(`${name} is damaged`), place);
    return [name.slice(0, -4), array] as const;
  });
  const names = namesOfPynn(arrays.find(([name]) => name === 'metadata')?.[1]);
  const columns = arrays.flatMap(([name, array]) =>
    name === 'metadata'
      ? []
      : columnsOf(array, `${name}.npy`, reading).map(
          ([column, values]) => [column === '' ? name : column, values] as const,
        ),
  );
  const hasNames = columns.some(([name]) => !/^\d+$/.test(name));
  return tableOf(new Map(columns), hasNames ? columns.map(([name]) => name) : names, wanted, reading);
}

/** Returns the names of columns in the metadata of PyNN: pairs of a key and a text that lists them. */
function namesOfPynn(bytes: Uint8Array | undefined): readonly string[] | null {
  const head = bytes && npyHead(bytes);
  const [field] = typeof head === 'object' ? head.fields : [];
  if (!bytes || typeof head !== 'object' || !field || !/^[US]/.test(field.type) || !isWhole(head, bytes)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts = Array.from({ length: elementsOf(head) }, (_, k) => textAt(view, field, head.begin + k * head.width));
  const list = texts.find((_, k) => texts[k - 1] === 'columns');
  return list === undefined ? null : [...list.matchAll(/["']([^"']*)["']/g)].map(([, name = '']) => name);
}

/** Returns the columns of an array: its fields, the numbers of its rows, or itself with an empty name. */
function columnsOf(bytes: Uint8Array, name: string, { path }: FileReading): readonly (readonly [string, Strided])[] {
  const place = { document: path };
  const head = npyHead(bytes);
  if (typeof head === 'string') fail(messages.damagedTable(`${name} ${head}`, 'save arrays of numbers'), place);
  if (!isWhole(head, bytes)) fail(messages.damagedTable(`${name} is cut off`), place);
  const { shape, fields, begin, width } = head;
  const [first] = fields;
  const [rows = 1, across = 1] = shape;
  if (shape.length > 2 || (shape.length === 2 && fields.length > 1) || !first)
    fail(messages.damagedTable(`${name} has ${shape.length} dimensions`, 'save rows and columns'), place);
  // An array without rows may have any number of columns.
  if (across > bytes.length)
    fail(messages.damagedTable(`${name} has ${across} columns`, 'save rows and columns'), place);
  if (shape.length < 2)
    return fields.map((field) => [field.name, { bytes, field, begin: begin + field.offset, stride: width, rows }]);
  return Array.from({ length: across }, (_, column) => [
    String(column),
    {
      bytes,
      field: first,
      begin: begin + column * width * (head.isTurned ? rows : 1),
      stride: width * (head.isTurned ? 1 : across),
      rows,
    },
  ]);
}

/** @param names  names of all columns; null if they have numbers */
function tableOf(
  columns: ReadonlyMap<string, Strided>,
  names: readonly string[] | null,
  wanted: WantedColumns,
  reading: FileReading,
): Table {
  const place = { document: reading.path };
  const chosen = typeof wanted === 'function' ? wanted(names, columns.size) : wanted;
  const found = chosen.map(({ name }) => {
    const strided = columns.get(String(name)) ?? columns.get(String(names?.indexOf(String(name))));
    if (!strided) fail(messages.missingColumn(name, names ?? [...columns.keys()]), place);
    return strided;
  });
  const rows = found[0]?.rows ?? 0;
  const other = found.findIndex((column) => column.rows !== rows);
  if (other >= 0) fail(messages.columnLength(itemAt(chosen, other).name, rows, itemAt(found, other).rows), place);
  refuseLong(rows, chosen, reading);
  const values = chosen.map((column, k) => valuesOf(itemAt(found, k), column, reading));
  return { rows, columns: values, place: (row, column) => placeIn(reading.path, chosen[column]?.name ?? '', row) };
}

/** Returns the place of a row in a table without lines. */
export const placeIn = (
  document: string,
  column: string | number,
  row: number,
): { document: string; pointer: string } => ({
  document,
  pointer: `/${column}[${row}]`,
});

function valuesOf(
  { bytes, field, begin, stride, rows }: Strided,
  column: WantedColumn,
  reading: FileReading,
): ColumnValues {
  const { name, kind } = column;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = numberReader(view, field);
  const wrong = (row: number, found: string): never =>
    fail(messages.badCell(row + 1, name, kind, found), placeIn(reading.path, name, row));
  if (kind !== 'identifier') {
    if (!read) fail(messages.columnType(name, 'text'), { document: reading.path });
    const values = emptyNumbers(kind, rows);
    for (let row = 0, at = begin; row < rows; row++, at += stride) {
      const value = read(at);
      if (!fits(value, kind)) wrong(row, String(value));
      values[row] = value;
    }
    return values;
  }
  const ids = new Identifiers(rows);
  for (let row = 0, at = begin; row < rows; row++, at += stride) {
    if (field.type === 'i8' || field.type === 'u8') {
      ids.low[row] = view.getInt32(at + (field.isBig ? 4 : 0), !field.isBig);
      ids.high[row] = view.getInt32(at + (field.isBig ? 0 : 4), !field.isBig);
    } else if (read) {
      const value = read(at);
      if (!Number.isSafeInteger(value)) wrong(row, String(value));
      ids.low[row] = (value % 2 ** 32) | 0;
      ids.high[row] = Math.floor(value / 2 ** 32);
    } else {
      const text = textAt(view, field, at);
      if (text === '') wrong(row, '');
      ids.setText(row, text, reading.texts);
    }
  }
  return ids;
}
