/** Connectors that list the connected cells: lists, files, matrices, connection sets, copies. */

import { platform } from '#platform';
import { memberOf } from '../../../src/diagnostics/member.js';
import { isRefused } from '../../../src/diagnostics/system-error.js';
import { isList } from '../../../src/model/collections.js';
import { child } from '../../../src/model/pointer.js';
import { canList, own } from '../context.js';
import * as messages from '../messages.js';
import { cellsOf, isDrawn } from '../selections.js';
import type { DataReference } from '../specification.generated.js';
import { isNumbers } from '../values.js';
import { selfOf, sizesOf, type Call, type Column, type Connections, type Ends, type Pairs } from './call.js';

/** Returns every pair. */
export function allToAll(call: Call): Connections | undefined {
  const self = selfOf(call);
  if (self === undefined) return undefined;
  const rule = { rule: 'all', ...self };
  if (self.self !== false) return { rule, pairs: () => allPairs(call, () => null) };
  // Which cells are in both ends is not known while one of them is a sample that is still to be drawn.
  const known = ![call.ends.pre, call.ends.post].some(isDrawn);
  return { rule, ...(known ? { pairs: () => allPairs(call, () => sameCells(call.ends)) } : {}) };
}

/** For each sender the place of the same cell among the receivers, or -1. */
function sameCells(ends: Ends): readonly number[] {
  const [pre, post] = [cellsOf(ends.pre) ?? [], cellsOf(ends.post) ?? []];
  const places = new Map(post.map((cell, j) => [cell, j]));
  return pre.map((cell) => places.get(cell) ?? -1);
}

function allPairs({ ends, setting, pointer }: Call, without: () => readonly number[] | null): Pairs {
  const [n, m] = sizesOf(ends);
  if (!canList(n * m, pointer, setting)) return { sources: new Uint32Array(), targets: new Uint32Array() };
  const leftOut = without();
  const count = n * m - (leftOut?.filter((j) => j >= 0).length ?? 0);
  const sources = new Uint32Array(count);
  const targets = new Uint32Array(count);
  let k = 0;
  for (let i = 0; i < n; i++) {
    const skipped = leftOut?.[i] ?? -1;
    for (let j = 0; j < m; j++) {
      if (j === skipped) continue;
      sources[k] = i;
      targets[k++] = j;
    }
  }
  return { sources, targets };
}

/** Cell k to cell k. */
export function oneToOne({ ends }: Call): Connections {
  const [n, m] = sizesOf(ends);
  const both = (): Uint32Array => Uint32Array.from({ length: Math.min(n, m) }, (_, k) => k);
  return { rule: { rule: 'oneToOne' }, pairs: () => ({ sources: both(), targets: both() }) };
}

/** Returns rows of the indices of both cells, then values of synaptic parameters. */
export function fromList(call: Call): Connections | undefined {
  const rows = call.value('conn_list') as readonly unknown[] | Readonly<Record<string, unknown>>;
  if (!isList(rows)) return fromColumns(call, rows);
  const width = Array.isArray(rows[0]) ? rows[0].length : 2;
  const names = columnNames(call, rows.length === 0 ? undefined : width);
  return names && fromRows(call, rows, width, names, (k) => child(call.at('conn_list'), k), call.at('conn_list'));
}

/**
 * Returns connections given as columns: i, j and parameters, each a list of numbers or an array next to the document.
 */
function fromColumns({ setting, at, ends }: Call, list: Readonly<Record<string, unknown>>): Connections | undefined {
  const place = at('conn_list');
  const columns: Record<string, Column> = {};
  let length: number | undefined;
  for (const key of ['i', 'j', ...Object.keys(list).filter((name) => name !== 'i' && name !== 'j')]) {
    const column = own(list, key);
    const given = isColumn(column) ? column : undefined;
    if (given === undefined)
      return void setting.report(
        messages.wrongValue(`the column ${key}`, 'a list of numbers, or $data with dtype and shape', column),
        child(place, key),
      );
    const own_ = Array.isArray(given) ? given.length : (given as DataReference).shape.reduce((a, b) => a * b, 1);
    if (length !== undefined && own_ !== length)
      return void setting.report(messages.wrongLength(`the column ${key}`, length, own_), child(place, key));
    length = own_;
    columns[key] = given;
  }
  const { i = [], j = [], ...rest } = columns;
  for (const [key, column, size] of [
    ['i', i, sizesOf(ends)[0]],
    ['j', j, sizesOf(ends)[1]],
  ] as const) {
    const wrong = Array.isArray(column)
      ? (column as readonly number[]).findIndex((index) => !isIndex(index, size))
      : -1;
    if (wrong >= 0)
      return void setting.report(
        messages.outOfRange(
          `the index of the ${key === 'i' ? 'sender' : 'receiver'}`,
          `0 to ${size - 1}`,
          (column as readonly number[])[wrong],
        ),
        child(child(place, key), wrong),
      );
  }
  const known = Array.isArray(i) && Array.isArray(j);
  return {
    rule: { rule: 'list', sources: i, targets: j },
    drawsAnew: true,
    ...(known ? { pairs: () => ({ sources: i as readonly number[], targets: j as readonly number[] }) } : {}),
    columns: rest,
    columnsAt: place,
  };
}

