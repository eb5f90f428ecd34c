/** Numbers in SI as numbers in the unit of a notation, by their decimal digits. */

import { divideRationals, one } from '../../src/lang/rational.js';
import { parseUnit } from '../../src/lang/units.js';
import { scaledNumbers, scaler } from '../../src/model/normalise/arrays.js';

/** Returns a number in SI as one in a unit: the one that is read as the same number, if there is one. */
export const inUnit = (value: number, unit: string): number => unitScaler(unit)(value);

/** Returns the same for many numbers, one by one. */
export function unitScaler(text: string): (value: number) => number {
  if (text === '1') return (value) => value;
  const unit = parseUnit(text);
  const fromSi = scaler({ ...unit, scale: divideRationals(one, unit.scale) });
  const inSi = scaler(unit);
  return (value) => {
    if (!Number.isFinite(value)) return value;
    const near = fromSi(value);
    // The nearest double in the unit may be read as another one in SI, and its neighbour as this one.
    const step = 0.75 * Number.EPSILON * near;
    return [near, near + step, near - step].find((number) => inSi(number) === value) ?? near;
  };
}

/** Returns the same for long lists of numbers. */
export function numbersInUnit(values: ArrayLike<number>, text: string): Float64Array {
  if (text === '1') return Float64Array.from(values);
  const unit = parseUnit(text);
  const near = scaledNumbers(values, { ...unit, scale: divideRationals(one, unit.scale) });
  const read = scaledNumbers(near, unit);
  const single = unitScaler(text);
  for (let k = 0; k < near.length; k++) if (read[k] !== values[k]) near[k] = single(values[k]!);
  return near;
}
