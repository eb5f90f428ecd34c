/** Findings about tables of connections and cells. */

import type { Finding } from '../diagnostics/diagnostic.js';
import { finding } from '../diagnostics/finding.js';
import { limits } from '../diagnostics/limits.js';
import { formatBytes, formatCount } from '../diagnostics/quantities.js';
import { oneOf, shorten, suggestion } from '../diagnostics/suggest.js';
import type { ColumnKind } from './columns.js';

const expectedOf: Readonly<Record<ColumnKind, string>> = {
  index: 'the index of a cell: a whole number from 0 on',
  number: 'a finite number',
  identifier: 'an identifier',
};

const hintOf: Readonly<Record<ColumnKind, string>> = {
  index: 'if the column holds identifiers, add cells: {from, id} with a table that lists them',
  number: 'remove the row from the table, or write a number',
  identifier: 'write a whole number or a name in each row',
};

export const unreadableTable = (name: string, reason: string) => finding`table/unreadable:
  the table ${shorten(name)} cannot be read: ${reason}
  hint: put it into the folder of the document, and name it relative to that folder`;

export const damagedTable = (reason: string, hint = 'check that the file is complete') => finding`table/damaged:
  the table cannot be read: ${reason}
  hint: ${hint}`;

export const unknownFormat = (name: string) => finding`table/format: the format of ${shorten(name)} is not supported
  expected: .csv, .tsv or .txt, also with .gz, .npy, .npz or .parquet
  hint: save the table in one of these formats`;

export const missingColumn = (name: string | number, known: readonly string[]): Finding => ({
  ...finding`table/missing-column: the table has no column ${shorten(name)}
    expected: ${known.length === 0 ? 'a table with columns' : oneOf(String(name), known)}
    found: ${shorten(name)}`,
  ...suggestion(String(name), known),
});

export const repeatedColumn = (name: string) => finding`table/repeated-column:
  the table has more than one column ${shorten(name)}
  hint: give each column its own name`;

export const columnType = (name: string | number, found: string) => finding`table/column-type:
  the column ${shorten(name)} does not hold plain numbers
  expected: integers or floating-point numbers
  found: ${found}
  hint: save the column as a plain numeric column`;

export const rowLength = (row: number, expected: number, found: number) => finding`table/row-length:
  row ${formatCount(row)} has ${found} cell${found === 1 ? '' : 's'}, and the first row has ${expected}
  expected: ${expected} cells
  found: ${found}
  hint: write one cell for each column; check that the file is complete`;

export const columnLength = (name: string | number, expected: number, found: number) => finding`table/column-length:
  the column ${shorten(name)} has ${formatCount(found)} rows, and the first column ${formatCount(expected)}
  expected: ${formatCount(expected)} rows
  found: ${formatCount(found)} rows
  hint: save columns of equal length`;

export const badCell = (
  row: number,
  column: string | number,
  kind: ColumnKind,
  found: string,
) => finding`table/bad-cell: row
    ${formatCount(row)} of the column ${shorten(column)} is not
    ${kind === 'index' ? 'an index' : kind === 'number' ? 'a finite number' : 'an identifier'}
  expected: ${expectedOf[kind]}
  found: ${found === '' ? 'an empty cell' : shorten(found)}
  hint: ${hintOf[kind]}`;

export const repeatedIdentifier = (
  id: string,
  column: string | number,
  row: number,
  earlier: number,
) => finding`table/repeated-identifier: the
    identifier ${shorten(id)} in row ${formatCount(row)} of the column ${shorten(column)} is also in row
    ${formatCount(earlier)}
  found: ${shorten(id)}
  hint: list each cell once`;

export const noSuchCell = (
  id: string,
  column: string | number,
  row: number,
  cells: string,
) => finding`table/no-such-cell: ${shorten(id)}
    in row ${formatCount(row)} of the column ${shorten(column)} is not in the table of cells
  expected: an identifier that ${shorten(cells)} lists
  found: ${shorten(id)}
  hint: add the cell to ${shorten(cells)}, or remove the row`;

export const unknownGroup = (group: string, known: readonly string[]): Finding => ({
  ...finding`table/unknown-group: the table of cells has no cell of the group ${shorten(group)}
    expected: ${known.length === 0 ? 'a table with groups' : oneOf(group, known)}
    found: ${shorten(group)}`,
  ...suggestion(group, known),
});

export const tooManyRows = (rows: number, most: number) => finding`table/too-long:
  the table has ${formatCount(rows)} rows, which are more than a model can have
  expected: at most ${formatCount(most)} rows
  found: ${formatCount(rows)} rows
  hint: split the model, or leave out weak connections`;

export const tooLong = (rows: number, bytes: number, memory: number) => finding`table/too-long:
  the table has about ${formatCount(rows)} rows, which need ${formatBytes(bytes)} of memory
  expected: at most ${formatBytes(memory)}
  found: ${formatBytes(bytes)}
  hint: use a machine with more memory, or leave out weak connections`;

export const unpacksTooLong = (most: number) => finding`table/too-long:
  the table unpacks to more than ${formatBytes(most)}, which is too much for the length of its file
  expected: at most ${formatBytes(limits.unpackedAlways)} and ${limits.unpackedRatio} bytes for each byte of the
    file
  hint: save it as .csv or .npy, which are not packed`;

export const wrongForm = (key: string, expected: string, found: unknown) => finding`table/form:
  ${key} of a table has another form
  expected: ${expected}
  found: ${shorten(found)}
  hint: write {from: edges.csv, source: pre, target: post, w: {column: weight, unit: mV}}`;

export const missingKey = (key: string) => finding`table/missing-key: a table of connections needs ${key}
  expected: ${key}: the name of a column
  hint: write {from: edges.csv, source: pre, target: post}`;

export const mixedRules = () => finding`table/mixed-rules:
  a table with values of synapses is one of several rules of connection
  hint: make it the only rule, and define other synapses in another entry`;

export const setTwice = (variable: string) => finding`table/set-twice:
  ${shorten(variable)} has values in the table and outside it
  hint: keep one of them`;

export const groupWithoutCells = () => finding`table/no-groups: a group is named, but no table of cells lists groups
  expected: cells: {from, id, group}
  hint: name the column of groups in cells`;
