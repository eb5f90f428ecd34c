/** How documents of NeuroML and LEMS are read and written. */

import type { LoadedMarkup, MarkupModel, MarkupPart, Road } from '../shared/notation.js';
import type { IncludeHost } from '../shared/include-host.js';
import { coreFileNames } from './core-types.js';
import { networkText } from './hdf5/network-text.js';
import { importNeuroML, type Part } from './import.js';
import type { LemsModel } from './lems/definitions.js';
import { isModelText, loadDocuments, type LoadedDocuments } from './load.js';
import { addContent, originIn, withOrigin } from './origin.js';
import { partsOf } from './parts.js';
import { readDocuments } from './read.js';

/** Returns a part of documents; absent: the target of their run. */
const partOf = (lems: LemsModel, part?: Part): MarkupPart => ({
  isWhole: !part?.around,
  read: (diagnostics) => importNeuroML(lems, diagnostics, part),
});

const modelOf = (lems: LemsModel): MarkupModel => ({
  ...partOf(lems),
  hasRun: lems.target !== null,
  parts: (document) => partsOf(lems, document).map((part) => partOf(lems, part)),
});

function loaded(documents: LoadedDocuments, host: IncludeHost): LoadedMarkup {
  const { root, annotation } = documents;
  return {
    place: root.place,
    ...(annotation ? { carried: { place: annotation.place, origin: originIn(annotation) } } : {}),
    digest: (hash) => addContent(hash, documents),
    withOrigin: (text, origin) => withOrigin(text, documents, origin),
    read: (diagnostics) => modelOf(readDocuments(documents, host, diagnostics)),
  };
}

/** Elements of NeuroML and LEMS that only hold others. */
const wrappers: ReadonlySet<string> = new Set([
  'neuroml',
  'Lems',
  'network',
  'biophysicalProperties',
  'membraneProperties',
  'intracellularProperties',
  'morphology',
  'Dynamics',
]);

/** Readers and writers. */
export const neuroml = {
  markup: {
    load: (text, name, host, diagnostics) => {
      const documents = loadDocuments(text, name, host, diagnostics);
      return documents && loaded(documents, host);
    },
    begins: isModelText,
    ownFiles: coreFileNames,
    wrappers,
  },
  hdf5: {
    named: /\.h5$/i,
    members: ['neuroml'],
    holds: ({ groups }) => groups.length > 0,
    text: ({ groups: [root] }) => (root ? networkText(root) : ''),
  },
  write: {
    lems: async (...given) => (await import('./write.js')).document(...given),
    neuroml: async (...given) => (await import('./write.js')).document(...given),
  },
} satisfies Road;
