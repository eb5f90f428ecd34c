/** Files of a conversion on disk, for readers that need a folder. */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../../runtime/results/temporary-folder.js';
import type { ConvertedFile } from '../../translators/shared/writing.js';

/** Writes files to a folder for temporary files and calls `read` with the path of the first. The folder is removed. */
export async function inFolder<T>(
  files: readonly ConvertedFile[],
  read: (document: string) => T | Promise<T>,
): Promise<T> {
  const folder = temporaryFolder('convert');
  try {
    for (const { name, bytes, text, pieces } of files) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes ?? (pieces ? [...pieces].join('') : text));
    }
    return await read(join(folder, files[0]?.name ?? ''));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
