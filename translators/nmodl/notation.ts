/** Mechanisms in NMODL as a notation. */

import type { NotationFacts } from '../shared/notation.js';

/** Names of mechanisms. */
export const nmodl = {
  title: 'a mechanism in NMODL',
  names: ['nmodl', 'mod'],
  form: 'text',
  suffixes: ['.mod'],
  comments: /\bCOMMENT\b([\s\S]*?)\bENDCOMMENT\b|[:?]([^\n\r]*)/g,
  isOneCell: true,
} as const satisfies NotationFacts;
