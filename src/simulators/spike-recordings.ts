/** Recordings of spikes whose cells become several populations of a document. */

import type { Simulator } from '../library/simulators/names.js';
import { grouped } from '../model/collections.js';
import type { Recording, ValidModel } from '../model/model.js';
import type { Became } from '../model/rewriting/became.js';
import type { TargetNotation } from '../convert/target-notations.js';
import { engines } from './engines.js';
import type { Recorded } from './recorded-columns.js';
import { writtenFor, type WrittenFor } from './written.js';

/** A model that records spikes, as a simulator runs it. */
export interface WrittenWithSpikes extends WrittenFor, Required<Pick<Recorded, 'spikes' | 'cells'>> {
  /** The model as it was written. */
  readonly recorded: ValidModel;
}

/** A recording of cells that became a population of their own. */
interface Part {
  /** The recording of the whole population. */
  readonly of: string;
  readonly population: string;
  readonly name: string;
  readonly cells: readonly number[];
  readonly became: string;
}

/** Returns a part for each population that cells of a population became; none if it stays one. */
function partsOf(of: string, population: string, { model }: ValidModel, became: Became): readonly Part[] {
  const cells = Array.from({ length: model.populations[population]?.size ?? 0 }, (_, cell) => cell);
  const groups = [...grouped(cells, (cell) => [became.population(population, cell)?.population ?? population])];
  if (groups.length <= 1) return [];
  return groups.map(([there, own], k) => ({ of, population, name: `${of}_${k}`, cells: own, became: there }));
}

/**
 * Writes a model for a simulator.
 *
 * @param whole  populations by the names of recordings of their spikes
 * @throws CannotRun if the simulator cannot run it
 */
export async function writtenWithSpikes(
  recorded: ValidModel,
  whole: ReadonlyMap<string, string>,
  to: TargetNotation,
  simulator: Simulator,
  options: Parameters<typeof writtenFor>[3],
): Promise<WrittenWithSpikes> {
  const written = await writtenFor(recorded, to, simulator, options);
  const parts = [...whole].flatMap(([name, population]) =>
    partsOf(name, population, recorded, written.converted.became),
  );
  // Columns are named after a recording, or after a population of the document.
  const keys = parts.flatMap((part) => [part.name, part.became].map((key) => ({ ...part, key })));
  const names = {
    spikes: new Map([...whole, ...keys.map(({ key, population }) => [key, population] as const)]),
    cells: new Map(keys.map(({ key, cells }) => [key, cells])),
  };
  if (parts.length === 0 || engines[simulator].recordsApart !== true) return { ...written, recorded, ...names };
  const recordings = recorded.model.recordings.flatMap((recording): readonly Recording[] => {
    const own = parts.filter(({ of }) => of === recording.name);
    if (own.length === 0) return [recording];
    return own.map(({ name, population, cells }) => ({ ...recording, of: { population, indices: cells }, name }));
  });
  const apart = { ...recorded, model: { ...recorded.model, recordings } };
  return { ...(await writtenFor(apart, to, simulator, options)), recorded: apart, ...names };
}
