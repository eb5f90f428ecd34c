/** Tables of text: CSV and TSV, also compressed by gzip. They are read in pieces, without an object for each row. */

import { platform } from '#platform';
import { DiagnosticError, type Place } from '../diagnostics/diagnostic.js';
import type { WantedColumn, WantedColumns } from './columns.js';
import { statedLength, unpackedPieces } from './gzip.js';
import { Identifiers } from './identifiers.js';
import * as messages from './messages.js';
import {
  bytesOfRow,
  emptyNumbers,
  fail,
  fits,
  refuseLong,
  type ColumnValues,
  type FileReading,
  type Table,
} from './table.js';

const [lineFeed, carriageReturn, quote, hash, space, minus, plus, point] = [10, 13, 34, 35, 32, 45, 43, 46] as const;
const [zero, nine, upperE, lowerE] = [48, 57, 69, 101] as const;

/** Bytes of the beginning by which the number of rows is estimated. */
const sampleBytes = 1 << 16;

/** Powers of ten that are exact. */
const powers = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Content of a text table, in pieces. */
export interface TextContent {
  readonly pieces: Iterable<Uint8Array>;
  /** Bytes of all pieces, or an estimate. */
  readonly size: number;
}

/** Returns the content of a file of gzip. @throws DiagnosticError if it unpacks to too much, and if it is damaged */
export function unpackedContent(bytes: Uint8Array, { path, most }: FileReading): TextContent {
  const stated = statedLength(bytes);
  function* pieces(): Iterable<Uint8Array> {
    let length = 0;
    try {
      for (const piece of unpackedPieces(bytes)) {
        length += piece.length;
        if (length > most) fail(messages.unpacksTooLong(most), { document: path });
        yield piece;
      }
    } catch (error) {
      if (error instanceof DiagnosticError) throw error;
      fail(messages.damagedTable('gzip cannot unpack it'), { document: path });
    }
  }
  // A file that is cut off states any length: another one is refused before its rows are read.
  if (stated > most) for (const _ of pieces());
  return { pieces: pieces(), size: Math.min(stated, 16 * bytes.length) };
}

/** Names of columns in a line of PyNN: `# columns = ["i", "j", "weight"]`. */
const namesOfPynn = /^#\s*columns\s*=\s*[[(]([^\])]*)[\])]/;

/**
 * Reads a table.
 *
 * @param wanted  its columns, or a function that returns them by the names in the header and the number of columns
 * @throws DiagnosticError for a missing column, and for the first cell that does not fit its column
 */
