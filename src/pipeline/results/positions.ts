/** Places of cells of recorded populations, for results that hold them. */

import { isStructure } from '../../model/tagged.js';
import { arrayOf } from '../../model/arrays.js';
import type { ValidModel } from '../../model/model.js';
import type { RunSetup } from '../../../runtime/results/result.js';

/** Returns populations with the places of their elements, [size, 3] in m, if the model lists them. */
export function withPositions(
  populations: RunSetup['populations'],
  { model, data }: ValidModel,
): RunSetup['populations'] {
  return populations.map((population) => {
    const given = model.populations[population.name]?.positions;
    if (!given || isStructure(given)) return population;
    const positions = Float64Array.from(arrayOf(given, data));
    return positions.length === 3 * population.size ? { ...population, positions } : population;
  });
}
