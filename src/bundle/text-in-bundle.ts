/** Texts of bundles that describe the other files: manifests, crates, experiments, checksums. */

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DiagnosticError } from '../diagnostics/diagnostic.js';
import { messages } from './messages.js';

/** Longest text in bytes. */
const longest = 64 * 2 ** 20;

/**
 * Returns a text of an unpacked bundle.
 *
 * @param folder  of the unpacked files
 * @param file  path within it, with `/`
 * @param archive  path of the archive, for places
 * @throws DiagnosticError if it is longer than 64 MiB
 */
export function textInBundle(folder: string, file: string, archive: string): string {
  const path = join(folder, ...file.split('/'));
  const { size } = statSync(path);
  if (size <= longest) return readFileSync(path, 'utf8');
  throw new DiagnosticError([
    { severity: 'error', ...messages.tooLong(size, longest), place: { document: `${archive}/${file}` } },
  ]);
}
