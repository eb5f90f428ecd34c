/** Parts of generators of spikes, which are generators of their own in Brian. */

import { numbersOf } from '../../../src/model/arrays.js';
import type { DataStore, Population, SpikeTrain } from '../../../src/model/typed.js';

/** Returns some cells of a population that replays spikes, as a population in the order of the given cells. */
export function partOfGenerator(
  whole: Population,
  spikes: SpikeTrain,
  cells: readonly number[],
  data: DataStore,
): Population {
  const places = new Map(cells.map((cell, k) => [cell, k] as const));
  const times = numbersOf(spikes.times, data);
  const kept = numbersOf(spikes.indices, data).flatMap((cell, k) => {
    const index = places.get(cell);
    return index === undefined ? [] : [{ index, time: times[k] ?? NaN }];
  });
  kept.sort((a, b) => a.time - b.time || a.index - b.index);
  return {
    ...whole,
    size: cells.length,
    spikes: { ...spikes, kind: 'train', indices: kept.map(({ index }) => index), times: kept.map(({ time }) => time) },
  };
}
