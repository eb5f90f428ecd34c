import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../diagnostics/diagnostic.js';
import { systemCode } from '../diagnostics/system-error.js';

/**
 * Creates an empty folder for temporary files, which the caller removes.
 *
 * @param purpose  part of its name
 * @throws UsageError if the system's folder for temporary files cannot be written
 */
export function temporaryFolder(purpose: string): string {
  try {
    return mkdtempSync(join(tmpdir(), `interneuron-${purpose}-`));
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new UsageError(
      `the folder for temporary files cannot be used: ${tmpdir()} (${code})`,
      'set TMPDIR to a folder that can be written',
    );
  }
}
