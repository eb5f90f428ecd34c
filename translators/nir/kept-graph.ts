/**
 * The graph that a model was read from, kept in its annotations. An unchanged model is written as that graph: with its
 * convolutions, pools and nested graphs, which the model has as weights.
 */

import { platform } from '#platform';
import { DiagnosticError, Diagnostics } from '../../src/diagnostics/diagnostic.js';
import { memberOf } from '../../src/diagnostics/member.js';
import { numbersOf as arrayNumbers } from '../../src/model/arrays.js';
import { mapped } from '../../src/model/collections.js';
import { hashModel } from '../../src/model/hash.js';
import type { ValidModel } from '../../src/model/model.js';
import { normalise } from '../../src/model/normalise.js';
import type { Hdf5Array, Hdf5Group, Hdf5Table, Hdf5Tree } from '../shared/hdf5.js';
import { importNir } from './import.js';
import { primitives } from './primitives.js';
import { numbersIn } from './values.js';

/** Graphs with more numbers are not kept. */
const mostNumbers = 1 << 20;
/** Longest text of a kept graph. */
const longestText = 1 << 26;

const stored = ['integer', 'single', 'double', 'text'] as const;
type Stored = (typeof stored)[number];

/** A dataset in JSON: numbers in base64, or texts. */
interface KeptTable {
  readonly type: Stored;
  readonly shape: readonly number[];
  readonly values: string | readonly string[];
}

/** A group in JSON. */
interface KeptGroup {
  readonly groups: Readonly<Record<string, KeptGroup>>;
  readonly tables: Readonly<Record<string, KeptTable>>;
}

/** Returns a graph as text for annotations; undefined if it is too large, or has data of other kinds. */
export function keepGraph(file: Hdf5Group): string | undefined {
  const kept = countIn(file) > mostNumbers ? undefined : keptGroup(file);
  return kept && platform.bytes.toBase64(platform.bytes.deflate(JSON.stringify(kept)));
}

const countIn = ({ groups, tables }: Hdf5Group): number =>
  tables.reduce((sum, { values, texts }) => sum + values.length + (texts?.length ?? 0), 0) +
  groups.reduce((sum, group) => sum + countIn(group), 0);

function keptGroup({ groups, tables }: Hdf5Group): KeptGroup | undefined {
  const inner = groups.map((group) => [group.name, keptGroup(group)] as const);
  const data = tables.map((table) => [table.name, keptTable(table)] as const);
  if ([...inner, ...data].some(([, kept]) => kept === undefined)) return undefined;
  return { groups: Object.fromEntries(inner), tables: Object.fromEntries(data) } as KeptGroup;
}

function keptTable({ type, shape, values, texts }: Hdf5Table): KeptTable | undefined {
  const known = stored.find((each) => each === type);
  if (!known) return undefined;
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { type: known, shape, values: texts ?? platform.bytes.toBase64(bytes) };
}

/**
 * Returns the graph that a model was read from, with the values that have changed since. Returns undefined if none was
 * kept, or if other parts have changed, or values of several nodes that became one.
 */
export function keptGraph(valid: ValidModel): Hdf5Tree | undefined {
  const { model } = valid;
  const annotation = model.annotations['nir'];
  const [text, set] = [memberOf(annotation, 'graph'), memberOf(annotation, 'settings')];
  const kept = typeof text === 'string' ? parsed(text) : undefined;
  if (!kept) return undefined;
  const settings = Object.fromEntries(
    Object.entries(typeof set === 'object' && set !== null ? set : {}).filter(([, value]) => typeof value === 'string'),
  ) as Readonly<Record<string, string>>;
  const dt = `${model.experiment.dt} s`;
  const file = groupOf('', kept);
  const original = modelOf(file, settings, dt);
  const changes = original && changesBetween(original, valid);
  if (!changes) return undefined;
  const root = { ...file, groups: file.groups.map((group) => withChanges(group, changes)) };
  const { node: graph = {}, ...rest } = treeOf(root) as Readonly<Record<string, Hdf5Tree>>;
  // A reader without settings makes the same model of it, or the graph states them.
  const usual = modelOf(file, {}, undefined);
  if (usual && hashModel(usual.model).model === hashModel(original.model).model) return { ...rest, node: graph };
  const stated = { ...settings, dt: { array: Float64Array.of(model.experiment.dt), shape: [] } };
  const metadata = { ...(graph['metadata'] as Hdf5Tree | undefined), ...stated };
  return { ...rest, node: { ...graph, metadata } };
}

