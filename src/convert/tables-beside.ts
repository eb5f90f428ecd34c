/** Long lists of a document, as tables or arrays in files beside it. */

import { memberOf } from '../diagnostics/member.js';
import { platform } from '#platform';
import type { DataStore, Model } from '../model/model.js';
import { freeName } from '../model/free-name.js';
import { dataReferences } from '../pipeline/read/data-files.js';
import { parquetBytes, type NumberColumn } from '../tables/write-parquet.js';
import { Arrays } from '../../translators/shared/arrays.js';
import type { ConvertedFile } from './exported.js';

/** Shorter lists stay in the document, where people can read them. */
const leastRows = 100_000;

/** Keys of a table of connections that are no variables. */
const ownKeys = ['rule', 'from', 'source', 'target', 'cells', 'delay'];

type Entry = Readonly<Record<string, unknown>>;

/** A document, and the files that it reads. */
interface WithTables {
  readonly document: unknown;
  readonly files: readonly ConvertedFile[];
}

const isNumbers = (value: unknown, length?: number): value is readonly number[] =>
  Array.isArray(value) &&
  (length === undefined || value.length === length) &&
  value.every((each) => typeof each === 'number');

/** Returns a document with tables for its long lists of connections. @param name  of its file */
export const withTables = (document: Entry, name: string, notation: 'brian' | 'pynn'): WithTables =>
  notation === 'brian' ? brianWithTables(document, name) : pynnWithTables(document, name);

/** Members of a canonical document that are lists of numbers of cells. */
const ofCells = ['sources', 'targets', 'indices'];

/** Returns a canonical document with arrays beside it for its long lists, and those arrays that it then refers to. */
export function withArrays(model: Model, data: DataStore): { readonly model: unknown; readonly data: DataStore } {
  const arrays = new Arrays();
  const stored = (part: unknown, key: string): unknown => {
    if (typeof part !== 'object' || part === null) return part;
    if (isNumbers(part) && part.length >= leastRows)
      return arrays.array(ofCells.includes(key) ? Uint32Array.from(part) : Float64Array.from(part));
    if (Array.isArray(part)) return typeof part[0] === 'number' ? part : part.map((each) => stored(each, key));
    return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, stored(value, name)]));
  };
  const document = stored(model, '');
  const all = new Map([...data, ...arrays.store]);
  const wanted = new Set(dataReferences(document).map(({ $data }) => $data));
  return { model: document, data: new Map([...all].filter(([digest]) => wanted.has(digest))) };
}

function brianWithTables(document: Entry, name: string): WithTables {
  const files: ConvertedFile[] = [];
  const synapses = Object.entries((document['synapses'] ?? {}) as Entry).map(([key, entry]) => {
    const [i, j] = [memberOf(memberOf(entry, 'connect'), 'i'), memberOf(memberOf(entry, 'connect'), 'j')];
    if (!isNumbers(i) || i.length < leastRows || !isNumbers(j, i.length)) return [key, entry] as const;
    const { initializers, delay, ...rest } = entry as Entry;
    const columns: NumberColumn[] = [
      { name: 'source', values: Uint32Array.from(i) },
      { name: 'target', values: Uint32Array.from(j) },
    ];
    const read: Record<string, unknown> = {};
    /** Returns whether a variable became a column. */
    const moves = (variable: string, value: unknown): boolean => {
      const numbers = memberOf(value, 'values') ?? value;
      if (!isNumbers(numbers, i.length)) return false;
      const unit = memberOf(value, 'unit');
      read[variable] = { column: variable, ...(unit === undefined ? {} : { unit }) };
      columns.push({ name: variable, values: Float64Array.from(numbers) });
      return true;
    };
    const kept = Array.isArray(initializers)
      ? initializers
      : Object.fromEntries(
          Object.entries((initializers ?? {}) as Entry).filter(
            ([variable, value]) => ownKeys.includes(variable) || !moves(variable, value),
          ),
        );
    const hasDelay = delay !== undefined && !moves('delay', delay);
    const file = fileOf(name, key, columns, files);
    files.push(file);
    return [
      key,
      {
        ...rest,
        ...(hasDelay ? { delay } : {}),
        connect: { from: file.name, source: 'source', target: 'target', ...read },
        ...(Object.keys(kept).length === 0 ? {} : { initializers: kept }),
      },
    ] as const;
  });
  return files.length === 0
    ? { document, files }
    : { document: { ...document, synapses: Object.fromEntries(synapses) }, files };
}

function pynnWithTables(document: Entry, name: string): WithTables {
  const files: ConvertedFile[] = [];
  const projections = ((document['projections'] ?? []) as readonly Entry[]).map((entry, k) => {
    const connector = entry['connector'];
    const { conn_list: list, column_names: named, ...params } = (memberOf(connector, 'params') ?? {}) as Entry;
    if (memberOf(connector, 'type') !== 'FromListConnector' || !Array.isArray(list) || list.length < leastRows)
      return entry;
    const rows = list as readonly (readonly number[])[];
    const width = rows[0]?.length ?? 0;
    const others = Array.isArray(named) ? (named as readonly string[]) : width === 4 ? ['weight', 'delay'] : [];
    if (others.length !== width - 2 || !rows.every((row) => isNumbers(row, width))) return entry;
    const columns: NumberColumn[] = [
      { name: 'i', values: Uint32Array.from(rows, (row) => row[0] ?? 0) },
      { name: 'j', values: Uint32Array.from(rows, (row) => row[1] ?? 0) },
      ...others.map((column, at) => ({ name: column, values: Float64Array.from(rows, (row) => row[at + 2] ?? 0) })),
    ];
    const file = fileOf(name, typeof entry['label'] === 'string' ? entry['label'] : String(k), columns, files);
    files.push(file);
    return {
      ...entry,
      connector: { ...(connector as Entry), type: 'FromFileConnector', params: { ...params, file: file.name } },
    };
  });
  return files.length === 0 ? { document, files } : { document: { ...document, projections }, files };
}

/**
 * Returns the file of a table.
 *
 * @param name  of the file of the document
 * @param key  name of the projection; names may differ in signs that file names do not have
 * @param others  files of other tables
 */
function fileOf(
  name: string,
  key: string,
  columns: readonly NumberColumn[],
  others: readonly ConvertedFile[],
): ConvertedFile {
  const stem = freeName(`${platform.paths.parse(name).name}-${key.replace(/[^\w.-]+/g, '_')}`, (one) =>
    others.some((other) => other.name.toLowerCase() === `${one}.parquet`.toLowerCase()),
  );
  return { name: `${stem}.parquet`, text: '', bytes: parquetBytes(columns) };
}
