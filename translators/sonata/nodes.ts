/** Node populations: their nodes divided by model, with parameters for each. */

import { isObject } from '../../src/diagnostics/member.js';
import { identifier, type UniqueNames } from '../../src/model/free-name.js';
import { readDocument } from '../../src/model/text/read.js';
import type { Place } from '../../src/diagnostics/diagnostic.js';
import { itemAt } from '../../src/diagnostics/entry.js';
import { child } from '../../src/model/pointer.js';
import { biophysicalTemplate } from './biophysical.js';
import type { Config } from './config.js';
import { readTypes, type TypeRow, type TypeTable } from './csv.js';
import { checkColumns, checkMembers } from './keys.js';
import * as messages from './messages.js';
import { attributeIn, checkRows, groupIn, groupingOf, numbersIn, placeIn, tableIn, type GroupAt } from './tables.js';
import { fixedParameters, templateNames, templateOf, withoutEffect, type Template } from './templates.js';
import type { Values } from '../shared/arrays.js';

/** Nodes of one population with one model, in the order of their ids. They are one canonical population. */
export interface NodePart {
  /** Name of the canonical population. */
  readonly name: string;
  /** Null for virtual nodes. */
  readonly template: Template | null;
  readonly ids: readonly number[];
  /** Rows of the population in its file. */
  readonly rows: readonly number[];
  /** Numbers by the template's parameter. */
  readonly values: Values;
  /** Coordinates in µm of all nodes; absent if the files have no coordinates. */
  readonly positions?: readonly (readonly number[])[];
}

/** A node population of SONATA. */
export interface Nodes {
  readonly name: string;
  readonly size: number;
  readonly parts: readonly NodePart[];
  /** Row of a node id, or -1 without a row. */
  readonly rowOf: (id: number) => number;
  /** For each row, the number of its part and its element there. */
  readonly partOf: Uint16Array;
  readonly elementOf: Uint32Array;
  readonly idOf: (row: number) => number;
  /** The value of an attribute of a node, or undefined without a value. */
  readonly attribute: (row: number, name: string) => string | number | undefined;
  /** Number of its groups. */
  readonly groups: number;
  /** Position of its entry in the config. */
  readonly entry: number;
}

/** Returns the lowest and the highest node id. */
export function idRange({ size, idOf }: Nodes): readonly [number, number] {
  let [lowest, highest] = [Infinity, -Infinity];
  for (let row = 0; row < size; row++) {
    lowest = Math.min(lowest, idOf(row));
    highest = Math.max(highest, idOf(row));
  }
  return [lowest, highest];
}

/** A model of nodes: a template with the parameters that a type gives. */
interface Model {
  readonly template: Template | null;
  readonly given: Readonly<Record<string, unknown>>;
  readonly key: string;
}

/** Most files of nodes: each is read in a thread of its own. */
const mostFiles = 1000;

/** Reads all node populations of a config. @returns null if a file has none, after a report */
export function readNodes(config: Config, names: UniqueNames): ReadonlyMap<string, Nodes> | null {
  const populations = new Map<string, Nodes>();
  const entries = config.get('networks', 'nodes');
  const list: readonly unknown[] = Array.isArray(entries) ? entries : [];
  if (entries !== undefined && !Array.isArray(entries))
    config.report(messages.wrongValue('nodes', 'a list of files', entries), config.place('networks', 'nodes'));
  if (list.length > mostFiles) {
    config.report(messages.tooManyNodeFiles(list.length, mostFiles), config.place('networks', 'nodes'));
    return null;
  }
  const models = modelReader(config);
  let isComplete = true;
  for (const entry of list.keys()) {
    const types = typesAt(config, 'node', entry);
    checkColumns(types, 'node', config.report);
    const found = populationsAt(config, 'node', entry);
    isComplete &&= found.length > 0;
    for (const at of found) {
      const nodes = readPopulation(at, types, entry, models, names);
      if (nodes) populations.set(nodes.name, nodes);
      else config.refuse(at.group.name, messages.nodePopulations);
    }
  }
  return isComplete ? populations : null;
}

