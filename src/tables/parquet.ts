/** Tables in Parquet: plain columns of numbers and identifiers. */

import { platform } from '#platform';
import { DiagnosticError, type Finding } from '../diagnostics/diagnostic.js';
import { placeIn } from './arrays.js';
import type { WantedColumn, WantedColumns } from './columns.js';
import { Identifiers, type Texts } from './identifiers.js';
import * as messages from './messages.js';
import { unpackSnappy } from './snappy.js';
import { emptyNumbers, fail, fits, refuseLong, type FileReading, type Table } from './table.js';
import { readThrift, type ThriftFields, type ThriftValue } from './thrift.js';

/** Physical types, by number. */
const typeNames = ['BOOLEAN', 'INT32', 'INT64', 'INT96', 'FLOAT', 'DOUBLE', 'BYTE_ARRAY', 'FIXED_LEN_BYTE_ARRAY'];
const [boolean, int32, int64, float, double, text] = [0, 1, 2, 4, 5, 6] as const;
/** Compression, by number. */
const codecs = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'LZO', 'BROTLI', 'LZ4', 'ZSTD', 'LZ4_RAW'];
/** Encodings of values. */
const [plain, oldDictionary, dictionary] = [0, 2, 8] as const;

const numberIn = (fields: ThriftFields | undefined, id: number): number | undefined => {
  const value = fields?.get(id);
  return typeof value === 'number' ? value : undefined;
};
const listIn = (fields: ThriftFields, id: number): readonly ThriftFields[] =>
  ((fields.get(id) ?? []) as readonly ThriftValue[]).filter((item): item is ThriftFields => item instanceof Map);
const structIn = (fields: ThriftFields, id: number): ThriftFields | undefined => {
  const value = fields.get(id);
  return value instanceof Map ? value : undefined;
};

/** A column of the schema. */
interface Leaf {
  readonly name: string;
  readonly type: number;
  readonly isOptional: boolean;
  /** Whether it is in a group or a list, or its numbers are dates or decimals. */
  readonly isPlain: boolean;
  /** Position among the columns of a row group. */
  readonly position: number;
}

/**
 * Reads a table.
 *
 * @throws DiagnosticError
 * @source Apache Parquet format 2.11, parquet.thrift and Encodings.md
 */
export function readParquetTable(bytes: Uint8Array, wanted: WantedColumns, reading: FileReading): Table {
  const place = { document: reading.path };
  const damaged = (reason: string, hint?: string): never => fail(messages.damagedTable(reason, hint), place);
  try {
    const end = platform.bytes.latin1(bytes.subarray(-4));
    if (end === 'PARE') damaged('it is encrypted', 'save it without encryption');
    if (end !== 'PAR1' || bytes.length < 12) damaged('it is no complete Parquet file');
    const length = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 8, 4).getUint32(0, true);
    if (length > bytes.length - 12) damaged('it is cut off');
    const [file] = readThrift(bytes.subarray(bytes.length - 8 - length, bytes.length - 8), 0);
    if (file.has(8)) damaged('it is encrypted', 'save it without encryption');
    const leaves = leavesOf(listIn(file, 2));
    const rows = numberIn(file, 3) ?? 0;
    const names = leaves.map(({ name }) => name);
    const columns = typeof wanted === 'function' ? wanted(names, names.length) : wanted;
    refuseLong(rows, columns, reading);
    const values = columns.map((column) => {
      const own = leaves.filter(({ name }) => name === String(column.name));
      const leaf = own[0] ?? (typeof column.name === 'number' ? leaves[column.name] : undefined);
      if (!leaf) fail(messages.missingColumn(column.name, names), place);
      if (own.length > 1) fail(messages.repeatedColumn(leaf.name), place);
      if (!leaf.isPlain) fail(messages.columnType(column.name, 'a list, a group, a date or a decimal number'), place);
      const isText = leaf.type === text && column.kind === 'identifier';
      if (!isText && ![boolean, int32, int64, float, double].includes(leaf.type as 0))
        fail(messages.columnType(column.name, typeNames[leaf.type] ?? 'an unknown type'), place);
      return new ColumnReader(bytes, column, leaf, rows, reading).read(listIn(file, 4));
    });
    return { rows, columns: values, place: (row, k) => placeIn(reading.path, columns[k]?.name ?? '', row) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return damaged('its contents are damaged');
  }
}

