/** Recorded variables by their owner. */

import { oncePerObject } from '../../diagnostics/memoise.js';
import type { Model } from '../../model/typed.js';
import { ownersOf } from '../../model/typed.js';

const byOwner = oncePerObject(({ recordings }: Pick<Model, 'recordings'>): ReadonlyMap<string, ReadonlySet<string>> => {
  const recorded = new Map<string, Set<string>>();
  for (const recording of recordings) {
    if (recording.kind !== 'variables') continue;
    for (const owner of ownersOf(recording.of)) {
      const variables = recorded.get(owner) ?? new Set();
      recorded.set(owner, variables);
      for (const variable of recording.variables) variables.add(variable);
    }
  }
  return recorded;
});

const none: ReadonlySet<string> = new Set();

/** Returns the variables of a population, or of a projection's synapses, that are recorded. */
export const recordedVariables = (owner: string, model: Model): ReadonlySet<string> =>
  byOwner(model).get(owner) ?? none;
