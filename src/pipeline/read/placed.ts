/** Findings about a model in the places of the text that it comes from. */

import { DiagnosticError, type Diagnostic, type Place } from '../../diagnostics/diagnostic.js';
import type { Positions } from '../../diagnostics/positions.js';
import type { Part } from '../../draw/drawn-model.js';

/**
 * Runs an action that draws or lowers a model, and converts places of its findings. Drawing and lowering only have
 * pointers into the canonical document, and projections that are pieces of the document's.
 *
 * @throws DiagnosticError with places of the user's text
 */
export function placed<T>(positions: Positions, parts: ReadonlyMap<string, Part>, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw inPlaces(error, positions, parts);
  }
}

/** Like `placed`, for asynchronous actions. */
export async function placedLater<T>(positions: Positions, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw inPlaces(error, positions, new Map());
  }
}

const inPlaces = (error: unknown, positions: Positions, parts: ReadonlyMap<string, Part>): unknown =>
  error instanceof DiagnosticError
    ? new DiagnosticError(error.diagnostics.map((finding) => inPlace(finding, positions, parts)))
    : error;

/**
 * Returns the place of a part of the model, by its pointer in the model. For example, documents may write `record` for
 * recordings.
 */
export function placeOf(positions: Positions, pointer: string): Place {
  const found = positions.place(pointer);
  // Documents may write one delay for all pathways, and recordings under a shorter key.
  const delay = /^(\/projections\/[^/]+)\/delays(?:\/|$)/.exec(pointer)?.[1];
  if (delay !== undefined) {
    const [owner, own] = [positions.place(delay), positions.place(`${delay}/delay`)];
    const isOwner = found.line === owner.line && found.column === owner.column;
    return isOwner && (own.line !== owner.line || own.column !== owner.column) ? own : found;
  }
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
