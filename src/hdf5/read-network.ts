/** Converts networks of NeuroML in HDF5 to text in NeuroML, so that later stages read only one form. */

import { isRefused } from '../diagnostics/system-error.js';
import { networkText } from '../../translators/neuroml/hdf5/network-text.js';
import { readHdf5Tree } from '#hdf5';

/** The text; null if the file holds no NeuroML; or the reason why it cannot be read. */
type Hdf5Network = { readonly text: string } | { readonly refused: string } | null;

/** Reads a `.nml.h5` file. */
export function readHdf5Network(path: string): Hdf5Network {
  const file = readHdf5Tree(path, ['neuroml']);
  if (isRefused(file)) return file;
  const [root] = file.groups;
  return root ? { text: networkText(root) } : null;
}
