/** Findings about a model in the places of the text that it comes from. */

import { DiagnosticError, type Diagnostic, type Place } from '../diagnostics/diagnostic.js';
import type { Positions } from '../diagnostics/positions.js';
import type { Part } from '../draw/drawn-model.js';

/** Places of a model that came from no text. */
export const unplaced: Positions = { place: (pointer) => ({ document: '', pointer }) };

/**
 * Does what draws or lowers a model: both know pointers into the canonical document alone, and projections that are
 * pieces of those in it.
 *
 * @throws DiagnosticError with places of the user's text
 */
export function placed<T>(positions: Positions, parts: ReadonlyMap<string, Part>, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    throw new DiagnosticError(error.diagnostics.map((finding) => inPlace(finding, positions, parts)));
  }
}

/** The place of a part of the model, by its pointer there: what it calls recordings, documents may call `record`. */
export function placeOf(positions: Positions, pointer: string): Place {
  const found = positions.place(pointer);
  const other = pointer.replace(/^\/recordings(?=\/|$)/, '/record');
  const root = positions.place('');
  const isUnknown = found.line === root.line && found.column === root.column;
  return other !== pointer && isUnknown ? positions.place(other) : found;
}

function inPlace(finding: Diagnostic, positions: Positions, parts: ReadonlyMap<string, Part>): Diagnostic {
  // A document without a name is the canonical one.
  if (finding.place && finding.place.document !== '') return finding;
  const pointer = (finding.place?.pointer ?? '').replace(
    /^\/projections\/([^/]*)/,
    (_, name: string) => `/projections/${parts.get(name)?.projection ?? name}`,
  );
  return { ...finding, place: placeOf(positions, pointer) };
}
