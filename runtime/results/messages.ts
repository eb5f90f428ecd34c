/** Findings of the readers of results. */

import type { Finding } from '../../src/diagnostics/diagnostic.js';

/** The catalogue; each entry returns a diagnostic without its place. */
export const messages = {
  damaged: (path: string, why: string): Finding => ({
    code: 'verify/damaged',
    message: `${path} is not as interneuron wrote it: ${why}`,
    hint: 'run the model again, or obtain the original file',
  }),
} as const;
