/** Variables that end as no numbers in a run, since stages of a method that the model names overflow. */

import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { growsFast } from '../../lang/growth.js';
import { parseExpression } from '../../lang/parse.js';
import { substitute } from '../../lang/walk.js';
import { derivedOf } from '../../library/gather/texts.js';
import { hashModel } from '../../model/hash.js';
import type { NeuronType, ValidModel } from '../../model/model.js';
import { runModel } from '../pipeline.js';
import { observedSteps } from './observed-states.js';

/** Whether stages of a type's method may overflow: where a method is chosen, such a step is one of Euler's method. */
function mayOverflow(type: NeuronType): boolean {
  if (type.method !== 'rk2' && type.method !== 'rk4') return false;
  const derived = derivedOf(type) ?? new Map();
  return Object.entries(type.derivatives).some(([name, { rate }]) =>
    growsFast(substitute(parseExpression(rate), derived), name),
  );
}

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
