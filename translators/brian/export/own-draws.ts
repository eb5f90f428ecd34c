/** Draws as expressions of Brian's own functions. */

import type { Expression } from '../../../src/lang/ast.js';
import { call } from '../../../src/lang/build.js';
import { parseExpression } from '../../../src/lang/parse.js';
import { distributions } from '../../../src/library/pynn/distributions.js';
import type { DrawnValues } from '../../../src/model/typed.js';

interface OwnDraw {
  readonly e: Expression;
  /** The share of values with another distribution, from 0 to 1. */
  readonly apart: number;
}

/** Distributions with parameters in the unit of the drawn value. */
const valued: ReadonlySet<string> = new Set([
  ...['uniform', 'normal', 'exponential', 'normal_clipped', 'normal_clipped_to_boundary'],
]);

/** Returns the integral of the normal distribution up to this number of deviations, to a few in ten thousand. */
const normalCumulative = (x: number): number =>
  1 / (1 + Math.exp(-2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

/** Multiplies a number by a power of ten in its decimal digits. */
function timesTen(number: number, power: number): number {
  const [digits, own = '0'] = String(number).split('e');
  return Number.isFinite(number) ? Number(`${digits}e${Number(own) + power}`) : number;
}

/** Returns a draw as an expression of the same distribution, or of a similar one. */
export function ownDraw(
  { distribution, arguments: numbersGiven, exponent10 = 0, then, pairs }: DrawnValues,
  unit: string,
): OwnDraw | undefined {
  if (then !== undefined || pairs === true) return undefined;
  const known = distributions[distribution];
  // The largest finite numbers are no limits.
  const given = numbersGiven.map((one) => (Math.abs(one) < Number.MAX_VALUE ? one : Math.sign(one) * Infinity));
  // Parameters are converted to the unit of the model by their decimal digits. Dimensionless numbers stay unchanged.
  const inUnits = unit !== '1' && valued.has(distribution);
  const numbers = inUnits ? given.map((one) => timesTen(one, exponent10)) : given;
  const scale = unit === '1' && exponent10 === 0 ? '1' : inUnits ? unit : `1e${exponent10}*${unitText(unit)}`;
  const text = known?.expression?.(numbers, scale);
  if (text === undefined) return undefined;
  const e = parseExpression(text);
  switch (distribution) {
    case 'uniform': {
      const [low = 0, high = 0] = numbers;
      const width = Number((high - low).toPrecision(12));
      const at = (value: number): string => (scale === '1' ? String(value) : `${value}*(${scale})`);
      return { e: parseExpression(`${low === 0 ? '' : `${at(low)} + `}${at(width)}*uniform()`), apart: 0 };
    }
    case 'normal':
    case 'exponential':
    case 'lognormal':
    case 'uniform_int':
    case 'normal_clipped_to_boundary':
    case 'poisson':
      return { e, apart: 0 };
    case 'normal_clipped': {
      const [mu = 0, sigma = 0, low = -Infinity, high = Infinity] = given;
      // PyNN draws again if a value lies outside.
      const apart = normalCumulative((low - mu) / sigma) + normalCumulative((mu - high) / sigma);
      const [mean, deviation, ...bounds] = e.kind === 'call' ? e.arguments : [];
      if (mean === undefined || deviation === undefined) return undefined;
      return { e: call('clip', [call('normal', [mean, deviation]), ...bounds]), apart: apart < 1e-6 ? 0 : apart };
    }
    default:
      return undefined;
  }
}

/** Returns a unit as a factor. */
export const unitText = (unit: string): string => (/^\w+$/.test(unit) ? unit : `(${unit})`);
