/** Graphs of a file, with checked datasets. */

import { itemAt } from '../../src/diagnostics/entry.js';
import type { Finding } from '../../src/diagnostics/diagnostic.js';
import type { Hdf5Group, Hdf5Table } from '../shared/hdf5.js';
import * as messages from './messages.js';
import { innerTypes, primitives, type Field, type Primitive } from './primitives.js';

/** Numbers of a dataset, or a string in place of numbers. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly values: Float64Array;
  readonly word?: string;
}

/** A node that is no graph. */
export interface PrimitiveNode {
  readonly kind: 'primitive';
  readonly type: string;
  /** Names of the graphs around it and its own, joined by dots. */
  readonly name: string;
  /** Path in the file. */
  readonly path: string;
  readonly fields: Readonly<Record<string, Numbers>>;
}

/** A graph: of the file, or nested. */
export interface GraphNode {
  readonly kind: 'graph';
  readonly name: string;
  readonly path: string;
  readonly nodes: ReadonlyMap<string, PrimitiveNode | GraphNode>;
  readonly edges: readonly NamedEdge[];
}

/** An edge as written, with its row in the file. */
export interface NamedEdge {
  readonly from: string;
  readonly to: string;
  readonly row: number;
}

/** Adds a finding at a path of the file. */
export type Report = (finding: Finding, path: string) => void;

/** Deepest level of nested graphs that is read. */
export const deepest = 16;

/** Metadata of nodes by their paths. */
export type Metadata = Record<string, Readonly<Record<string, unknown>>>;

/** Reads the graph in the group `/node` of a file. Returns null without it. */
export function readGraph(file: Hdf5Group, metadata: Metadata, report: Report): GraphNode | null {
  const group = file.groups.find(({ name }) => name === 'node');
  if (!group) {
    report(messages.missing('the file', '/node, the group of the graph'), '/');
    return null;
  }
  const type = typeOf(group, '/node', report);
  if (type === undefined) return null;
  if (type !== 'NIRGraph') {
    report(messages.wrongType('the type of /node', 'NIRGraph', type), '/node/type');
    return null;
  }
  return readNested(group, '', '/node', 0, metadata, report);
}

function readNested(
  group: Hdf5Group,
  name: string,
  path: string,
  level: number,
  metadata: Metadata,
  report: Report,
): GraphNode | null {
  if (level > deepest) {
    report(messages.tooDeep(deepest), path);
    return null;
  }
  refuseOthers(group, 'NIRGraph', ['type', 'edges', 'nodes', 'metadata'], path, report);
  keepMetadata(group, path, metadata);
  const inner = group.groups.find((member) => member.name === 'nodes');
  if (!inner) report(messages.missing('the graph', 'group nodes'), `${path}/nodes`);
  for (const table of inner?.tables ?? [])
    report(
      table.type === 'elsewhere'
        ? messages.elsewhere(table.name)
        : messages.wrongType(table.name, 'a group with a type', 'a dataset'),
      `${path}/nodes/${table.name}`,
    );
  const nodes = new Map<string, PrimitiveNode | GraphNode>();
  for (const node of inner?.groups ?? []) {
    const at = `${path}/nodes/${node.name}`;
    const whole = name === '' ? node.name : `${name}.${node.name}`;
    const type = typeOf(node, at, report);
    if (type === undefined) continue;
    if (type === 'NIRGraph') {
      const nested = readNested(node, whole, at, level + 1, metadata, report);
      if (nested) nodes.set(node.name, nested);
      continue;
    }
    const names = Object.keys(primitives).filter((each) => !innerTypes.includes(each));
    const known = names.includes(type) ? primitives[type] : undefined;
    if (!known) {
      report(messages.unknownPrimitive(type, [...names, 'NIRGraph']), `${at}/type`);
      continue;
    }
    keepMetadata(node, at, metadata);
    const fields = readFields(node, type, known, at, report);
    nodes.set(node.name, { kind: 'primitive', type, name: whole, path: at, fields });
  }
  const names = new Set(inner?.groups.map((node) => node.name));
  return { kind: 'graph', name, path, nodes, edges: readEdges(group, names, path, report) };
}

function typeOf(group: Hdf5Group, path: string, report: Report): string | undefined {
  const table = group.tables.find(({ name }) => name === 'type');
  if (!table) report(messages.missing('the node', 'dataset type'), `${path}/type`);
  else if (table.type === 'elsewhere') report(messages.elsewhere('type'), `${path}/type`);
  else if (table.texts?.length !== 1) report(messages.wrongType('type', 'one text', found(table)), `${path}/type`);
  return table?.texts?.length === 1 ? table.texts[0] : undefined;
}

/** Reports members that a node does not have. */
function refuseOthers(group: Hdf5Group, type: string, known: readonly string[], path: string, report: Report): void {
  for (const { name } of [...group.groups, ...group.tables])
    if (!known.includes(name))
      report(
        messages.unknownField(
          type,
          name,
          known.filter((key) => !['type', 'metadata'].includes(key)),
        ),
        `${path}/${name}`,
      );
}

