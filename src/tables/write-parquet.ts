/** Writes tables of numbers in Parquet: one row group of plain columns, without compression. */

import { unsigned } from '../platform/leb128.js';

/** A column: indices of cells, or numbers. */
export interface NumberColumn {
  readonly name: string;
  readonly values: Uint32Array | Float64Array;
}

/** Rows of a page: readers hold one page of each column in memory. */
const pageRows = 1 << 20;

/** Types of values in the compact protocol of Thrift. */
const [int32, int64, text, list, struct] = [5, 6, 8, 9, 12];

type Field = readonly [id: number, type: number, bytes: readonly number[]];

/** An integer that is not negative. */
const whole = (value: number): readonly number[] => unsigned(2 * value);

const utf8 = new TextEncoder();

function string(value: string): readonly number[] {
  const bytes = utf8.encode(value);
  return [...unsigned(bytes.length), ...bytes];
}

/** Returns a structure; its fields are in ascending order, with less than 15 between two. */
function structure(fields: readonly Field[]): readonly number[] {
  let last = 0;
  const bytes = fields.flatMap(([id, type, value]) => {
    const head = ((id - last) << 4) | type;
    last = id;
    return [head, ...value];
  });
  return [...bytes, 0];
}

const listOf = (type: number, items: readonly (readonly number[])[]): readonly number[] => [
  ...(items.length < 15 ? [(items.length << 4) | type] : [0xf0 | type, ...unsigned(items.length)]),
  ...items.flat(),
];

/** Numbers of types in Parquet. */
const typeOf = ({ values }: NumberColumn): number => (values instanceof Uint32Array ? 1 : 5);

/** Head of a page with plain values. */
const pageHead = (rows: number, bytes: number): readonly number[] =>
  structure([
    [1, int32, whole(0)],
    [2, int32, whole(bytes)],
    [3, int32, whole(bytes)],
    [
      5,
      struct,
      structure([
        [1, int32, whole(rows)],
        [2, int32, whole(0)],
        [3, int32, whole(3)],
        [4, int32, whole(3)],
      ]),
    ],
  ]);

/**
 * Returns a table.
 *
 * @param columns  of the same number of rows; indices are below 2^31
 * @source Apache Parquet format 2.11, parquet.thrift and Encodings.md
 */
export function parquetBytes(columns: readonly NumberColumn[]): Uint8Array {
  const rows = columns[0]?.values.length ?? 0;
  const magic = utf8.encode('PAR1');
  const parts: Uint8Array[] = [magic];
  let at = magic.length;
  const add = (part: Uint8Array): void => {
    parts.push(part);
    at += part.length;
  };
  const chunks = columns.map((column) => {
    const begin = at;
    for (let first = 0; first < rows; first += pageRows) {
      const { buffer, byteOffset, byteLength, length } = column.values.subarray(first, first + pageRows);
      add(Uint8Array.from(pageHead(length, byteLength)));
      add(new Uint8Array(buffer, byteOffset, byteLength));
    }
    const size = at - begin;
    const meta = structure([
      [1, int32, whole(typeOf(column))],
      [2, list, listOf(int32, [whole(0), whole(3)])],
      [3, list, listOf(text, [string(column.name)])],
      [4, int32, whole(0)],
      [5, int64, whole(rows)],
      [6, int64, whole(size)],
      [7, int64, whole(size)],
      [9, int64, whole(begin)],
    ]);
    return structure([
      [2, int64, whole(begin)],
      [3, struct, meta],
    ]);
  });
  const schema = [
    structure([
      [4, text, string('connections')],
      [5, int32, whole(columns.length)],
    ]),
    ...columns.map((column) =>
      structure([
        [1, int32, whole(typeOf(column))],
        [3, int32, whole(0)],
        [4, text, string(column.name)],
      ]),
    ),
  ];
  const group = structure([
    [1, list, listOf(struct, chunks)],
    [2, int64, whole(at - magic.length)],
    [3, int64, whole(rows)],
  ]);
  const footer = structure([
    [1, int32, whole(1)],
    [2, list, listOf(struct, schema)],
    [3, int64, whole(rows)],
    [4, list, listOf(struct, rows === 0 ? [] : [group])],
    [6, text, string('interneuron')],
  ]);
  const end = new Uint8Array(4);
  new DataView(end.buffer).setUint32(0, footer.length, true);
  for (const part of [Uint8Array.from(footer), end, magic]) add(part);
  const bytes = new Uint8Array(at);
  let position = 0;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}
