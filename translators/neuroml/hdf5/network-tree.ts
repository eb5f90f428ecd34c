/**
 * A NeuroML document as a tree for HDF5, in the layout of libNeuroML that `network-text.ts` describes. Lists of
 * connections and inputs become tables of numbers, of which a row is about a tenth of its XML.
 */

import { groupAttributes, type Hdf5Array, type Hdf5Tree } from '../../shared/hdf5.js';
import { xmlText, type Element } from '../export/text/xml-text.js';

/** Attributes of elements of lists, with their columns; those of cells and delays are read as numbers. */
const columns: Readonly<Record<string, string>> = {
  preCellId: 'pre_cell_id',
  postCellId: 'post_cell_id',
  preCell: 'pre_cell_id',
  postCell: 'post_cell_id',
  preSegmentId: 'pre_segment_id',
  postSegmentId: 'post_segment_id',
  preSegment: 'pre_segment_id',
  postSegment: 'post_segment_id',
  preFractionAlong: 'pre_fraction_along',
  postFractionAlong: 'post_fraction_along',
  target: 'target_cell_id',
  segmentId: 'segment_id',
  fractionAlong: 'fraction_along',
  weight: 'weight',
  delay: 'delay',
};
/** Attributes that all elements of a list share, which their group has, or that say nothing. */
const shared: ReadonlySet<string> = new Set(['synapse', 'preComponent', 'postComponent', 'destination']);
const milliseconds: Readonly<Record<string, number>> = { s: 1000, ms: 1, us: 0.001 };

/** Returns a document as a tree, or the reason why the layout cannot hold it. @param root  `<neuroml>` with networks */
export function networkTree(root: Element): Hdf5Tree | string {
  const [network, ...more] = root.children.filter(({ tag }) => tag === 'network');
  if (!network || more.length > 0) return 'a document in HDF5 has one network';
  const others = root.children.filter((child) => child !== network);
  const parts = network.children.map((part) => [part, partTree(part)] as const);
  const refused = parts.find(([, tree]) => typeof tree === 'string')?.[1];
  if (typeof refused === 'string') return refused;
  const digits = String(parts.length).length;
  const groups = parts.flatMap(([{ tag }, tree], k) =>
    tree === undefined || typeof tree === 'string' ? [] : [[groupName(tag, k, digits), tree] as const],
  );
  const { id = '', temperature } = network.attributes;
  const inner: Hdf5Tree = {
    ...Object.fromEntries(groups),
    [groupAttributes]: { id, ...(temperature === undefined ? {} : { temperature }), ...propertiesOf(network) },
  };
  const top = xmlText({ ...root, children: others });
  const attributes = { id: root.attributes['id'] ?? '', neuroml_top_level: top };
  return { neuroml: { network: inner, [groupAttributes]: attributes } };
}

/**
 * Returns the name of the group of a part. Members of a file are in the order of their names, so numbers keep that of
 * the document. libNeuroML finds the kind of a group by a word anywhere in its name, so ids such as `in_population` are
 * no names.
 */
const groupName = (tag: string, ordinal: number, digits: number): string =>
  `${/rojection$/.test(tag) ? 'projection' : tag}_${String(ordinal).padStart(digits, '0')}`;

const propertiesOf = ({ children }: Element): Readonly<Record<string, string>> =>
  Object.fromEntries(
    children.flatMap(({ tag, attributes }) =>
      tag === 'property' ? [[`property:${attributes['tag'] ?? ''}`, attributes['value'] ?? '']] : [],
    ),
  );

/** Returns the group of a part of a network; undefined for properties; a text for what the layout has no place for. */
function partTree(part: Element): Hdf5Tree | string | undefined {
  const { tag, attributes } = part;
  if (tag === 'property') return undefined;
  const { id = '' } = attributes;
  const items = [...part.children.filter((child) => child.tag !== 'property'), ...(part.items ?? [])];
  if (tag === 'population') {
    const { component = '', size = String(items.length) } = attributes;
    const own = { id, component, size: Number(size), ...propertiesOf(part) };
    const places = items.map(({ children: [location] }) => location?.attributes ?? {});
    const table = tableOf(
      places.map(({ x, y, z }) => [x, y, z].map(Number)),
      ['x', 'y', 'z'],
    );
    return { ...(table ? { [id]: table } : {}), [groupAttributes]: own };
  }
  const isProjection = ['projection', 'electricalProjection', 'continuousProjection'].includes(tag);
  if (!isProjection && tag !== 'inputList') return `a network in HDF5 has no place for ${tag}`;
  const [first] = items;
  const ofAll = Object.entries(first?.attributes ?? {}).filter(([key]) => shared.has(key) && key !== 'destination');
  // Without a column of them, ids are the numbers of the rows.
  const ids = items.every(({ attributes: own }, row) => own['id'] === String(row)) ? [] : ['id'];
  const names = [...ids, ...Object.keys(first?.attributes ?? {}).filter((key) => Object.hasOwn(columns, key))];
  for (const { attributes: own } of items) {
    if (Object.keys(own).some((key) => key !== 'id' && !shared.has(key) && !names.includes(key)))
      return `a list in HDF5 has the same attributes in each row, unlike ${id}`;
    if (ofAll.some(([key, value]) => own[key] !== value)) return `a projection in HDF5 has one synapse, unlike ${id}`;
  }
  const rows = items.map(({ attributes: own }) => names.map((name) => numberIn(name, own[name] ?? '')));
  const table = tableOf(
    rows,
    names.map((name) => columns[name] ?? name),
  );
  return {
    ...(table ? { [id]: table } : {}),
    [groupAttributes]: { ...attributes, ...(isProjection ? { type: tag } : {}), ...Object.fromEntries(ofAll) },
  };
}

/** Returns the number of an attribute: the index in the path of a cell, a delay in ms, or a plain number. */
function numberIn(name: string, text: string): number {
  const path = /^\.\.\/\w+(?:\[(\d+)\]|\/(\d+)(?:\/|$))/.exec(text);
  if (path) return Number(path[1] ?? path[2]);
  const [, digits = text, unit = ''] = name === 'delay' ? (/^(\S*?)\s*(ms|us|s)$/.exec(text) ?? []) : [];
  const number = Number(digits);
  return unit === '' ? number : Number((number * (milliseconds[unit] ?? 1)).toPrecision(15));
}

/** Returns a table; undefined without rows. Numbers are in 32 bits if their shortest texts survive that. */
function tableOf(rows: readonly (readonly number[])[], names: readonly string[]): Hdf5Array | undefined {
  if (rows.length === 0) return undefined;
  const numbers = Float64Array.from(rows.flat());
  const isShort = numbers.every((number) => Number(Math.fround(number).toPrecision(7)) === number);
  return {
    array: isShort ? Float32Array.from(numbers) : numbers,
    shape: [rows.length, names.length],
    attributes: Object.fromEntries(names.map((name, k) => [`column_${k}`, name])),
  };
}
