/** How models in NESTML are read. */

import { withSettings, type Road } from '../shared/notation.js';
import { importNestml, withNamedModels } from './import.js';

/** Readers and writers. */
export const nestml: Road = {
  text: (text, reading) => withSettings(importNestml(reading.path, text, reading.diagnostics), reading),
  named: (document, positions, { diagnostics, path, text }) =>
    withNamedModels(document, positions, diagnostics, path, text),
};
