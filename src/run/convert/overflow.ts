/** Variables that end as no numbers in a run, since stages of a method that the model names overflow. */

import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { mayOverflow } from '../../library/gather/integration.js';
import { hashModel } from '../../model/hash.js';
import type { ValidModel } from '../../model/model.js';
import { runModel } from '../pipeline.js';
import { observedSteps } from './observed-states.js';

/**
 * What a run says of variables that are no numbers when it ends; nothing where no type may have such, and of models that
 * do not run.
 */
export async function overflowsInRun(valid: ValidModel): Promise<readonly Diagnostic[]> {
  const { model } = valid;
  if (!Object.values(model.neurons).some(mayOverflow)) return [];
  const silent = { ...model, recordings: [] };
  try {
    const result = await runModel(
      { valid: { ...valid, model: silent }, hashes: hashModel(silent) },
      { stopAfter: observedSteps(model) },
    );
    if (result.kind !== 'run') return [];
    result.dispose();
    return result.diagnostics.filter(({ code }) => code === 'run/not-a-number' || code === 'run/infinite');
  } catch {
    return [];
  }
}
