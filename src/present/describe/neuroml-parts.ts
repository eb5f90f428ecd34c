/** Documents of NeuroML as components, for their tables and curves. */

import type { LemsModel } from '../../../translators/neuroml/lems/definitions.js';
import { Diagnostics, type Diagnostic } from '../../diagnostics/diagnostic.js';
import { readLems } from '../../../translators/neuroml/read.js';
import { filesAround } from '../../pipeline/read/read-markup.js';
import type { Source } from '../../pipeline/read/read-source.js';
import { isMarkup } from '../../pipeline/read/recognise.js';

/** The components of a document, and what was found on reading it. */
export interface NeuromlParts {
  readonly lems: LemsModel;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Returns the components of a document and its inclusions; undefined for other notations.
 *
 * @param allowed  further folders that it may include files from
 * @throws DiagnosticError for a document with mistakes
 */
export function neuromlParts(source: Source, allowed: readonly string[] = []): NeuromlParts | undefined {
  if (!isMarkup(source.text)) return undefined;
  const diagnostics = new Diagnostics();
  diagnostics.addAll(source.diagnostics ?? []);
  const lems = readLems(source.text, source.name, filesAround(source, { allowPaths: allowed }), diagnostics);
  diagnostics.throwIfErrors();
  return lems ? { lems, diagnostics: diagnostics.list } : undefined;
}
