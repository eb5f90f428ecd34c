/** Names in calls of a session: populations, projections and their variables. */

import type { Place } from './model-session.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { shorten, suggestion } from '../diagnostics/suggest.js';
import type * as written from '../model/model.js';
import { compartmentVariables, mechanismNames } from '../model/normalise/compartments.js';
import { isNeuronType } from '../model/typed.js';

/** Returns an error for a name that the session does not have, with a suggestion. */
export function unknownName(what: string, name: unknown, known: readonly string[]): UsageError {
  if (typeof name !== 'string')
    return new UsageError(
      `the name of a ${what} is ${shorten(name)}`,
      known.length === 0 ? 'there is none' : `known: ${known.join(', ')}`,
    );
  return new UsageError(
    `the session has no ${what} ${name}`,
    suggestion(name, known).hint ?? (known.length === 0 ? 'there is none' : `known: ${known.join(', ')}`),
  );
}

/**
 * @throws UsageError for a population or projection that there is not, such as one with a name that all objects have
 */
export function checkOwner(name: unknown, ...maps: readonly Readonly<Record<string, unknown>>[]): void {
  if (typeof name !== 'string' || !maps.some((map) => Object.hasOwn(map, name)))
    throw unknownName('population or projection', name, maps.flatMap(Object.keys));
}

type Type = written.NeuronType | written.SynapseType;

/** Checks whether the cells of a population have compartments, so that one name stands for several variables. */
export const isStructured = (owner: string, model: written.Model): boolean =>
  model.neurons[model.populations[owner]?.type ?? '']?.compartments !== undefined;

const typeOf = (owner: string, model: written.Model): Type | undefined =>
  model.neurons[model.populations[owner]?.type ?? ''] ?? model.synapses[model.projections[owner]?.synapse ?? ''];

const compartmentsOf = (type: Type | undefined): written.Compartments | undefined =>
  type && isNeuronType(type) ? type.compartments : undefined;

/** Variables of a type that have values of their own. */
function valuesOf(type: Type | undefined): readonly string[] {
  const compartments = compartmentsOf(type);
  return [
    ...(compartments ? ['v', ...mechanismNames(compartments)] : []),
    ...Object.keys(type?.state ?? {}),
    ...Object.keys(type?.parameters ?? {}),
  ];
}

/** @throws UsageError when a population has no variable of that name */
export function checkedVariable(owner: string, variable: string, model: written.Model): string {
  const type = typeOf(owner, model);
  const compartments = compartmentsOf(type);
  const known = [
    ...(compartments ? compartmentVariables(compartments) : []),
    ...Object.keys(type && isNeuronType(type) ? type.inputs : {}),
    ...Object.keys(type?.state ?? {}),
    ...Object.keys(type?.derived ?? {}),
    ...Object.keys(type?.parameters ?? {}),
  ];
  if (!known.includes(variable)) throw unknownName(`variable of ${owner}`, variable, known);
  return variable;
}

/** Returns the place of a recording. @throws UsageError for one that is not on the cells, or for spikes */
export function checkedPlace(owner: string, variable: string, place: Place, model: written.Model): Place {
  const { section, fraction } = place;
  if (section === undefined && fraction === undefined) return {};
  const sections = Object.keys(compartmentsOf(typeOf(owner, model))?.sections ?? {});
  if (variable === 'spike')
    throw new UsageError('spikes are recorded where their event is detected', 'leave the section and fraction out');
  if (section === undefined)
    throw new UsageError(`a fraction without a section of ${owner}`, `sections: ${sections.join(', ')}`);
  if (!sections.includes(section)) throw unknownName(`section of ${owner}`, section, sections);
  if (fraction !== undefined && !(fraction >= 0 && fraction <= 1))
    throw new UsageError(`the fraction ${fraction} is beyond the ends of ${section}`, 'give a number from 0 to 1');
  return { section, ...(fraction === undefined ? {} : { fraction }) };
}

/** `projection.pathway` of a key `projection.pathway.delay`; null for the key of a value. */
export function delayedPathway(key: string, { projections, synapses }: written.Model): string | null {
  const [, projection = '', pathway = ''] = /^(\w+)\.(\w+)\.delay$/.exec(key) ?? [];
  const type = synapses[projections[projection]?.synapse ?? ''];
  return type && Object.hasOwn(type.pathways, pathway) ? `${projection}.${pathway}` : null;
}

/** Returns the one value, in SI, of a variable that the program keeps nowhere. */
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
