/**
 * Compares the complete contents of two result files of one format: each attribute, each value, each line.
 *
 * The disk layout of an HDF5 file is ignored: chunks, compression, order and age of objects, and unreferenced bytes.
 * Text formats are compared byte by byte.
 */

import { differenceList, type FileDifferences } from './differences.js';
import type { ResultFormat } from './open.js';

/** @param expected path of the reference for `stored`, of the same format */
export async function compareFiles(format: ResultFormat, stored: string, expected: string): Promise<FileDifferences> {
  const differences = differenceList();
  switch (format) {
    case 'nwb':
      await (await import('./nwb/compare.js')).compareNwbFiles(stored, expected, differences);
      break;
    case 'neo':
      (await import('./text-compare.js')).compareJsonFiles(stored, expected, '', differences);
      break;
    case 'csv':
      (await import('./csv/compare.js')).compareCsvFiles(stored, expected, differences);
      break;
  }
  return differences.done();
}
