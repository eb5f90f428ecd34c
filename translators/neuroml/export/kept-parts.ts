/** What of a model a changed document says in its author's words, so two models can be compared in that. */

import { populationOf } from '../../../src/model/selected.js';
import type { EquationSet, Model, Projection, Value } from '../../../src/model/model.js';
import type { Changes } from './changes.js';
import { mapped } from '../../../src/model/collections.js';

const chosen = <T>(map: Readonly<Record<string, T>>, keys: ReadonlySet<string>): Record<string, T> =>
  Object.fromEntries(Object.entries(map).filter(([key]) => keys.has(key)));

/**
 * A model without its parts that were not in the document, and with nothing said of those that are of generated types
 * now.
 */
export function keptPartsOf(model: Model, { old, wanted, replaced }: Changes): Model {
  const both = (before: object, after: object): ReadonlySet<string> =>
    new Set(Object.keys(before).filter((name) => Object.hasOwn(after, name)));
  const isReplaced = ({ from, to }: Projection): boolean =>
    [from, to].some(({ of }) => replaced.populations.has(populationOf(of) ?? ''));
  const populations = mapped(chosen(model.populations, both(old.populations, wanted.populations)), (one, name) =>
    replaced.populations.has(name) ? { ...one, type: 'generated', values: {}, order: 0 } : { ...one, order: 0 },
  );
  const projections = mapped(chosen(model.projections, both(old.projections, wanted.projections)), (one, name) => {
    const elsewhere = replaced.projections.has(name) || isReplaced(one);
    return elsewhere
      ? { ...one, synapse: 'generated', values: {}, delays: {}, receptors: {}, order: 0 }
      : { ...one, order: 0 };
  });
  const neurons = chosen(model.neurons, new Set(Object.values(populations).map(({ type }) => type ?? '')));
  const synapses = chosen(model.synapses, new Set(Object.values(projections).map(({ synapse }) => synapse)));
  return { ...model, neurons, synapses, populations, projections, stimuli: {}, operations: {}, tables: {} };
}

/**
 * A model in which populations and projections give all numbers themselves, and types none: NeuroML knows no values of
 * types, so the reader
 * makes those of the first component the type's.
 */
export function withOwnValues(model: Model): Model {
  const numbers = (type: EquationSet | undefined): Record<string, Value> =>
    Object.fromEntries(
      Object.entries(type?.parameters ?? {}).flatMap(([name, { value }]) =>
        typeof value === 'number' ? [[name, value]] : [],
      ),
    );
  const given = <T extends { readonly values: Readonly<Record<string, Value>> }>(
    owner: T,
    type: EquationSet | undefined,
  ): T => ({
    ...owner,
    values: Object.fromEntries(
      Object.entries({ ...numbers(type), ...owner.values }).sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  });
  const bare = <T extends EquationSet>(types: Readonly<Record<string, T>>): Record<string, T> =>
    mapped(types, (type) => ({
      ...type,
      parameters: mapped(type.parameters, (one) => (typeof one.value === 'number' ? { ...one, value: 0 } : one)),
    }));
  return {
    ...model,
    neurons: bare(model.neurons),
    synapses: bare(model.synapses),
    populations: mapped(model.populations, (one) =>
      one.type === undefined ? one : given(one, model.neurons[one.type]),
    ),
    projections: mapped(model.projections, (one) => given(one, model.synapses[one.synapse])),
  };
}
