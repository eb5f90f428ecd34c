/** What is wrong with a mechanism where it is. */

import type { Finding } from '../../diagnostics/diagnostic.js';
import type { Expression } from '../../lang/ast.js';
import { linearForm } from '../../lang/linear.js';
import { namesIn } from '../../lang/walk.js';
import type { Mechanism } from '../../model/typed.js';
import { inlineDerived } from '../code/equations.js';
import { notGiven, unsupportedFeature } from '../messages.js';

/** What is wrong with a mechanism at a place: something that it reads and that nothing gives, or that cannot be run. */
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
 * Whether noise is added to states alone, with a factor that does not change with them, as Euler's method takes it.
 *
 * @throws BadMechanism where it is not
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

/** Something that a mechanism reads and that nothing gives. */
export const missing = (mechanism: string, what: string, hint: string): BadMechanism =>
  new BadMechanism(mechanism, notGiven(what, hint));

/** What to do where the temperature is missing. */
export const giveTemperature = 'give the compartments of the cell a temperature';
