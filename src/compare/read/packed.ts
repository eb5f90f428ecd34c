/** Lines of tables that are packed: texts in gzip, and Parquet. */

import { platform } from '#platform';
import { mostUnpacked } from '../../diagnostics/limits.js';
import { readTable } from '../../tables/open.js';
import { unpackedContent } from '../../tables/text.js';
import { Identifiers } from '../../tables/identifiers.js';
import type { WantedColumn } from '../../tables/columns.js';
import { contentOf } from './table.js';

/** Lines with their numbers, a character for each byte. */
type Lines = Iterable<readonly [number: number, bytes: string]>;

const readingOf = (path: string) => ({ path, texts: new Map<string, number>(), memory: platform.machine.memory() });

/** Returns the lines of a text in gzip. @throws DiagnosticError if it is damaged */
export function* gzipLines(path: string): Lines {
  const most = mostUnpacked(platform.files.status(path).size);
  let [number, rest] = [0, ''];
  for (const piece of unpackedContent(platform.files.read(path), { ...readingOf(path), most }).pieces) {
    const lines = (rest + platform.bytes.latin1(piece)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield [++number, line];
  }
  if (rest !== '') yield [number + 1, rest];
}

/** Returns the columns of a table in Parquet that results have, as lines. @throws DiagnosticError if it is damaged */
export function* parquetLines(path: string): Lines {
  let wanted: readonly WantedColumn[] = [];
  const reading = readingOf(path);
  const choose = (names: readonly string[] | null): readonly WantedColumn[] =>
    (wanted = (names ?? []).flatMap((name): WantedColumn[] => {
      const content = contentOf(name);
      return content === 'other' ? [] : [{ name, kind: content === 'population' ? 'identifier' : 'number' }];
    }));
  const { rows, columns } = readTable(path, choose, reading);
  yield [1, wanted.map(({ name }) => name).join('\t')];
  for (let row = 0; row < rows; row++) {
    const cells = columns.map((column) =>
      column instanceof Identifiers ? column.textAt(row, reading.texts) : String(column[row]),
    );
    yield [row + 2, cells.join('\t')];
  }
}
