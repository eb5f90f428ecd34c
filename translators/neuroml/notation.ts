/** NeuroML and LEMS as a notation. */

import type { NotationFacts } from '../shared/notation.js';

const xml = {
  files: { called: 'an XML document', suffixes: ['.xml', '.nml'] },
  subject: 'lems',
  origin: 'inside',
  holdsTypes: true,
  runBy: ['jneuroml'],
  simulationPrefix: 'LEMS_',
} as const;

/** Names of documents; the root element tells NeuroML from LEMS. */
export const neuroml = {
  title: 'NeuroML or LEMS',
  names: ['neuroml', 'lems', 'nml'],
  form: 'markup',
  suffixes: ['.nml.h5'],
  sharedSuffixes: xml.files.suffixes,
  mark: /<(?:\w+:)?(?:neuroml|Lems)\b/,
  starter: { file: 'neuroml.xml', copy: 'LEMS_model.xml' },
  targets: {
    lems: { title: 'LEMS', ...xml, suffix: '.xml', suggested: 3 },
    neuroml: {
      title: 'NeuroML',
      ...xml,
      suffix: '.nml',
      // The network in HDF5.
      alsoNamed: /\.nml\.h5$/i,
      short: 'nml',
      whole: 'lems',
      splits: true,
      shown: 1,
    },
  },
} as const satisfies NotationFacts;
