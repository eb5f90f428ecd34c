/** Runs of models in another simulator, in place of our own engines. */

import { UsageError } from '../diagnostics/diagnostic.js';
import { nameOn, type Simulator } from '../library/simulators/names.js';
import { isLeftOut, isLoss } from '../model/conversion-report.js';
import type { RunnableModel } from '../pipeline/read/imported-model.js';
import type { RunOptions } from '../pipeline/run-options.js';
import { instrumented, ownDraws, type Instrumented, type WriteOptions } from '../simulators/instrumented.js';
import { runOn } from '../simulators/run-on.js';
import type { RunOn } from '../simulators/write-results.js';
import { readBack } from './read-back.js';

/** Another simulator that runs models. */
export interface Elsewhere extends WriteOptions {
  readonly simulator: Simulator;
  /** Folder or program of its Python; absent: a Python on the path. */
  readonly env?: string;
}

/** Runs a model. */
type RunElsewhere = (imported: RunnableModel, options?: RunOptions) => Promise<RunOn>;

/** Writes a model for a simulator. @throws CannotRun if the simulator cannot run it */
export const writtenElsewhere = (
  imported: RunnableModel,
  { simulator, freeze, partial }: Elsewhere,
): Promise<Instrumented> =>
  instrumented(imported, simulator, { freeze, partial }, (valid, { converted, to }) =>
    readBack(valid, to, { converted, freeze }),
  );

/** Returns the parts of a model that its document for a simulator lacks. */
export const lossesIn = ({ converted }: Instrumented): Instrumented['converted']['report'] =>
  converted.report.filter((entry) => isLeftOut(entry) && isLoss(entry));

/**
 * Returns a function that runs models in a simulator.
 *
 * @param verdictOn  returns the verdict on a conversion that was not run
 */
export function runnerIn(elsewhere: Elsewhere, verdictOn: (model: Instrumented) => string): RunElsewhere {
  const { simulator, freeze } = elsewhere;
  return async (imported, options = {}) => {
    const model = await writtenElsewhere(imported, elsewhere);
    const [loss] = elsewhere.partial ? [] : lossesIn(model);
    if (loss !== undefined)
      throw new UsageError(
        `${nameOn(simulator)} would run only a part of the model: ${loss.pointer}: ${loss.message}`,
        'add --partial to run the rest',
      );
    const drawn = freeze ? [] : ownDraws(imported.valid, simulator, options.ranks ?? 1);
    return runOn(model, { ...options, ...elsewhere, verdict: verdictOn(model), drawn });
  };
}
