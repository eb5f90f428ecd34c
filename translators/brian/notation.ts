/** Brian-like specifications as a notation. */

import { json, script } from '../shared/file-kinds.js';
import type { NotationFacts } from '../shared/notation.js';

/** Names and marks of specifications. */
export const brian = {
  title: 'a Brian-like specification',
  names: ['brian', 'brian-json'],
  form: 'tree',
  sharedSuffixes: json.suffixes,
  format: 'interneuron/brian',
  heading: { format: 'interneuron/brian' },
  connections: 'synapses',
  lists: 'i-j',
  constants: 'namespace',
  schema: 'brian',
  starter: { file: 'brian.yaml', copy: 'model.yaml' },
  targets: {
    brian: {
      title: 'Brian',
      files: script,
      subject: 'brian',
      origin: 'beside',
      document: 'brian-json',
      runBy: ['brian2'],
      witness: {
        begin: 'from brian2 import *\n\nprefs.codegen.target = "numpy"',
        first: 'start_scope()',
        last:
          'spike_times.append([round(float(t / ms), 4) for t in spikes.t])\n' +
          'values.append([float(value) for value in getattr(states, states.record_variables[0])[0]])',
        replaced: [],
      },
      suggested: 2,
      shown: 2,
    },
    'brian-json': {
      title: 'the Brian-like specification',
      files: json,
      subject: 'brian',
      origin: 'inside',
      runBy: ['brian2'],
    },
  },
} as const satisfies NotationFacts;
