/** Quantities of spike trains that expectations and tasks are about. */

import { localVariation, revisedLocalVariation, variation, variation2 } from '../../compare/measures/intervals.js';
import type { Train } from '../../compare/measures/train.js';
import { dimensionless } from '../../lang/ast.js';
import { hertz } from '../../lang/dimension.js';

/** Quantities of spike trains, with the dimension of each. */
export const quantities = {
  count: dimensionless,
  rate: hertz,
  cv: dimensionless,
  cv2: dimensionless,
  lv: dimensionless,
  lvr: dimensionless,
} as const;

/** A quantity of spike trains. */
export type SpikeQuantity = keyof typeof quantities;

/** Cells of a population as `exc`, `exc[0:80]`, `exc[3]` or `exc.dendritic`. */
export const spikesForm = /^([A-Za-z_]\w*)(?:\[(\d+)(?::(\d+))?\])?(?:\.([A-Za-z_]\w*))?$/;

/** R of the revised local variation in s. */
const refractory = 5e-3;

/** Measures of some trains over a time in s, by quantity. */
export const spikeMeasures: Readonly<Record<SpikeQuantity, (trains: readonly Train[], seconds: number) => number>> = {
  count: countSpikes,
  rate: (trains, seconds) => countSpikes(trains) / trains.length / seconds,
  cv: (trains) => meanOf(trains, variation),
  cv2: (trains) => meanOf(trains, variation2),
  lv: (trains) => meanOf(trains, localVariation),
  lvr: (trains) => meanOf(trains, (train) => revisedLocalVariation(train, refractory)),
};

function countSpikes(trains: readonly Train[]): number {
  return trains.reduce((sum, { length }) => sum + length, 0);
}

/** Returns the mean over the trains that have a value; NaN if none has. */
function meanOf(trains: readonly Train[], of: (train: Train) => number): number {
  const values = trains.map(of).filter((value) => !Number.isNaN(value));
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
