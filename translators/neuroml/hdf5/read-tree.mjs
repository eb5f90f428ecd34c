/**
 * A thread of its own that reads an HDF5 file, since the library can only be loaded asynchronously and models are read
 * at once.
 *
 * In: `workerData` with the path of the file, a port, and a flag in shared memory. Out: one message with the
 * group `/neuroml` as a tree of plain objects, or null where there is none, or what went wrong; then the flag is
 * raised.
 */
import { resolve } from 'node:path';
import { workerData } from 'node:worker_threads';

const { path, port, flag } = workerData;

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

/** What is not in the file itself is not read: it could be anything, such as a pipe that never ends. */
class OtherFile extends Error {}

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

function tree(object, name, Group, Dataset, depth) {
  const node = { name, attributes: attributes(object), groups: [], tables: [] };
  if (depth > 4) return node;
  for (const key of object.keys()) {
    const inner = object.get(key);
    if (inner instanceof Group) node.groups.push(tree(inner, key, Group, Dataset, depth + 1));
    else if (inner !== null && 'filename' in inner) throw new OtherFile();
    else if (inner instanceof Dataset && inner.metadata.virtual_sources) throw new OtherFile();
    else if (inner instanceof Dataset && inner.shape?.length === 2) {
      const single = inner.metadata.type === 1 && inner.metadata.size === 4;
      node.tables.push({
        name: key,
        attributes: attributes(inner),
        shape: inner.shape,
        single,
        values: Float64Array.from(inner.value, Number),
      });
    }
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
    const root = file.keys().includes('neuroml') ? file.get('neuroml') : null;
    if (root !== null && 'filename' in root) throw new OtherFile();
    message = { tree: root instanceof h5.Group ? tree(root, 'neuroml', h5.Group, h5.Dataset, 0) : null };
  } finally {
    file.close();
  }
} catch (error) {
  // What the library says is about its own source text.
  message = {
    refused:
      error instanceof OtherFile
        ? 'a part of it lies in another file or dataset'
        : 'it is damaged, cut off, or in several files',
  };
}
port.postMessage(message);
Atomics.store(flag, 0, 1);
Atomics.notify(flag, 0);