const isColumn = (value: unknown): value is Column =>
  isNumbers(value) || (memberOf(value, '$data') !== undefined && Array.isArray(memberOf(value, 'shape')));

/** Returns connections given as rows of numbers. `place` returns the place of a row. */
function fromRows(
  { setting, ends, connector }: Call,
  rows: readonly unknown[],
  width: number,
  names: readonly string[],
  place: (row: number) => string,
  columnsAt: string,
): Connections | undefined {
  const sources = new Array<number>(rows.length);
  const targets = new Array<number>(rows.length);
  const columns = names.map(() => new Array<number>(rows.length));
  const [n, m] = sizesOf(ends);
  const inFile = connector.type === 'FromFileConnector';
  for (let k = 0; k < rows.length; k++) {
    const row: unknown = rows[k];
    if (!isRow(row, width)) {
      const what = inFile ? `row ${k + 1} of the file` : 'a connection';
      return void setting.report(
        messages.wrongValue(what, `a list of ${width} numbers, as the first is`, row),
        place(k),
      );
    }
    const [source = -1, target = -1] = row;
    const wrong = !isIndex(source, n) ? 0 : !isIndex(target, m) ? 1 : null;
    if (wrong !== null) {
      const end = wrong === 0 ? 'sender' : 'receiver';
      const what = `the index of the ${end}${inFile ? ` in row ${k + 1} of the file` : ''}`;
      const at = inFile ? place(k) : child(place(k), wrong);
      return void setting.report(messages.outOfRange(what, `0 to ${(wrong === 0 ? n : m) - 1}`, row[wrong]), at);
    }
    sources[k] = source;
    targets[k] = target;
    for (let c = 0; c < columns.length; c++) (columns[c] as number[])[k] = row[c + 2] ?? 0;
  }
  return {
    rule: { rule: 'list', sources, targets },
    drawsAnew: true,
    pairs: () => ({ sources, targets }),
    columns: Object.fromEntries(names.map((name, c) => [name, columns[c] ?? []])),
    columnsAt,
  };
}

const isIndex = (value: number, size: number): boolean => Number.isInteger(value) && value >= 0 && value < size;

function isRow(row: unknown, width: number): row is readonly number[] {
  if (!Array.isArray(row) || row.length !== width) return false;
  for (let c = 0; c < width; c++) if (typeof row[c] !== 'number') return false;
  return true;
}

/** Returns the names of the columns after the two indices. */
function columnNames({ value, at, setting }: Call, width: number | undefined): readonly string[] | undefined {
  // A list of no connections has no columns, whatever they are called.
  if (width === undefined) return [];
  const given = value('column_names') as readonly string[] | null;
  const extra = width - 2;
  if (given === null) {
    if (extra === 0) return [];
    if (extra === 2) return ['weight', 'delay'];
    return void setting.report(
      messages.wrongValue('conn_list', 'rows of 2 or 4 numbers, or column_names', `rows of ${width}`),
      at('conn_list'),
    );
  }
  // PyNN allows the two indices among the names.
  const others = given.filter((name) => name !== 'i' && name !== 'j');
  if (others.length === extra) return others;
  return void setting.report(messages.wrongLength('column_names', extra, others.length), at('column_names'));
}

/** Reads the rows of a text file. A line `# columns = ["i", "j", ...]` may name the columns. */
export function fromFile(call: Call): Connections | undefined {
  const { setting, at, value } = call;
  const file = value('file') as string;
  // A single process reads the file of rank 0.
  const name = value('distributed') === true ? `${file}.0` : file;
  const read = setting.readFile(name);
  if (isRefused(read)) return void setting.report(messages.unreadableFile(name, read.refused), at('file'));
  const columns = fileColumns(read.text);
  const rows = rowsOf(read.text);
  const [first] = rows;
  const width = first?.length ?? 2;
  const names = columns ?? (width === 2 ? [] : ['weight', 'delay']);
  if (first !== undefined && names.length !== width - 2)
    return void setting.report(messages.wrongLength(`the columns of ${name}`, names.length + 2, width), at('file'));
  return fromRows(call, rows, width, names, () => at('file'), at('file'));
}

/** Returns the names of the columns of parameters if the file has a header. */
function fileColumns(text: string): readonly string[] | undefined {
  const header = /^#\s*columns\s*=\s*[[(]([^\])]*)[\])]/m.exec(text);
  if (!header) return undefined;
  return [...(header[1] ?? '').matchAll(/["']([^"']*)["']/g)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'i' && name !== 'j');
}

