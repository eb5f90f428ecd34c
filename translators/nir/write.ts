/** Writes models as graphs in HDF5. */

import { written, type Writer } from '../shared/writing.js';
import { exportNir } from './export.js';

/** Writes a graph. */
export const graph: Writer = async (valid, { name, hdf5Bytes }) => {
  const { tree, report } = exportNir(valid);
  return written(tree === null ? [] : [{ name, text: '', bytes: await hdf5Bytes(tree) }], { report });
};
