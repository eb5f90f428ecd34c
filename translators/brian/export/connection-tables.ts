/** Long lists of connections of a specification, as tables. */

import { memberOf } from '../../../src/diagnostics/member.js';
import type { NumberColumn } from '../../../src/tables/write-parquet.js';
import { isNumbers, leastRows, type Entry, type TablesBeside } from '../../shared/tables-beside.js';

/** Keys of a table of connections that are no variables. */
const ownKeys = ['rule', 'from', 'source', 'target', 'cells', 'delay'];

/** Returns a specification whose long lists of connections are tables. */
export function withTables(document: Entry, tables: TablesBeside): object {
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
    return [
      key,
      {
        ...rest,
        ...(hasDelay ? { delay } : {}),
        connect: { from: tables.add(key, columns), source: 'source', target: 'target', ...read },
        ...(Object.keys(kept).length === 0 ? {} : { initializers: kept }),
      },
    ] as const;
  });
  return tables.files.length === 0 ? document : { ...document, synapses: Object.fromEntries(synapses) };
}