/** Returns the model of a graph; undefined if it is not read without errors. */
function modelOf(
  file: Hdf5Group,
  set: Readonly<Record<string, string>>,
  dt: string | undefined,
): ValidModel | undefined {
  const diagnostics = new Diagnostics();
  try {
    const read = importNir(file, 'kept.nir', diagnostics, { set, ...(dt === undefined ? {} : { dt }) });
    const valid = read && normalise(read.document, read.positions, diagnostics, { data: read.data });
    return valid && !diagnostics.hasErrors ? { ...valid, data: read.data } : undefined;
  } catch (error) {
    // Reading stops after too many errors.
    if (!(error instanceof DiagnosticError)) throw error;
    return undefined;
  }
}

/** New values by the names of nodes and datasets. */
type Changes = ReadonlyMap<string, Readonly<Record<string, Float64Array>>>;

/** Returns the values of nodes that differ between two models; undefined if more than these differ. */
function changesBetween({ model, data }: ValidModel, changed: ValidModel): Changes | undefined {
  const { populations, projections } = changed.model;
  const withValues = {
    ...model,
    populations: mapped(model.populations, (one, name) => ({ ...one, values: populations[name]?.values ?? {} })),
    projections: mapped(model.projections, (one, name) => ({ ...one, values: projections[name]?.values ?? {} })),
  };
  if (hashModel(withValues).model !== hashModel(changed.model).model) return undefined;
  const { nodes, matrices } = (model.annotations['nir'] ?? {}) as Readonly<Record<string, unknown>>;
  const changes = new Map<string, Record<string, Float64Array>>();
  const change = (node: unknown, field: string, values: Float64Array): boolean => {
    if (typeof node === 'string') changes.set(node, { ...changes.get(node), [field]: values });
    return typeof node === 'string';
  };
  for (const [name, { size, type = '', values }] of Object.entries(populations))
    for (const field of Object.keys(values)) {
      const [own, other] = [
        numbersIn(values[field], size, changed.data),
        numbersIn(model.populations[name]!.values[field], size, data),
      ];
      if (own?.every((value, k) => value === other?.[k])) continue;
      const node = memberOf(nodes, name);
      const isField = Object.hasOwn(primitives[String(memberOf(node, 'type'))]?.fields ?? {}, field);
      if (!own || type === '' || !isField || !change(memberOf(node, 'node'), field, own)) return undefined;
    }
  for (const [name, { from, to, connect, values }] of Object.entries(projections)) {
    const [rule] = connect;
    if (rule?.rule !== 'list') return undefined;
    const [sources, targets] = [arrayNumbers(rule.sources, changed.data), arrayNumbers(rule.targets, changed.data)];
    const own = numbersIn(values['weight'], sources.length, changed.data);
    const other = numbersIn(model.projections[name]!.values['weight'], sources.length, data);
    if (own?.every((value, k) => value === other?.[k])) continue;
    const [columns, rows] = [from, to].map(
      ({ of }) => model.populations[String(memberOf(of, 'population'))]?.size ?? 0,
    );
    const matrix = new Float64Array((rows ?? 0) * (columns ?? 0));
    own?.forEach((value, k) => (matrix[targets[k]! * columns! + sources[k]!] = value));
    if (!own || !change(memberOf(matrices, name), 'weight', matrix)) return undefined;
  }
  return changes;
}

