/**
 * Counts the synapses of projections with a drawn number of synapses. Results need the number of columns of a series
 * before a run.
 */

import { resolveExtent } from '../../../runtime/record/read-buffers.js';
import type { Positions } from '../../diagnostics/positions.js';
import type { Target } from '../../../runtime/targets/target.js';
import type { Precision } from '../../ir/program.js';
import { loweredModel } from '../build-program.js';
import { inStage } from '../stages.js';
import type { DrawnModel } from '../../draw/drawn-model.js';
import type { Projection } from '../../model/typed.js';

/** Checks whether some recording is of all synapses of a projection. */
function recordsAllSynapses({ model }: DrawnModel): boolean {
  return model.recordings.some(
    ({ of }) => of.kind === 'synapses' && of.slice === undefined && of.indices === undefined,
  );
}

/** Checks whether a projection ends at the synapses of another. */
const endsAtSynapses = ({ from, to }: Projection): boolean => [from, to].some(({ of }) => of.kind === 'synapses');

/** Checks whether a model can only be lowered once its synapses have been counted. */
export const needsCounts = (drawn: DrawnModel): boolean =>
  recordsAllSynapses(drawn) || Object.values(drawn.model.projections).some(endsAtSynapses);

/** Number of synapses of a projection of the program, which may be a piece of one of the model. */
interface SynapseCount {
  readonly name: string;
  readonly pieceOf: string | undefined;
  readonly count: number;
}

/** Returns the counts by name. */
export const countsByName = (counts: readonly SynapseCount[]): ReadonlyMap<string, number> =>
  new Map(counts.map(({ name, count }) => [name, count]));

/**
 * Builds the network without running it, and counts. Projections that end at the synapses of others are built after the
 * others are counted.
 *
 * @returns the number for each projection of the program, including numbers that follow from the model without drawing
 * @throws DiagnosticError for parts that cannot be lowered
 */
export async function synapseCounts(
  drawn: DrawnModel,
  positions: Positions,
  target: Target,
  precision: Precision,
): Promise<readonly SynapseCount[]> {
  const { model } = drawn;
  // A model without phases and recordings.
  const still: DrawnModel = {
    ...drawn,
    model: { ...model, recordings: [], experiment: { ...model.experiment, protocol: [] } },
  };
  const plain = Object.entries(model.projections).filter(([, projection]) => !endsAtSynapses(projection));
  const between = { ...still, model: { ...still.model, projections: Object.fromEntries(plain), operations: {} } };
  const isPlain = plain.length === Object.keys(model.projections).length;
  const counted = async (): Promise<ReadonlyMap<string, number>> => {
    try {
      return countsByName(await synapseCounts(between, positions, target, precision));
    } catch (error) {
      // Reports errors of the other projections as well.
      loweredModel(still, positions, {
        precision,
        counts: new Map(Object.keys(model.projections).map((id) => [id, 1])),
      });
      throw error;
    }
  };
  const counts = isPlain ? undefined : await counted();
  const program = loweredModel(still, positions, { precision, ...(counts ? { counts } : {}) });
  const { projections } = program.manifest;
  const known = projections.flatMap(({ name, pieceOf, count }) =>
    typeof count === 'number' ? [{ name, pieceOf, count }] : [],
  );
  if (known.length === projections.length) return known;
  const session = await inStage('connect', async () => (await target.compile(program, { threads: 1 })).start());
  try {
    await inStage('connect', () => session.initialise());
    const counts: SynapseCount[] = [];
    for (const { name, pieceOf, count } of projections)
      counts.push({ name, pieceOf, count: await resolveExtent(session, count) });
    return counts;
  } finally {
    await session.dispose();
  }
}
