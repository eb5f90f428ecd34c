/**
 * A model in which populations that can have NeuroML's name of their type do not share it with those that cannot, nor
 * with those of which more is recorded than the core type shows.
 */

import { freeName } from '../../../src/model/free-name.js';
import type { Model, NeuronType, Population } from '../../../src/model/model.js';
import { askedOf, coreName } from './standard-cell.js';

/** The model with a type for each group of populations of which the same is asked. */
export function withNamesApart(model: Model): Model {
  const neurons: Record<string, NeuronType> = { ...model.neurons };
  const populations: Record<string, Population> = { ...model.populations };
  for (const [id, type] of Object.entries(model.neurons)) {
    const own = Object.entries(model.populations).filter(([, population]) => population.type === id);
    const name = own.length > 1 ? coreName(type) : undefined;
    if (name === undefined) continue;
    const groups = new Map<string, string[]>();
    for (const [population, one] of own) {
      const { isMore, recorded } = askedOf(population, one, type, name, model);
      const key = isMore ? 'more' : recorded.join();
      groups.set(key, [...(groups.get(key) ?? []), population]);
    }
    const [, ...others] = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [, members] of others) {
      const apart = freeName(`${id}_of_${members[0] ?? ''}`, (one) => Object.hasOwn(neurons, one));
      neurons[apart] = type;
      for (const member of members) populations[member] = { ...populations[member], type: apart } as Population;
    }
  }
  return { ...model, neurons, populations };
}
