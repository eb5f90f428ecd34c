/** Folders of caches. */

import { systemCode } from '../../src/diagnostics/system-error.js';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Creates a folder that only its owner can read, and its missing parents. Node's own function does not terminate if the
 * system cannot create a folder and reports a missing parent, as below `/proc`.
 *
 * @throws the system's error on failure
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
