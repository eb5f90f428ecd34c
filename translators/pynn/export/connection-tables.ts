/** Long lists of connections of a document, as tables. */

import { memberOf } from '../../../src/diagnostics/member.js';
import type { NumberColumn } from '../../../src/tables/write-parquet.js';
import { isNumbers, leastRows, type Entry, type TablesBeside } from '../../shared/tables-beside.js';

/** Returns a document whose long lists of connections are tables. */
export function withTables(document: Entry, tables: TablesBeside): object {
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
    const file = tables.add(typeof entry['label'] === 'string' ? entry['label'] : String(k), columns);
    return { ...entry, connector: { ...(connector as Entry), type: 'FromFileConnector', params: { ...params, file } } };
  });
  return tables.files.length === 0 ? document : { ...document, projections };
}
