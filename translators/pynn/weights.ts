/** Facts about the weights of a projection before they are drawn: their signs. */

import { distributions } from '../../src/library/pynn/distributions.js';
import { isRandom, limitAsNumber, numbersIn } from './value-kinds.js';
import { connectors, type Connections } from './connectors.js';
import { own } from './context.js';
import type { Connector, Value } from './specification.generated.js';
import { isNumbers } from './values.js';

/** Returns the limits of a drawn value; infinite if they are not known. */
function rangeOf(value: Value): readonly [low: number, high: number] {
  const known = isRandom(value) ? own(distributions, value.random) : undefined;
  const numbers = known?.parameters.map((key) => {
    const given = isRandom(value) ? own(value.params, key) : undefined;
    return given === undefined ? NaN : limitAsNumber(given);
  });
  return known?.bounds?.(numbers ?? []) ?? [-Infinity, Infinity];
}

/** Returns the weight between the last pair, or one of its sign, if it is known. */
export function lastWeight(weight: Value, connections: Connections): number | undefined {
  const column = connections.columns?.['weight'];
  if (column !== undefined) return isNumbers(column) ? (column.at(-1) ?? 0) : undefined;
  if (typeof weight === 'number') return weight;
  if (isNumbers(weight)) return weight.at(-1);
  if (Array.isArray(weight)) {
    const row: unknown = weight.at(-1);
    return isNumbers(row) ? row.at(-1) : undefined;
  }
  // A drawn value has a known sign if all values in its range have it.
  const [low, high] = rangeOf(weight);
  return low >= 0 ? low : high < 0 ? high : undefined;
}

/** Returns a known weight of the wrong sign. */
export function wrongWeight(weight: Value, sign: 'negative' | 'positive'): number | undefined {
  const [low, high] = rangeOf(weight);
  // If only part of a distribution has the wrong sign, the sign is not known beforehand.
  if (sign === 'negative' ? low > 0 : high < 0) return sign === 'negative' ? low : high;
  return numbersIn(weight).find((number) => (sign === 'negative' ? number > 0 : number < 0));
}

/** Checks whether a connector checks its weights: not in a list of connections, and not if `safe` is false. */
export function isChecked({ type, safe, params = {} }: Connector, { columns }: Connections): boolean {
  if (safe === false || own(params, 'safe') === false || columns?.['weight'] !== undefined) return false;
  return own(connectors, type)?.hasColumns !== true;
}
