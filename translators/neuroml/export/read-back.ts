/** Reads an exported document as the importer does. */

import { DiagnosticError, Diagnostics, UsageError, type Diagnostic } from '../../../src/diagnostics/diagnostic.js';
import { hashModel, type ModelHashes } from '../../../src/model/hash.js';
import type { ValidModel } from '../../../src/model/model.js';
import { withFittingStep } from '../../../src/library/fitting-step.js';
import { atEndOfStep } from '../../../src/model/end-of-step.js';
import { normalise } from '../../../src/model/normalise.js';
import type { IncludeHost } from '../../shared/include-host.js';
import { importParts, type ImportedParts } from '../import.js';
import type { LemsModel } from '../lems/definitions.js';
import { readLems } from '../read.js';
import { xmlText, type Element } from './text/xml-text.js';

/** The contents of an exported document. */
export interface ReadBack {
  /** As LEMS. */
  readonly lems: LemsModel;
  /** As a canonical document, with the source of each part. */
  readonly parts: ImportedParts;
  /** As a normalised model. */
  readonly valid: ValidModel;
  /** Of that model. */
  readonly hashes: ModelHashes;
  /** Mismatched dimensions, for which the reference interpreter calculates with numbers in SI. */
  readonly mismatches: readonly Diagnostic[];
}

/**
 * Returns the model of a text, or the first error in it.
 *
 * @param options.host         files that it includes
 * @param options.diagnostics  receives all findings
 */
export function readBack(
  text: string,
  document = 'exported.xml',
  { host, diagnostics = new Diagnostics() }: { readonly host?: IncludeHost; readonly diagnostics?: Diagnostics } = {},
): ReadBack | string {
  try {
    const lems = readLems(text, document, host, diagnostics);
    const parts = lems && !diagnostics.hasErrors ? importParts(lems, diagnostics) : null;
    const stepped = parts && (withFittingStep(parts.document, parts.positions)?.document ?? parts.document);
    const normalised = parts && normalise(stepped, parts.positions, diagnostics);
    const valid = normalised && atEndOfStep(normalised, parts.positions, diagnostics);
    if (lems && parts && valid && !diagnostics.hasErrors) {
      const mismatches = diagnostics.list.filter(({ code }) => code === 'lems/dimension-mismatch');
      return { lems, parts, valid, hashes: hashModel(valid.model), mismatches };
    }
  } catch (error) {
    // Reading stops after too many errors.
    if (!(error instanceof DiagnosticError)) throw error;
  }
  return diagnostics.list.find(({ severity }) => severity === 'error')?.message ?? 'nothing can be read of it';
}

/** Returns the same of a document by its root. */
export function readBackOf(root: Element): ReadBack | string {
  try {
    return readBack(xmlText(root));
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}
