/** Messages of sessions about snapshots of another model. */

import { UsageError } from '../../src/diagnostics/diagnostic.js';

/** The error that names the buffer that differs between a snapshot and the program. */
export const snapshotMismatch = (buffer: string): UsageError =>
  new UsageError(
    `the snapshot does not fit this model: buffer ${buffer} differs`,
    'take a new snapshot with this version of the model',
  );
