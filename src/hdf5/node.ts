/** HDF5 files on disk. */

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { File } from 'h5wasm';
import { withClock } from '../../runtime/results/nwb/clock.js';
import { loadH5 } from '../../runtime/results/nwb/h5.js';
import { defaultDate } from '../../runtime/results/result.js';
import { temporaryFolder } from '../../runtime/results/temporary-folder.js';

export { readHdf5Tree } from './read-tree.js';

/** Returns the bytes of a file with the content that `fill` gives it. Equal contents give equal bytes. */
export async function hdf5File(fill: (file: File) => void): Promise<Uint8Array> {
  const h5 = await loadH5();
  const folder = temporaryFolder('hdf5');
  const path = join(folder, 'file.h5');
  try {
    withClock(Date.parse(defaultDate), () => {
      const file = new h5.File(path, 'w');
      fill(file);
      file.close();
    });
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
