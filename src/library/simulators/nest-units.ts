/** Units of NEST: mV, ms and pA, those that follow from them, and mmol. */

import type { Dimension } from '../../lang/ast.js';

/** Returns the size in SI of NEST's unit of a dimension; lengths are in µm. */
export const siOf = ([m, kg, s, A, , mol]: Dimension): number =>
  10 ** -(3 * kg + 3 * (s + 3 * kg) + 12 * (A + kg) + 6 * (m - 2 * kg) + 3 * mol);

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

/** Returns the unit of NEST of a dimension; null for fractional exponents, and for a dimension of light. */
export function nestUnit(dimension: Dimension): NestUnit | null {
  const [m, kg, s, A, K, mol, cd] = dimension;
  // A kilogram is a V*A*s**3/m**2.
  const [volts, seconds, amperes, metres] = [kg, s + 3 * kg, A + kg, m - 2 * kg];
  if (![volts, seconds, amperes, metres, K, mol].every(Number.isInteger) || cd !== 0) return null;
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
    [...electrical, ['um', metres], ['K', K], ['mmol', mol]] as readonly (readonly [string, number])[]
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
