/**
 * The tables of a NeuroML network in HDF5 as NeuroML text.
 *
 * The layout is libNeuroML's: `/neuroml` with the XML of all but the networks in an attribute. It contains `network`
 * with groups `population_<id>`, `projection_<id>` and `inputList_<id>`. Attributes `column_<n>` name the columns of
 * their tables. Delays are in ms, positions in micrometres.
 */

import { encodeEntities } from '../../../src/xml/entities.js';
import type { Hdf5Group, Hdf5Table } from '../../shared/hdf5.js';

/** Tables with rows and columns. */
const tablesOf = ({ tables }: Pick<Hdf5Group, 'tables'>): readonly Hdf5Table[] =>
  tables.filter(({ shape, type }) => shape.length === 2 && type !== 'text' && type !== 'other');

const rowsOf = ({ shape }: Hdf5Table): number => shape[0] ?? 0;
const widthOf = ({ shape }: Hdf5Table): number => shape[1] ?? 0;

/** Returns a column by its name, or undefined if the table lacks it. */
type Columns = (name: string) => ((row: number) => string) | undefined;

/** Returns the document. */
export function networkText(root: Hdf5Group): string {
  const parts = [`<neuroml xmlns="http://www.neuroml.org/schema/neuroml2"${written(root.attributes, ['id'])}>`];
  if (present(root.attributes['notes'])) parts.push(`<notes>${encodeEntities(root.attributes['notes'] ?? '')}</notes>`);
  parts.push(contentOf(root.attributes['neuroml_top_level'] ?? ''));
  for (const network of root.groups) if (network.name === 'network') addNetwork(network, parts);
  parts.push('</neuroml>');
  return parts.join('\n');
}

/** Checks for a value, since writers put placeholders for missing ones. */
const present = (value: string | undefined): value is string => value !== undefined && value !== '' && value !== 'None';

/** Returns the attributes of some names, as XML. */
function written(attributes: Readonly<Record<string, string>>, names: readonly string[]): string {
  return names
    .map((name) => (present(attributes[name]) ? ` ${name}="${encodeEntities(attributes[name] ?? '')}"` : ''))
    .join('');
}

/** Returns the content of the root element of a document. */
function contentOf(xml: string): string {
  const open = /<neuroml(?:\s[^>]*)?>/.exec(xml);
  const close = xml.lastIndexOf('</neuroml>');
  if (!open || open[0].endsWith('/>') || close < 0) return '';
  return xml.slice(open.index + open[0].length, close).trim();
}

function addNetwork(network: Hdf5Group, parts: string[]): void {
  const { attributes, groups } = network;
  const warm = present(attributes['temperature']);
  parts.push(
    `<network${written(attributes, ['id'])}` +
      (warm ? ` type="networkWithTemperature"${written(attributes, ['temperature'])}>` : '>'),
  );
  if (present(attributes['notes'])) parts.push(`<notes>${encodeEntities(attributes['notes'] ?? '')}</notes>`);
  addProperties(attributes, parts);
  // In the order of the schema: populations, their connections, inputs. Groups of a file are in the order of their
  // names.
  const cellPaths = new Map<string, (index: string) => string>();
  for (const group of groups) if (group.name.startsWith('population_')) addPopulation(group, cellPaths, parts);
  for (const kind of Object.keys(projections)) {
    for (const group of groups) {
      if (group.name.startsWith('projection_') && kindOf(group) === kind) addProjection(group, cellPaths, parts);
    }
  }
  for (const group of groups) if (/^input_?[Ll]ist_/.test(group.name)) addInputList(group, cellPaths, parts);
  parts.push('</network>');
}

function addPopulation(
  { attributes, tables }: Hdf5Group,
  cellPaths: Map<string, (index: string) => string>,
  parts: string[],
): void {
  const { id = '', component = '' } = attributes;
  const table = tablesOf({ tables })[0];
  const list = table !== undefined;
  cellPaths.set(id, list ? (index) => `../${id}/${index}/${component}` : (index) => `../${id}[${index}]`);
  const size = table ? String(rowsOf(table)) : attributes['size'];
  parts.push(
    `<population${written(attributes, ['id', 'component'])}` +
      (size === undefined ? '' : ` size="${size}"`) +
      (list ? ' type="populationList">' : '>'),
  );
  addProperties(attributes, parts);
  if (table) {
    const named = columnsOf(table);
    const [x, y, z] = ['x', 'y', 'z'].map((name, index) => named(name) ?? column(table, widthOf(table) - 3 + index));
    for (let row = 0; row < rowsOf(table); row++) {
      parts.push(
        `<instance id="${named('id')?.(row) ?? row}"><location x="${x?.(row) ?? 0}" y="${y?.(row) ?? 0}" ` +
          `z="${z?.(row) ?? 0}"/></instance>`,
      );
    }
  }
  parts.push('</population>');
}

function addProperties(attributes: Readonly<Record<string, string>>, parts: string[]): void {
  for (const [name, value] of Object.entries(attributes))
    if (name.startsWith('property:'))
      parts.push(`<property tag="${encodeEntities(name.slice(9))}" value="${encodeEntities(value)}"/>`);
}

