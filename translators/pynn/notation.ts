/** PyNN-style JSON as a notation. */

import type { NotationFacts } from '../shared/notation.js';

/** Names and marks of documents. */
export const pynn = {
  title: 'PyNN-style JSON',
  names: ['pynn', 'pynn-json'],
  form: 'tree',
  format: 'interneuron/pynn',
  heading: { format: 'interneuron/pynn' },
  connections: 'projections',
  fileUnits: 'mV, nA, ms',
} as const satisfies NotationFacts;
