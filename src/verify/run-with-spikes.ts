/** Runs of models with the spikes of all populations. */

import { UsageError } from '../diagnostics/diagnostic.js';
import { hashModel } from '../model/hash.js';
import type { ValidModel } from '../model/model.js';
import { populationOf } from '../model/selected.js';
import { isRecording } from '../model/tagged.js';
import { runModel, type RunOptions, type RunResult } from '../pipeline/pipeline.js';
import type { RunnableModel } from '../pipeline/read/imported-model.js';
import { recordingSpikes } from './check-conversion.js';

/** Where a model runs. */
export interface WhereToRun {
  /** Runs models in another simulator; absent: our own engines run them. */
  readonly elsewhere?: typeof runModel;
}

/**
 * Runs a model and records the spikes of all its populations into the files of the options, besides its own recordings.
 *
 * @throws UsageError for a target that runs nothing
 */
export async function runWithSpikes(
  imported: RunnableModel,
  { elsewhere = runModel, ...options }: RunOptions & WhereToRun,
): Promise<RunResult> {
  const valid = withAllSpikes(imported.valid);
  const result = await elsewhere({ ...imported, valid, hashes: hashModel(valid.model) }, options);
  if (result.kind === 'generated')
    throw new UsageError('the null target runs nothing, so there is nothing to compare', 'choose another target');
  result.dispose();
  return result;
}

/** Returns the model with recordings of all populations that it does not record the spikes of. */
function withAllSpikes(valid: ValidModel): ValidModel {
  const { recordings } = valid.model;
  const recorded = new Set(
    recordings.flatMap((recording) => (isRecording(recording, 'events') ? [populationOf(recording.of)] : [])),
  );
  const more = recordingSpikes(valid).valid.model.recordings.filter(({ of }) => !recorded.has(populationOf(of)));
  return more.length === 0 ? valid : { ...valid, model: { ...valid.model, recordings: [...recordings, ...more] } };
}
