/** Random spikes for sources that have none, as the Inputs of graphs of NIR, so that runs of their models differ. */

import { sequence } from '../library/recognise/numbers.js';
import { numbersOf } from '../model/arrays.js';
import type { Population, ValidModel } from '../model/model.js';
import { areInFile } from '../model/tagged.js';

/** Chance of a spike of each element in each step, and most spikes of a source. */
const [chance, mostSpikes] = [0.3, 1e5];

/** Checks whether a model has sources of spikes, and none has spikes. */
export function lacksSpikes({ model, data }: ValidModel): boolean {
  const given = Object.values(model.populations).flatMap(({ spikes }) => spikes ?? []);
  return (
    given.length > 0 && given.every((spikes) => !areInFile(spikes) && numbersOf(spikes.indices, data).length === 0)
  );
}

/**
 * Returns a model whose sources without spikes have random ones for some seconds; the same model if others have spikes.
 * Equal sources have equal spikes in all models.
 */
export function withRandomInputs(valid: ValidModel, seconds: number): ValidModel {
  const { model } = valid;
  const { populations, experiment } = model;
  if (!lacksSpikes(valid)) return valid;
  const steps = Math.round(seconds / experiment.dt);
  const driven = Object.entries(populations).map(([name, population]): [string, Population] => {
    if (!population.spikes) return [name, population];
    const { size } = population;
    const most = Math.min(chance, mostSpikes / (steps * size));
    const indices: number[] = [];
    const times: number[] = [];
    const uniform = sequence(1);
    for (let step = 0; step < steps; step++)
      for (let index = 0; index < size; index++) {
        if (uniform() >= most) continue;
        indices.push(index);
        times.push(step * experiment.dt);
      }
    return [name, { ...population, spikes: { indices, times } }];
  });
  return { ...valid, model: { ...model, populations: Object.fromEntries(driven) } };
}
