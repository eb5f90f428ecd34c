/** SONATA's tables of types: cells separated by blanks, with quotes. */

import type { Finding, Place } from '../../src/diagnostics/diagnostic.js';
import * as messages from './messages.js';

/** One type, by column; empty cells are left out. */
export interface TypeRow {
  readonly id: number;
  readonly cells: ReadonlyMap<string, string>;
  readonly place: Place;
}

/** Types by id, with the columns of their table. */
export interface TypeTable {
  readonly columns: readonly string[];
  readonly rows: ReadonlyMap<number, TypeRow>;
  readonly place: Place;
}

/** Texts that stand for an empty cell. */
const empty = /^(NULL|NONE|None|NaN|nan|)$/;

/** Returns the cells of a line, separated by blanks except in quotes. In quotes, `""` is a quote. */
function cellsOf(
  line: string,
  pattern = /"((?:[^"]|"")*)"|\S+/g,
): readonly { readonly text: string; readonly column: number }[] {
  return [...line.matchAll(pattern)].map((match) => ({
    text: match[1] === undefined ? match[0] : match[1].replaceAll('""', '"'),
    column: match.index + 1,
  }));
}

/**
 * Reads a table of node or edge types.
 *
 * @param key  its column of ids
 * @returns null if it has no such column
 */
export function readTypes(
  text: string,
  document: string,
  key: string,
  report: (finding: Finding, place: Place) => void,
): TypeTable | null {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  const columns = cellsOf(lines[0] ?? '').map((cell) => cell.text);
  const head = { document, line: 1, column: 1 };
  const place = columns.indexOf(key);
  if (place < 0) {
    report(messages.missingColumn(key, columns), head);
    return null;
  }
  const rows = new Map<number, TypeRow>();
  for (const [index, line] of lines.entries()) {
    const written = index === 0 ? [] : cellsOf(line);
    if (written.length === 0) continue;
    // As pandas reads it: two separators enclose an empty cell, and one at the end begins one.
    const all = written.length < columns.length ? cellsOf(line, /(?<=^| )(?:"((?:[^"]|"")*)"|[^ ]*)(?= |$)/g) : written;
    const cells = all.length === columns.length ? all : written;
    const at = { document, line: index + 1, column: 1 };
    if (cells.length !== columns.length) {
      report(messages.rowLength(cells.length, columns.length), at);
      continue;
    }
    const id = Number(cells[place]?.text);
    if (!Number.isInteger(id)) {
      report(messages.notANumber(key, cells[place]?.text), { ...at, column: cells[place]?.column ?? 1 });
      continue;
    }
    if (rows.has(id)) report(messages.typeTwice(id), at);
    const filled = cells.flatMap((cell, k): [string, string][] =>
      empty.test(cell.text) ? [] : [[columns[k] ?? '', cell.text]],
    );
    rows.set(id, { id, cells: new Map(filled), place: at });
  }
  return { columns, rows, place: head };
}
