/** Running again what a result holds, and comparing to the bit. */

import { compareWith, type Verdict } from '../../runtime/results/compare.js';
import { openResult } from '../../runtime/results/open.js';
import type { RunRecord, StoredResult } from '../../runtime/results/result.js';
import { DiagnosticError, Diagnostics, UsageError } from '../diagnostics/diagnostic.js';
import { hashModel, type ModelHashes } from '../model/hash.js';
import type { DataStore, ValidModel } from '../model/model.js';
import { normalise } from '../model/normalise.js';
import { runModel, type Engine, type RunOptions } from './pipeline.js';
import { messages } from './messages.js';

/** What comparing a stored result with a new run of its model gave. */
export interface Verification {
  readonly verdict: Verdict;
  /** The record in the result, and that of the new run. */
  readonly stored: RunRecord;
  readonly found: RunRecord;
  readonly engine: Engine;
}

/**
 * Runs again the model that a result holds, with its seed, precision, time step and number of steps, and compares
 * spikes, samples and digests to the bit.
 *
 * @throws UsageError when the file is no result of ours, or the target is not available
 * @throws DiagnosticError when the model in the result is not the one whose hash it states
 */
export async function verifyResult(
  path: string,
  options: Omit<RunOptions, 'outputs' | 'precision' | 'steps'> = {},
): Promise<Verification> {
  const stored = await openResult(path);
  try {
    const comparison = compareWith(stored);
    const { record } = stored;
    const result = await runModel(storedModel(stored), {
      ...options,
      precision: record.precision,
      steps: record.steps,
      writers: [comparison],
    });
    if (result.kind === 'generated')
      throw new UsageError(
        'the null target runs nothing, so that there is nothing to compare',
        'choose another target',
      );
    result.dispose();
    return { verdict: comparison.verdict(), stored: record, found: result.record, engine: result.engine };
  } finally {
    stored.close();
  }
}

/** The model in a result, checked like any other document: a file may have been changed since it was written. */
function storedModel({ path, record, data }: StoredResult): {
  readonly valid: ValidModel;
  readonly hashes: ModelHashes;
} {
  const diagnostics = new Diagnostics();
  const positions = { place: (pointer: string) => ({ document: path, pointer }) };
  const valid = normalise(JSON.parse(record.model), positions, diagnostics, { data: data as DataStore });
  diagnostics.throwIfErrors();
  if (!valid) throw new DiagnosticError(diagnostics.list);
  const hashes = hashModel(valid.model);
  if (hashes.document === record.hashes.document) return { valid, hashes };
  throw new DiagnosticError([
    { severity: 'error', ...messages.changedModel(record.hashes.document, hashes.document), place: { document: path } },
  ]);
}
