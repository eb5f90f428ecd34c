/** HDF5 files as trees of plain data (`translators/shared/hdf5.ts`), for the thread of Node and for browsers. */

import { withHalves } from '../platform/half.mjs';

/** Most groups and datasets that are read: hard links may contain each other. */
const mostMembers = 100_000;

/** Returns a text without halves of characters, which the library makes of bytes that are not UTF-8. */
const wellFormed = (value) => String(value).toWellFormed();

/** Checks whether an attribute or a dataset has numbers of 16 bits. */
const isHalf = ({ type, size }) => type === 1 && size === 2;
/** Checks whether it has floating-point numbers that the library cannot read, such as those of 80 bits. */
const isUnread = ({ type, size }) => type === 1 && ![2, 4, 8].includes(size);

/** Text of an attribute, whatever length and form it was stored in. */
function attributes(object) {
  const found = {};
  for (const name of Object.keys(object.attrs)) {
    const { metadata } = object.attrs[name];
    if (isUnread(metadata) || isHalf(metadata)) continue;
    let { value } = object.attrs[name];
    if (Array.isArray(value) && value.length === 1) [value] = value;
    if (value instanceof Uint8Array) value = new TextDecoder().decode(value);
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
      found[wellFormed(name)] = wellFormed(value);
    else if (ArrayBuffer.isView(value) && value.length === 1) found[wellFormed(name)] = String(value[0]);
  }
  return found;
}

/** Data outside the file itself is not read: it could be anything, such as a pipe that never ends. */
class OtherFile extends Error {}
class TooMany extends Error {}

/** Numbers as doubles. Integers of 64 bits are put together from their halves, which is quicker than from BigInts. */
function doubles(value, buffers) {
  let numbers;
  if (value instanceof BigInt64Array || value instanceof BigUint64Array) {
    const low = new Uint32Array(value.buffer, value.byteOffset, 2 * value.length);
    const high =
      value instanceof BigInt64Array ? new Int32Array(value.buffer, value.byteOffset, 2 * value.length) : low;
    numbers = new Float64Array(value.length);
    for (let k = 0; k < value.length; k++) numbers[k] = low[2 * k] + high[2 * k + 1] * 4294967296;
  } else if (ArrayBuffer.isView(value)) numbers = Float64Array.from(value);
  else numbers = Float64Array.of(Number(value));
  buffers.push(numbers.buffer);
  return numbers;
}

/** HDF5's classes of types: integers, floating-point numbers, texts, enumerations. */
const kinds = { 0: 'integer', 1: 'double', 3: 'text', 8: 'integer' };

function table(dataset, name, buffers) {
  const { metadata, shape } = dataset;
  const isSingle = metadata.type === 1 && metadata.size <= 4;
  const type = isUnread(metadata) ? 'other' : isSingle ? 'single' : (kinds[metadata.type] ?? 'other');
  const node = { name, attributes: attributes(dataset), shape: shape ?? [], type, values: new Float64Array(0) };
  if (type === 'other' || shape === null || metadata.total_size === 0)
    return type === 'text' ? { ...node, texts: [] } : node;
  const value = withHalves(dataset, (whole) => whole.value);
  if (type === 'text') return { ...node, texts: [value].flat().map(wellFormed) };
  return { ...node, values: doubles(value, buffers) };
}

/** Returns a member of a group; undefined for a member in another file. */
function memberOf(group, key, Dataset, keepLinks) {
  const inner = group.get(key);
  const isElsewhere =
    inner !== null && ('filename' in inner || (inner instanceof Dataset && inner.metadata.virtual_sources));
  if (isElsewhere && !keepLinks) throw new OtherFile();
  return isElsewhere ? undefined : inner;
}

function tree(object, name, reading, depth) {
  const { only, without, deepest, keepLinks, Group, Dataset, buffers } = reading;
  const node = { name, attributes: attributes(object), groups: [], tables: [] };
  if (depth > deepest) return node;
  for (const key of object.keys()) {
    if (without.includes(key) || (depth === 0 && !only.includes(key))) continue;
    if (++reading.members > mostMembers) throw new TooMany();
    const inner = memberOf(object, key, Dataset, keepLinks);
    const called = wellFormed(key);
    if (inner === undefined)
      node.tables.push({ name: called, attributes: {}, shape: [], type: 'elsewhere', values: new Float64Array(0) });
    else if (inner instanceof Group) node.groups.push(tree(inner, called, reading, depth + 1));
    else if (inner instanceof Dataset) node.tables.push(table(inner, called, buffers));
  }
  return node;
}

/**
 * Returns the tree of a file, or the reason why it cannot be read.
 *
 * @param open  opens the file
 * @param request  names of the root's members to read, names of groups to leave out, the deepest level of groups to
 *   read, and whether links to other files are members of the tree rather than a reason to refuse the file
 * @param buffers  receives the buffers of all numbers
 */
export function treeOf(open, { Group, Dataset }, request, buffers = []) {
  try {
    const file = open();
    try {
      return tree(file, '', { ...request, Group, Dataset, buffers, members: 0 }, 0);
    } finally {
      file.close();
    }
  } catch (error) {
    // The library's own messages are about its source text.
    return {
      refused:
        error instanceof OtherFile
          ? 'a part of it lies in another file or dataset'
          : error instanceof TooMany
            ? `it has more than ${mostMembers} groups and datasets`
            : 'it is damaged, cut off, or in several files',
    };
  }
}
