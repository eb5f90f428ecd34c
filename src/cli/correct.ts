/** The corrections of `validate --fix`, in files and in the text of standard input. */

import { chmodSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { writeWhole } from '../../runtime/results/output-files.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { mend, type Correction } from '../pipeline/mend.js';
import type { Source } from '../pipeline/read/read-source.js';
import { standardStream } from './arguments.js';
import type { CommandContext } from './context.js';
import type { Verdict } from './validation-formats.js';

interface Validated {
  readonly path: string;
  readonly source: Source;
  readonly verdict: Verdict;
}

/**
 * Corrects a document until nothing certain is left, and writes it. A valid document stays the same model.
 *
 * @returns the verdict on the corrected document
 * @throws UsageError when the file cannot be written
 */
export async function correct(
  { path, source: original, verdict: first }: Validated,
  context: CommandContext,
  validate: (source: Source) => Promise<Verdict>,
): Promise<Verdict> {
  let source = original;
  let verdict = first;
  const corrections: Correction[] = [];
  const encoding = encodingOf(path, original.text);
  while (encoding) {
    const mended = mend(source, verdict.diagnostics);
    if (mended.corrections.length === 0) break;
    const next = { ...source, text: mended.text };
    const after = await validate(next);
    if (verdict.valid && !(after.valid && after.hash === verdict.hash)) break;
    source = next;
    verdict = after;
    corrections.push(...mended.corrections);
  }
  if (path === standardStream) context.terminal.stdout.write(source.text);
  else if (corrections.length > 0 && encoding) replace(path, [encoding.mark, source.text]);
  context.keep(source);
  return corrections.length === 0 ? verdict : { ...verdict, corrections };
}

/**
 * Returns the byte order mark of a file in UTF-8; undefined for files in other encodings and compressed ones, which
 * stay as they are.
 *
 * @throws UsageError for standard input that declares another encoding
 */
function encodingOf(path: string, text: string): { readonly mark: Uint8Array } | undefined {
  if (path === standardStream) {
    const declared = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']+)/.exec(text)?.[1] ?? 'UTF-8';
    if (/^(?:utf-8|us-ascii)$/i.test(declared)) return { mark: new Uint8Array() };
    throw new UsageError(
      `standard input is in ${declared}, and would be printed in UTF-8`,
      'give the path of the file',
    );
  }
  const bytes = readFileSync(path);
  const mark = bytes.subarray(0, bytes.length - Buffer.byteLength(text));
  return Buffer.concat([mark, Buffer.from(text)]).equals(bytes) && ['', 'efbbbf'].includes(mark.toString('hex'))
    ? { mark }
    : undefined;
}

/** Replaces a file at once; a link stays a link, and permissions stay. */
function replace(path: string, parts: readonly (string | Uint8Array)[]): void {
  const file = realpathSync(path);
  const { mode } = statSync(file);
  writeWhole([{ path: file, parts }]);
  chmodSync(file, mode);
}
