/** Result of importing. */

import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import type { Positions } from '../../diagnostics/positions.js';
import type { ModelHashes } from '../../model/hash.js';
import type { ValidModel } from '../../model/model.js';
import type { Notation } from './recognise.js';

/** A model that passed validation, with the findings made on the way. */
export interface ImportedModel {
  readonly valid: ValidModel;
  /** Hashes of the model's three parts, hexadecimal. */
  readonly hashes: ModelHashes;
  /** Notation of the text. */
  readonly notation: Notation;
  /** Whether it is the model that a converted document carries, rather than the document's contents. */
  readonly isCarried: boolean;
  /** Warnings and notes; an error would have been thrown. */
  readonly diagnostics: readonly Diagnostic[];
  /** Where the parts of the canonical document come from. */
  readonly positions: Positions;
  /** The file as it was named, and the SHA-256 of its text. */
  readonly source: { readonly path: string; readonly sha256: string };
  /** Wall time in s. */
  readonly seconds: number;
}

/** A model to run, with its origin as far as known. */
export type RunnableModel = Pick<ImportedModel, 'valid' | 'hashes'> &
  Partial<Pick<ImportedModel, 'positions' | 'notation' | 'source'>>;
