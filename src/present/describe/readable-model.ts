/** Code of a model in units that people use. */

import { noNames } from '../../model/declared-names.js';
import type { Model } from '../../model/model.js';
import { withReadableUnits } from '../../lang/readable-units.js';

/** Returns a model with readable units in expressions and statements: `-65*mV` for `-0.065*V`. */
export function readableModel(model: Model): Model {
  const { parameters, tables, neurons, synapses, metadata, ...rest } = model;
  const namesOf = (...parts: readonly unknown[]): ReadonlySet<string> => {
    const names = new Set(noNames);
    addKeys([parameters, tables, ...parts], names);
    return names;
  };
  // Names of one type are free in another.
  const types = <Type>(all: Readonly<Record<string, Type>>): Readonly<Record<string, Type>> =>
    Object.fromEntries(Object.entries(all).map(([name, type]) => [name, readable(type, namesOf(type)) as Type]));
  const others = readable({ ...rest, parameters, tables }, namesOf(neurons, synapses)) as Model;
  return { ...others, neurons: types(neurons), synapses: types(synapses), metadata };
}

function readable(item: unknown, declared: ReadonlySet<string>): unknown {
  if (typeof item === 'string') return withReadableUnits(item, (name) => declared.has(name));
  // Long lists hold numbers.
  if (typeof item !== 'object' || item === null || (Array.isArray(item) && typeof item[0] === 'number')) return item;
  if (Array.isArray(item)) return item.map((one) => readable(one, declared));
  return Object.fromEntries(Object.entries(item).map(([key, value]) => [key, readable(value, declared)]));
}

/** Adds the keys of a tree, among which are the names that a model declares. */
function addKeys(item: unknown, keys: Set<string>): void {
  if (typeof item !== 'object' || item === null || (Array.isArray(item) && typeof item[0] === 'number')) return;
  for (const [key, value] of Object.entries(item)) {
    if (!Array.isArray(item)) keys.add(key);
    addKeys(value, keys);
  }
}
