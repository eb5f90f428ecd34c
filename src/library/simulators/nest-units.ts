/** Units of NEST: mV, ms and pA, and those that follow from them. */

import type { Dimension } from '../../lang/ast.js';

/** Returns the size in SI of NEST's unit of a dimension; lengths are in µm. */
export const siOf = ([m, kg, s, A]: Dimension): number =>
  10 ** -(3 * kg + 3 * (s + 3 * kg) + 12 * (A + kg) + 6 * (m - 2 * kg));