export function readTextTable(content: TextContent, wanted: WantedColumns, reading: FileReading): Table {
  const parser = new Parser(content.size, wanted, reading);
  let rest: Uint8Array = new Uint8Array();
  for (const piece of content.pieces) {
    const end = piece.lastIndexOf(lineFeed) + 1;
    if (end === 0) {
      rest = joined(rest, piece);
      continue;
    }
    // Only the line that two pieces share is copied.
    const first = rest.length === 0 ? 0 : piece.indexOf(lineFeed) + 1;
    if (first > 0) parser.read(joined(rest, piece.subarray(0, first)));
    parser.read(piece.subarray(first, end));
    // Pieces may share one buffer.
    rest = piece.slice(end);
  }
  if (rest.length > 0) parser.read(joined(rest, Uint8Array.of(lineFeed)));
  return parser.table();
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

class Parser {
  readonly #size: number;
  readonly #wanted: WantedColumns;
  readonly #reading: FileReading;
  #columns: readonly WantedColumn[] = [];
  #values: ColumnValues[] = [];
  /** Number of the wanted column in each column of the table; -1: not wanted. */
  #useOf: Int32Array | undefined;
  /** Byte between cells; `space` stands for blanks. */
  #separator = 44;
  #names: readonly string[] | null = null;
  #rows = 0;
  #line = 0;
  /** Rows before which lines without a row stand, each with its line. */
  readonly #lines: { readonly row: number; readonly line: number }[] = [];

  constructor(size: number, wanted: WantedColumns, reading: FileReading) {
    this.#size = size;
    this.#wanted = wanted;
    this.#reading = reading;
  }

  /** Reads lines, the last of which is complete. */
  read(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      const next = bytes.indexOf(lineFeed, at);
      const end = next > at && bytes[next - 1] === carriageReturn ? next - 1 : next;
      this.#line++;
      at =
        this.#useOf === undefined || isAside(bytes, at, end)
          ? this.#aside(bytes, at, end, next + 1)
          : this.#row(bytes, at, end, next + 1);
    }
  }

  /** Reads a comment, an empty line or the first line. Returns the beginning of the next line. */
  #aside(bytes: Uint8Array, start: number, end: number, next: number): number {
    if (isAside(bytes, start, end)) {
      const [, list] = this.#useOf ? [] : (namesOfPynn.exec(textOf(bytes, start, end)) ?? []);
      if (list !== undefined) this.#names = [...list.matchAll(/["']([^"']*)["']/g)].map(([, name = '']) => name);
    } else {
      const line = textOf(bytes, start, end).replace(/^\ufeff/, '');
      this.#separator = line.includes('\t') ? 9 : line.includes(',') ? 44 : line.includes(';') ? 59 : space;
      const cells =
        this.#separator === space ? line.trim().split(/\s+/) : line.split(String.fromCharCode(this.#separator));
      const names = cells.map((cell) =>
        cell
          .trim()
          .replace(/^"(.*)"$/, '$1')
          .trim(),
      );
      const isHeader = names.some((name) => name === '' || Number.isNaN(Number(name)));
      this.#begin(isHeader ? names : this.#names, names.length, bytes.length / Math.max(1, linesIn(bytes)));
      if (!isHeader) return this.#row(bytes, start, end, next);
    }
    // A carriage return alone ends a line of a comment, too.
    for (let at = start; at < end; at++) if (bytes[at] === carriageReturn) this.#line++;
    this.#lines.push({ row: this.#rows, line: this.#line + 1 });
    return next;
  }

  /** Chooses columns, and makes room for the rows that are expected. @param bytesOfRow  bytes of a line on average */
  #begin(names: readonly string[] | null, width: number, bytesOfRow: number): void {
    const { path } = this.#reading;
    const place = { document: path, line: this.#line, column: 1 };
    this.#columns = typeof this.#wanted === 'function' ? this.#wanted(names, width) : this.#wanted;
    const useOf = new Int32Array(width).fill(-1);
    const known = names ?? Array.from({ length: width }, (_, column) => String(column));
    const twice = this.#columns.find(({ name }) => known.filter((other) => other === String(name)).length > 1);
    if (twice) fail(messages.repeatedColumn(String(twice.name)), place);
    const estimated = Math.ceil((this.#size / bytesOfRow) * 1.02) + 16;
    refuseLong(estimated, this.#columns, this.#reading);
    for (const [use, { name, kind }] of this.#columns.entries()) {
      const column =
        typeof name === 'number' && names?.includes(String(name)) !== true ? name : known.indexOf(String(name));
      if (column < 0 || column >= width) fail(messages.missingColumn(name, known), place);
      if (useOf[column] !== -1) fail(messages.repeatedColumn(String(name)), place);
      useOf[column] = use;
      this.#values.push(kind === 'identifier' ? new Identifiers(estimated) : emptyNumbers(kind, estimated));
    }
    this.#useOf = useOf;
  }

  /** Reads a row. Returns the beginning of the next line. */
  #row(bytes: Uint8Array, start: number, end: number, next: number): number {
    const useOf = this.#useOf!;
    const separator = this.#separator;
    const row = this.#rows++;
    if (row === this.#values[0]?.length) this.#grow();
    let [at, column] = [start, 0];
    while (separator === space && at < end && isBlank(bytes[at]!)) at++;
    for (;;) {
      // The cell is from `at` to `stop`, and the next one begins after a separator.
      let stop = at;
      if (bytes[at] === quote) {
        stop = at + 1;
        while (stop < end && (bytes[stop] !== quote || bytes[stop + 1] === quote))
          stop += bytes[stop] === quote ? 2 : 1;
        while (stop < end && bytes[stop] !== separator) stop++;
      } else if (separator === space) while (stop < end && !isBlank(bytes[stop]!)) stop++;
      else while (stop < end && bytes[stop] !== separator) stop++;
      if (column < useOf.length && useOf[column]! >= 0) this.#cell(bytes, start, at, stop, row, useOf[column]!);
      column++;
      at = stop;
      if (separator === space) while (at < end && isBlank(bytes[at]!)) at++;
      if (at >= end) break;
      if (separator !== space) at++;
    }
    if (column !== useOf.length)
      fail(messages.rowLength(row + 1, useOf.length, column), {
        document: this.#reading.path,
        line: this.#line,
        column: 1,
      });
    return next;
  }

  #cell(bytes: Uint8Array, start: number, from: number, to: number, row: number, use: number): void {
    let [at, end] = [from, to];
    while (at < end && isBlank(bytes[at]!)) at++;
    while (end > at && isBlank(bytes[end - 1]!)) end--;
    if (end - at > 1 && bytes[at] === quote && bytes[end - 1] === quote) {
      at++;
      end--;
    }
    const values = this.#values[use]!;
    const { kind, name } = this.#columns[use]!;
    if (values instanceof Identifiers) {
      if (readIdentifier(bytes, at, end, values, row)) return;
      const text = textOf(bytes, at, end).replaceAll('""', '"');
      if (text !== '') return values.setText(row, text, this.#reading.texts);
    } else {
      const value = numberIn(bytes, at, end);
      if (fits(value, kind)) {
        values[row] = value;
        return;
      }
    }
    const place = {
      document: this.#reading.path,
      line: this.#line,
      column: at - start + 1,
      length: Math.max(1, end - at),
    };
    fail(messages.badCell(row + 1, name, kind, textOf(bytes, at, end)), place);
  }

  #grow(): void {
    refuseLong(this.#rows, this.#columns, this.#reading);
    const longest = Math.ceil(this.#reading.most / bytesOfRow(this.#columns));
    const rows = Math.min(longest, Math.ceil(this.#rows * 1.5)) + 16;
    this.#values = this.#values.map((values) => {
      if (values instanceof Identifiers) return values.grown(rows);
      const longer = values instanceof Uint32Array ? new Uint32Array(rows) : new Float64Array(rows);
      longer.set(values);
      return longer;
    });
  }

  table(): Table {
    const { path } = this.#reading;
    if (!this.#useOf) fail(messages.damagedTable('it is empty', 'write a header and rows'), { document: path });
    const rows = this.#rows;
    const columns = this.#values.map((values) =>
      values instanceof Identifiers ? values.first(rows) : values.slice(0, rows),
    );
    this.#values = [];
    const lines = this.#lines;
    const place = (row: number): Place => {
      const { row: from, line } = lines.findLast((start) => start.row <= row) ?? { row: 0, line: 1 };
      return { document: path, line: line + row - from };
    };
    return { rows, columns, place };
  }
}

const isBlank = (byte: number): boolean => byte === space || byte === 9;

/** Checks for a line without a row: empty, or a comment. */
function isAside(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && isBlank(bytes[at]!)) at++;
  return at >= end || bytes[at] === hash;
}

/** Counts lines in the beginning of a piece; its length counts as far as they go. */
function linesIn(bytes: Uint8Array): number {
  const end = Math.min(bytes.length, sampleBytes);
  let count = 0;
  for (let at = 0; at < end; at++) if (bytes[at] === lineFeed) count++;
  return (count * bytes.length) / end;
}

const textOf = (bytes: Uint8Array, from: number, to: number): string => platform.bytes.utf8(bytes.subarray(from, to));

/** Reads a whole number below 10^18 into a column. Returns false for anything else. */
function readIdentifier(bytes: Uint8Array, from: number, to: number, values: Identifiers, row: number): boolean {
  if (to === from || to - from > 18 || (bytes[from] === zero && to - from > 1)) return false;
  const middle = Math.max(from, to - 9);
  let [upper, lower] = [0, 0];
  for (let at = from; at < to; at++) {
    const digit = bytes[at]! - zero;
    if (digit < 0 || digit > 9) return false;
    if (at < middle) upper = upper * 10 + digit;
    else lower = lower * 10 + digit;
  }
  values.setNumber(row, upper, lower);
  return true;
}

/** Returns the number that a cell holds, rounded once; NaN if it holds none. */
function numberIn(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  const isNegative = bytes[at] === minus;
  if (isNegative || bytes[at] === plus) at++;
  let [digits, decimals, hasPoint] = [0, 0, false];
  const start = at;
  let mantissa = 0;
  for (; at < to; at++) {
    const byte = bytes[at]!;
    if (byte >= zero && byte <= nine) {
      mantissa = mantissa * 10 + (byte - zero);
      digits++;
      if (hasPoint) decimals++;
    } else if (byte === point && !hasPoint) hasPoint = true;
    else break;
  }
  if (at === to && digits > 0 && digits <= 15) {
    const value = decimals === 0 ? mantissa : mantissa / powers[decimals]!;
    return isNegative ? -value : value;
  }
  const byte = bytes[at];
  // Long numbers and numbers with an exponent; `Infinity` and hexadecimal digits are no numbers here.
  if (at === start || digits === 0 || (at < to && byte !== lowerE && byte !== upperE)) return NaN;
  const text = platform.bytes.latin1(bytes.subarray(from, to));
  return /^[+-]?[\d.]+(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
}