/** Returns the columns of a schema, which lists a tree from its root. */
function leavesOf(elements: readonly ThriftFields[]): readonly Leaf[] {
  const leaves: Leaf[] = [];
  let at = 1;
  const visit = (isNested: boolean, depth: number): void => {
    const element = elements[at++];
    if (!element || depth > 100) throw new RangeError('the schema is cut off');
    const children = numberIn(element, 5) ?? 0;
    const repetition = numberIn(element, 3) ?? 0;
    for (let k = 0; k < children; k++) visit(true, depth + 1);
    if (children > 0) return;
    const converted = numberIn(element, 6);
    const logical = [...(structIn(element, 10)?.keys() ?? [])][0];
    // Texts and integers; other meanings are dates, times and decimal numbers.
    const isUsual =
      converted === undefined || converted === 0 || converted === 4 || (converted >= 11 && converted <= 18);
    const isPlain = !isNested && repetition < 2 && isUsual && [undefined, 1, 4, 10].includes(logical);
    leaves.push({
      name: platform.bytes.utf8(element.get(4) as Uint8Array),
      type: numberIn(element, 1) ?? -1,
      isOptional: repetition === 1,
      isPlain,
      position: leaves.length,
    });
  };
  while (at < elements.length) visit(false, 0);
  return leaves;
}

type Values = Float64Array | Identifiers;

/** Reads one column of all row groups. */
class ColumnReader {
  readonly #bytes: Uint8Array;
  readonly #column: WantedColumn;
  readonly #leaf: Leaf;
  readonly #reading: FileReading;
  readonly #values: Uint32Array | Float64Array | Identifiers;
  readonly #rows: number;
  #filled = 0;
  /** Bytes of the pages so far. */
  #unpacked = 0;

  constructor(bytes: Uint8Array, column: WantedColumn, leaf: Leaf, rows: number, reading: FileReading) {
    this.#bytes = bytes;
    this.#column = column;
    this.#leaf = leaf;
    this.#rows = rows;
    this.#reading = reading;
    this.#values = column.kind === 'identifier' ? new Identifiers(rows) : emptyNumbers(column.kind, rows);
  }

