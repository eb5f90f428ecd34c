import type { Diagnostics, Finding, Place } from '../../src/diagnostics/diagnostic.js';
import type { Positions } from '../../src/diagnostics/positions.js';
import type { Expression, Span, Statement } from '../../src/lang/ast.js';
import { LangError } from '../../src/lang/lang-error.js';
import { parseExpressionWithin } from '../../src/lang/parse-expression.js';
import { parseStatements, readEquationLines, type EquationLine } from '../../src/lang/parse.js';
import { mostListed } from '../../src/model/arrays.js';
import * as messages from './messages.js';

/**
 * Receiver of findings of an import. Places are given as pointers into the user's document and spans within its
 * strings.
 */
export interface Reporter {
  /** Reports a finding at a node, or at a range within the string there. */
  report(finding: Finding, pointer: string, span?: Span, related?: readonly RelatedNote[]): void;
}

/** An explanation of a finding, with its place in the user's document. */
export interface RelatedNote {
  /** The explanation as a sentence. */
  readonly message: string;
  /** JSON pointer into the user's document. */
  readonly pointer: string;
  readonly span?: Span;
}

/** Returns a reporter that adds to `diagnostics`, with places from `positions`. */
export function reporter(positions: Positions, diagnostics: Diagnostics): Reporter {
  const place = (pointer: string, span?: Span): Place =>
    span === undefined ? positions.place(pointer) : positions.place(pointer, span);
  const warned = new Set<string>();
  return {
    report(finding, pointer, span, notes = []) {
      if (finding.severity === 'warning' && notes.length > 0) {
        // For each definition, a warning is given once.
        const key = JSON.stringify([finding.code, finding.message, notes]);
        if (warned.has(key)) return;
        warned.add(key);
      }
      const related = notes.map((note) => ({ message: note.message, place: place(note.pointer, note.span) }));
      diagnostics.add(related.length > 0 ? { ...finding, related } : finding, () => place(pointer, span));
    },
  };
}

/** Returns the result of `parse`, or undefined after reporting its errors at `pointer`. */
/** Checks whether this number of values can be written out one by one, and reports a finding if not. */
export function canList(count: number, pointer: string, to: Reporter): boolean {
  if (count <= mostListed) return true;
  to.report(messages.tooManyListed(count, mostListed), pointer);
  return false;
}

function attempt<T>(parse: () => T, pointer: string, to: Reporter): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof LangError)) throw error;
    for (const one of error.all) to.report(one.finding, pointer, one.span);
    return undefined;
  }
}

/**
 * Returns the expression in `text`, which is at `pointer`, or undefined after reporting errors. Spans are offsets in
 * the whole text.
 */
export function readExpression(
  text: string,
  pointer: string,
  to: Reporter,
  within: Span = { start: 0, end: text.length },
): Expression | undefined {
  return attempt(() => parseExpressionWithin(text, within.start, within.end), pointer, to);
}

/** Returns the statements in `text`, which is at `pointer`. Returns an empty list after reporting errors. */
export function readStatements(text: string, pointer: string, to: Reporter): readonly Statement[] {
  return attempt(() => parseStatements(text), pointer, to) ?? [];
}

/** Returns the equations in `text`, which is at `pointer`. Errors are reported, and their definitions are `broken`. */
export function readEquations(text: string, pointer: string, to: Reporter): readonly EquationLine[] {
  const { lines, errors } = readEquationLines(text);
  for (const { finding, span } of errors.flatMap((error) => error.all)) to.report(finding, pointer, span);
  return lines;
}
