/** Brian-like specifications as a notation. */

import type { NotationFacts } from '../shared/notation.js';

/** Names and marks of specifications. */
export const brian = {
  title: 'a Brian-like specification',
  names: ['brian', 'brian-json'],
  form: 'tree',
  format: 'interneuron/brian',
  heading: { format: 'interneuron/brian' },
  connections: 'synapses',
  lists: 'i-j',
  constants: 'namespace',
} as const satisfies NotationFacts;
