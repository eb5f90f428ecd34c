/** NeuroML and LEMS documents, with the files that they include. */

import type { Diagnostics, Place } from '../../diagnostics/diagnostic.js';
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

/** A text, as components of NeuroML. */
export interface ReadAsMarkup {
  readonly lems: LemsModel;
  /** Returns the place in the file of a place in the document of NeuroML. */
  placeOf(place: Place): Place;
}

/** Adds findings of the document of NeuroML at their places in the file. */
export const addPlaced = (found: Diagnostics, placeOf: ReadAsMarkup['placeOf'], diagnostics: Diagnostics): void =>
  diagnostics.addAll(
    found.list.map((diagnostic) =>
      diagnostic.place ? { ...diagnostic, place: placeOf(diagnostic.place) } : diagnostic,
    ),
  );

/**
 * Reads a text as the document of NeuroML that it stands for. Returns null after an error.
 *
 * @param read  returns the document, and the line in the text of each of its lines
 */
export function readAsMarkup(
  { name, text }: Source,
  markupFor: (
    name: string,
    text: string,
    diagnostics: Diagnostics,
  ) => { readonly text: string; readonly lines: readonly number[] } | null,
  diagnostics: Diagnostics,
): ReadAsMarkup | null {
  const read = markupFor(name, text, diagnostics);
  if (!read) return null;
  const placeOf = ({ line = 1 }: Place): Place => ({ document: name, line: read.lines[line - 1] ?? 1, column: 1 });
  const found = diagnostics.beside();
  const markup = loadMarkup({ name, text: read.text }, {}, found);
  const lems = markup && readMarkup(markup, found);
  addPlaced(found, placeOf, diagnostics);
  return lems && { lems, placeOf };
}
