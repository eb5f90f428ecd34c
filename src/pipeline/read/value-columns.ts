/** Columns of tables of connections with values of synapses. */

import { itemAt } from '../../diagnostics/entry.js';
import { scaledNumbers } from '../../model/normalise/arrays.js';
import type { Unit } from '../../lang/units.js';

/** A column of synapses: a variable or the delay. */
export interface ValueColumn {
  readonly variable: string;
  readonly column: string | number;
  readonly sign: string | number | undefined;
  readonly factor: number;
  readonly unit: Unit | undefined;
  readonly pointer: string;
}

/** Most distinct values that are converted to SI once each. */
const mostDistinct = 10_000;

/** Returns values in SI: number times sign, times factor, in the unit. */
export function scaled(
  numbers: Float64Array,
  signs: Float64Array | undefined,
  kept: Uint32Array | undefined,
  { factor, unit }: ValueColumn,
): Float64Array {
  const count = kept?.length ?? numbers.length;
  const values = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const row = kept?.[k] ?? k;
    values[k] = numbers[row]! * (signs?.[row] ?? 1) * factor;
  }
  if (!unit) return values;
  // Few distinct values are usual, such as counts of synapses.
  const distinct = new Set<number>();
  for (let k = 0; k < count && distinct.size <= mostDistinct; k++) distinct.add(values[k]!);
  if (distinct.size > mostDistinct) return scaledNumbers(values, unit);
  const si = scaledNumbers([...distinct], unit);
  const known = new Map([...distinct].map((value, k) => [value, itemAt(si, k)]));
  for (let k = 0; k < count; k++) values[k] = known.get(values[k]!)!;
  return values;
}
