/**
 * Units of NESTML. In the code that NESTML generates, all numbers are in NEST's coherent system: mV, ms and pA, hence
 * nS, pF and Gohm. Lengths are in um here.
 */

import { binary, name, number, unary } from '../../../../src/lang/build.js';
import type { Dimension, Expression } from '../../../../src/lang/ast.js';
import { parseUnit } from '../../../../src/lang/units.js';
import { siOf } from '../../../../src/library/simulators/nest-units.js';
import { inUnit } from '../../../shared/in-unit.js';
import { NotInNestml } from './not-in-nestml.js';

/** A unit of NEST. */
interface NestUnit {
  /** As types of NESTML have it, such as `mV` or `pF/um**2`; `real` for pure numbers. */
  readonly type: string;
  /** The same in our own texts, such as `pF*um**-2`; `1` for pure numbers. */
  readonly own: string;
  /** Units with their exponents. */
  readonly factors: readonly (readonly [unit: string, exponent: number])[];
}

/** Units with a name, by their exponents of mV, ms and pA. */
const named: Readonly<Record<string, string>> = {
  '1,0,0': 'mV',
  '0,1,0': 'ms',
  '0,0,1': 'pA',
  '-1,0,1': 'nS',
  '1,0,-1': 'Gohm',
  '-1,1,1': 'pF',
};

/**
 * Returns the unit of NEST of a dimension.
 *
 * @throws NotInNestml  exponents that are no whole numbers, or a dimension of light
 */
export function nestUnit(dimension: Dimension): NestUnit {
  const [m, kg, s, A, K, mol, cd] = dimension;
  // A kilogram is a V*A*s**3/m**2.
  const [volts, seconds, amperes, metres] = [kg, s + 3 * kg, A + kg, m - 2 * kg];
  if (![volts, seconds, amperes, metres, K, mol].every(Number.isInteger) || cd !== 0)
    throw new NotInNestml(`NESTML has no unit for powers such as these: ${dimension.join(', ')}`);
  const whole = named[[volts, seconds, amperes].join()];
  const electrical: readonly (readonly [string, number])[] =
    whole === undefined
      ? [
          ['mV', volts],
          ['pA', amperes],
          ['ms', seconds],
        ]
      : [[whole, 1]];
  const factors = (
    [...electrical, ['um', metres], ['K', K], ['mol', mol]] as readonly (readonly [string, number])[]
  ).filter(([, exponent]) => exponent !== 0);
  const power = ([unit, exponent]: readonly [string, number]): string =>
    exponent === 1 ? unit : `${unit}**${exponent}`;
  const above = factors.filter(([, exponent]) => exponent > 0).map(power);
  const below = factors.filter(([, exponent]) => exponent < 0).map(([unit, exponent]) => power([unit, -exponent]));
  return {
    type: factors.length === 0 ? 'real' : [above.length === 0 ? '1' : above.join('*'), ...below].join('/'),
    own: factors.length === 0 ? '1' : factors.map(power).join('*'),
    factors,
  };
}

/** Returns the unit of NEST of a unit of SI by its text, such as `V` or `A*m**-2`. */
export const nestUnitOf = (text: string): NestUnit => nestUnit(parseUnit(text).dimension);

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