/** Returns the populations in the file of an entry of the config. */
export function populationsAt(config: Config, kind: 'node' | 'edge', entry: number): readonly GroupAt[] {
  const keys = ['networks', `${kind}s`, entry, `${kind}s_file`] as const;
  const path = config.path(...keys);
  if (!path) {
    if (config.get(...keys) === undefined)
      config.report(
        messages.missingKey(`${kind}s_file`, 'the path of an HDF5 file'),
        config.place(...keys.slice(0, 3)),
      );
    return [];
  }
  const file = config.hdf5(path, [`${kind}s`]);
  if (!file) return [];
  const [root] = file.groups;
  if (!root || root.groups.length === 0) {
    config.report(messages.missingDataset(`/${kind}s with a population`), { document: path.document, pointer: '/' });
    return [];
  }
  return root.groups.map((group) => ({
    group,
    document: path.document,
    path: `/${kind}s/${group.name}`,
    report: config.report,
  }));
}

/** Returns the table of types of an entry of the config, or null if it has no table. */
export function typesAt(config: Config, kind: 'node' | 'edge', entry: number): TypeTable | null {
  const path = config.path('networks', `${kind}s`, entry, `${kind}_types_file`);
  const text = path && config.text(path);
  const types = text === undefined ? null : readTypes(text, path?.document ?? '', `${kind}_type_id`, config.report);
  if (path && !types) config.refuse(messages.typeTables);
  return types;
}

/** Parameters in a file. */
interface Parameters {
  readonly value: Readonly<Record<string, unknown>>;
  readonly placeOf: (name: string) => Place;
}

/** Returns a reader of parameter files that reads each file once. */
export function parameterReader(
  config: Config,
  folder: string,
): (name: string, row: TypeRow) => Parameters | undefined {
  const known = new Map<string, Parameters | undefined>();
  const read = (name: string, row: TypeRow): Parameters | undefined => {
    const path = config.within(config.path('components', folder), name, row.place);
    const text = config.text(path);
    if (text === undefined) return undefined;
    const { value, diagnostics, positions } = readDocument(text.trim() === '' ? '{}' : text, path.document);
    for (const { place, ...finding } of diagnostics) config.report(finding, place ?? row.place);
    if (isObject(value)) return { value, placeOf: (name) => positions.place(child('', name)) };
    if (value !== undefined)
      config.report(messages.wrongValue('a file of parameters', 'a map', value), { document: path.document });
    return undefined;
  };
  return (name, row) => {
    if (!known.has(name)) known.set(name, read(name, row));
    return known.get(name);
  };
}

/** Reports a capacitance or a time that no neuron can have. @returns false after a report */
function checkRange(name: string, unit: string, value: number, place: Place, report: Config['report']): boolean {
  const mayBeZero = /ref/i.test(name);
  if (!/^[fpnum]?[Fs]$/.test(unit) || value > 0 || (mayBeZero && value === 0)) return true;
  report(messages.wrongValue(name, `${mayBeZero ? '0 or more' : 'more than 0'}, in ${unit}`, value), place);
  return false;
}

/** Attributes of a node that override those of its type. */
type Override = (name: 'model_type' | 'model_template' | 'morphology') => string | undefined;

type ModelReader = (row: TypeRow, override: Override) => Model | undefined;

/** Finds the model of a type, which attributes of nodes may override. */
function modelReader(config: Config): ModelReader {
  const parameters = parameterReader(config, 'point_neuron_models_dir');
  const templates = new Map<string, Template>();
  const read: ModelReader = (row, override) => {
    const attribute: Override = (name) => override(name) ?? row.cells.get(name);
    const type = attribute('model_type') ?? '';
    if (type === 'virtual') return { template: null, given: {}, key: 'virtual' };
    const name = attribute('model_template') ?? '';
    if (type === 'biophysical') {
      const morphology = attribute('morphology');
      const template = biophysicalTemplate(config, row, { template: name, morphology });
      return template && { template, given: {}, key: `${row.id} ${name} ${morphology}` };
    }
    if (!['point_neuron', 'point_process', 'point_soma', 'intfire'].includes(type))
      return config.report(messages.notACell(type), row.place);
    const file = row.cells.get('dynamics_params');
    const found = file === undefined ? undefined : parameters(file, row);
    if (file !== undefined && !found) return undefined;
    const known = templateOf(name, found?.value ?? {});
    if (!known) {
      config.report(messages.unknownTemplate(name, templateNames), row.place);
      return undefined;
    }
    const { given } = known;
    // Types with templates of the same parameters are one model. The number of GLIF's parameters depends on the lengths
    // of its lists.
    const key = `${known.template.name} ${Object.keys(known.template.values).join(' ')}`;
    const template = templates.get(key) ?? known.template;
    templates.set(key, template);
    for (const [parameter, value] of Object.entries(given)) {
      const place = found?.placeOf(parameter) ?? row.place;
      const fixed = fixedParameters[parameter];
      if (withoutEffect.includes(parameter) || parameter === 'type') continue;
      if (fixed !== undefined && Number(value) === fixed) continue;
      if (!Object.hasOwn(template.parameters, parameter))
        config.report(messages.unknownParameter(parameter, name, Object.keys(template.parameters)), place);
      else {
        const { unit } = template.parameters[parameter]!;
        if (typeof value !== 'number') config.report(messages.notANumber(parameter, value, unit), place);
        else checkRange(parameter, unit, value, place, config.report);
      }
    }
    return { template, given, key };
  };
  const known = new Map<string, Model | undefined>();
  return (row, override) => {
    const own = (['model_type', 'model_template', 'morphology'] as const).map((name) => override(name) ?? '');
    const key = `${row.place.document} ${row.id} ${own.join(' ')}`;
    if (!known.has(key)) known.set(key, read(row, override));
    return known.get(key);
  };
}

