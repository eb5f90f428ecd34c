/**
 * How many synapses projections have whose number is drawn: results have to know before a run how many columns a series
 * has.
 */

import { resolveExtent } from '../../runtime/record/session-read.js';
import type { Positions } from '../diagnostics/positions.js';
import type { Target } from '../../runtime/targets/target.js';
import type { Precision } from '../ir/program.js';
import { loweredModel } from './build-program.js';
import { inStage } from './stages.js';
import type { DrawnModel } from '../draw/drawn-model.js';

/** Whether some recording is of all synapses of a projection. */
export function recordsAllSynapses({ model }: DrawnModel): boolean {
  return model.recordings.some(
    ({ of }) => of.kind === 'synapses' && of.slice === undefined && of.indices === undefined,
  );
}

/**
 * Builds the network without running it, and counts.
 *
 * @returns the number by the name of each projection, of those whose number follows from the model alone too
 * @throws DiagnosticError for what cannot be lowered
 */
export async function synapseCounts(
  drawn: DrawnModel,
  positions: Positions,
  target: Target,
  precision: Precision,
): Promise<ReadonlyMap<string, number>> {
  const { model } = drawn;
  // Nothing happens in it, and nothing is recorded.
  const still: DrawnModel = {
    ...drawn,
    model: { ...model, recordings: [], experiment: { ...model.experiment, protocol: [] } },
  };
  const program = loweredModel(still, positions, { precision });
  const known = program.manifest.projections.flatMap(({ name, count }) =>
    typeof count === 'number' ? [[name, count] as const] : [],
  );
  if (known.length === program.manifest.projections.length) return new Map(known);
  const session = await inStage('connect', async () => (await target.compile(program, { threads: 1 })).start());
  try {
    await inStage('connect', () => session.initialise());
    const counts = new Map(known);
    for (const { name, count } of program.manifest.projections) counts.set(name, await resolveExtent(session, count));
    return counts;
  } finally {
    await session.dispose();
  }
}
