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
  targets: {
    nestml: {
      title: 'NESTML',
      files: { called: 'NESTML files', suffixes: ['.nestml'] },
      subject: 'nestml',
      origin: 'none',
      keepsSetup: true,
      isPart: true,
      notRun: {
        reason: 'NESTML holds types of cells and synapses, which NEST runs in a network',
        refusal: 'NESTML holds types of cells and synapses, which NEST runs in a network',
        hint: 'leave out --check and --with, or use --to pynn-nestml for the whole model',
      },
      holdsTypes: true,
    },
  },
} as const satisfies NotationFacts;
