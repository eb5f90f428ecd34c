/** NeuroML and LEMS documents, with the files that they include. */

import type { Diagnostics } from '../diagnostics/diagnostic.js';
import type { LemsModel } from '../../translators/neuroml/lems/definitions.js';
import { readLems } from '../../translators/neuroml/read.js';
import { includedFiles } from './included-files.js';
import type { Source } from './read-source.js';

/**
 * What a document in NeuroML or LEMS says.
 *
 * @param allowed  folders that it may include files from, besides its own repository
 * @returns null when it cannot be read
 * @throws UsageError when an allowed folder is none
 */
export function readMarkup(source: Source, allowed: readonly string[], diagnostics: Diagnostics): LemsModel | null {
  diagnostics.addAll(source.diagnostics ?? []);
  const { text, lists } = source;
  return readLems(lists ? { text, lists } : text, source.name, includedFiles(source.name, allowed), diagnostics);
}
