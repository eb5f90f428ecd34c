/**
 * Tables of connections that a document names. Each becomes a list of connections and the values of its synapses in
 * arrays of the model, so later stages read lists only, and the hash of the model covers the content of the table.
 */

import { itemAt } from '../../diagnostics/entry.js';
import { platform } from '#platform';
import { isObject, memberOf } from '../../diagnostics/member.js';
import { DiagnosticError, type Diagnostics, type Finding, type Place } from '../../diagnostics/diagnostic.js';
import type { Positions } from '../../diagnostics/positions.js';
import { isRefused } from '../../diagnostics/system-error.js';
import { dimensionText, isDimensionless } from '../../lang/dimension.js';
import { LangError } from '../../lang/lang-error.js';
import { parseUnit, type Unit } from '../../lang/units.js';
import { isList, without } from '../../model/collections.js';
import type { ArrayDocument } from '../../model/document.generated.js';
import type { DataStore } from '../../model/model.js';
import { child } from '../../model/pointer.js';
import { Identifiers, RowsById, type Texts } from '../../tables/identifiers.js';
import * as messages from '../../tables/messages.js';
import type { WantedColumn, WantedColumns } from '../../tables/columns.js';
import { isTableName, readTable } from '../../tables/open.js';
import type { ColumnValues, Table } from '../../tables/table.js';
import { Arrays } from '../../../translators/shared/arrays.js';
import { overlayPositions } from './overlay-positions.js';
import { readBeside, type SideOptions } from './side-files.js';
import { scaled, type ValueColumn } from './value-columns.js';
import { factsOf, type TreeNotation } from './notation.js';

type Map_ = Readonly<Record<string, unknown>>;

/** A document with lists in place of tables. */
interface WithLists {
  readonly document: unknown;
  /** Places of the lists are those of the rows. */
  readonly positions: Positions;
  /** Arrays of the lists. */
  readonly data: DataStore;
}

/** Keys of a table of connections that are no variables of synapses. */
const ownKeys = new Set(['rule', 'from', 'source', 'target', 'cells', 'delay']);

/**
 * Reads the tables that a document names in its rules of connection, and writes them as lists.
 *
 * @param path  path of the document
 * @diagnostic table/…  anything that is wrong with a table
 */
export function withLists(
  document: unknown,
  notation: TreeNotation,
  positions: Positions,
  diagnostics: Diagnostics,
  path: string,
  options: SideOptions,
): WithLists {
  const { connections: section, lists } = factsOf(notation);
  if (section === undefined) return { document, positions, data: new Map() };
  const entries = memberOf(document, section);
  const reader = new Reader(lists === 'i-j', positions, diagnostics, path, options);
  let changed: unknown = entries;
  if (isList<unknown, unknown>(entries))
    changed = entries.map((entry: unknown, k) => reader.connector(entry, child(child('', section), k)));
  else if (isObject(entries))
    changed = Object.fromEntries(
      Object.entries(entries).map(([name, entry]) => [name, reader.entry(entry, child(child('', section), name))]),
    );
  if (!reader.hasRead) return { document, positions, data: new Map() };
  return {
    document: { ...(document as object), [section]: changed },
    positions: overlayPositions(positions, (pointer) => reader.place(pointer)),
    data: reader.arrays.store,
  };
}

/** Cells of a table, by identifier. */
interface Cells {
  readonly path: string;
  readonly rows: RowsById;
  /** Group of each cell; absent: the table has no groups. */
  readonly groups?: Identifiers;
  readonly count: number;
}

/** One end of the connections: a column of indices or identifiers, and the group that they are in. */
interface EndColumn {
  readonly column: string | number;
  readonly group: string | undefined;
  readonly pointer: string;
}

class Reader {
  readonly arrays = new Arrays();
  hasRead = false;
  readonly #hasPairs: boolean;
  readonly #positions: Positions;
  readonly #diagnostics: Diagnostics;
  readonly #path: string;
  readonly #options: SideOptions;
  readonly #texts: Texts = new Map();
  /** Places of lists, by pointer: the place of a row. */
  readonly #places = new Map<string, (row: number | undefined) => Place>();

