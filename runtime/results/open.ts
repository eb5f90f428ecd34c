/** Opens a stored result of any format, by its content. */

import { existsSync, statSync } from 'node:fs';

import { DiagnosticError, InvariantError, UsageError } from '../../src/diagnostics/diagnostic.js';
import { firstBytes, hdf5Signature } from './file-start.js';
import { damaged, notAResult } from './record-text.js';
import type { StoredRecord, StoredResult } from './result.js';

/** The formats that are read back. */
export type ResultFormat = 'nwb' | 'neo' | 'csv';

/**
 * The format of a stored result.
 *
 * @throws UsageError when there is no such file, or it is not a result of ours
 */
export function resultFormat(path: string): ResultFormat {
  if (!existsSync(path)) throw new UsageError(`there is no file ${path}`, 'give a result written by interneuron run');
  const stat = statSync(path);
  if (!stat.isFile()) throw notAResult(path, stat.isDirectory() ? 'it is a folder' : 'it is not a regular file');
  const start = firstBytes(path, 256);
  if (start.startsWith(hdf5Signature)) return 'nwb';
  if (start.trimStart().startsWith('{')) return 'neo';
  if (/^(segment,)?population,/.test(start)) return 'csv';
  throw notAResult(path, 'it is not NWB, JSON or a CSV of spikes');
}

/**
 * Reads only the record of a stored result with its model, which suffices to run the model again.
 *
 * @throws UsageError for a missing file, or a file of another origin
 * @throws DiagnosticError for a damaged record
 */
export async function openRecord(path: string): Promise<StoredRecord> {
  const format = resultFormat(path);
  return orDamaged(path, async () => {
    switch (format) {
      case 'nwb':
        return (await import('./nwb/read.js')).readNwbRecord(path);
      case 'neo':
        return (await import('./neo/read.js')).readNeoRecord(path);
      case 'csv':
        return (await import('./csv/read.js')).readCsvRecord(path);
    }
  });
}

/** The whole of a stored result. @throws as `openRecord`, also when its spikes or samples do not fit its record */
export async function openResult(path: string): Promise<StoredResult> {
  const format = resultFormat(path);
  return orDamaged(path, async () => {
    switch (format) {
      case 'nwb':
        return (await import('./nwb/read.js')).readNwbResult(path);
      case 'neo':
        return (await import('./neo/read.js')).readNeoResult(path);
      case 'csv':
        return (await import('./csv/read.js')).readCsvResult(path);
    }
  });
}

/** A reader may throw any error on a damaged file. */
export async function orDamaged<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof UsageError || error instanceof DiagnosticError || error instanceof InvariantError) throw error;
    throw damaged(path, `it cannot be read (${reasonOf(error)})`);
  }
}

/** Returns the reason of an error in one line; of HDF5's stack the innermost one. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const stack = message.startsWith('HDF5-DIAG') ? [...message.matchAll(/^ *#\d+: .*?\(\): (.*)$/gm)] : [];
  return stack.at(-1)?.[1] ?? message.split('\n')[0] ?? '';
}
