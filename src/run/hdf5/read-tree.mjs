/**
 * A separate thread that reads an HDF5 file, since the library only loads asynchronously and models are read
 * synchronously.
 *
 * Input is `workerData`: the path of the file, a port, a flag in shared memory, names of the root's members to read,
 * names of groups to leave out, the deepest level of groups to read, and whether links to other files are members of
 * the tree rather than a reason to refuse the file. Output is one message with the tree (`translators/shared/hdf5.ts`) or with the
 * error; then the flag is raised.
 */
import { resolve } from 'node:path';
import { workerData } from 'node:worker_threads';

const { path, only, without, deepest, keepLinks, port, flag } = workerData;

/** Most groups and datasets that are read: hard links may contain each other. */
const mostMembers = 100_000;
let members = 0;

/** Text of an attribute, whatever length and form it was stored in. */
function attributes(object) {
  const found = {};
  for (const name of Object.keys(object.attrs)) {
    let { value } = object.attrs[name];
    if (Array.isArray(value) && value.length === 1) [value] = value;
    if (value instanceof Uint8Array) value = new TextDecoder().decode(value);
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
      found[name] = String(value);
    else if (ArrayBuffer.isView(value) && value.length === 1) found[name] = String(value[0]);
  }
  return found;
}

/** Data outside the file itself is not read: it could be anything, such as a pipe that never ends. */
class OtherFile extends Error {}
class TooMany extends Error {}

/** Hides all files from the library but the one that `action` opens. */
function openAlone(system, action) {
  const { open } = system;
  let hidden = false;
  system.open = (file, flags, ...rest) => {
    // The library makes new files for the texts of its errors (O_EXCL); others are not there (ENOENT).
    if ((flags & 0x80) !== 0 || (!hidden && resolve(file) === resolve(path))) return open(file, flags, ...rest);
    throw new system.ErrnoError(44);
  };
  try {
    return action();
  } finally {
    hidden = true;
  }
}

const buffers = [];

/** Numbers as doubles. Integers of 64 bits are put together from their halves, which is quicker than from BigInts. */
function doubles(value) {
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

function table(dataset, name) {
  const { metadata, shape } = dataset;
  const isSingle = metadata.type === 1 && metadata.size === 4;
  const type = isSingle ? 'single' : (kinds[metadata.type] ?? 'other');
  const node = { name, attributes: attributes(dataset), shape: shape ?? [], type, values: new Float64Array(0) };
  if (type === 'other' || shape === null || metadata.total_size === 0)
    return type === 'text' ? { ...node, texts: [] } : node;
  const { value } = dataset;
  if (type === 'text') return { ...node, texts: [value].flat().map(String) };
  return { ...node, values: doubles(value) };
}

/** Returns a member of a group; undefined for a member in another file. */
function memberOf(group, key, Dataset) {
  const inner = group.get(key);
  const isElsewhere =
    inner !== null && ('filename' in inner || (inner instanceof Dataset && inner.metadata.virtual_sources));
  if (isElsewhere && !keepLinks) throw new OtherFile();
  return isElsewhere ? undefined : inner;
}

function tree(object, name, { Group, Dataset }, depth) {
  const node = { name, attributes: attributes(object), groups: [], tables: [] };
  if (depth > deepest) return node;
  for (const key of object.keys()) {
    if (without.includes(key) || (depth === 0 && !only.includes(key))) continue;
    if (++members > mostMembers) throw new TooMany();
    const inner = memberOf(object, key, Dataset);
    if (inner === undefined)
      node.tables.push({ name: key, attributes: {}, shape: [], type: 'elsewhere', values: new Float64Array(0) });
    else if (inner instanceof Group) node.groups.push(tree(inner, key, { Group, Dataset }, depth + 1));
    else if (inner instanceof Dataset) node.tables.push(table(inner, key));
  }
  return node;
}

let message;
try {
  const { default: h5 } = await import('h5wasm/node');
  // Without this, errors are printed rather than thrown.
  const module = await h5.ready;
  module.activate_throwing_error_handler();
  const file = openAlone(module.FS, () => new h5.File(path, 'r'));
  try {
    message = tree(file, '', h5, 0);
  } finally {
    file.close();
  }
} catch (error) {
  // The library's own messages are about its source text.
  message = {
    refused:
      error instanceof OtherFile
        ? 'a part of it lies in another file or dataset'
        : error instanceof TooMany
          ? `it has more than ${mostMembers} groups and datasets`
          : 'it is damaged, cut off, or in several files',
  };
}
port.postMessage(message, buffers);
Atomics.store(flag, 0, 1);
Atomics.notify(flag, 0);
