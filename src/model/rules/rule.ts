import type { Finding } from '../../diagnostics/diagnostic.js';
import type { Span } from '../../lang/ast.js';
import type { Related } from '../../lang/inferred.js';
import type { DataStore, Model } from '../model.js';

/**
 * Receiver of a rule's findings. Pointers are into the normalised model; the nearest written parent gives the place.
 */
export interface RuleContext {
  /** Reports a finding at a node, or at a range within the string there. */
  report(finding: Finding, pointer: string, span?: Span, related?: readonly Related[]): void;
  /** Large arrays that were given; undefined when the document is checked without them. */
  readonly data: DataStore | undefined;
}

/** A check of the whole normalised model, one to a file. */
export type Rule = (model: Model, context: RuleContext) => void;