/** Keeps texts and single numbers of metadata. */
function keepMetadata(group: Hdf5Group, path: string, metadata: Metadata): void {
  const own = group.groups.find(({ name }) => name === 'metadata');
  const entries = (own?.tables ?? []).flatMap(({ name, texts, values }): [string, unknown][] => {
    const [value] = texts ?? values;
    return value === undefined ? [] : [[name, (texts ?? values).length === 1 ? value : [...(texts ?? values)]]];
  });
  if (entries.length > 0) metadata[path] = Object.fromEntries(entries);
}

const found = ({ type, shape }: Hdf5Table): string => {
  const names = {
    integer: 'integers',
    single: 'float32',
    double: 'float64',
    text: 'text',
    other: 'data of another kind',
    elsewhere: 'a link',
  } as const;
  return `${names[type]} of the shape ${messages.shapeText(shape)}`;
};

function readEdges(group: Hdf5Group, names: ReadonlySet<string>, path: string, report: Report): readonly NamedEdge[] {
  const at = `${path}/edges`;
  const table = group.tables.find(({ name }) => name === 'edges');
  if (!table) report(messages.missing('the graph', 'dataset edges'), at);
  else if (table.type === 'elsewhere') report(messages.elsewhere('edges'), at);
  if (!table || table.type === 'elsewhere' || table.shape.includes(0)) return [];
  const { texts, shape } = table;
  if (!texts || shape.length !== 2 || shape[1] !== 2) {
    report(messages.wrongType('edges', 'pairs of texts, of the shape [E, 2]', found(table)), at);
    return [];
  }
  const seen = new Set<string>();
  return Array.from({ length: itemAt(shape, 0) }, (_, row) => ({
    from: itemAt(texts, 2 * row),
    to: itemAt(texts, 2 * row + 1),
    row,
  })).filter(({ from, to, row }) => {
    const key = JSON.stringify([from, to]);
    const unknown = [from, to].filter((name) => !names.has(name));
    for (const name of new Set(unknown)) report(messages.unknownNode(name, [...names]), `${at}[${row}]`);
    if (seen.has(key)) report(messages.edgeTwice(from, to), `${at}[${row}]`);
    seen.add(key);
    return unknown.length === 0;
  });
}

function readFields(
  group: Hdf5Group,
  type: string,
  { fields, optional = [] }: Primitive,
  path: string,
  report: Report,
): Readonly<Record<string, Numbers>> {
  refuseOthers(group, type, ['type', ...Object.keys(fields), 'metadata'], path, report);
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]): [string, Numbers][] => {
      const at = `${path}/${name}`;
      const table = group.tables.find((known) => known.name === name);
      if (!table) {
        if (group.groups.some((inner) => inner.name === name))
          report(messages.wrongType(name, expectedOf[field], 'a group'), at);
        else if (!optional.includes(name)) report(messages.missing(type, name), at);
        return [];
      }
      if (table.type === 'elsewhere') {
        report(messages.elsewhere(name), at);
        return [];
      }
      const [word] = table.texts ?? [];
      if (field === 'padding' && (word === 'same' || word === 'valid'))
        return [[name, { shape: [], values: new Float64Array(0), word }]];
      const isNumber =
        table.type === 'integer' ||
        ((table.type === 'single' || table.type === 'double') &&
          (field === 'values' || field === 'weights' || table.values.every(Number.isInteger)));
      if (!isNumber) {
        report(messages.wrongType(name, expectedOf[field], found(table)), at);
        return [];
      }
      const { shape, values } = table;
      if (['sizes', 'padding', 'shape'].includes(field) && shape.length > 1) {
        report(messages.wrongShape(name, 'one dimension', shape), at);
        return [];
      }
      if (field === 'count' && values.length !== 1) {
        report(messages.wrongShape(name, 'one number', shape), at);
        return [];
      }
      const wrong = values.findIndex((value) => !isInRange(value, field, name));
      if (wrong >= 0) {
        report(
          messages.outOfRange(name, rangeOf(field, name), itemAt(values, wrong)),
          values.length === 1 ? at : `${at}[${wrong}]`,
        );
        return [];
      }
      return [[name, { shape, values }]];
    }),
  );
}

const expectedOf: Readonly<Record<Field, string>> = {
  values: 'numbers',
  weights: 'numbers',
  sizes: 'integers',
  padding: 'integers, same or valid',
  shape: 'integers',
  count: 'one integer',
};

const isTimeConstant = (name: string): boolean => name.startsWith('tau');

function isInRange(value: number, field: Field, name: string): boolean {
  if (!Number.isFinite(value)) return false;
  if (isTimeConstant(name)) return value > 0;
  if (name === 'padding' || name === 'delay') return value >= 0;
  if (field === 'sizes' || field === 'shape' || name === 'groups') return value > 0;
  return true;
}

const rangeOf = (field: Field, name: string): string =>
  isTimeConstant(name) || field === 'sizes' || field === 'shape' || name === 'groups'
    ? 'a number above zero'
    : name === 'padding' || name === 'delay'
      ? 'zero or more'
      : 'a finite number';
