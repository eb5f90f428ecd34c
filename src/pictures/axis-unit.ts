/** Units of axes. */

import { writtenQuantity } from '../lang/readable-quantity.js';
import { parseUnit } from '../lang/units.js';
import { decadeOf, firstDecade, lastDecade } from './decade.js';

/** A unit, and the factor from the SI unit. */
export interface AxisUnit {
  readonly unit: string;
  readonly perSi: number;
}

/** Returns the unit in which people write values of such a size. @param unit  SI unit of the values */
export const axisUnit = (values: ArrayLike<number>, unit: string): AxisUnit => unitOfDecade(decadeOf(values), unit);

/** Returns the unit in which people write values of a decade. @param unit  SI unit of the values */
function unitOfDecade(decade: number, unit: string): AxisUnit {
  const power = Number(`1e${decade}`);
  const written = writtenQuantity(power, parseUnit(unit).dimension, 'decimal');
  return { unit: symbol(written.unit), perSi: written.number / power };
}

/** Returns the units of an axis by decade, from `firstDecade` on. @param unit  SI unit of the values */
export const axisUnits = (unit: string): readonly AxisUnit[] =>
  Array.from({ length: lastDecade - firstDecade + 1 }, (_, k) =>
    unit === '1' ? { unit: '', perSi: 1 } : unitOfDecade(firstDecade + k, unit),
  );

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
