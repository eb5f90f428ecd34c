/** Runs the model of a result again in the simulator that it is of. */

import { itemAt } from '../diagnostics/entry.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import type { RunRecord, SimulatorRun } from '../../runtime/results/result.js';
import type { ModelHashes } from '../model/hash.js';
import type { ValidModel } from '../model/model.js';
import { outputWriter } from '../pipeline/results/outputs.js';
import { storedUnits } from '../pipeline/results/written-units.js';
import type { RunOptions, RunResult } from '../pipeline/run-options.js';
import { simulatorOn } from '../library/simulators/names.js';
import { runOn } from '../simulators/run-on.js';
import { writtenElsewhere } from './run-elsewhere.js';

/** A result of another simulator, with the model that it states. */
interface Repeatable {
  readonly path: string;
  readonly record: RunRecord;
  readonly valid: ValidModel;
  readonly hashes: ModelHashes;
}

/**
 * Runs a model again in another simulator, with the same number of threads and ranks.
 *
 * @param output  path of the new result
 * @param env  Python environment of the simulator; absent: a Python on the path
 */
export async function runOnAgain(
  { path, record, valid, hashes }: Repeatable,
  { name, ranks, frozen: freeze, partial, verdict }: SimulatorRun,
  output: string,
  { env, onProgress, signal }: Pick<RunOptions, 'onProgress' | 'signal'> & { readonly env?: string },
): Promise<Pick<RunResult, 'record' | 'engine'> & { readonly path: string; readonly interrupted: false }> {
  const simulator = simulatorOn(name);
  if (simulator === undefined) throw new UsageError(`${path} is of the simulator ${name}`, 'run it there');
  const how = { simulator, freeze, partial };
  const model = await writtenElsewhere({ valid, hashes }, how);
  const result = await runOn(model, {
    ...how,
    verdict,
    drawn: record.notes,
    threads: record.threads,
    ranks,
    units: storedUnits(record),
    writers: [await outputWriter(output)],
    repeated: record,
    ...(env === undefined ? {} : { env }),
    ...(onProgress ? { onProgress } : {}),
    ...(signal ? { signal } : {}),
  });
  result.dispose();
  return { path: itemAt(result.outputs, 0), record: result.record, engine: result.engine, interrupted: false };
}
