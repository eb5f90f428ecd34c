/** What calls of a session name: populations, projections and their variables. */

import { UsageError } from '../../diagnostics/diagnostic.js';
import { suggestion } from '../../diagnostics/suggest.js';
import type * as written from '../../model/model.js';

/** What a call names that the session does not have, with what it may have meant. */
export function unknownName(what: string, name: string, known: readonly string[]): UsageError {
  return new UsageError(
    `the session has no ${what} ${name}`,
    suggestion(name, known).hint ?? (known.length === 0 ? 'there is none' : `known: ${known.join(', ')}`),
  );
}

/** @throws UsageError for a population or projection that there is not */
export function unknownOwner(name: string, known: readonly string[]): never {
  throw unknownName('population or projection', name, known);
}

type Type = written.NeuronType | written.SynapseType;

const typeOf = (owner: string, model: written.Model): Type | undefined =>
  model.neurons[model.populations[owner]?.type ?? ''] ?? model.synapses[model.projections[owner]?.synapse ?? ''];

/** Variables of a type that have values of their own. */
const valuesOf = (type: Type | undefined): readonly string[] => [
  ...Object.keys(type?.state ?? {}),
  ...Object.keys(type?.parameters ?? {}),
];

/** @throws UsageError when a population has no variable of that name */
export function checkedVariable(owner: string, variable: string, model: written.Model): string {
  const type = typeOf(owner, model);
  const known = [
    ...Object.keys(type?.state ?? {}),
    ...Object.keys(type?.derived ?? {}),
    ...Object.keys(type?.parameters ?? {}),
  ];
  if (!known.includes(variable)) throw unknownName(`variable of ${owner}`, variable, known);
  return variable;
}

/** @throws UsageError when a key of `set` names what there is not */
export function checkKey(key: string, model: written.Model): void {
  if (!key.includes('.'))
    throw new UsageError(
      `${key} does not name a variable of the session`,
      'write population.variable; constants, such as those of a namespace, are set when the model is opened',
    );
  const [, owner = key, variable = ''] = /^(\w+)(?:\[[^\]]*\])?\.(\w+)$/.exec(key) ?? [];
  const type = typeOf(owner, model);
  if (!type) unknownOwner(owner, [...Object.keys(model.populations), ...Object.keys(model.projections)]);
  const known = valuesOf(type);
  if (!known.includes(variable)) throw unknownName(`variable of ${owner}`, variable, known);
}

/** The one value, in SI, of a variable that the program keeps nowhere. */
export function constantOf(owner: string, variable: string, model: written.Model): number {
  const type = typeOf(owner, model);
  const value =
    (model.populations[owner] ?? model.projections[owner])?.values[variable] ?? type?.parameters[variable]?.value;
  if (typeof value === 'number') return value;
  const known = valuesOf(type);
  throw known.includes(variable)
    ? new UsageError(`${owner}.${variable} is not stored in the running program`, 'record it instead')
    : unknownName(`variable of ${owner}`, variable, known);
}
