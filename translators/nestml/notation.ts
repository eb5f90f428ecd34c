/** Models in NESTML as a notation. */

import type { NotationFacts } from '../shared/notation.js';

/** Names of models. */
export const nestml = {
  title: 'a model in NESTML',
  names: ['nestml'],
  form: 'text',
  suffixes: ['.nestml'],
  comments: /#([^\n\r]*)|"""([\s\S]*?)"""/g,
  isOneCell: true,
} as const satisfies NotationFacts;
