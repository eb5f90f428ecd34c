/** The finding on a model whose script no simulator of PyNN would run. */

import type { Finding } from '../../src/diagnostics/diagnostic.js';

/**
 * Returns the finding.
 *
 * @param parts  number of parts without a name in PyNN
 * @param isInNestml  whether NESTML can express them
 */
export const notPortable = (parts: number, isInNestml: boolean): Finding => ({
  code: 'pynn/not-portable',
  message: `PyNN has no names for ${parts === 1 ? 'a part' : `${parts} parts`} of the model: only interneuron's backend for PyNN would run the script`,
  expected: 'a model in the names of PyNN, whose scripts run on NEST and NEURON',
  hint: `${isInNestml ? 'use --to pynn-nestml for a script that NEST runs, or ' : ''}--backend interneuron to write it for interneuron's backend`,
});