  read(groups: readonly ThriftFields[]): Uint32Array | Float64Array | Identifiers {
    for (const group of groups) {
      const chunk = listIn(group, 1)[this.#leaf.position];
      const meta = chunk && structIn(chunk, 3);
      if (chunk?.has(8) === true || chunk?.has(9) === true)
        this.#fail(messages.damagedTable('it is encrypted', 'save it without encryption'));
      if (!meta || chunk.has(1)) throw new RangeError('the column is elsewhere');
      this.#chunk(meta);
    }
    if (this.#filled !== this.#rows) throw new RangeError('rows are missing');
    return this.#values;
  }

  #fail(finding: Finding, row?: number): never {
    const { path } = this.#reading;
    return fail(finding, row === undefined ? { document: path } : placeIn(path, this.#column.name, row));
  }

  /** Reads the pages of a row group. */
  #chunk(meta: ThriftFields): void {
    const codec = numberIn(meta, 4) ?? 0;
    if (codec > 2) {
      const name = codecs[codec] ?? 'an unknown method';
      const hint = "save it with compression='snappy' or 'gzip'";
      this.#fail(messages.damagedTable(`it is compressed by ${name}, which is not supported`, hint));
    }
    const count = numberIn(meta, 5) ?? 0;
    const first = Math.min(numberIn(meta, 9) ?? 0, numberIn(meta, 11) ?? Infinity);
    const end = first + (numberIn(meta, 7) ?? 0);
    if (first < 4 || end > this.#bytes.length) throw new RangeError('the column is cut off');
    const last = this.#filled + count;
    let words: Values | undefined;
    for (let at = first; at < end && this.#filled < last;) {
      const [head, begin] = readThrift(this.#bytes.subarray(0, end), at);
      const [kind, size, packed] = [1, 2, 3].map((id) => numberIn(head, id) ?? -1) as [number, number, number];
      at = begin + packed;
      if (packed < 0 || size < 0 || at > end) throw new RangeError('the page is cut off');
      this.#unpacked += size;
      if (this.#unpacked > this.#reading.most) this.#fail(messages.unpacksTooLong(this.#reading.most));
      const page = this.#bytes.subarray(begin, at);
      if (kind === 2) {
        const number = numberIn(structIn(head, 7), 1) ?? 0;
        words = this.#plain(unpacked(page, size, codec), number);
      } else if (kind === 0) this.#page(unpacked(page, size, codec), structIn(head, 5), words);
      else if (kind === 3) this.#pageOfSecondVersion(page, size, codec, structIn(head, 8), words);
    }
    if (this.#filled !== last) throw new RangeError('rows are missing');
  }

  #page(bytes: Uint8Array, head: ThriftFields | undefined, words: Values | undefined): void {
    const count = this.#countOf(head);
    let at = 0;
    if (this.#leaf.isOptional) {
      const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
      this.#checkPresent(bytes.subarray(4, 4 + length), count);
      at = 4 + length;
    }
    this.#take(bytes.subarray(at), count, numberIn(head, 2) ?? -1, words);
  }

  #pageOfSecondVersion(
    page: Uint8Array,
    size: number,
    codec: number,
    head: ThriftFields | undefined,
    words: Values | undefined,
  ): void {
    const count = numberIn(head, 1) ?? 0;
    const levels = (numberIn(head, 5) ?? 0) + (numberIn(head, 6) ?? 0);
    if (this.#leaf.isOptional && (numberIn(head, 2) ?? 0) > 0) this.#checkPresent(page.subarray(0, levels), count);
    const own = head?.get(7) === false ? 0 : codec;
    this.#take(unpacked(page.subarray(levels), size - levels, own), count, numberIn(head, 4) ?? -1, words);
  }

  /** Returns the number of values of a page. @throws RangeError if the table has fewer rows */
  #countOf(head: ThriftFields | undefined): number {
    const count = numberIn(head, 1) ?? 0;
    if (count < 0 || this.#filled + count > this.#rows) throw new RangeError('there are more rows than stated');
    return count;
  }

  /** Rejects empty cells. */
  #checkPresent(levels: Uint8Array, count: number): void {
    const present = new Uint32Array(count);
    readHybrid(levels, 1, present);
    const empty = present.indexOf(0);
    if (empty >= 0) this.#badCell(this.#filled + empty, '');
  }

  #badCell(row: number, found: string): never {
    return this.#fail(messages.badCell(row + 1, this.#column.name, this.#column.kind, found), row);
  }

  /** Takes the values of a page. */
  #take(bytes: Uint8Array, count: number, encoding: number, words: Values | undefined): void {
    if (encoding === plain) {
      this.#put(this.#plain(bytes, count), undefined, count);
      return;
    }
    if ((encoding !== dictionary && encoding !== oldDictionary) || !words) {
      const hint = "write it with column_encoding=None and use_dictionary=True (PyArrow's usual ones)";
      this.#fail(messages.damagedTable(`the column ${this.#column.name} has the encoding ${encoding}`, hint));
    }
    const indices = new Uint32Array(count);
    readHybrid(bytes.subarray(1), bytes[0] ?? 0, indices);
    this.#put(words, indices, count);
  }

  #put(from: Values, indices: Uint32Array | undefined, count: number): void {
    const { kind } = this.#column;
    const values = this.#values;
    const start = this.#filled;
    for (let k = 0; k < count; k++) {
      const index = indices ? indices[k]! : k;
      if (index >= from.length) throw new RangeError('the dictionary is cut off');
      if (values instanceof Identifiers) {
        values.low[start + k] = (from as Identifiers).low[index]!;
        values.high[start + k] = (from as Identifiers).high[index]!;
      } else {
        const value = (from as Float64Array)[index]!;
        if (!fits(value, kind)) this.#badCell(start + k, String(value));
        values[start + k] = value;
      }
    }
    this.#filled += count;
  }

  /** Reads values in the plain encoding. */
  #plain(bytes: Uint8Array, count: number): Values {
    const { type } = this.#leaf;
    const width = type === boolean ? 1 / 8 : type === int32 || type === float ? 4 : type === text ? 4 : 8;
    if (count * width > bytes.length) throw new RangeError('the page is cut off');
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (this.#column.kind === 'identifier') return this.#identifiers(view, bytes, count, this.#reading.texts);
    const values = new Float64Array(count);
    for (let k = 0; k < count; k++)
      values[k] =
        type === int64
          ? view.getInt32(8 * k + 4, true) * 2 ** 32 + view.getUint32(8 * k, true)
          : type === double
            ? view.getFloat64(8 * k, true)
            : type === int32
              ? view.getInt32(4 * k, true)
              : type === float
                ? view.getFloat32(4 * k, true)
                : (bytes[k >> 3]! >> (k & 7)) & 1;
    return values;
  }

  #identifiers(view: DataView, bytes: Uint8Array, count: number, texts: Texts): Identifiers {
    const { type } = this.#leaf;
    const ids = new Identifiers(count);
    for (let k = 0, at = 0; k < count; k++) {
      if (type === int64) {
        ids.low[k] = view.getInt32(8 * k, true);
        ids.high[k] = view.getInt32(8 * k + 4, true);
      } else if (type === int32) {
        ids.low[k] = view.getInt32(4 * k, true);
        ids.high[k] = ids.low[k]! < 0 ? -1 : 0;
      } else if (type === text) {
        const length = view.getUint32(at, true);
        if (length > bytes.length - at - 4) throw new RangeError('the page is cut off');
        ids.setText(k, platform.bytes.utf8(bytes.subarray(at + 4, at + 4 + length)), texts);
        at += 4 + length;
      } else this.#fail(messages.columnType(this.#column.name, typeNames[type] ?? 'an unknown type'));
    }
    return ids;
  }
}

