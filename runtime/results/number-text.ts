/** Numbers as text that reads back to the same bits. */

import type { ElementType } from '../../src/ir/program.js';

/**
 * Returns the shortest decimal that reads back to the same number of its type; not-finite numbers are `NaN`, `Infinity`
 * and `-Infinity`, and the sign of zero is kept.
 */
export function numberText(value: number | bigint, element: ElementType): string {
  if (typeof value === 'bigint') return value.toString();
  if (Object.is(value, -0)) return '-0';
  if (element !== 'f32' || !Number.isFinite(value)) return String(value);
  for (let digits = 6; digits < 9; digits += 1) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}
