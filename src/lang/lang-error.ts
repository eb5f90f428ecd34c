import type { Finding } from '../diagnostics/diagnostic.js';
import type { Span } from './ast.js';

/**
 * A text of the expression language is wrong. `span` is the range of offsets in the text that was parsed.
 * Parsers of several lines collect: the error thrown is the first, `others` holds the rest in order of place.
 */
export class LangError extends Error {
  /** The mistake, without its place. */
  readonly finding: Finding;
  /** Where, in the text that was parsed. */
  readonly span: Span;
  /** Other mistakes of the same text. */
  readonly others: readonly LangError[];

  constructor(finding: Finding, span: Span, others: readonly LangError[] = []) {
    super(finding.message);
    this.name = 'LangError';
    this.finding = finding;
    this.span = span;
    this.others = others;
  }

  /** This error and the others, in order of place. */
  get all(): readonly LangError[] {
    return [this, ...this.others];
  }
}

/**
 * Throws the collected errors of several parsers on the parts of a text.
 *
 * @param errors found so far; returns without effect if empty
 * @throws LangError the first, with the others
 */
export function throwCollected(errors: readonly LangError[]): void {
  const [first, ...others] = errors.flatMap((error) => error.all);
  if (first)
    throw new LangError(
      first.finding,
      first.span,
      others.map((error) => new LangError(error.finding, error.span)),
    );
}
