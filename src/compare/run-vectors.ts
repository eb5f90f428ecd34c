/** Quantities of single runs as vectors of numbers, and the distances of vectors. */

import { itemAt } from '../diagnostics/entry.js';
import { quantities, rankCorrelation, type Profile, type QuantityName } from './quantities.js';

/** A quantity of each run of a population as numbers whose mean over runs describes a side. */
export interface Track {
  readonly population: number;
  readonly name: QuantityName;
  readonly runs: readonly Float64Array[];
  /** Whether it only counts if it differs, as leads of cells do. */
  readonly isLead?: boolean;
}

/** Values at which distributions over cells are compared. */
const levels = 64;

/** Returns a quantity of one run as numbers; null if the run has no value. */
export function vectorOf(profile: Profile, name: QuantityName): Float64Array | null {
  const { vector, values } = quantities[name];
  const found = vector ? vector(profile) : values ? quantiles(values(profile)) : profile.overTime.get(name);
  return found?.length ? found : null;
}

function quantiles(values: Float64Array): Float64Array {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const { length } = sorted;
  return Float64Array.from({ length: length === 0 ? 0 : levels }, (_, k) => {
    const at = ((k + 0.5) / levels) * length - 0.5;
    const low = Math.max(0, Math.min(length - 1, Math.floor(at)));
    const high = Math.min(length - 1, low + 1);
    return itemAt(sorted, low) + Math.max(0, at - low) * (itemAt(sorted, high) - itemAt(sorted, low));
  });
}

/** Returns the distance of two vectors in the unit of its margin; of spectra the logarithm of the largest ratio. */
export function distanceOf(name: QuantityName, a: Float64Array, b: Float64Array): number {
  let [apart, size, largest] = [0, 0, 0];
  for (const [k, value] of a.entries()) {
    const difference = Math.abs(value - itemAt(b, k));
    apart += difference;
    largest = Math.max(largest, difference);
    size += (Math.abs(value) + Math.abs(itemAt(b, k))) / 2;
  }
  if (name === 'spectrum') return largest;
  if (quantities[name].isRelative) return size > 0 ? apart / size : 0;
  if (!isRanked(name)) return apart / a.length;
  const found = rankCorrelation(a, b);
  return Number.isNaN(found) ? 1 : 1 - found;
}

/** Checks whether a quantity is compared by the ranks of cells. */
export const isRanked = (name: QuantityName): boolean => name === 'order' || name === 'rates of cells';
