/** Steps that adapt to the equations, which Brian takes by the GNU Scientific Library. */

import { linearForm } from '../../../src/lang/linear.js';
import type { EquationSet, IntegrationMethod } from '../../../src/model/typed.js';

/** Brian's method for equations with adaptive steps. */
export const gslMethod = 'gsl_rkf45';

/** Returns the nearest method of Brian with steps of fixed length. */
export function fixedMethod({ derivatives }: Pick<EquationSet, 'derivatives'>): IntegrationMethod {
  // Gates and conductances that decay linearly are stable in steps of any length.
  const isLinear = Object.entries(derivatives).every(([name, { rate }]) => linearForm(rate, [name]) !== null);
  return isLinear ? 'exponentialEuler' : 'rk4';
}