  constructor(hasPairs: boolean, positions: Positions, diagnostics: Diagnostics, path: string, options: SideOptions) {
    this.#hasPairs = hasPairs;
    this.#positions = positions;
    this.#diagnostics = diagnostics;
    this.#path = path;
    this.#options = options;
  }

  /** Returns the place of a list or of one of its rows, if a table gave it. */
  place(pointer: string): Place | undefined {
    const [, list = '', row] = /^(.*?)(?:\/(\d+))?$/s.exec(pointer) ?? [];
    return (
      this.#places.get(pointer)?.(undefined) ?? this.#places.get(list)?.(row === undefined ? undefined : Number(row))
    );
  }

  /** Returns a projection or Synapses with lists in place of tables. */
  entry(entry: unknown, pointer: string): unknown {
    const connect = memberOf(entry, 'connect');
    const at = child(pointer, 'connect');
    if (isList<unknown, unknown>(connect)) {
      if (!connect.some(isTable)) return entry;
      return {
        ...(entry as object),
        connect: connect.map((rule: unknown, k) => {
          if (!isTable(rule)) return rule;
          const read = this.#read(rule, child(at, k));
          if (read && read.values.size > 0) this.#report(messages.mixedRules(), child(at, k));
          return read?.rule ?? this.#nothing();
        }),
      };
    }
    if (!isObject(entry) || !isTable(connect)) return entry;
    const read = this.#read(connect, at);
    if (!read) return { ...entry, connect: this.#nothing() };
    return this.#hasPairs ? this.#synapses(entry, read, pointer) : this.#projection(entry, read, pointer);
  }

  /** Returns a projection of PyNN with a list in place of a file that is no plain text. */
  connector(entry: unknown, pointer: string): unknown {
    const connector = memberOf(entry, 'connector');
    const params = memberOf(connector, 'params');
    const file = memberOf(params, 'file');
    if (memberOf(connector, 'type') !== 'FromFileConnector' || typeof file !== 'string' || !isTableName(file))
      return entry;
    const at = `${pointer}/connector/params`;
    // As in PyNN, the first two columns are the cells unless names state others.
    let names: readonly string[] = [];
    const choose: WantedColumns = (found, width) => {
      const others = found?.filter((name) => name !== 'i' && name !== 'j') ?? [];
      const usual = width === 2 ? ['i', 'j'] : ['i', 'j', 'weight', 'delay'];
      names = found === null ? usual : others.length === width ? found : ['i', 'j', ...others];
      const isNamed = found?.includes('i') === true && found.includes('j');
      return names.map((name, k) => ({ name: isNamed ? name : k, kind: k < 2 ? 'index' : 'number' }));
    };
    const table = this.#table(file, choose, `${at}/file`);
    const list: Record<string, ArrayDocument> = {};
    if (table) {
      const isNamed = names.includes('i') && names.includes('j');
      for (const [k, name] of names.entries()) {
        const key = isNamed || k > 1 ? name : k === 0 ? 'i' : 'j';
        const values = table.columns[k] as Uint32Array | Float64Array;
        list[key] = this.arrays.array(values);
        this.#keepPlace(`${at}/conn_list/${key}`, table, k);
      }
    }
    const rest = without(params as Map_, new Set(['file', 'distributed']));
    return {
      ...(entry as object),
      connector: {
        ...(connector as object),
        type: 'FromListConnector',
        params: { ...rest, conn_list: table ? list : [] },
      },
    };
  }

  // --- Entries with lists -------------------------------------------------------------------------------------------
  #nothing(): Map_ {
    return this.#hasPairs ? { i: [], j: [] } : { rule: 'list', sources: [], targets: [] };
  }

