/** Findings of the readers of results. */

import { finding } from '../../src/diagnostics/finding.js';

/** The catalogue; each entry returns a diagnostic without its place. */
export const messages = {
  damaged: (path: string, why: string) => finding`verify/damaged: ${path} is not as interneuron wrote it: ${why}
    hint: run the model again, or obtain the original file`,
} as const;
