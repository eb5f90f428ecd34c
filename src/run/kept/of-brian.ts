/** What a document for PyNN keeps of a model in its author's words, as Brian's users choose them. */

import { mapped } from '../../model/collections.js';
import type { Model, ValidModel } from '../../model/model.js';
import { isPhase } from '../../model/tagged.js';
import type { Kept, KeptWords } from './returned.js';

/** Longer texts are not written beside what says the same. */
const mostCharacters = 200_000;

/**
 * Equations, names and first values of cells and synapses that PyNN calls otherwise; undefined where there are none.
 *
 * @param pynn  the same model as it is written for PyNN
 */
export function keptOfBrian({ model }: ValidModel, pynn: Model): KeptWords | undefined {
  const populations = differing(model.populations, pynn.populations, (name) => {
    const type = model.populations[name]?.type ?? '';
    return textOf(model.neurons[type]) !== textOf(pynn.neurons[pynn.populations[name]?.type ?? '']) ? { type } : {};
  });
  const projections = differing(model.projections, pynn.projections, (name) => {
    const synapse = model.projections[name]?.synapse ?? '';
    return textOf(model.synapses[synapse]) !== textOf(pynn.synapses[pynn.projections[name]?.synapse ?? ''])
      ? { synapse }
      : {};
  });
  const known = new Set([...Object.keys(model.populations), ...Object.keys(model.projections)]);
  const added = [...Object.keys(pynn.populations), ...Object.keys(pynn.projections)].filter((name) => !known.has(name));
  const owners = [...Object.keys(model.projections), ...Object.keys(model.stimuli)].sort((a, b) => b.length - a.length);
  const instead = new Map<string, string[]>();
  for (const name of added) {
    const owner = owners.find((one) => name === one || name.startsWith(`${one}_`));
    if (owner === undefined) return undefined;
    instead.set(owner, [...(instead.get(owner) ?? []), name]);
  }
  const stimuli = Object.fromEntries(
    Object.entries(model.stimuli).flatMap(([name, one]) =>
      textOf(one) === textOf(pynn.stimuli[name]) ? [] : [[name, { ...one, ...standing(instead.get(name)) }] as const],
    ),
  );
  for (const [name, parts] of instead)
    if (projections[name] !== undefined)
      projections[name] = { ...projections[name], ...standing([name, ...parts]), ...whole(model.projections[name]) };
  const types = new Set(Object.values(populations).map(({ type }) => type));
  const synapses = new Set(Object.values(projections).map(({ synapse }) => synapse));
  const { protocol } = model.experiment;
  const kept: KeptWords = {
    ...filled('populations', populations),
    ...filled('projections', projections),
    ...filled('stimuli', stimuli),
    ...filled('neurons', mapped(only(model.neurons, types), lean)),
    ...filled('synapses', mapped(only(model.synapses, synapses), lean)),
    ...(textOf(model.tables) === textOf(pynn.tables) ? {} : filled('tables', model.tables)),
    ...(textOf(model.recordings) === textOf(pynn.recordings) ? {} : { recordings: model.recordings }),
    ...(protocol.every((phase) => isPhase(phase, 'run')) ? {} : { protocol }),
  };
  const isNeeded = Object.keys({ ...populations, ...projections, ...stimuli }).length > 0;
  return isNeeded && textOf(kept).length <= mostCharacters ? kept : undefined;
}

/** A type without sections that are empty. */
const lean = <T extends object>(type: T): T =>
  Object.fromEntries(
    Object.entries(type).filter(([, part]) => typeof part !== 'object' || Object.keys(part as object).length > 0),
  ) as T;

const textOf = (part: unknown): string => JSON.stringify(part) ?? '';

const standing = (names: readonly string[] | undefined): { readonly instead?: readonly string[] } =>
  names === undefined ? {} : { instead: names };

const whole = (part: object | undefined): object => part ?? {};

const filled = <K extends string, T extends object>(key: K, map: T): Partial<Record<K, T>> =>
  (Object.keys(map).length === 0 ? {} : { [key]: map }) as Partial<Record<K, T>>;

const only = <T>(map: Readonly<Record<string, T>>, names: ReadonlySet<unknown>): Record<string, T> =>
  Object.fromEntries(Object.entries(map).filter(([name]) => names.has(name)));

/** Members of parts that differ, with those that a change of type brings along. */
function differing<T extends object>(
  ours: Readonly<Record<string, T>>,
  theirs: Readonly<Record<string, T>>,
  typed: (name: string) => Partial<T>,
): Record<string, Kept<T>> {
  return Object.fromEntries(
    Object.entries(ours).flatMap(([name, own]) => {
      const other: Partial<T> = theirs[name] ?? {};
      const type = typed(name);
      const keys = [...new Set([...Object.keys(own), ...Object.keys(other)])] as (keyof T)[];
      const isTyped = Object.keys(type).length > 0;
      const members = keys
        .filter((key) => key !== 'type' && key !== 'synapse')
        .filter((key) => (isTyped && (key === 'values' || key === 'delays')) || textOf(own[key]) !== textOf(other[key]))
        .map((key) => [key, own[key] ?? null] as const);
      const all: Readonly<Record<string, unknown>> = { ...type, ...Object.fromEntries(members) };
      return Object.keys(all).length === 0 ? [] : [[name, all] as const];
    }),
  ) as Record<string, Kept<T>>;
}
