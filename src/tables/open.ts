/** Reads tables in any format, by the ending of their names. */

import { platform } from '#platform';
import { readNpyTable, readNpzTable } from './arrays.js';
import type { WantedColumns } from './columns.js';
import * as messages from './messages.js';
import { npyHead } from './npy.js';
import { readParquetTable } from './parquet.js';
import { mostUnpacked } from '../diagnostics/limits.js';
import { fail, refuseLong, type FileReading, type Reading, type Table } from './table.js';
import { readTextTable, unpackedContent } from './text.js';

/** Bytes of text that are read at once. */
const pieceBytes = 1 << 22;

/** Endings of tables that hold more than plain text. */
export const isTableName = (name: string): boolean => /\.(?:npy|npz|parquet|gz|csv|tsv)$/i.test(name);

/**
 * Reads columns of a table.
 *
 * @param real  path of the file
 * @param wanted  the columns, or a function that chooses them
 * @throws DiagnosticError for a table that is damaged or too large, lacks a column, or has a cell of the wrong kind
 */
export function readTable(real: string, wanted: WantedColumns, shared: Reading): Table {
  const { size } = platform.files.status(real);
  const reading = { ...shared, most: mostUnpacked(size) };
  const [, ending = ''] = /\.(\w+)$/.exec(real.replace(/\.gz$/i, '').toLowerCase()) ?? [];
  const read = { npy: readNpyTable, npz: readNpzTable, parquet: readParquetTable }[ending];
  if (read) {
    if (ending === 'npy') refuseLongArray(real, wanted, reading);
    if (size > reading.memory)
      fail(messages.damagedTable('it does not fit into memory', 'save a smaller table'), { document: reading.path });
    return read(wholeFile(real, size), wanted, reading);
  }
  if (!['csv', 'tsv', 'txt', 'dat'].includes(ending))
    fail(messages.unknownFormat(reading.path), { document: reading.path });
  const content = /\.gz$/i.test(real)
    ? unpackedContent(wholeFile(real, size), reading)
    : { pieces: platform.files.pieces(real, pieceBytes), size };
  return readTextTable(content, wanted, reading);
}

/** Rejects an array that the machine cannot hold, by its head. */
function refuseLongArray(real: string, wanted: WantedColumns, reading: FileReading): void {
  const [first = new Uint8Array()] = platform.files.pieces(real, 1 << 17);
  const head = npyHead(first);
  if (typeof head !== 'string' && typeof wanted !== 'function') refuseLong(head.shape[0] ?? 1, wanted, reading);
}

/** Returns the content of a file, which may be longer than the system reads at once. */
function wholeFile(real: string, size: number): Uint8Array {
  if (size < 2 ** 31) return platform.files.read(real);
  const all = new Uint8Array(size);
  let filled = 0;
  for (const piece of platform.files.pieces(real, 1 << 24)) {
    all.set(piece, filled);
    filled += piece.length;
  }
  return all.subarray(0, filled);
}
