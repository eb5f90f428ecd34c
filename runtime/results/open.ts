/** Opens a stored result of any format, by its content. */

import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';

import { UsageError } from '../../src/diagnostics/diagnostic.js';
import { notAResult } from './record-text.js';
import type { StoredResult } from './result.js';

const hdf5Signature = '\x89HDF\r\n\x1a\n';

/** @throws UsageError when there is no such file, or it is no result of ours */
export async function openResult(path: string): Promise<StoredResult> {
  if (!existsSync(path))
    throw new UsageError(`there is no file ${path}`, 'give a result that interneuron run has written');
  if (statSync(path).isDirectory()) throw notAResult(path, 'it is a folder');
  const start = firstBytes(path, 256);
  if (start.startsWith(hdf5Signature)) return (await import('./nwb/read.js')).readNwbResult(path);
  if (start.trimStart().startsWith('{')) return (await import('./neo/read.js')).readNeoResult(path);
  if (/^(segment,)?population,/.test(start)) return (await import('./csv/read.js')).readCsvResult(path);
  throw notAResult(path, 'it is neither NWB nor JSON nor CSV of spikes');
}

function firstBytes(path: string, length: number): string {
  const block = Buffer.alloc(length);
  const descriptor = openSync(path, 'r');
  try {
    return block.toString('latin1', 0, readSync(descriptor, block, 0, length, 0));
  } finally {
    closeSync(descriptor);
  }
}
