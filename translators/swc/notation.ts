/** Shapes of cells in SWC as a notation. */

import type { NotationFacts } from '../shared/notation.js';

/** Names of shapes. */
export const swc = {
  title: 'a shape in SWC',
  names: ['swc'],
  form: 'text',
  suffixes: ['.swc'],
} as const satisfies NotationFacts;
