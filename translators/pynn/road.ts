/** How PyNN-style JSON is read, and models are written for PyNN. */

import { withSettings, type Road } from '../shared/notation.js';
import { importPynn } from './import.js';

/** Readers and writers. */
export const pynn = {
  tree: (value, positions, reading) =>
    withSettings(importPynn(value, positions, reading.diagnostics, reading.text, reading.reportRest), reading),
  write: {
    pynn: async (...given) => (await import('./write.js')).script(...given),
    'pynn-nestml': async (...given) => (await import('./write.js')).nestmlScript(...given),
    'pynn-json': async (...given) => (await import('./write.js')).document(...given),
  },
} satisfies Road;
