/** Numbers, quantities and values of elements as texts of a description. */

import { formatCount } from '../../diagnostics/quantities.js';
import { scaleDecimal } from '../../lang/decimal.js';
import { powerOfTen } from '../../lang/rational.js';
import { writtenQuantity } from '../../lang/readable-quantity.js';
import { parseUnit } from '../../lang/units.js';
import { isListed } from '../../model/arrays.js';
import type { DrawnValues, UnitText, Value } from '../../model/model.js';
import { isGiven } from '../../model/tagged.js';
import type * as typed from '../../model/typed.js';

/** Returns a number with its unit. Products of decimal numbers may differ from what was written in their last digit. */
export function quantity(exact: number, given: UnitText): string {
  const { number, unit } = rounded(exact, given);
  return unit === '1' ? String(number) : `${number} ${unit}`;
}

/** Returns a number and its unit, in which it has few digits. */
export function rounded(exact: number, given: UnitText): { readonly number: number; readonly unit: string } {
  const value = Number(exact.toPrecision(15));
  const { number, unit } = writtenQuantity(value, parseUnit(given).dimension, 'decimal');
  return { number, unit: unit !== '1' && number === value ? given : unit };
}

/** Returns a time with its unit. */
export const seconds = (value: number): string => quantity(value, 's');

/** Returns a value of elements as text. */
export function valueText(value: Value | Exclude<typed.Value, typed.Formula>, unit: UnitText): string {
  if (typeof value === 'number') return quantity(value, unit);
  if (typeof value === 'string') return value;
  if (!isGiven(value)) return `${drawnText(value, unit)}, drawn by ${value.generator}`;
  const count = isListed(value.array) ? value.array.length : value.array.shape.reduce((all, one) => all * one, 1);
  return `${formatCount(count)} values`;
}

/** Distributions with parameters that are all in the unit of the drawn numbers. */
const inUnitOfDraws: readonly string[] = [
  'uniform',
  'normal',
  'normal_clipped',
  'normal_clipped_to_boundary',
  'exponential',
];

/** Returns `uniform(0 V, 20 mV)`; `lognormal(0, 1)*mV` if parameters have no unit of their own. */
function drawnText(
  { distribution, arguments: given, exponent10 = 0 }: Omit<DrawnValues, 'then'>,
  unit: UnitText,
): string {
  const call = (text: (argument: number) => string): string => `${distribution}(${given.map(text).join(', ')})`;
  if (inUnitOfDraws.includes(distribution))
    return call((argument) => quantity(scaleDecimal(String(argument), powerOfTen(exponent10)), unit));
  const factor = quantity(scaleDecimal('1', powerOfTen(exponent10)), unit)
    .replace(/^1 (?=.)/, '')
    .replace(' ', '*');
  return factor === '1' ? call(String) : `${call(String)}*${factor}`;
}
