/**
 * Compares the complete contents of two result files of one format: each attribute, each value, each line.
 *
 * The disk layout of an HDF5 file is ignored: chunks, compression, order and age of objects, and unreferenced bytes.
 * Text formats are compared byte by byte.
 */

import { differenceList, type FileDifferences } from './differences.js';
import type { ResultFormat } from './open.js';
import type { RunRecord } from './result.js';
import { compareJsonFiles, compareValues, valueText } from './text-compare.js';

/** @param expected path of the reference for `stored`, of the same format */
export async function compareFiles(format: ResultFormat, stored: string, expected: string): Promise<FileDifferences> {
  const differences = differenceList();
  switch (format) {
    case 'nwb':
      await (await import('./nwb/compare.js')).compareNwbFiles(stored, expected, differences);
      break;
    case 'neo':
      compareJsonFiles(stored, expected, '', differences);
      break;
    case 'csv':
      (await import('./csv/compare.js')).compareCsvFiles(stored, expected, differences);
      break;
  }
  return differences.done();
}

/** Places of files at which the record stands, which `compareRecords` compares. */
export const recordPlaces: Readonly<Record<ResultFormat, RegExp>> = {
  nwb: /^\/scratch\/interneuron_run$/,
  neo: /^provenance\.(?!model\b|data\b)/,
  csv: /\.provenance\.json\.(?!model\b|data\b)/,
};

/** Returns the differences between two records; their digests depend on the rest and are left out. */
export function compareRecords(stored: RunRecord, expected: RunRecord): FileDifferences {
  const differences = differenceList();
  compareValues(fieldsOf(stored), fieldsOf(expected), 'record', '', (place, a, b) =>
    differences.add(place, valueText(a, b), valueText(b)),
  );
  return differences.done();
}

function fieldsOf(record: RunRecord): unknown {
  const { model: _, digests: __, digest: ___, ...fields } = record;
  return JSON.parse(JSON.stringify(fields));
}
