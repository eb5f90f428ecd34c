/** Variables of ends that code of synapses refers to, by name or through the ports that a projection binds. */

import type { EndReference, Reference } from '../../lang/ast.js';
import { referenceOf, spelling } from '../../lang/reference.js';
import type { Projection, Sum } from '../../model/typed.js';

type Receptors = Projection['receptors'];

/** Resolves a reference: for a port, returns the variable of the target bound to it. */
export function reached(to: Reference, receptors: Receptors): Reference {
  const bound = to.kind === 'own' ? receptors[to.variable] : undefined;
  return bound === undefined ? to : { kind: 'end', end: 'post', variable: referenceOf(bound).variable };
}

/** Sorts sums by their targets. */
export const bySpelling = (sums: readonly Sum[]): readonly Sum[] =>
  [...sums].sort((a, b) => (spelling(a.to) < spelling(b.to) ? -1 : 1));

/** The variable that a sum over synapses goes to; one without an end is the target's. */
export function summedAt(to: Reference, receptors: Receptors): EndReference {
  const resolvedTarget = reached(to, receptors);
  switch (resolvedTarget.kind) {
    case 'own':
      return { kind: 'end', end: 'post', variable: resolvedTarget.variable };
    case 'end':
      return resolvedTarget;
    default:
      return resolvedTarget satisfies never;
  }
}
