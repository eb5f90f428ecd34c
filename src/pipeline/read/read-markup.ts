/** Documents of markup, with the files that they include. */

import type { AsMarkup, LoadedMarkup, MarkupModel } from '../../../translators/shared/notation.js';
import type { IncludeHost } from '../../../translators/shared/include-host.js';
import type { Diagnostics, Place } from '../../diagnostics/diagnostic.js';
import { roadOf } from '../roads.js';
import type { ImportOptions } from './import-options.js';
import { includedFiles } from './included-files.js';
import { markupNotation } from './notation.js';
import type { Source } from './read-source.js';

/** Folders with files that a document may include; and a function that is called with the path of each file. */
type IncludeOptions = Pick<ImportOptions, 'allowPaths' | 'onFile'>;

/**
 * Reads a document of markup, with the files that it includes, as elements.
 *
 * @returns null if it cannot be read
 * @throws UsageError if an allowed folder is not a folder
 */
export function loadMarkup(source: Source, options: IncludeOptions, diagnostics: Diagnostics): LoadedMarkup | null {
  diagnostics.addAll(source.diagnostics ?? []);
  return roadOf(markupNotation).markup!.load(source.text, source.name, filesAround(source, options), diagnostics);
}

/** Returns the files that a document may include. @throws UsageError if an allowed folder is not a folder */
export function filesAround(source: Source, { allowPaths = [], onFile }: IncludeOptions): IncludeHost {
  const { host = includedFiles(source.name, allowPaths) } = source;
  return onFile ? observed(host, onFile) : host;
}

/** Returns the same files, and reports the path of each that is read. */
const observed = (host: IncludeHost, onFile: (path: string) => void): IncludeHost => ({
  ...host,
  read: (path) => {
    onFile(path);
    return host.read(path);
  },
});

/** A text, as markup. */
export interface ReadAsMarkup {
  readonly model: MarkupModel;
  /** Returns the place in the file of a place in the markup. */
  placeOf(place: Place): Place;
}

/** Adds findings of markup at their places in the file. */
export const addPlaced = (found: Diagnostics, placeOf: ReadAsMarkup['placeOf'], diagnostics: Diagnostics): void =>
  diagnostics.addAll(
    found.list.map((diagnostic) =>
      diagnostic.place ? { ...diagnostic, place: placeOf(diagnostic.place) } : diagnostic,
    ),
  );

/** Reads a text as the markup that it stands for. Returns null after an error. */
export function readAsMarkup(
  { name, text }: Source,
  markupFor: (name: string, text: string, diagnostics: Diagnostics) => AsMarkup | null,
  diagnostics: Diagnostics,
): ReadAsMarkup | null {
  const read = markupFor(name, text, diagnostics);
  if (!read) return null;
  const placeOf = ({ line = 1 }: Place): Place => ({ document: name, line: read.lines[line - 1] ?? 1, column: 1 });
  const found = diagnostics.beside();
  const model = loadMarkup({ name, text: read.text }, {}, found)?.read(found);
  addPlaced(found, placeOf, diagnostics);
  return model ? { model, placeOf } : null;
}
