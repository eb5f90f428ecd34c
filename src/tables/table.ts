/** Tables of numbers that a document names: columns as typed arrays. */

import { DiagnosticError, type Finding, type Place } from '../diagnostics/diagnostic.js';
import type { ColumnKind, WantedColumn } from './columns.js';
import type { Identifiers, Texts } from './identifiers.js';
import * as messages from './messages.js';

/** The values of a column; numbers are finite. */
export type ColumnValues = Uint32Array | Float64Array | Identifiers;

/** The columns that were asked for, in this order. */
export interface Table {
  readonly rows: number;
  readonly columns: readonly ColumnValues[];
  /** Returns the place of a cell of the table. @param column  number of the wanted column */
  place(row: number, column: number): Place;
}

/** Facts about reading that all formats share. */
export interface Reading {
  /** Name of the file in findings. */
  readonly path: string;
  /** Numbers of identifiers that are texts, shared by all tables of a document. */
  readonly texts: Texts;
  /** Bytes of memory of the machine. */
  readonly memory: number;
}

/** Reading of one file. */
export interface FileReading extends Reading {
  /** Bytes that the file may unpack to, and that the columns of its table may have. */
  readonly most: number;
}

/** The largest index: indices have 32 bits. */
const mostIndex = 2 ** 32 - 1;
/** Most rows: arrays of a model have at most so many numbers. */
const mostRows = 2 ** 31;
/** Bytes of a row in the program that is made of it: both ends, with the order by source and by target. */
const bytesInModel = 24;

/** @throws DiagnosticError that has one finding */
export function fail(finding: Finding, place: Place): never {
  throw new DiagnosticError([{ severity: 'error', ...finding, place }]);
}

/** Returns the bytes of a row of some columns. */
export const bytesOfRow = (wanted: readonly WantedColumn[]): number =>
  wanted.reduce((sum, { kind }) => sum + (kind === 'index' ? 4 : 8), 0);

/** Rejects a table that the machine cannot hold, or that its file is too short for. @throws DiagnosticError */
export function refuseLong(rows: number, wanted: readonly WantedColumn[], { path, memory, most }: FileReading): void {
  const bytes = rows * wanted.reduce((sum, { kind }) => sum + (kind === 'index' ? 4 : 16), bytesInModel);
  if (rows >= mostRows) fail(messages.tooManyRows(rows, mostRows), { document: path });
  if (bytes > memory) fail(messages.tooLong(rows, bytes, memory), { document: path });
  if (rows * bytesOfRow(wanted) > most) fail(messages.unpacksTooLong(most), { document: path });
}

/** Returns an empty column for some rows. */
export const emptyNumbers = (kind: 'index' | 'number', rows: number): Uint32Array | Float64Array =>
  kind === 'index' ? new Uint32Array(rows) : new Float64Array(rows);

/** Checks whether a number fits a column. */
export const fits = (value: number, kind: ColumnKind): boolean =>
  kind === 'index' ? value >= 0 && value <= mostIndex && value === Math.trunc(value) : Number.isFinite(value);
