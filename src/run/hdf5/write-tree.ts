/** HDF5 files from trees of plain data. */

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Group } from 'h5wasm';
import type { NirArray, NirTree } from '../../../translators/nir/export.js';
import { loadH5 } from '../../../runtime/results/nwb/h5.js';
import { temporaryFolder } from '../../../runtime/results/temporary-folder.js';

/** Returns the bytes of an HDF5 file with these groups and datasets. */
export async function hdf5Bytes(tree: NirTree): Promise<Uint8Array> {
  const h5 = await loadH5();
  const folder = temporaryFolder('hdf5');
  const path = join(folder, 'graph.h5');
  try {
    const file = new h5.File(path, 'w');
    fill(file, tree);
    file.close();
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

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
