/** Changes that a model makes from outside the equations of its types. */

import { referenceOf } from '../lang/reference.js';
import { writtenBy } from '../lang/walk.js';
import { assignedBy, assignedKey } from './assigned.js';
import { ownersOf, type Model, type SelectionRule } from './typed.js';

/**
 * Returns the variables that phases and operations change, as `population.variable` and `projection.variable`.
 * Variables at the ends of synapses are included.
 */
export function changedNames(model: Model): ReadonlySet<string> {
  const phases = model.experiment.protocol.flatMap((phase) => {
    if (phase.kind === 'set') return named(Object.keys(phase.set), phase.of);
    return phase.kind === 'initialise' ? named(Object.keys(phase.initialise), phase.of) : [];
  });
  const operations = Object.values(model.operations).flatMap(({ do: code, on }) =>
    [...writtenBy(code)].flatMap((name) =>
      on.kind === 'synapses' ? ofSynapses(name, on.projection, model) : named([name], on),
    ),
  );
  return new Set([...phases, ...operations]);
}

/**
 * Prefixes variables of a selection with their owners. Without a selection, keys name their owners themselves, and
 * perhaps elements, which are dropped.
 */
const named = (keys: readonly string[], of: SelectionRule | undefined): readonly string[] =>
  of === undefined
    ? keys.map(assignedBy).map(({ owner, variable }) => assignedKey({ owner, variable }))
    : keys.flatMap((key) => ownersOf(of).map((owner) => `${owner}.${key}`));

/** Returns a variable that code of synapses names: their own, or one at an end (`post.v`). */
function ofSynapses(name: string, projection: string, { projections }: Model): readonly string[] {
  const reference = referenceOf(name);
  const at = reference.kind === 'end' ? projections[projection]?.[reference.end === 'pre' ? 'from' : 'to'] : undefined;
  return at === undefined ? [`${projection}.${name}`] : named([reference.variable], at.of);
}
