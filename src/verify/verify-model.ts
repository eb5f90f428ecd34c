/** Whether a model gives a result: it is run, and both results are compared within tolerances. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openRecord } from '../../runtime/results/open.js';
import { asCheckOfFirst, withoutDoubt } from '../compare/compare.js';
import { isOurs, type ReadOptions } from '../compare/open-recorded.js';
import type { CompareOptions } from '../compare/options.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { drawnParts } from '../model/drawn-parts.js';
import { remainingDraws } from '../model/remaining-draws.js';
import { typedModel } from '../model/typed-model.js';
import { itemAt } from '../diagnostics/entry.js';
import { compareResults, type ResultComparison } from './compare-results.js';
import { runWithSpikes, type WhereToRun } from './run-with-spikes.js';
import { modelInResult } from '../pipeline/results/model-in-result.js';
import type { ImportedModel, ImportOptions, RunOptions } from '../pipeline/pipeline.js';
import { temporaryFolder } from '../platform/temporary-folder.js';

/** A result and a new run of a model. */
export interface ModelVerification {
  readonly found: ResultComparison;
  /** Whether the model is the one in the result, by its hash; null for results of other programs. */
  readonly isSameModel: boolean | null;
  readonly interrupted: boolean;
  /** The model that was run. */
  readonly imported: ImportedModel;
}

/**
 * Runs a model and compares a result with the new one. Seed and time step are taken from a result of interneuron. Other
 * spikes of a model without random numbers are different, unless statistics are asked for.
 *
 * @param read  imports the model; absent: the model in the result is used
 * @throws UsageError for a result of another program without a model
 */
export async function verifyModel(
  path: string,
  read: ((options: ImportOptions) => Promise<ImportedModel>) | undefined,
  run: Pick<RunOptions, 'target' | 'device' | 'threads' | 'cacheDirectory' | 'onProgress' | 'signal'> & WhereToRun,
  options: CompareOptions & ReadOptions & { readonly byStatistics?: boolean },
): Promise<ModelVerification> {
  const record = (await isOurs(path)) ? (await openRecord(path)).record : null;
  const given: ImportOptions = record ? { seed: record.seed, dt: `${record.dt} s` } : {};
  const imported = read ? await read(given) : await modelInResult(path, {});
  if (!imported)
    throw new UsageError(
      `${path} holds no model`,
      'name the model after the result, as in verify spikes.dat model.yaml',
    );
  const folder = temporaryFolder('verify');
  try {
    const result = await runWithSpikes(imported, {
      ...run,
      outputs: [join(folder, 'again.nwb')],
      ...(record ? { precision: record.precision, stopAfter: record.steps } : {}),
    });
    const found = await compareResults(path, itemAt(result.outputs, 0), { ...options, nameOfSecond: 'a new run' });
    const { model } = imported.valid;
    const isDrawn =
      options.byStatistics === true || drawnParts(model).length + remainingDraws(typedModel(model)).length > 0;
    return {
      found: { ...found, comparison: asCheckOfFirst(isDrawn ? found.comparison : withoutDoubt(found.comparison)) },
      isSameModel: record && record.hashes.model === imported.hashes.model,
      imported,
      interrupted: result.record.outcome === 'stopped' && run.signal?.aborted === true,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