  /** Returns Synapses of Brian; values are set before their own initializers. */
  #synapses(entry: Map_, { rule, values }: ReadTable, pointer: string): Map_ {
    if (values.size === 0) return { ...entry, connect: rule };
    const { initializers = {}, delay } = entry;
    if (values.has('delay') && delay !== undefined) this.#report(messages.setTwice('delay'), `${pointer}/delay`);
    const at = child(pointer, 'initializers');
    if (isList<unknown, unknown>(initializers)) {
      const added = [...values].map(([variable, { array }]) => ({ variable, value: array }));
      [...values.values()].forEach(({ keep }, k) => keep(`${at}/${k}/value`));
      return { ...entry, connect: rule, initializers: [...added, ...initializers] };
    }
    this.#checkOnce(values, initializers, at);
    for (const [variable, { keep }] of values) keep(child(at, variable));
    const added = Object.fromEntries([...values].map(([variable, { array }]) => [variable, array]));
    return { ...entry, connect: rule, initializers: { ...added, ...(initializers as object) } };
  }

  #projection(entry: Map_, { rule, values }: ReadTable, pointer: string): Map_ {
    const { delay, ...others } = Object.fromEntries([...values].map(([variable, { array }]) => [variable, array]));
    this.#checkOnce(values, { ...(entry['values'] as object), delay: entry['delay'] }, child(pointer, 'values'));
    for (const [variable, { keep }] of values)
      keep(variable === 'delay' ? `${pointer}/delay` : child(`${pointer}/values`, variable));
    return {
      ...entry,
      connect: rule,
      ...(delay === undefined ? {} : { delay }),
      ...(Object.keys(others).length === 0 ? {} : { values: { ...(entry['values'] as object), ...others } }),
    };
  }

  #checkOnce(values: ReadTable['values'], given: unknown, pointer: string): void {
    for (const variable of values.keys())
      if (memberOf(given, variable) !== undefined) this.#report(messages.setTwice(variable), child(pointer, variable));
  }

  // --- Tables -------------------------------------------------------------------------------------------------------
  /** Reads a table of connections; undefined after a finding. */
  #read(table: Map_, pointer: string): ReadTable | undefined {
    const before = this.#findings;
    const [source, target] = (['source', 'target'] as const).map((key) => this.#end(table, key, pointer));
    const wanted = Object.keys(table).flatMap((key) =>
      key === 'delay' || !ownKeys.has(key) ? [this.#value(key, table[key], child(pointer, key))] : [],
    );
    const { from, cells: list } = table;
    if (typeof from !== 'string')
      this.#report(messages.wrongForm('from', 'the name of a file', from), child(pointer, 'from'));
    const cells = list === undefined ? undefined : this.#cells(list, child(pointer, 'cells'));
    for (const end of [source, target])
      if (end?.group !== undefined && cells && !cells.groups) this.#report(messages.groupWithoutCells(), end.pointer);
    if (this.#findings > before || typeof from !== 'string' || !source || !target) return undefined;
    const values = wanted.flatMap((valueColumn) => (valueColumn ? [valueColumn] : []));
    // A column may be read for several purposes.
    const columns: WantedColumn[] = [];
    const columnOf = (name: string | number, kind: WantedColumn['kind']): number => {
      const known = columns.findIndex((column) => column.name === name && column.kind === kind);
      return known < 0 ? columns.push({ name, kind }) - 1 : known;
    };
    const kind = cells ? 'identifier' : 'index';
    const ends = [source, target].map(({ column }) => columnOf(column, kind)) as [number, number];
    const numbers = values.map(
      ({ column, sign }) =>
        [columnOf(column, 'number'), sign === undefined ? undefined : columnOf(sign, 'number')] as const,
    );
    const read = this.#table(from, columns, child(pointer, 'from'));
    if (!read) return undefined;
    const chosen = this.#indices(read, [source, target], ends, cells);
    if (!chosen) return undefined;
    const { sources, targets, kept } = chosen;
    const [i, j] = [this.arrays.array(sources), this.arrays.array(targets)];
    const rule = this.#hasPairs ? { i, j } : { rule: 'list', sources: i, targets: j };
    const keys = this.#hasPairs ? ['i', 'j'] : ['sources', 'targets'];
    const rowOf = (k: number): number => kept?.[k] ?? k;
    for (const [k, indices] of [sources, targets].entries())
      this.#keepPlace(child(pointer, itemAt(keys, k)), read, itemAt(ends, k), rowOf, indices);
    return {
      rule,
      values: new Map(
        values.map((value, k) => {
          const [column, sign] = itemAt(numbers, k);
          const signs = sign === undefined ? undefined : (read.columns[sign] as Float64Array);
          const si = scaled(read.columns[column] as Float64Array, signs, kept, value);
          const keep = (at: string): void => this.#keepPlace(at, read, column, rowOf);
          return [value.variable, { array: this.#array(si, value.unit), keep }];
        }),
      ),
    };
  }

  /** Returns values in SI as the notation writes them. */
  #array(values: Float64Array, unit: Unit | undefined): unknown {
    const text = unit && !isDimensionless(unit.dimension) ? { unit: dimensionText(unit.dimension) } : {};
    const array = this.arrays.array(values);
    if (!isList(array)) return { ...(array as object), ...text };
    return this.#hasPairs ? { values: array, ...text } : { array, ...text };
  }

  #end(table: Map_, key: 'source' | 'target', pointer: string): EndColumn | undefined {
    const given = table[key];
    const at = child(pointer, key);
    if (given === undefined) return this.#report(messages.missingKey(key), pointer);
    const { column = given, group, ...others } = isObject(given) ? given : {};
    const isWrong =
      !isName(column) || (group !== undefined && typeof group !== 'string') || Object.keys(others).length > 0;
    if (isWrong) return this.#report(messages.wrongForm(key, 'the name of a column, or {column, group}', given), at);
    if (group !== undefined && table['cells'] === undefined) return this.#report(messages.groupWithoutCells(), at);
    return { column, group, pointer: at };
  }

  #value(variable: string, given: unknown, pointer: string): ValueColumn | undefined {
    const { column, unit, factor = 1, sign, ...others } = isObject(given) ? given : {};
    const isRight =
      isName(column) &&
      (sign === undefined || isName(sign)) &&
      (unit === undefined || typeof unit === 'string') &&
      typeof factor === 'number' &&
      Number.isFinite(factor) &&
      Object.keys(others).length === 0;
    if (!isRight) return this.#report(messages.wrongForm(variable, '{column, unit, factor, sign}', given), pointer);
    try {
      return { variable, column, sign, factor, unit: unit === undefined ? undefined : parseUnit(unit), pointer };
    } catch (error) {
      if (!(error instanceof LangError)) throw error;
      return this.#report(error.finding, child(pointer, 'unit'));
    }
  }

  #cells(given: unknown, pointer: string): Cells | undefined {
    const { from, id, group, ...others } = isObject(given) ? given : {};
    const isRight =
      typeof from === 'string' &&
      isName(id) &&
      (group === undefined || isName(group)) &&
      Object.keys(others).length === 0;
    if (!isRight) return this.#report(messages.wrongForm('cells', '{from, id, group}', given), pointer);
    const names = [id, ...(group === undefined ? [] : [group])];
    const read = this.#table(
      from,
      names.map((name) => ({ name, kind: 'identifier' })),
      child(pointer, 'from'),
    );
    if (!read) return undefined;
    const [ids, groups] = read.columns as readonly Identifiers[];
    const rows = new RowsById(ids!);
    for (let row = 0; row < read.rows; row++) {
      const earlier = rows.add(row);
      if (earlier < 0) continue;
      const finding = messages.repeatedIdentifier(ids!.textAt(row, this.#texts), id, row + 1, earlier + 1);
      this.#diagnostics.add(this.#named(finding, pointer), read.place(row, 0));
      return undefined;
    }
    return { path: from, rows, count: read.rows, ...(groups ? { groups } : {}) };
  }

  /** Returns the indices of both ends, and the rows that they are from if others are left out. */
  #indices(
    table: Table,
    ends: readonly EndColumn[],
    columns: readonly [number, number],
    cells: Cells | undefined,
  ): { readonly sources: Uint32Array; readonly targets: Uint32Array; readonly kept?: Uint32Array } | undefined {
    const [first, second] = columns.map((column) => itemAt(table.columns, column)) as [ColumnValues, ColumnValues];
    if (!cells) return { sources: first as Uint32Array, targets: second as Uint32Array };
    const numbers = ends.map(({ group, pointer }) => this.#numbering(cells, group, pointer));
    if (numbers.includes(undefined)) return undefined;
    const found = ([first, second] as Identifiers[]).map((ids, k) => {
      const own = numbers[k]!;
      const indices = new Int32Array(table.rows);
      for (let row = 0; row < table.rows; row++) {
        const cell = cells.rows.rowOf(ids, row);
        if (cell < 0) {
          const text = ids.textAt(row, this.#texts);
          const finding = messages.noSuchCell(text, itemAt(ends, k).column, row + 1, cells.path);
          this.#diagnostics.add(this.#named(finding, itemAt(ends, k).pointer), table.place(row, columns[k]!));
          return undefined;
        }
        indices[row] = own[cell]!;
      }
      return indices;
    });
    const [sources, targets] = found;
    if (!sources || !targets) return undefined;
    if (ends.every(({ group }) => group === undefined))
      return { sources: new Uint32Array(sources.buffer), targets: new Uint32Array(targets.buffer) };
    let count = 0;
    const kept = new Uint32Array(table.rows);
    for (let row = 0; row < table.rows; row++) if (sources[row]! >= 0 && targets[row]! >= 0) kept[count++] = row;
    const rows = kept.slice(0, count);
    return { sources: rows.map((row) => sources[row]!), targets: rows.map((row) => targets[row]!), kept: rows };
  }

  /** Returns the index of each cell of a table within a group, in the order of the table; -1 for other cells. */
  #numbering({ groups, count }: Cells, group: string | undefined, pointer: string): Int32Array | undefined {
    const own = new Int32Array(count);
    if (group === undefined || !groups) return own.map((_, row) => row);
    const wanted = new Identifiers(1);
    wanted.setText(0, group, this.#texts);
    let size = 0;
    for (let row = 0; row < count; row++) {
      const isIn = groups.low[row] === wanted.low[0] && groups.high[row] === wanted.high[0];
      own[row] = isIn ? size++ : -1;
    }
    if (size > 0) return own;
    const known = new RowsById(groups);
    const firsts = Array.from({ length: count }, (_, row) => row).filter((row) => known.add(row) < 0);
    const names = firsts.slice(0, mostGroups).map((row) => groups.textAt(row, this.#texts));
    return this.#report(messages.unknownGroup(group, names), pointer);
  }

  /** Reads a file; undefined after a finding. */
  #table(name: string, wanted: WantedColumns, pointer: string): Table | undefined {
    this.hasRead = true;
    const { dirname, join } = platform.paths;
    const path = join(dirname(this.#path), name);
    const reading = { path, texts: this.#texts, memory: platform.machine.memory() };
    try {
      const read = readBeside(this.#path, this.#options, name, (real) => {
        try {
          return readTable(real, wanted, reading);
        } catch (error) {
          if (error instanceof DiagnosticError) return error;
          throw error;
        }
      });
      if (read instanceof DiagnosticError) {
        for (const { place, ...finding } of read.diagnostics)
          this.#diagnostics.add(this.#named(finding, pointer), place);
        return undefined;
      }
      return isRefused(read) ? this.#report(messages.unreadableTable(name, read.refused), pointer) : read;
    } catch (error) {
      if (error instanceof RangeError)
        return this.#report(messages.unreadableTable(name, 'there is not enough memory'), pointer);
      throw error;
    }
  }

  /** Adds the place that names a table to a finding in it. */
  #named(finding: Finding, pointer: string): Finding {
    return { ...finding, related: [{ message: 'the table is named here', place: this.#positions.place(pointer) }] };
  }

  #report(finding: Finding, pointer: string): undefined {
    this.#diagnostics.add(finding, this.#positions.place(pointer));
  }

  get #findings(): number {
    return this.#diagnostics.list.length;
  }

  /** Remembers the place of a list; without an item it is the row of the largest index. */
  #keepPlace(
    pointer: string,
    table: Table,
    column: number,
    rowOf: (k: number) => number = (k) => k,
    indices?: Uint32Array,
  ): void {
    this.#places.set(pointer, (k) => {
      if (k !== undefined) return table.place(rowOf(k), column);
      if (!indices) return { document: table.place(0, column).document };
      let largest = 0;
      for (let row = 1; row < indices.length; row++) if (indices[row]! > indices[largest]!) largest = row;
      return table.place(rowOf(largest), column);
    });
  }
}

interface ReadTable {
  readonly rule: Map_;
  /** Values by variable, and a function that remembers their place. */
  readonly values: ReadonlyMap<string, { readonly array: unknown; readonly keep: (pointer: string) => void }>;
}

const isName = (value: unknown): value is string | number =>
  typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value) && value >= 0);

/** Most groups of cells that a message compares with a name. */
const mostGroups = 100;

/** Checks whether a rule of connection names a table. */
const isTable = (rule: unknown): rule is Map_ => isObject(rule) && Object.hasOwn(rule, 'from');
