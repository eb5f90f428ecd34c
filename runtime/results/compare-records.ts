/** Comparison of the records of two runs, field by field. */

import { differenceList, type FileDifferences } from './differences.js';
import type { ResultFormat } from './open.js';
import type { RunRecord } from './result.js';
import { compareValues, valueText } from './text-compare.js';

/** Places of files at which the record stands, which `compareRecords` compares. */
export function recordPlaces(format: ResultFormat): RegExp {
  switch (format) {
    case 'nwb':
      return /^\/scratch\/interneuron_run$/;
    case 'neo':
      return /^provenance\.(?!model\b|data\b)/;
    case 'csv':
      return /\.provenance\.json\.(?!model\b|data\b)/;
  }
}

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
