/** Graphs of NIR as a notation. */

import type { NotationFacts } from '../shared/notation.js';

/** Names of graphs. */
export const nir = {
  title: 'a graph of NIR',
  names: ['nir'],
  form: 'hdf5',
  suffixes: ['.nir'],
} as const satisfies NotationFacts;
