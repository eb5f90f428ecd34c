/** Values of quantities that differ as text. */

import { symbolicQuantity } from '../../lang/readable-quantity.js';
import { parseUnit } from '../../lang/units.js';
import type { Ledger } from '../ledger.js';
import type { StateComparison, StateDifference } from './cell-pair.js';

/** Returns both values of a quantity, with as many digits as show a difference; null for no value. */
export function valueTexts({ values, unit }: StateDifference): readonly [string | null, string | null] {
  const { dimension } = parseUnit(unit);
  const shown = (digits: number): readonly (string | null)[] =>
    values.map((value) =>
      value === null ? null : String(symbolicQuantity(Number(value.toPrecision(digits)), dimension)),
    );
  const [first = null, second = null] = [6, 9, 12].map(shown).find(([one, other]) => one !== other) ?? shown(15);
  return [first, second];
}

/** Returns the first difference at a state, with its values as text. */
export function firstDifference(states?: StateComparison): Pick<Ledger, 'difference'> {
  const [difference] = states?.differences ?? [];
  if (difference === undefined) return {};
  const { population: part, cell: element, quantity } = difference;
  return { difference: { part, element, quantity, values: valueTexts(difference) } };
}
