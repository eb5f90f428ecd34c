/**
 * The graph that a model was read from, kept in its annotations. An unchanged model is written as that graph: with its
 * convolutions, pools and nested graphs, which the model has as weights.
 */

import { platform } from '#platform';
import { DiagnosticError, Diagnostics } from '../../src/diagnostics/diagnostic.js';
import { memberOf } from '../../src/diagnostics/member.js';
import { hashModel } from '../../src/model/hash.js';
import type { ValidModel } from '../../src/model/model.js';
import { normalise } from '../../src/model/normalise.js';
import type { Hdf5Array, Hdf5Group, Hdf5Table, Hdf5Tree } from '../shared/hdf5.js';
import { importNir } from './import.js';

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
  const kept = numbersIn(file) > mostNumbers ? undefined : keptGroup(file);
  return kept && platform.bytes.toBase64(platform.bytes.deflate(JSON.stringify(kept)));
}

const numbersIn = ({ groups, tables }: Hdf5Group): number =>
  tables.reduce((sum, { values, texts }) => sum + values.length + (texts?.length ?? 0), 0) +
  groups.reduce((sum, group) => sum + numbersIn(group), 0);

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
 * Returns the graph that a model was read from, as it was. Returns undefined if none was kept, or if the model has
 * changed since.
 */
export function keptGraph({ model }: ValidModel): Hdf5Tree | undefined {
  const annotation = model.annotations['nir'];
  const [text, set] = [memberOf(annotation, 'graph'), memberOf(annotation, 'settings')];
  const kept = typeof text === 'string' ? parsed(text) : undefined;
  if (!kept) return undefined;
  const settings = Object.fromEntries(
    Object.entries(typeof set === 'object' && set !== null ? set : {}).filter(([, value]) => typeof value === 'string'),
  ) as Readonly<Record<string, string>>;
  const dt = `${model.experiment.dt} s`;
  const file = groupOf('', kept);
  const hash = modelHash(file, settings, dt);
  if (hash === undefined || hash !== hashModel(model).model) return undefined;
  // A reader without settings makes the same model of it, or the graph states them.
  if (modelHash(file, {}, undefined) === hash) return treeOf(file);
  const stated = { ...settings, dt: { array: Float64Array.of(model.experiment.dt), shape: [] } };
  const { node = {}, ...rest } = treeOf(file) as Readonly<Record<string, Hdf5Tree>>;
  return { ...rest, node: { ...node, metadata: { ...(node['metadata'] as Hdf5Tree | undefined), ...stated } } };
}

/** Returns the hash of the model of a graph; undefined if it is not read without errors. */
function modelHash(file: Hdf5Group, set: Readonly<Record<string, string>>, dt: string | undefined): string | undefined {
  const diagnostics = new Diagnostics();
  try {
    const read = importNir(file, 'kept.nir', diagnostics, { set, ...(dt === undefined ? {} : { dt }) });
    const valid = read && normalise(read.document, read.positions, diagnostics, { data: read.data });
    return valid && !diagnostics.hasErrors ? hashModel(valid.model).model : undefined;
  } catch (error) {
    // Reading stops after too many errors.
    if (!(error instanceof DiagnosticError)) throw error;
    return undefined;
  }
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
