/**
 * A thread of its own that reads an HDF5 file, since the library can only be loaded asynchronously and models are read
 * at once.
 *
 * In: `workerData` with the path of the file, a port, and a flag in shared memory. Out: one message with the
 * group `/neuroml` as a tree of plain objects, or null where there is none, or what went wrong; then the flag is
 * raised.
 */
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

function tree(object, name, Group, Dataset, depth) {
  const node = { name, attributes: attributes(object), groups: [], tables: [] };
  if (depth > 4) return node;
  for (const key of object.keys()) {
    const inner = object.get(key);
    if (inner instanceof Group) node.groups.push(tree(inner, key, Group, Dataset, depth + 1));
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
  (await h5.ready).activate_throwing_error_handler();
  const file = new h5.File(path, 'r');
  try {
    const root = file.keys().includes('neuroml') ? file.get('neuroml') : null;
    message = { tree: root instanceof h5.Group ? tree(root, 'neuroml', h5.Group, h5.Dataset, 0) : null };
  } finally {
    file.close();
  }
} catch {
  // What the library says is about its own source text.
  message = { refused: 'it is damaged, or cut off' };
}
port.postMessage(message);
Atomics.store(flag, 0, 1);
Atomics.notify(flag, 0);
