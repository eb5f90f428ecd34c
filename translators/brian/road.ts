/** How Brian-like specifications are read, and models are written for Brian. */

import { withSettings, type Road } from '../shared/notation.js';
import { importBrian } from './import.js';

/** Readers and writers. */
export const brian = {
  tree: (value, positions, reading) =>
    withSettings(importBrian(value, positions, reading.diagnostics, reading.text, reading.reportRest), reading),
  write: {
    brian: async (...given) => (await import('./write.js')).script(...given),
    'brian-json': async (...given) => (await import('./write.js')).specification(...given),
  },
} satisfies Road;
