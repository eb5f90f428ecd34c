/** Steps that adapt to the equations, which Brian takes by the GNU Scientific Library. */

import { linearForm } from '../../../src/lang/linear.js';
import { substitute } from '../../../src/lang/walk.js';
import { derivedOf } from '../../../src/library/gather/texts.js';
import type { EquationSet, IntegrationMethod } from '../../../src/model/typed.js';

/** Brian's method for equations with adaptive steps. */
export const gslMethod = 'gsl_rkf45';

/** Returns the nearest method of Brian with steps of fixed length. */
export function fixedMethod(type: Pick<EquationSet, 'derivatives' | 'derived'>): IntegrationMethod {
  const derived = derivedOf(type) ?? new Map();
  // Gates and conductances that decay linearly are stable in steps of any length.
  const isLinear = Object.entries(type.derivatives).every(
    ([name, { rate }]) => linearForm(substitute(rate, derived), [name]) !== null,
  );
  return isLinear ? 'exponentialEuler' : 'rk4';
}
