/** NeuroML and LEMS documents, with the files that they include. */

import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import type { LemsHost } from '../../../translators/neuroml/host.js';
import type { LemsModel } from '../../../translators/neuroml/lems/definitions.js';
import { loadDocuments, type LoadedDocuments } from '../../../translators/neuroml/load.js';
import { readDocuments } from '../../../translators/neuroml/read.js';
import type { ImportOptions } from './import-options.js';
import { includedFiles } from './included-files.js';
import type { Source } from './read-source.js';

/** A document with the files that it includes, as elements. */
export interface Markup {
  readonly documents: LoadedDocuments;
  readonly host: LemsHost;
}

/**
 * Reads a document in NeuroML or LEMS, with the files that it includes, as elements.
 *
 * @param allowPaths  folders that it may include files from, besides its own folder or repository
 * @returns null if it cannot be read
 * @throws UsageError if an allowed folder is not a folder
 */
export function loadMarkup(
  source: Source,
  { allowPaths = [], onFile }: Pick<ImportOptions, 'allowPaths' | 'onFile'>,
  diagnostics: Diagnostics,
): Markup | null {
  diagnostics.addAll(source.diagnostics ?? []);
  const { text, host: files = includedFiles(source.name, allowPaths) } = source;
  const host = onFile ? observed(files, onFile) : files;
  const documents = loadDocuments(text, source.name, host, diagnostics);
  return documents && { documents, host };
}

/** Returns the same files, and reports the path of each that is read. */
const observed = (host: LemsHost, onFile: (path: string) => void): LemsHost => ({
  ...host,
  read: (path) => {
    onFile(path);
    return host.read(path);
  },
});

/** Returns the model that the elements of documents define. */
export const readMarkup = ({ documents, host }: Markup, diagnostics: Diagnostics): LemsModel =>
  readDocuments(documents, host, diagnostics);
