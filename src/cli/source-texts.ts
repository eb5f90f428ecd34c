/** Texts of documents, for findings to show their lines. */

import { statSync } from 'node:fs';
import { DiagnosticError, UsageError } from '../diagnostics/diagnostic.js';
import { systemCode } from '../diagnostics/system-error.js';
import { readSource } from '../run/read/read-source.js';

/** A finding in a longer file is shown without its lines. */
const longestShown = 50_000_000;

/** Returns the text of a document: one that was read, or a file that one of them includes. */
export function sourceText(sources: ReadonlyMap<string, string>, name: string): string | undefined {
  const known = sources.get(name);
  if (known !== undefined) return known;
  try {
    return (statSync(name, { throwIfNoEntry: false })?.size ?? Infinity) > longestShown
      ? undefined
      : readSource(name).text;
  } catch (error) {
    // A path within an archive has no file of its own.
    const isUnreadable = systemCode(error) !== undefined;
    if (isUnreadable || error instanceof UsageError || error instanceof DiagnosticError) return undefined;
    throw error;
  }
}
