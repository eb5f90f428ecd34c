/** A folder for each test of a file, which other users may write into as well. */

import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach } from 'vitest';

export interface OpenFolders {
  /** The folder that holds them all. */
  readonly all: string;
  /** The running test's. */
  readonly folder: () => string;
}

/** Makes one before each test and removes all after the last. */
export function openFolders(prefix: string): OpenFolders {
  const all = mkdtempSync(join(tmpdir(), prefix));
  chmodSync(all, 0o777);
  afterAll(() => rmSync(all, { recursive: true, force: true }));
  let folder: string;
  let count = 0;
  beforeEach(() => {
    count += 1;
    folder = join(all, String(count));
    mkdirSync(folder);
    chmodSync(folder, 0o777);
  });
  return { all, folder: () => folder };
}
