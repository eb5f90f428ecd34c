/** Values of attributes, in SI, for builders. The reader has already reported invalid values. */

import type { LemsModel } from './definitions.js';
import { readQuantity, isFault } from './quantities.js';

/** Returns a quantity such as `-70mV` in SI, or undefined for an invalid one. */
export function quantityValue(text: string, units: LemsModel['units']): number | undefined {
  const quantity = readQuantity(text, units);
  return isFault(quantity) ? undefined : quantity.value;
}
