/** Draws as expressions of Brian's own functions. */

import { parseExpression } from '../../../src/lang/parse.js';
import { printExpression } from '../../../src/lang/print.js';
import { distributions } from '../../../src/library/pynn/distributions.js';
import type { DrawnValues } from '../../../src/model/model.js';

/** A draw as an expression: of the same distribution, or of one that is near. */
export function drawText(
  { distribution, arguments: given, exponent10 = 0, then, pairs }: DrawnValues,
  unit: string,
): { readonly text: string; readonly exact: boolean } | undefined {
  if (then !== undefined || pairs === true) return undefined;
  const known = distributions[distribution];
  const scale = unit === '1' && exponent10 === 0 ? '1' : `1e${exponent10}*${unitText(unit)}`;
  const text = known?.expression?.(given, scale);
  if (text === undefined) return undefined;
  const tidy = printExpression(parseExpression(text));
  switch (distribution) {
    case 'uniform': {
      const [low = 0, high = 0] = given;
      const width = Number((high - low).toPrecision(12));
      const at = (value: number): string => (scale === '1' ? String(value) : `${value}*(${scale})`);
      return { text: `${low === 0 ? '' : `${at(low)} + `}${at(width)}*uniform()`, exact: true };
    }
    case 'normal':
    case 'exponential':
    case 'lognormal':
    case 'uniform_int':
    case 'normal_clipped_to_boundary':
    case 'poisson':
      return { text: tidy, exact: true };
    case 'normal_clipped':
      return {
        text: tidy.replace(/^truncatedNormal\((.*), (.*), (.*), (.*)\)$/, 'clip(normal($1, $2), $3, $4)'),
        exact: false,
      };
    default:
      return undefined;
  }
}

/** A unit as a factor. */
export const unitText = (unit: string): string => (/^\w+$/.test(unit) ? unit : `(${unit})`);
