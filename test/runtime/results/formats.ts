/** The formats that can be written and read back, for tests that hold for each of them. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { csvWriter } from '../../../runtime/results/csv/write.js';
import { neoWriter } from '../../../runtime/results/neo/write.js';
import { nwbWriter } from '../../../runtime/results/nwb/write.js';
import type { ResultWriter } from '../../../runtime/results/result.js';

export const formats: readonly {
  readonly name: string;
  readonly writer: (path: string) => ResultWriter;
}[] = [
  { name: 'nwb', writer: (path) => nwbWriter(path) },
  { name: 'json', writer: (path) => neoWriter(path) },
  { name: 'csv', writer: (path) => csvWriter(path) },
];

/** Runs `action` with a new folder, which is gone afterwards. */
export async function inFolder<T>(action: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'interneuron-results-'));
  try {
    return await action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
