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
  targets: {
    nmodl: {
      title: 'NMODL',
      files: { called: 'files of NMODL', suffixes: ['.mod'] },
      short: 'mod',
      subject: 'nmodl',
      origin: 'none',
      keepsSetup: true,
      isPart: true,
      notRun: {
        reason: 'NMODL holds mechanisms, which a script of NEURON runs',
        refusal: 'NMODL holds mechanisms, which a script of NEURON runs',
        hint: 'leave out --check and --with; compile the files with nrnivmodl',
      },
    },
  },
} as const satisfies NotationFacts;
