/** Shapes of cells in SWC as a notation. */

import type { NotationFacts } from '../shared/notation.js';

/** Names of shapes. */
export const swc = {
  title: 'a shape in SWC',
  names: ['swc'],
  form: 'text',
  suffixes: ['.swc'],
  picture: 'morphology',
  targets: {
    swc: {
      title: 'SWC',
      files: { called: 'SWC files', suffixes: ['.swc'] },
      subject: 'swc',
      origin: 'none',
      keepsSetup: true,
      isPart: true,
      describes: true,
      notRun: {
        reason: 'SWC holds shapes of cells, which cannot be run',
        refusal: 'SWC holds shapes of cells, which cannot be run',
        hint: 'leave out --check and --with',
      },
    },
  },
} as const satisfies NotationFacts;
