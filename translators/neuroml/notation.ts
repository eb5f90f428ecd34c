/** NeuroML and LEMS as a notation. */

import type { NotationFacts } from '../shared/notation.js';

/** Names of documents; the root element tells NeuroML from LEMS. */
export const neuroml = {
  title: 'NeuroML or LEMS',
  names: ['neuroml', 'lems', 'nml'],
  form: 'markup',
} as const satisfies NotationFacts;
