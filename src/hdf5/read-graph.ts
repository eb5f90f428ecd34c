/** Reads graphs of NIR, which are HDF5. */

import { isRefused } from '../diagnostics/system-error.js';
import { deepest } from '../../translators/nir/graph.js';
import type { Hdf5File } from '../../translators/shared/hdf5.js';
import { readHdf5Tree } from '#hdf5';

/** Reads the graph in a file, with links to other files in it. Returns null for other files, unless named `.nir`. */
export function readHdf5Graph(path: string): Hdf5File | null {
  // Groups of a nested graph are two levels below those of the graph around it. One more is too deep, and reported.
  const file = readHdf5Tree(path, ['node', 'version'], { deepest: 2 * deepest + 6, keepLinks: true });
  const isGraph = isRefused(file) || file.groups.some(({ name }) => name === 'node');
  return isGraph || /\.nir$/i.test(path) ? file : null;
}
