/**
 * Compares the files of two results of one format, everything that they hold: each attribute, each value, each line.
 *
 * What is not looked at is how HDF5 lays a file out on disk: chunks, compression, order and age of objects, and bytes
 * that no object refers to. Text formats are compared byte by byte.
 */

import { differenceList, type FileDifferences } from './differences.js';
import type { ResultFormat } from './open.js';

/** @param expected  path of what `stored` should be like, of the same format */
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
