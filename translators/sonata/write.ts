/** Writes models as circuits, in a folder of files. */

import { written, type ConvertedFile, type Writer } from '../shared/writing.js';
import { exportSonata, rootAttributes } from './export.js';

/** Writes a circuit with a simulation of it. */
export const circuit: Writer = async (valid, { draw, functions, afterPass, hdf5Bytes }) => {
  const { files, ...made } = await exportSonata(valid, { draw, functions, afterPass });
  const all: ConvertedFile[] = [];
  for (const file of files)
    all.push('text' in file ? file : { name: file.name, text: '', bytes: await hdf5Bytes(file.tree, rootAttributes) });
  return written(all, made);
};
