/** HDF5 files from trees of plain data. */

import { hdf5File } from '#hdf5';
import type { Group } from 'h5wasm';
import { groupAttributes, type Hdf5Array, type Hdf5Tree } from '../../translators/shared/hdf5.js';

/**
 * Returns the bytes of an HDF5 file with these groups and datasets: equal trees give equal bytes.
 *
 * @param attributes  of the root
 */
export const hdf5Bytes = (
  tree: Hdf5Tree,
  attributes: Readonly<Record<string, Uint32Array>> = {},
): Promise<Uint8Array> =>
  hdf5File((file) => {
    for (const [name, numbers] of Object.entries(attributes))
      file.create_attribute(name, [...numbers], numbers.length === 1 ? [] : [numbers.length], '<I');
    fill(file, tree);
  });

function fill(group: Group, tree: Hdf5Tree): void {
  for (const [name, value] of Object.entries(tree[groupAttributes] ?? {}))
    if (typeof value === 'number') group.create_attribute(name, new BigInt64Array([BigInt(value)]), [], '<q');
    else addText(group, name, value);
  for (const [name, value] of Object.entries(tree)) {
    if (typeof value === 'string') group.create_dataset({ name, data: value });
    else if (isArray(value)) {
      const { array, shape, attributes = {} } = value;
      const data = ArrayBuffer.isView(array) ? array : [...array];
      const dataset = group.create_dataset({ name, data, shape: [...shape], dtype: typeOf(array) });
      for (const [key, text] of Object.entries(attributes)) addText(dataset, key, text);
    } else fill(group.create_group(name), value);
  }
}

const addText = (to: Pick<Group, 'create_attribute'>, name: string, text: string): void =>
  to.create_attribute(name, text, [], `S${Math.max(new TextEncoder().encode(text).length, 1)}`);

const typeOf = (array: Hdf5Array['array']): string => {
  if (array instanceof BigInt64Array) return '<q';
  if (array instanceof Uint32Array) return '<I';
  if (array instanceof Float32Array) return '<f';
  return ArrayBuffer.isView(array) ? '<d' : 'S';
};

const isArray = (value: Hdf5Tree | Hdf5Array): value is Hdf5Array =>
  Array.isArray(value['shape']) && typeof value['array'] === 'object';
