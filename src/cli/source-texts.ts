/** Texts of documents, for findings to show their lines. */

import { statSync } from 'node:fs';
import { DiagnosticError, UsageError } from '../diagnostics/diagnostic.js';
import { systemCode } from '../diagnostics/system-error.js';
import { markupNotation } from '../pipeline/read/notation.js';
import { readSource } from '../pipeline/read/read-source.js';
import { roadOf } from '../pipeline/roads.js';

/** A finding in a longer file is shown without its lines. */
const longestShown = 50_000_000;

/** First lines of tables in SONATA. */
const startOfTable = /^[^\n]*\b(?:node_type_id|edge_type_id|timestamps?)\b/;

/**
 * Returns the text of a document: one that was read, or a file that it names if that is a model or a table. Lines of
 * other files are not shown, because a model can name any file in its folder.
 */
export function sourceText(sources: ReadonlyMap<string, string>, name: string): string | undefined {
  const known = sources.get(name);
  if (known !== undefined) return known;
  try {
    if ((statSync(name, { throwIfNoEntry: false })?.size ?? Infinity) > longestShown) return undefined;
    const { text } = readSource(name);
    return roadOf(markupNotation).markup!.begins(text) || startOfTable.test(text) ? text : undefined;
  } catch (error) {
    // A path within an archive has no file of its own.
    const isUnreadable = systemCode(error) !== undefined;
    if (isUnreadable || error instanceof UsageError || error instanceof DiagnosticError) return undefined;
    throw error;
  }
}
