/** A simulator's results in memory, for comparisons. */

import { clockOf, rowsAtOnce, rowsOf, spikesByPopulation, type Recorded } from '../simulators/recorded-columns.js';
import type { ToolColumns } from '../simulators/columns.js';
import { sampleTime, type SampleRows } from './compare-samples.js';
import type { SpikesByPopulation } from './compare-spikes.js';

/** Spikes in s, and samples in SI units by the name of their recording. */
export interface ToolResults {
  readonly spikes: SpikesByPopulation;
  readonly samples: ReadonlyMap<string, SampleRows>;
}

/** Returns the results that columns hold of the recordings of a model. */
export function toolResults(columns: readonly ToolColumns[], recorded: Recorded): ToolResults {
  const { model, samples } = recorded;
  const placed = clockOf(model);
  const spikes = new Map<string, number[][]>();
  for (const [population, pieces] of spikesByPopulation(columns, recorded)) {
    const { size = 0 } = model.populations[population] ?? {};
    const trains = Array.from({ length: size }, (): number[] => []);
    for (const { segment, rows, read } of pieces) {
      const { times, cells } = read(0, rows);
      // Elements of compartments belong to the cells in turn.
      times.forEach((time, k) => trains[cells[k]! % size]?.push(placed(time, segment).seconds));
    }
    for (const train of trains) train.sort((a, b) => a - b);
    spikes.set(population, trains);
  }
  const kept = new Map<string, SampleRows>();
  for (const name of samples.keys()) {
    const found = rowsOf(name, recorded, columns);
    if (typeof found === 'string') continue;
    const times: number[] = [];
    const values: number[] = [];
    for (const { segment, rows, read } of found)
      for (let begin = 0; begin < rows; begin += rowsAtOnce) {
        const block = read(begin, Math.min(rows, begin + rowsAtOnce));
        for (const time of block.times) {
          const { seconds, part } = placed(time, segment);
          times.push(sampleTime(seconds, part));
        }
        for (const value of block.values) values.push(value);
      }
    kept.set(name, { times: Float64Array.from(times), values });
  }
  return { spikes, samples: kept };
}
