/** Folders of caches. */

import { systemCode } from '../../src/diagnostics/system-error.js';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder that only its owner reads, and those above it, where they are not there. Node's own way tries for ever
 * where a system makes no folder and says that the one above is missing, as below `/proc`.
 *
 * @throws the system's error when there can be none
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
    return;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return;
    if (systemCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
  }
  await makeFolder(dirname(path));
  await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
    // Another process may have been faster.
    if (systemCode(error) !== 'EEXIST') throw error;
  });
}