function rowsOf(text: string): readonly (readonly unknown[])[] {
  const rows: unknown[][] = [];
  for (const line of text.split('\n')) {
    const written = line.trim();
    if (written === '' || written.startsWith('#')) continue;
    rows.push(
      written.split(/[\s,]+/).map((cell) => {
        const number = Number(cell);
        return Number.isNaN(number) ? cell : number;
      }),
    );
  }
  return rows;
}

/** Returns a matrix of truth values, or its bits in base64, row by row; PyNN goes through it by target. */
export function fromArray(call: Call): Connections | undefined {
  const { setting, ends, at } = call;
  const array = call.value('array') as string | readonly unknown[];
  const [n, m] = sizesOf(ends);
  if (typeof array === 'string') {
    const bytes = /^[A-Za-z0-9+/]*={0,2}$/.test(array) ? platform.bytes.fromBase64(array) : undefined;
    const needed = Math.ceil((n * m) / 8);
    if (bytes?.length === needed) return fromMatrix(n, m, (i, j) => bitAt(bytes, i * m + j));
    const found = bytes ? `${bytes.length} bytes` : 'other characters';
    return void setting.report(
      messages.wrongValue('array', `base64 of ${needed} bytes: a bit for each pair, row by row`, found),
      at('array'),
    );
  }
  if (array.length !== n) return void setting.report(messages.wrongLength('array', n, array.length), at('array'));
  const wrong = array.findIndex((row) => !Array.isArray(row) || row.length !== m);
  if (wrong >= 0)
    return void setting.report(
      messages.wrongLength('a row of the array', m, Array.isArray(array[wrong]) ? array[wrong].length : 0),
      child(at('array'), wrong),
    );
  return fromMatrix(n, m, (i, j) => Boolean((array[i] as readonly unknown[])[j]));
}

/** The most significant bit of a byte comes first. */
const bitAt = (bytes: Uint8Array, k: number): boolean => (((bytes[k >> 3] ?? 0) >> (7 - (k & 7))) & 1) === 1;

function fromMatrix(n: number, m: number, connected: (i: number, j: number) => boolean): Connections {
  const sources: number[] = [];
  const targets: number[] = [];
  for (let j = 0; j < m; j++) {
    for (let i = 0; i < n; i++) {
      if (!connected(i, j)) continue;
      sources.push(i);
      targets.push(j);
    }
  }
  return { rule: { rule: 'list', sources, targets }, pairs: () => ({ sources, targets }) };
}

/** Returns a connection set as its edges: pairs, or with weight and delay. */
export function connectionSet(call: Call): Connections | undefined {
  const { setting, at, value } = call;
  const rows = value('cset') as readonly unknown[];
  const width = Array.isArray(rows[0]) ? rows[0].length : 2;
  if (width !== 2 && width !== 4)
    return void setting.report(
      messages.wrongValue('cset', 'edges of 2 numbers, or of 4 with weight and delay', rows[0]),
      at('cset'),
    );
  const made = fromRows(
    call,
    rows,
    width,
    width === 4 ? ['weight', 'delay'] : [],
    (k) => child(at('cset'), k),
    at('cset'),
  );
  if (made === undefined || width === 4) return made;
  // Of a mask every pair is there once, and PyNN goes through it by target.
  const { sources, targets } = made.pairs?.() ?? { sources: [], targets: [] };
  const [n] = sizesOf(call.ends);
  const keys = [...new Set(Array.from(sources, (source, k) => (targets[k] ?? 0) * n + source))].sort((a, b) => a - b);
  const pairs = { sources: keys.map((key) => key % n), targets: keys.map((key) => Math.floor(key / n)) };
  return { rule: { rule: 'list', ...pairs }, pairs: () => pairs };
}

/** Returns the same pairs as another projection has. */
export function clone({ value, at, ends, setting, pointer }: Call): Connections | undefined {
  const key = value('reference') === null ? 'reference_projection' : 'reference';
  const label = value(key);
  if (typeof label !== 'string')
    return void setting.report(messages.missingParameter('reference', 'CloneConnector'), pointer);
  const other = ends.others.get(label);
  if (other === undefined)
    return void setting.report(
      messages.unknownReference('earlier projection', label, [...ends.others.keys()]),
      at(key),
    );
  const [pre, post] = other.between ?? [ends.pre.label, ends.post.label];
  if (pre !== ends.pre.label || post !== ends.post.label)
    return void setting.report(
      messages.otherEnds(label, `${pre} and ${post}`, `${ends.pre.label} and ${ends.post.label}`),
      at(key),
    );
  if (other.pairs === undefined) return { rule: { rule: 'clone', of: other.id } };
  return { rule: { rule: 'list', ...other.pairs() }, pairs: other.pairs };
}
