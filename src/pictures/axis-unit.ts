/** Units of axes. */

import { writtenQuantity } from '../lang/readable-quantity.js';
import { parseUnit } from '../lang/units.js';

/** A unit, and the factor from the SI unit. */
export interface AxisUnit {
  readonly unit: string;
  readonly perSi: number;
}

/** The unit in which people write values of such a size. @param unit  SI unit of the values */
export function axisUnit(values: ArrayLike<number>, unit: string): AxisUnit {
  let largest = 0;
  for (let k = 0; k < values.length; k++) {
    const size = Math.abs(values[k] ?? 0);
    if (size > largest && size < Infinity) largest = size;
  }
  const power = Number(`1e${largest === 0 ? 0 : Math.floor(Math.log10(largest))}`);
  const written = writtenQuantity(power, parseUnit(unit).dimension, 'decimal');
  return { unit: symbol(written.unit), perSi: written.number / power };
}

/** `uV` for Brian's name `uvolt`. */
const symbol = (unit: string): string =>
  unit === '1'
    ? ''
    : unit
        .replace(/volt$/, 'V')
        .replace(/amp$/, 'A')
        .replace(/siemens$/, 'S')
        .replace(/farad$/, 'F')
        .replace(/second$/, 's');
