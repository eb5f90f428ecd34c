/** Values in the units that their author wrote them in. */

import type { LemsModel } from '../lems/definitions.js';
import { splitQuantity } from '../lems/quantities.js';
import { quantityValue } from '../lems/values.js';
import { numberText } from './quantity-text.js';

/**
 * A value in SI as a quantity in the unit of another.
 *
 * @param written  the quantity to imitate
 * @param unit  symbol of the SI unit, for values that have no short text in the unit of the other; empty for pure
 *   numbers
 */
export function like(
  written: string | undefined,
  value: number,
  unit: string,
  { units }: Pick<LemsModel, 'units'>,
): string {
  if (written !== undefined && quantityValue(written, units) === value) return written;
  const plain = unit === '' ? numberText(value) : `${numberText(value)} ${unit}`;
  const symbol = written === undefined ? '' : (splitQuantity(written)?.unit ?? '');
  const known = units.get(symbol);
  if (!known) return plain;
  const space = /\s/.test(written?.trim() ?? '') ? ' ' : '';
  // The shortest text that is read as this value.
  for (const digits of [15, 16, 17]) {
    const number = Number((value / (known.scale * 10 ** known.power) - known.offset).toPrecision(digits));
    const text = `${numberText(number)}${space}${symbol}`;
    if (quantityValue(text, units) === value) return text;
  }
  return plain;
}