/** Unpacks a page. @throws RangeError if it is damaged */
function unpacked(page: Uint8Array, size: number, codec: number): Uint8Array {
  if (codec === 0 || (size === 0 && page.length === 0)) return page;
  if (codec === 1) return unpackSnappy(page, size);
  try {
    const bytes = platform.bytes.inflate(page, size);
    if (bytes?.length === size) return bytes;
  } catch (error) {
    if (error instanceof DiagnosticError) throw error;
  }
  throw new RangeError('the page is damaged');
}

/** Reads numbers of some bits, as runs of equal ones and groups of eight. @throws RangeError if there are too few */
function readHybrid(bytes: Uint8Array, width: number, into: Uint32Array): void {
  if (width > 32) throw new RangeError('the numbers are too wide');
  const wide = Math.ceil(width / 8);
  const mask = 2 ** width;
  let [at, filled] = [0, 0];
  while (filled < into.length) {
    let [head, scale] = [0, 1];
    for (let more = true; more; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('the page is cut off');
      head += (byte & 127) * scale;
      more = byte >= 128;
    }
    if (head % 2 === 0) {
      let value = 0;
      for (let k = 0; k < wide; k++) value += (bytes[at++] ?? 0) * 2 ** (8 * k);
      const end = Math.min(into.length, filled + head / 2);
      if (end === filled) throw new RangeError('the run is empty');
      into.fill(value, filled, end);
      filled = end;
      continue;
    }
    const count = Math.min(into.length - filled, ((head - 1) / 2) * 8);
    if (at + Math.ceil((count * width) / 8) > bytes.length) throw new RangeError('the page is cut off');
    let [held, bits, from] = [0, 0, at];
    for (let k = 0; k < count; k++) {
      while (bits < width) {
        held += bytes[from++]! * 2 ** bits;
        bits += 8;
      }
      into[filled + k] = held % mask;
      held = Math.floor(held / mask);
      bits -= width;
    }
    filled += count;
    at += ((head - 1) / 2) * width;
  }
}
