/** Properties of runs for people. */

import { defaultDate, type RunRecord } from '../../../runtime/results/result.js';

/** Returns the properties of a run of interneuron, by the names that people read. */
export const runProperties = (record: RunRecord): Readonly<Record<string, string | number | boolean>> => ({
  name: record.name,
  'model hash': record.hashes.model,
  seed: record.seed,
  precision: record.precision,
  'numerics version': record.numericsVersion,
  engine: `${record.target} (${record.device})`,
  version: `interneuron ${record.versions.interneuron}, Node ${record.versions.node}`,
  ...(record.date === defaultDate ? {} : { written: record.date }),
  complete: record.complete,
  fingerprint: record.fingerprint.total,
});
