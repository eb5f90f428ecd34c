/** Code of a model in units that people use. */

import { withReadableUnits } from '../../lang/readable-units.js';
import { noNames } from '../../model/declared-names.js';
import { withExpressions, type Model } from '../../model/typed.js';

/** Returns a model with readable units in expressions and statements: `-65*mV` for `-0.065*V`. */
export function readableModel(model: Model): Model {
  const { parameters, tables, neurons, synapses, metadata, ...rest } = model;
  const readable = <Part>(part: Part, ...declaring: readonly unknown[]): Part => {
    const declared = new Set(noNames);
    addKeys([parameters, tables, ...declaring], declared);
    return withExpressions(part, (e) => withReadableUnits(e, (name) => declared.has(name)));
  };
  // Names of one type are free in another.
  const types = <Type>(all: Readonly<Record<string, Type>>): Readonly<Record<string, Type>> =>
    Object.fromEntries(Object.entries(all).map(([name, type]) => [name, readable(type, type)]));
  return {
    ...readable(rest, neurons, synapses),
    parameters,
    tables,
    neurons: types(neurons),
    synapses: types(synapses),
    metadata,
  };
}

/** Adds the keys of a tree, among which are the names that a model declares. Members of code are no units. */
function addKeys(item: unknown, keys: Set<string>): void {
  if (typeof item !== 'object' || item === null || (Array.isArray(item) && typeof item[0] === 'number')) return;
  for (const [key, value] of Object.entries(item)) {
    if (!Array.isArray(item)) keys.add(key);
    addKeys(value, keys);
  }
}
