/** Values of attributes, in SI. For those who build: what is wrong with a value was said by the reader. */

import type { LemsModel } from './definitions.js';
import { readQuantity, isFault } from './quantities.js';

/** A quantity such as `-70mV` in SI; undefined when it is none. */
export function quantityValue(text: string, units: LemsModel['units']): number | undefined {
  const quantity = readQuantity(text, units);
  return isFault(quantity) ? undefined : quantity.value;
}
