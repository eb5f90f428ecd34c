/** How models in NESTML are read and written. */

import { withSettings, type Road } from '../shared/notation.js';
import { importNestml, withNamedModels } from './import.js';

/** Readers and writers. */
export const nestml = {
  text: (text, reading) => withSettings(importNestml(reading.path, text, reading.diagnostics), reading),
  named: (document, positions, { diagnostics, path, text }) =>
    withNamedModels(document, positions, diagnostics, path, text),
  write: { nestml: async (...given) => (await import('./write.js')).models(...given) },
} satisfies Road;