/** Elements of the kinds of projection, and the names that their attributes have. */
const projections = {
  projection: { element: 'connection', weighted: 'connectionWD', cell: 'CellId', segment: 'SegmentId', components: [] },
  electricalProjection: {
    element: 'electricalConnectionInstance',
    weighted: 'electricalConnectionInstanceW',
    cell: 'Cell',
    segment: 'Segment',
    components: ['synapse'],
  },
  continuousProjection: {
    element: 'continuousConnectionInstance',
    weighted: 'continuousConnectionInstanceW',
    cell: 'Cell',
    segment: 'Segment',
    components: ['preComponent', 'postComponent'],
  },
} as const;

function kindOf({ attributes }: Pick<Hdf5Group, 'attributes'>): keyof typeof projections {
  const { type } = attributes;
  return type === 'electricalProjection' || type === 'continuousProjection' ? type : 'projection';
}

function addProjection(
  { attributes, tables }: Hdf5Group,
  cellPaths: ReadonlyMap<string, (index: string) => string>,
  parts: string[],
): void {
  const kind = kindOf({ attributes });
  const { element, weighted, cell, segment, components } = projections[kind];
  const ends = ['presynapticPopulation', 'postsynapticPopulation'];
  parts.push(`<${kind}${written(attributes, ['id', ...ends, ...(kind === 'projection' ? ['synapse'] : [])])}>`);
  const shared = written(attributes, components);
  for (const table of tablesOf({ tables })) {
    const named = columnsOf(table);
    const paths = ends.map((end) => cellPaths.get(attributes[end] ?? '') ?? ((index: string) => index));
    const [pre, post] = ['pre_cell_id', 'post_cell_id'].map((name) => named(name));
    const [weight, delay] = ['weight', 'delay'].map((name) => named(name));
    const places = [
      [`pre${segment}`, named('pre_segment_id')],
      [`post${segment}`, named('post_segment_id')],
      ['preFractionAlong', named('pre_fraction_along')],
      ['postFractionAlong', named('post_fraction_along')],
    ] as const;
    const isWeighted = weight !== undefined || delay !== undefined;
    const name = isWeighted ? weighted : element;
    for (let row = 0; row < rowsOf(table); row++) {
      const ids =
        `id="${named('id')?.(row) ?? row}" pre${cell}="${paths[0]?.(pre?.(row) ?? '')}" ` +
        `post${cell}="${paths[1]?.(post?.(row) ?? '')}"`;
      const where = places.map(([attribute, value]) => (value ? ` ${attribute}="${value(row)}"` : '')).join('');
      const strength = isWeighted
        ? ` weight="${weight?.(row) ?? 1}"${kind === 'projection' ? ` delay="${delay?.(row) ?? 0}ms"` : ''}`
        : '';
      parts.push(`<${name} ${ids}${where}${shared}${strength}/>`);
    }
  }
  parts.push(`</${kind}>`);
}

function addInputList(
  { attributes, tables }: Hdf5Group,
  cellPaths: ReadonlyMap<string, (index: string) => string>,
  parts: string[],
): void {
  parts.push(`<inputList${written(attributes, ['id', 'component', 'population'])}>`);
  const path = cellPaths.get(attributes['population'] ?? '') ?? ((index: string) => index);
  for (const table of tablesOf({ tables })) {
    const named = columnsOf(table);
    const [id, target, segment, fraction, weight] = [
      'id',
      'target_cell_id',
      'segment_id',
      'fraction_along',
      'weight',
    ].map((name) => named(name));
    for (let row = 0; row < rowsOf(table); row++) {
      const where =
        (segment ? ` segmentId="${segment(row)}"` : '') + (fraction ? ` fractionAlong="${fraction(row)}"` : '');
      const strength = weight ? ` weight="${weight(row)}"` : '';
      parts.push(
        `<input${weight ? 'W' : ''} id="${id?.(row) ?? row}" target="${path(target?.(row) ?? '')}" ` +
          `destination="synapses"${where}${strength}/>`,
      );
    }
  }
  parts.push('</inputList>');
}

function columnsOf(table: Hdf5Table): Columns {
  const indices = new Map<string, number>();
  for (const [attribute, name] of Object.entries(table.attributes)) {
    const index = /^column_(\d{1,3})$/.exec(attribute)?.[1];
    if (index !== undefined && Number(index) < widthOf(table)) indices.set(name, Number(index));
  }
  const made = new Map<string, (row: number) => string>();
  return (name) => {
    const index = indices.get(name);
    if (index === undefined) return undefined;
    const known = made.get(name) ?? column(table, index);
    made.set(name, known);
    return known;
  };
}

/** Returns values of a column as text. */
function column(table: Hdf5Table, index: number): (row: number) => string {
  const { values, type } = table;
  return (row) => {
    const value = values[row * widthOf(table) + index] ?? NaN;
    return type === 'single' ? singleText(value) : String(value);
  };
}

/** Returns the shortest decimal that equals the number in 32 bits, which is most likely the original text. */
function singleText(value: number): string {
  if (Number.isInteger(value) || !Number.isFinite(value)) return String(value);
  for (let digits = 6; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(value);
}
