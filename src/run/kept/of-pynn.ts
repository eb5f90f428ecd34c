/** What a document for Brian keeps of a model in PyNN's words, for which Brian has none. */

import type { Model, NeuronType, Population, Projection, Value, ValidModel } from '../../model/model.js';
import { populationsOf } from '../../model/selected.js';
import { isDrawn, isGiven, isPhase, isSelection, taggedSelection } from '../../model/tagged.js';
import { unknownFunction } from '../../../translators/brian/vocabulary.js';
import type { KeptWords } from './returned.js';

/** More numbers than these are not written twice. */
const mostNumbers = 10_000;

/** Whether all types of a model are PyNN's. */
export function isInPynnWords({ neurons, synapses, timing }: Model): boolean {
  const types = [...Object.values(neurons), ...Object.values(synapses)];
  return timing === 'grid' && types.every(({ conformsTo }) => conformsTo?.type.startsWith('pynn/') === true);
}

/**
 * Positions, draws of named generators, connection rules and selections that Brian does not have; undefined where it
 * has all.
 *
 * @param brian  the same model as it is written for Brian
 */
export function keptOfPynn({ model }: ValidModel, brian: Model): KeptWords | undefined {
  const populations = definedOf(model.populations, (population, name) =>
    populationWords(population, brian.populations[name]),
  );
  const projections = definedOf(model.projections, (projection, name) =>
    projectionWords(name, projection, model, brian),
  );
  const types = Object.values(populations).flatMap(({ type }) => (typeof type === 'string' ? [type] : []));
  const neurons = Object.fromEntries(
    types.flatMap((type): readonly (readonly [string, NeuronType])[] => {
      const own = model.neurons[type];
      return own === undefined ? [] : [[type, own]];
    }),
  );
  // Brian has no sources of currents: they are written into equations.
  const { stimuli } = model;
  const recordings = model.recordings.some(({ of }) => !isSelection(of, 'synapses') && !isPlain(of))
    ? { recordings: model.recordings }
    : {};
  const { protocol } = model.experiment;
  const replayed = protocol.some((phase) => isPhase(phase, 'replay'));
  const isChanged = replayed || JSON.stringify(protocol) !== JSON.stringify(brian.experiment.protocol);
  const names = Object.keys(model.populations);
  const written = [
    ...names.filter((name) => brian.populations[name]?.type !== undefined),
    ...names.filter((name) => brian.populations[name]?.type === undefined),
  ];
  const kept: KeptWords = {
    ...(names.join() === written.join() ? {} : { order: names }),
    ...given('populations', populations),
    ...given('projections', projections),
    ...given('stimuli', stimuli),
    ...given('neurons', neurons),
    ...recordings,
    ...(isChanged ? { protocol } : {}),
  };
  if (Object.keys(kept).length === 0 || countNumbers(kept) > mostNumbers) return undefined;
  return kept;
}

type Parts<K extends 'populations' | 'projections'> = NonNullable<KeptWords[K]>[string];

/** Members of a map for which there is something. */
const definedOf = <A, B>(
  map: Readonly<Record<string, A>>,
  make: (one: A, name: string) => B | undefined,
): Record<string, B> =>
  Object.fromEntries(
    Object.entries(map).flatMap(([name, one]): readonly (readonly [string, B])[] => {
      const made = make(one, name);
      return made === undefined ? [] : [[name, made]];
    }),
  );

const given = <K extends string, T extends object>(key: K, map: T): Partial<Record<K, T>> =>
  (Object.keys(map).length === 0 ? {} : { [key]: map }) as Partial<Record<K, T>>;

function countNumbers(part: unknown): number {
  if (typeof part === 'number') return 1;
  if (typeof part !== 'object' || part === null) return 0;
  return Object.values(part).reduce<number>((sum, one) => sum + countNumbers(one), 0);
}

/** Whether a selection is a population or a slice of one, which Brian's groups have, too. */
const isPlain = (rule: Projection['from']['of']): boolean => taggedSelection(rule).kind === 'slice';

function populationWords(
  { positions, values, type }: Population,
  written: Population | undefined,
): Parts<'populations'> | undefined {
  // Sources that Brian cannot draw are trains there.
  if (type !== undefined && written?.spikes !== undefined) return { type, values, spikes: null };
  const drawn = drawnOf(values);
  if (positions === undefined && drawn === undefined) return undefined;
  return { ...(positions === undefined ? {} : { positions }), ...(drawn === undefined ? {} : { values: drawn }) };
}

/** Values that a named generator draws. */
function drawnOf(values: Readonly<Record<string, Value>>): Record<string, Value> | undefined {
  const drawn = Object.entries(values).filter(([, value]) => isUnknown(value));
  return drawn.length === 0 ? undefined : Object.fromEntries(drawn);
}

/** Rules that Brian has not: those of named generators, and of distances. */
const unknownRules: ReadonlySet<string> = new Set(['hostDrawn', 'smallWorld']);

/** Whether Brian has no words for a value: draws of named generators, and what depends on distances. */
const isUnknown = (value: Value): boolean =>
  isDrawn(value) ||
  (typeof value === 'string' && (unknownFunction.test(value) || /\b(distance|(pre|post)\.[xyz]|delay)\b/.test(value)));

function projectionWords(
  name: string,
  projection: Projection,
  model: Model,
  brian: Model,
): Parts<'projections'> | undefined {
  const { from, to, connect, values, delays, delayRange, space } = projection;
  const parts = partsOf(name, model, brian);
  const isSplit = parts.length !== 1 || parts[0] !== name;
  const areEnds = isPlain(from.of) && isPlain(to.of);
  const isRule = connect.some(({ rule }) => unknownRules.has(rule));
  const all = [...Object.values(values), ...Object.values(delays)];
  const isValue = all.some(isUnknown);
  if (!isSplit && areEnds && !isRule && !isValue && delayRange === undefined && space === undefined) return undefined;
  // Lists that were split between populations are not written twice.
  if ((isSplit || isRule) && (connect.some(({ rule }) => rule === 'list') || all.some(isGiven))) {
    const isShort = JSON.stringify([connect, values, delays]).length < mostNumbers;
    if (!isShort) return undefined;
  }
  const texts = (map: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(
      Object.entries(map).filter(([, value]) => (isSplit ? typeof value !== 'number' : isUnknown(value))),
    );
  return {
    ...(isSplit ? { instead: parts } : {}),
    ...(areEnds && !isSplit ? {} : { from, to }),
    ...(isRule || isSplit || !areEnds ? { connect } : {}),
    ...given('values', texts(values)),
    ...given('delays', texts(delays)),
    ...(delayRange === undefined ? {} : { delayRange }),
    ...(space === undefined ? {} : { space }),
  };
}

/** The projections of a model for Brian that stand for one. */
function partsOf(name: string, { projections }: Model, brian: Model): readonly string[] {
  const own = projections[name];
  const ends = own && [populationsOf(own.from.of), populationsOf(own.to.of)];
  const names = Object.keys(projections);
  const ownerOf = (label: string): string | undefined =>
    Object.hasOwn(projections, label)
      ? label
      : names.filter((one) => label.startsWith(`${one}_`)).sort((a, b) => b.length - a.length)[0];
  return Object.entries(brian.projections).flatMap(([label, { to }]) =>
    ownerOf(label) === name && populationsOf(to.of).every((one) => ends?.[1]?.includes(one)) ? [label] : [],
  );
}
