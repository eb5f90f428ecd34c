/** Populations of a model by their types, and parts by the populations that they act on. */

import { oncePerObject } from '../diagnostics/memoise.js';
import { grouped } from './collections.js';
import type { Form, Id, Model, Operation, Population, Projection, Stimulus } from './model.js';
import { populationsOf } from './selected.js';

/** What acts on elements of a population, each in the order of the model. */
interface PartsAt<F extends Form> {
  readonly stimuli: readonly (readonly [Id, Stimulus<F>])[];
  readonly operations: readonly (readonly [Id, Operation<F>])[];
  /** Projections from elements of the population. */
  readonly outgoing: readonly (readonly [Id, Projection<F>])[];
  /** Projections to elements of the population. */
  readonly incoming: readonly (readonly [Id, Projection<F>])[];
}

const none: PartsAt<never> = { stimuli: [], operations: [], outgoing: [], incoming: [] };

const index = oncePerObject(({ populations, stimuli, operations, projections }: Model<Form>) => ({
  populations: grouped(Object.entries(populations), ([, { type = '' }]) => [type]),
  stimuli: grouped(Object.entries(stimuli), ([, { to }]) => populationsOf(to)),
  operations: grouped(Object.entries(operations), ([, { on }]) => populationsOf(on)),
  outgoing: grouped(Object.entries(projections), ([, { from }]) => populationsOf(from.of)),
  incoming: grouped(Object.entries(projections), ([, { to }]) => populationsOf(to.of)),
}));

/** Returns the populations of a type of neurons, in the order of the model, which is walked once. */
export function populationsOfType<F extends Form>(
  model: Model<F>,
  type: Id,
): readonly (readonly [Id, Population<F>])[] {
  const { populations } = index(model) as { readonly populations: ReadonlyMap<Id, readonly unknown[]> };
  return (populations.get(type) ?? []) as readonly (readonly [Id, Population<F>])[];
}

/** Returns what acts on a population. The model is walked once, so that asking for every population stays linear. */
export function partsAt<F extends Form>(model: Model<F>, population: Id): PartsAt<F> {
  const { stimuli, operations, outgoing, incoming } = index(model);
  return {
    stimuli: stimuli.get(population) ?? none.stimuli,
    operations: operations.get(population) ?? none.operations,
    outgoing: outgoing.get(population) ?? none.outgoing,
    incoming: incoming.get(population) ?? none.incoming,
  } as PartsAt<F>;
}
