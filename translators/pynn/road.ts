/** How PyNN-style JSON is read, and models are written for PyNN. */

import { withSettings, type Road } from '../shared/notation.js';
import { importPynn } from './import.js';
import { withNamedTypes } from './native/named-types.js';

/** Readers and writers. */
export const pynn = {
  tree: (value, positions, reading) => {
    const own = withNamedTypes(value, positions, reading);
    const read = importPynn(own.document, own.positions, reading.diagnostics, reading.text, reading.reportRest);
    return withSettings(read, reading);
  },
  write: {
    pynn: async (...given) => (await import('./write.js')).script(...given),
    'pynn-nestml': async (...given) => (await import('./write.js')).nestmlScript(...given),
    'pynn-json': async (...given) => (await import('./write.js')).document(...given),
  },
} satisfies Road;