/** Returns rows by type id, and reports ids that the table lacks. */
export function typeRows(
  at: GroupAt,
  kind: 'node' | 'edge',
  ids: Float64Array,
  types: TypeTable | null,
): ReadonlyMap<number, TypeRow> {
  const found = new Map<number, TypeRow>();
  const missing = new Map<number, { readonly first: number; count: number }>();
  for (let row = 0; row < ids.length; row++) {
    const id = itemAt(ids, row);
    if (found.has(id)) continue;
    const known = types?.rows.get(id);
    const before = missing.get(id);
    if (known) found.set(id, known);
    else if (before) before.count++;
    else missing.set(id, { first: row, count: 1 });
  }
  for (const [id, { first, count }] of missing)
    at.report(messages.missingType(kind, id, count, types), placeIn(at, `${kind}_type_id`, first));
  return found;
}

function readPopulation(
  at: GroupAt,
  types: TypeTable | null,
  entry: number,
  models: ModelReader,
  names: UniqueNames,
): Nodes | undefined {
  const { name } = at.group;
  const typeIds = numbersIn(at, 'node_type_id', { isRequired: true, isInteger: true });
  if (!typeIds) return undefined;
  const size = typeIds.length;
  const rowsById = typeRows(at, 'node', typeIds, types);
  const nodeIds = numbersIn(at, 'node_id', { length: size, isInteger: true }) ?? Float64Array.from(typeIds.keys());
  const rowOfId = new Map<number, number>();
  for (let row = 0; row < size; row++) {
    if (rowOfId.has(itemAt(nodeIds, row)))
      at.report(messages.nodeTwice(itemAt(nodeIds, row)), placeIn(at, 'node_id', row));
    rowOfId.set(itemAt(nodeIds, row), row);
  }
  const grouping = groupingOf(at, 'node', size);
  checkMembers(at, 'node', grouping.groups.values());
  for (const group of grouping.groups.values()) for (const axis of ['x', 'y', 'z']) if (group) numbersIn(group, axis);
  const columns = new Map<string, ReadonlyMap<number, ArrayLike<number | string> | undefined>>();
  const inGroup = (row: number, attribute: string): string | number | undefined => {
    let column = columns.get(attribute);
    if (!column) {
      const read = [...grouping.groups].map(([id, group]) => [id, group && attributeIn(group, attribute)] as const);
      column = new Map(read);
      columns.set(attribute, column);
      for (const [id, values] of read) if (values) checkRows(at, 'node', grouping, id, values.length, size);
    }
    return column.get(grouping.groupOf(row))?.[grouping.rowIn(row)];
  };
  const attribute = (row: number, key: string): string | number | undefined => {
    if (key === 'node_id') return nodeIds[row];
    if (key === 'node_type_id') return typeIds[row];
    const cell = inGroup(row, key) ?? rowsById.get(itemAt(typeIds, row))?.cells.get(key);
    return typeof cell === 'string' && cell.trim() !== '' && Number.isFinite(Number(cell)) ? Number(cell) : cell;
  };
  // Rows of each model, in the order of ids.
  const order = Array.from({ length: size }, (_, row) => row).sort((a, b) => itemAt(nodeIds, a) - itemAt(nodeIds, b));
  const found = new Map<string, { readonly model: Model; readonly rows: number[]; readonly given: Model['given'][] }>();
  const texts = (row: number, key: string): string | undefined => {
    const value = inGroup(row, key);
    return value === undefined ? undefined : String(value);
  };
  for (const row of order) {
    const type = rowsById.get(itemAt(typeIds, row));
    const model = type && models(type, (name) => texts(row, name));
    if (!model) continue;
    const part = found.get(model.key) ?? { model, rows: [], given: [] };
    found.set(model.key, part);
    part.rows.push(row);
    part.given.push(model.given);
  }
  const partOf = new Uint16Array(size).fill(noPart);
  const elementOf = new Uint32Array(size);
  const own = [...found.values()];
  const parts = own.map(({ model: { template }, rows, given }, part): NodePart => {
    for (const [element, row] of rows.entries()) {
      partOf[row] = part;
      elementOf[row] = element;
    }
    const suffix = own.length === 1 ? '' : `_${template?.name ?? 'virtual'}`;
    const positions = rows.map((row) => ['x', 'y', 'z'].map((axis) => inGroup(row, axis)));
    return {
      name: names.take(identifier(`${name}${suffix}`)),
      template,
      rows,
      ids: rows.map((row) => itemAt(nodeIds, row)),
      values: template ? valuesOf(at, template, rows, given, grouping) : new Map(),
      ...(rows.length > 0 &&
      positions.every((position): position is number[] => position.every((x) => typeof x === 'number'))
        ? { positions }
        : {}),
    };
  });
  if (parts.length > 1)
    at.report(
      messages.splitPopulation(
        name,
        parts.map((part) => part.name),
      ),
      placeIn(at),
    );
  const isPlain = nodeIds.every((id, row) => id === row);
  return {
    name,
    size,
    parts,
    partOf,
    elementOf,
    entry,
    groups: grouping.groups.size,
    attribute,
    idOf: (row) => itemAt(nodeIds, row),
    rowOf: isPlain ? (id) => (Number.isInteger(id) && id >= 0 && id < size ? id : -1) : (id) => rowOfId.get(id) ?? -1,
  };
}

