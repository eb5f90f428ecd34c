/**
 * Units of NESTML. In the code that NESTML generates, all numbers are in NEST's coherent system: mV, ms and pA, hence
 * nS, pF and Gohm. Lengths are in um here.
 */

import { binary, name, number, unary } from '../../../src/lang/build.js';
import type { Dimension, Expression } from '../../../src/lang/ast.js';
import { parseUnit } from '../../../src/lang/units.js';
import { nestUnit as unitOfNest, siOf } from '../../../src/library/simulators/nest-units.js';
import { inUnit } from '../../shared/in-unit.js';
import { NotInNestml } from './not-in-nestml.js';

/** Returns the unit of NEST of a dimension. @throws NotInNestml */
export function nestUnit(dimension: Dimension): NonNullable<ReturnType<typeof unitOfNest>> {
  const unit = unitOfNest(dimension);
  if (!unit) throw new NotInNestml(`NESTML has no unit for powers such as these: ${dimension.join(', ')}`);
  return unit;
}

/** Returns the unit of NEST of a unit of SI by its text, such as `V` or `A*m**-2`. */
export const nestUnitOf = (text: string): ReturnType<typeof nestUnit> => nestUnit(parseUnit(text).dimension);

/** Converts a value from SI to NEST's units. The dimension may have fractional powers, as noise does. */
const inNest = (value: number, dimension: Dimension): number => Number((value / siOf(dimension)).toPrecision(15));

/** Returns a value in SI as a number in NEST's unit. */
export const nestNumber = (value: number, dimension: Dimension): number =>
  dimension.every(Number.isInteger) ? inUnit(value, nestUnit(dimension).own) : inNest(value, dimension);

/** Checks whether the C++ that NESTML 9 writes lacks zeros of a number's exponent: it turns 1e20 into 1e2. */
export function losesZeros(value: number): boolean {
  const exponent = Number(value.toExponential(8).split('e')[1]);
  return value !== 0 && (exponent >= 9 || exponent < -4) && exponent % 10 === 0;
}

/** Returns a value in SI as NESTML writes it: `20 mV`, `0.5 / (1 ms)`. */
export function nestmlQuantity(value: number, dimension: Dimension): Expression {
  if (!Number.isFinite(value)) throw new NotInNestml('NESTML has no infinite numbers');
  const { factors } = dimension.every(Number.isInteger) ? nestUnit(dimension) : { factors: [] };
  const scaled = nestNumber(value, dimension);
  if (losesZeros(scaled)) return binary('*', nestmlQuantity(value / 1000, dimension), number(1000));
  if (factors.length === 0) return number(scaled);
  // C++ has no whole numbers of so many digits.
  const magnitude =
    Math.abs(scaled) >= 2 ** 31 ? Math.abs(scaled).toExponential().replace('+', '') : String(Math.abs(scaled));
  const first = factors.find(([, exponent]) => exponent === 1)?.[0];
  let result: Expression = name(first === undefined ? magnitude : `${magnitude} ${first}`);
  for (const [unit, exponent] of factors) {
    if (unit === first) continue;
    const count = Math.abs(exponent);
    const one = name(`(1 ${unit})`);
    const power = count === 1 ? one : binary('**', one, number(count, one.span, true));
    result = binary(exponent > 0 ? '*' : '/', result, power);
  }
  return scaled < 0 ? unary('-', result) : result;
}
