/** What importing gives, and how what is found later is given its place in the user's text. */

import { DiagnosticError, type Diagnostic } from '../diagnostics/diagnostic.js';
import type { Positions } from '../diagnostics/positions.js';
import type { ModelHashes } from '../model/hash.js';
import type { ValidModel } from '../model/model.js';
import type { Notation } from './recognise.js';

/** A model that passed validation, and what was found on the way. */
export interface ImportedModel {
  readonly valid: ValidModel;
  /** Hashes of the model's three parts, hexadecimal. */
  readonly hashes: ModelHashes;
  /** What the text was written in. */
  readonly notation: Notation;
  /** Warnings and notes; an error would have been thrown. */
  readonly diagnostics: readonly Diagnostic[];
  /** Where the parts of the canonical document come from. */
  readonly positions: Positions;
  /** The file as it was named, and the SHA-256 of its text. */
  readonly source: { readonly path: string; readonly sha256: string };
  /** Wall time in s. */
  readonly seconds: number;
}

/** A model to run, with as much as is known of where it comes from. */
export type RunnableModel = Pick<ImportedModel, 'valid' | 'hashes'> &
  Partial<Pick<ImportedModel, 'positions' | 'notation' | 'source'>>;

/** Places of a model that came from no text. */
export const unplaced: Positions = { place: (pointer) => ({ document: '', pointer }) };

/** Gives what lowering finds the places of the user's text: it knows pointers into the canonical document alone. */
export function placed<T>(positions: Positions | undefined, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    throw new DiagnosticError(
      error.diagnostics.map(({ place, ...finding }) => {
        const found = place?.pointer ? positions?.place(place.pointer) : undefined;
        return found ? { ...finding, place: found } : finding;
      }),
    );
  }
}
