/** Compares the files of an unpacked bundle with its list of checksums. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostics } from '../diagnostics/diagnostic.js';
import { checksumsName, fileDigest } from './checksums.js';
import { messages } from './messages.js';
import { textInBundle } from './text-in-bundle.js';

/**
 * Compares unpacked files with the list among them, if there is one.
 *
 * @param archive  path of the archive, for places
 * @diagnostic bundle/changed, bundle/missing
 */
export function checkChecksums(
  folder: string,
  files: readonly string[],
  archive: string,
  diagnostics: Diagnostics,
): void {
  if (!files.includes(checksumsName)) return;
  const lines = textInBundle(folder, checksumsName, archive).split('\n');
  for (const [position, line] of lines.entries()) {
    const [, expected, path] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
    if (expected === undefined || path === undefined) continue;
    if (!files.includes(path) || !existsSync(join(folder, path))) {
      const place = { document: `${archive}/${checksumsName}`, line: position + 1, column: 1 };
      diagnostics.add(messages.missing(path), place);
      continue;
    }
    const found = fileDigest(join(folder, path));
    if (found !== expected) diagnostics.add(messages.changed(expected, found), { document: `${archive}/${path}` });
  }
}
