/** Datasets of nodes, edges and spikes, checked while they are read. */

import type { Finding, Place } from '../../src/diagnostics/diagnostic.js';
import { itemAt } from '../../src/diagnostics/entry.js';
import type { Hdf5Group, Hdf5Table } from '../shared/hdf5.js';
import * as messages from './messages.js';

/** A group of an HDF5 file with its place. */
export interface GroupAt {
  readonly group: Hdf5Group;
  readonly document: string;
  /** Path within the file. */
  readonly path: string;
  readonly report: (finding: Finding, place: Place) => undefined;
}

/** Returns the place of a member of a group, or of a row of it. */
export const placeIn = ({ document, path }: GroupAt, name?: string, row?: number): Place => ({
  document,
  pointer: `${path}${name === undefined ? '' : `/${name}`}${row === undefined ? '' : `[${row}]`}`,
});

/** Returns a group within a group, or undefined if there is no such group. */
export function groupIn(at: GroupAt, name: string): GroupAt | undefined {
  const group = at.group.groups.find((inner) => inner.name === name);
  return group && { ...at, group, path: `${at.path}/${name}` };
}

/** Returns a dataset within a group, or undefined if there is no such dataset. */
export const tableIn = ({ group }: GroupAt, name: string): Hdf5Table | undefined =>
  group.tables.find((table) => table.name === name);

interface Wanted {
  readonly isRequired?: boolean;
  /** Number of rows; absent: any. */
  readonly length?: number;
  readonly isInteger?: boolean;
}

/** Returns numbers of a dataset. Returns undefined if it is missing, or after reporting that it is wrong. */
export function numbersIn(at: GroupAt, name: string, wanted: Wanted = {}): Float64Array | undefined {
  const table = tableIn(at, name);
  if (!table) {
    if (wanted.isRequired)
      at.report(
        messages.missingDataset(
          name,
          at.group.tables.map((hdf5Table) => hdf5Table.name),
        ),
        placeIn(at, name),
      );
    return undefined;
  }
  const isNumber =
    table.type === 'integer' || (wanted.isInteger !== true && (table.type === 'single' || table.type === 'double'));
  if (!isNumber) {
    const expected = wanted.isInteger === true ? 'integers' : 'numbers';
    const found = {
      integer: 'integer',
      single: 'float32',
      double: 'float64',
      text: 'text',
      other: 'another kind',
      elsewhere: 'a link',
    };
    at.report(messages.wrongType(name, expected, found[table.type]), placeIn(at, name));
    return undefined;
  }
  if (wanted.length !== undefined && table.values.length !== wanted.length) {
    at.report(messages.wrongLength(name, wanted.length, table.values.length), placeIn(at, name));
    return undefined;
  }
  const wrong = table.type === 'integer' ? -1 : table.values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    at.report(messages.notFinite(name, itemAt(table.values, wrong)), placeIn(at, name, wrong));
    return undefined;
  }
  return table.values;
}

/** Returns the values of an attribute: numbers, texts, or texts of an enumeration in `@library`. */
export function attributeIn(at: GroupAt, name: string): ArrayLike<number | string> | undefined {
  const table = tableIn(at, name);
  if (!table) return undefined;
  if (table.texts) return table.texts;
  const library = groupIn(at, '@library');
  const names = library && tableIn(library, name)?.texts;
  return names ? Array.from(table.values, (index) => names[index] ?? '') : table.values;
}

/** Group and row of each member of a population, from `<kind>_group_id` and `<kind>_group_index`. */
export interface Grouping {
  readonly groups: ReadonlyMap<number, GroupAt | undefined>;
  readonly groupOf: (row: number) => number;
  readonly rowIn: (row: number) => number;
}

/** Reads how a population is divided into groups; checks that each row has a group. */
export function groupingOf(at: GroupAt, kind: 'node' | 'edge', length: number): Grouping {
  const wanted = { length, isInteger: true };
  const ids = numbersIn(at, `${kind}_group_id`, wanted);
  const given = numbersIn(at, `${kind}_group_index`, wanted);
  const groups = new Map<number, GroupAt | undefined>();
  let rows = given;
  if (!rows && ids) {
    // Without an index, rows of a group are counted in the order of the file.
    const counts = new Map<number, number>();
    rows = ids.map((id) => {
      const count = counts.get(id) ?? 0;
      counts.set(id, count + 1);
      return count;
    });
  }
  let last = NaN;
  for (let row = 0; row < (ids?.length ?? 1); row++) {
    const id = ids?.[row] ?? 0;
    if (id === last || groups.has(id)) continue;
    last = id;
    const found = groupIn(at, String(id));
    groups.set(id, found);
    if (!found && ids) at.report(messages.missingGroup(id), placeIn(at, `${kind}_group_id`, row));
  }
  return { groups, groupOf: (row) => ids?.[row] ?? 0, rowIn: (row) => rows?.[row] ?? row };
}

/** Reports rows that are missing in their group. */
export function checkRows(
  at: GroupAt,
  kind: 'node' | 'edge',
  { groupOf, rowIn }: Grouping,
  group: number,
  length: number,
  count: number,
): void {
  for (let row = 0; row < count; row++)
    if (groupOf(row) === group && !(rowIn(row) >= 0 && rowIn(row) < length)) {
      at.report(messages.missingGroup(group, rowIn(row)), placeIn(at, `${kind}_group_index`, row));
      return;
    }
}
