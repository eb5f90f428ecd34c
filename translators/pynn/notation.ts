/** PyNN-style JSON as a notation. */

import { json, script } from '../shared/file-kinds.js';
import type { NotationFacts } from '../shared/notation.js';
import { notPortable } from './not-portable.js';

/** Names and marks of documents. */
export const pynn = {
  title: 'PyNN-style JSON',
  names: ['pynn', 'pynn-json'],
  form: 'tree',
  sharedSuffixes: json.suffixes,
  format: 'interneuron/pynn',
  heading: { format: 'interneuron/pynn' },
  connections: 'projections',
  fileUnits: 'mV, nA, ms',
  schema: 'pynn',
  starter: { file: 'pynn.json', copy: 'model.json' },
  targets: {
    pynn: {
      title: 'PyNN',
      files: script,
      subject: 'pynn',
      origin: 'beside',
      document: 'pynn-json',
      keepsSpikesBetweenSteps: true,
      runBy: ['nest', 'neuron'],
      witness: {
        begin: 'from pyNN.utility import get_simulator\n\nsim, options = get_simulator()',
        last: 'sim.end()',
        replaced: [
          [/^sim, options = .*$|^sim\.end\(\)$/s, ''],
          [
            /^(\w+)\.write_data\(.*$/s,
            'data = $1.get_data().segments[0]\n' +
              'spike_times.append([round(float(t), 4) for t in data.spiketrains[0]])\n' +
              'values.append(data.analogsignals[0].magnitude[:, 0].tolist())',
          ],
        ],
      },
      onlyHere: {
        parts: 'pynn/native',
        reasons: 'pynn/why-native',
        instead: 'pynn-nestml',
        finding: notPortable,
      },
    },
    'pynn-nestml': {
      title: 'PyNN with NESTML',
      files: script,
      subject: 'pynn',
      origin: 'beside',
      document: 'pynn-json',
      runBy: ['nest'],
      suggested: 1,
    },
    'pynn-json': {
      title: 'PyNN',
      files: json,
      subject: 'pynn',
      origin: 'inside',
      keepsSetup: true,
      runBy: ['nest', 'neuron'],
    },
  },
} as const satisfies NotationFacts;