/** Returns the group of a graph with new values. @param name  names of the graphs around it and its own */
const withChanges = (graph: Hdf5Group, changes: Changes, name = ''): Hdf5Group => ({
  ...graph,
  groups: graph.groups.map((part) =>
    part.name !== 'nodes'
      ? part
      : {
          ...part,
          groups: part.groups.map((node) => {
            const whole = name === '' ? node.name : `${name}.${node.name}`;
            const fields = Object.entries(changes.get(whole) ?? {});
            const others = node.tables.filter((table) => fields.every(([field]) => field !== table.name));
            const tables = fields.map(([field, values]) => changedTable(node, field, values));
            return withChanges({ ...node, tables: [...others, ...tables] }, changes, whole);
          }),
        },
  ),
});

/** Returns a dataset with new values, of the shape and type that it had if they hold the values. */
function changedTable({ tables }: Hdf5Group, name: string, values: Float64Array): Hdf5Table {
  const table = tables.find((one) => one.name === name);
  const like = [table, ...tables].find((one) => one?.values.length === values.length);
  const isSingle = table?.type === 'single' && values.every((value) => Math.fround(value) === value);
  const shape = like?.shape ?? [values.length];
  return { name, attributes: {}, shape, type: isSingle ? 'single' : 'double', values };
}

/** Returns a kept graph of a text that anybody may have written. */
function parsed(text: string): KeptGroup | undefined {
  try {
    const inflated = platform.bytes.inflate(platform.bytes.fromBase64(text), longestText);
    const value: unknown = inflated && JSON.parse(platform.bytes.utf8(inflated));
    return isGroup(value, 0) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isGroup(value: unknown, level: number): value is KeptGroup {
  if (!isRecord(value) || level > 64) return false;
  const { groups, tables } = value;
  return (
    isRecord(groups) &&
    isRecord(tables) &&
    Object.values(groups).every((group) => isGroup(group, level + 1)) &&
    Object.values(tables).every(isTable)
  );
}

function isTable(value: unknown): value is KeptTable {
  if (!isRecord(value)) return false;
  const { type, shape, values } = value;
  if (!stored.some((each) => each === type) || !Array.isArray(shape)) return false;
  if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0)) return false;
  const size = (shape as readonly number[]).reduce((a, b) => a * b, 1);
  if (Array.isArray(values))
    return type === 'text' && values.length === size && values.every((each) => typeof each === 'string');
  return typeof values === 'string' && platform.bytes.fromBase64(values).length === 8 * size;
}

const groupOf = (name: string, { groups, tables }: KeptGroup): Hdf5Group => ({
  name,
  attributes: {},
  groups: Object.entries(groups).map(([key, group]) => groupOf(key, group)),
  tables: Object.entries(tables).map(([key, { type, shape, values }]) => ({
    name: key,
    attributes: {},
    type,
    shape,
    ...(typeof values === 'string' ? { values: numbersOf(values) } : { values: new Float64Array(0), texts: values }),
  })),
});

const numbersOf = (text: string): Float64Array =>
  new Float64Array(Uint8Array.from(platform.bytes.fromBase64(text)).buffer);

/** Returns a group as contents of a file, with the types of numbers that it had. */
const treeOf = ({ groups, tables }: Hdf5Group): Hdf5Tree => ({
  ...Object.fromEntries(tables.map((table) => [table.name, dataOf(table)])),
  ...Object.fromEntries(groups.map((group) => [group.name, treeOf(group)])),
});

function dataOf({ type, shape, values, texts }: Hdf5Table): Hdf5Array | string {
  if (texts) return shape.length === 0 ? (texts[0] ?? '') : { array: texts, shape };
  const array =
    type === 'integer' ? BigInt64Array.from(values, BigInt) : type === 'single' ? Float32Array.from(values) : values;
  return { array, shape };
}
