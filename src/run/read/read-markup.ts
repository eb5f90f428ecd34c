/** NeuroML and LEMS documents, with the files that they include. */

import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import type { LemsHost } from '../../../translators/neuroml/host.js';
import type { LemsModel } from '../../../translators/neuroml/lems/definitions.js';
import { loadDocuments, type LoadedDocuments } from '../../../translators/neuroml/load.js';
import { readDocuments } from '../../../translators/neuroml/read.js';
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
 * @param allowed  folders that it may include files from, besides its own repository
 * @returns null if it cannot be read
 * @throws UsageError if an allowed folder is not a folder
 */
export function loadMarkup(source: Source, allowed: readonly string[], diagnostics: Diagnostics): Markup | null {
  diagnostics.addAll(source.diagnostics ?? []);
  const { text, lists, host = includedFiles(source.name, allowed) } = source;
  const documents = loadDocuments(lists ? { text, lists } : text, source.name, host, diagnostics);
  return documents && { documents, host };
}

/** Returns the model that the elements of documents define. */
export const readMarkup = ({ documents, host }: Markup, diagnostics: Diagnostics): LemsModel =>
  readDocuments(documents, host, diagnostics);
