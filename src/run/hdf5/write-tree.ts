/** HDF5 files from trees of plain data. */

import { hdf5File } from '#hdf5';
import type { Group } from 'h5wasm';
import type { NirArray, NirTree } from '../../../translators/nir/export.js';

/** Returns the bytes of an HDF5 file with these groups and datasets. */
export const hdf5Bytes = (tree: NirTree): Promise<Uint8Array> => hdf5File((file) => fill(file, tree));

function fill(group: Group, tree: NirTree): void {
  for (const [name, value] of Object.entries(tree)) {
    if (typeof value === 'string') group.create_dataset({ name, data: value });
    else if (isArray(value)) {
      const { array } = value;
      const isText = !ArrayBuffer.isView(array);
      const dtype = isText ? 'S' : array instanceof BigInt64Array ? '<q' : '<d';
      group.create_dataset({ name, data: isText ? [...array] : array, shape: [...value.shape], dtype });
    } else fill(group.create_group(name), value);
  }
}

const isArray = (value: NirTree | NirArray): value is NirArray =>
  Array.isArray(value['shape']) && typeof value['array'] === 'object';
