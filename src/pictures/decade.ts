/** Decades of values. */

/** Decades of SI units for which axes have units of their own: no recorded value of a cell is smaller or larger. */
export const [firstDecade, lastDecade] = [-24, 12];

/** Returns the power of ten of the largest of some values; 0 if all are 0. */
export function decadeOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let k = 0; k < values.length; k++) {
    const size = Math.abs(values[k] ?? 0);
    if (size > largest && size < Infinity) largest = size;
  }
  return largest === 0 ? 0 : Math.floor(Math.log10(largest));
}
