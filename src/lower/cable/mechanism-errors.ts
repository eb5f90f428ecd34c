/** Mistakes of mechanisms at their places. */

import type { Finding } from '../../diagnostics/diagnostic.js';
import type { Expression } from '../../lang/ast.js';
import { linearForm } from '../../lang/linear.js';
import { namesIn } from '../../lang/walk.js';
import type { Mechanism } from '../../model/typed.js';
import { inlineDerived } from '../context/equations.js';
import { notGiven, unsupportedFeature } from '../context/messages.js';

/** A mistake of a mechanism at a place: a missing variable, or an unsupported feature. */
export class BadMechanism extends Error {
  constructor(
    readonly mechanism: string,
    readonly finding: Finding,
  ) {
    super(finding.message);
  }
}

/** A part of a mechanism that cannot be run. */
export const notRun = (mechanism: string, feature: string, hint?: string): BadMechanism =>
  new BadMechanism(mechanism, unsupportedFeature(feature, hint));

/**
 * Checks that noise is only added to states, with a factor that does not depend on them, as Euler's method requires.
 *
 * @throws BadMechanism otherwise
 */
export function checkNoise(id: string, { noise, derived, derivatives, writes }: Mechanism): void {
  if (noise.length === 0) return;
  const definitions = new Map(
    Object.entries(derived).map(([name, { value, held }]) => [name, { expression: value, held }]),
  );
  const inlined = (e: Expression): Expression => inlineDerived(e, definitions);
  const reads = (e: Expression): boolean => noise.some((xi) => namesIn(e).has(xi));
  for (const [name, e] of Object.entries(writes))
    if (reads(inlined(e)))
      throw notRun(
        id,
        `noise in ${name}, which the mechanism ${id} writes,`,
        'give the mechanism a state with noise, such as dx/dt = -x/tau + sigma*(2/tau)**0.5*xi, and write that',
      );
  for (const [name, { rate }] of Object.entries(derivatives)) {
    const e = inlined(rate);
    if (!reads(e)) continue;
    const form = linearForm(e, noise);
    const factors = [...(form?.coefficients.values() ?? [])];
    if (!form || factors.some((factor) => [...namesIn(factor)].some((used) => used === 't' || used in derivatives)))
      throw notRun(
        id,
        `noise of ${name} in the mechanism ${id} that is multiplied by what changes with it or with the time`,
        'multiply it by parameters, or by functions of the potential',
      );
  }
}

/** A variable that a mechanism reads and that is not given. */
export const missing = (mechanism: string, what: string, hint: string): BadMechanism =>
  new BadMechanism(mechanism, notGiven(what, hint));

/** Hint for a missing temperature. */
export const giveTemperature = 'give the compartments of the cell a temperature';