/** Number of the part of a node with a wrong model. */
export const noPart = 0xffff;

/**
 * Returns numbers of a template's parameters for some nodes. Values of groups override values of types, which override
 * defaults.
 */
function valuesOf(
  at: GroupAt,
  template: Template,
  rows: readonly number[],
  given: readonly Model['given'][],
  { groups, groupOf, rowIn }: ReturnType<typeof groupingOf>,
): Values {
  const own = new Map<number, ReadonlyMap<string, Float64Array>>();
  for (const [id, group] of groups) {
    const dynamics = group && groupIn(group, 'dynamics_params');
    if (!dynamics) continue;
    const tables = dynamics.group.tables.flatMap(({ name }): [string, Float64Array][] => {
      if (tableIn(dynamics, name) && !Object.hasOwn(template.parameters, name)) {
        if (withoutEffect.includes(name)) return [];
        if (rows.some((row) => groupOf(row) === id))
          at.report(
            messages.unknownParameter(name, template.name, Object.keys(template.parameters)),
            placeIn(dynamics, name),
          );
        return [];
      }
      const values = numbersIn(dynamics, name);
      if (!values) return [];
      const bad = rows.find((row) => groupOf(row) === id && !(rowIn(row) < values.length));
      const { unit } = template.parameters[name] ?? { unit: '1' };
      for (const [k, value] of values.entries())
        if (!checkRange(name, unit, value, placeIn(dynamics, name, k), at.report)) break;
      if (bad !== undefined) at.report(messages.missingGroup(id, rowIn(bad)), placeIn(at, 'node_group_index', bad));
      return [[name, values]];
    });
    own.set(id, new Map(tables));
    if (tables.length > 0)
      at.report(
        messages.nodeParameters(
          at.group.name,
          tables.map(([name]) => name),
        ),
        placeIn(dynamics),
      );
  }
  return new Map(
    Object.entries(template.parameters).map(([name, { value }]) => [
      name,
      Float64Array.from(rows, (row, element) => {
        const inType = given[element]?.[name];
        return own.get(groupOf(row))?.get(name)?.[rowIn(row)] ?? (typeof inType === 'number' ? inType : value);
      }),
    ]),
  );
}
