/** How graphs of NIR are read and written. */

import type { Road } from '../shared/notation.js';
import { deepest } from './graph.js';
import { importNir } from './import.js';
import { keepGraph } from './kept-graph.js';

/** Readers and writers. */
export const nir = {
  hdf5: {
    named: /\.(?:h5|nir)$/i,
    members: ['node', 'version'],
    // Groups of a nested graph are two levels below those of the graph around it. One more is too deep, and reported.
    deepest: 2 * deepest + 6,
    keepLinks: true,
    holds: ({ groups }, path) => groups.some(({ name }) => name === 'node') || /\.nir$/i.test(path),
    read: (root, reading) => importNir(root, reading.path, reading.diagnostics, { ...reading, keep: keepGraph }),
  },
  write: { nir: async (...given) => (await import('./write.js')).graph(...given) },
} satisfies Road;
