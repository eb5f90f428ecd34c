/** How mechanisms in NMODL are read and written. */

import { withSettings, type Road } from '../shared/notation.js';
import { importNmodl } from './import.js';
import { withNamedMechanisms } from './named-mechanisms.js';

/** Readers and writers. */
export const nmodl = {
  text: (text, reading) => withSettings(importNmodl(reading.path, text, reading.diagnostics, reading.text), reading),
  named: (document, positions, { diagnostics, path, text }) =>
    withNamedMechanisms(document, positions, diagnostics, path, text),
  write: { nmodl: async (...given) => (await import('./write.js')).mechanisms(...given) },
} satisfies Road;
