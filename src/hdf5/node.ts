/** HDF5 files on disk. */

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { File } from 'h5wasm';
import { withClock } from '../../runtime/results/nwb/clock.js';
import { loadH5 } from '../../runtime/results/nwb/h5.js';
import { defaultDate } from '../../runtime/results/result.js';
import { temporaryFolder } from '../platform/temporary-folder.js';

export { readHdf5Tree } from './read-tree.js';

let scratch: string | undefined;

/** Returns a folder that the process keeps to its end: to remove one takes longer than to write a small file. */
function scratchFolder(): string {
  if (scratch !== undefined && existsSync(scratch)) return scratch;
  const folder = temporaryFolder('hdf5');
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return (scratch = folder);
}

/** Returns the bytes of a file with the content that `fill` gives it. Equal contents give equal bytes. */
export async function hdf5File(fill: (file: File) => void): Promise<Uint8Array> {
  const h5 = await loadH5();
  const path = join(scratchFolder(), 'file.h5');
  try {
    withClock(Date.parse(defaultDate), () => {
      const file = new h5.File(path, 'w');
      fill(file);
      file.close();
    });
    return readFileSync(path);
  } finally {
    rmSync(path, { force: true });
  }
}
