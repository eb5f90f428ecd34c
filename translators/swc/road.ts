/** How shapes of cells are read, as documents of markup, and written. */

import type { Road } from '../shared/notation.js';
import { describeInSwc } from './export.js';
import { readSwc } from './import.js';

/** Readers and writers. */
export const swc = {
  asMarkup: readSwc,
  write: { swc: async (...given) => (await import('./write.js')).shapes(...given) },
  describe: describeInSwc,
} satisfies Road;
