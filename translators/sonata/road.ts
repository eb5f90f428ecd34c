/** How circuits of SONATA are read and written. */

import { withSettings, type Road } from '../shared/notation.js';
import { importSonata } from './import.js';

/** Readers and writers. */
export const sonata = {
  tree: (value, positions, reading) => {
    const read = importSonata(value, positions, reading.diagnostics, reading, reading.peers);
    return withSettings(read && { ...read, ...reading.named(read.document, read.positions) }, reading);
  },
  write: { sonata: async (...given) => (await import('./write.js')).circuit(...given) },
} satisfies Road;
