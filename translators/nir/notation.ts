/** Graphs of NIR as a notation. */

import type { NotationFacts } from '../shared/notation.js';

/** Names of graphs. */
export const nir = {
  title: 'a graph of NIR',
  names: ['nir'],
  form: 'hdf5',
  suffixes: ['.nir'],
  targets: {
    nir: {
      title: 'NIR',
      files: { called: 'a graph of NIR', suffixes: ['.nir'] },
      subject: 'nir',
      origin: 'none',
      notRun: {
        ofSpikes: true,
        reason: 'a graph of NIR states no inputs: run it with --input',
        refusal: 'a graph of NIR is checked by running it',
        hint: 'leave out --check and --with, and run the graph with --input',
      },
    },
  },
} as const satisfies NotationFacts;
