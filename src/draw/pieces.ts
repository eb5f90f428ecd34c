/** Copies references to a projection to each of the projections that replace it. */

import type { DataStore, Model, Value } from '../model/typed.js';
import { arrayOf } from '../model/arrays.js';
import { assignedBy, numbersIn, synapsesIn } from '../model/assigned.js';
import { CannotDraw } from './generators.js';
import type { DrawnArrays } from './arrays.js';

/** Projections that replace one between several populations. */
export interface Pieces {
  /** Projections by name, each with the ordinals of its synapses among all (null: it has all). */
  readonly pieces: readonly { readonly name: string; readonly at: Uint32Array | null }[];
  /** Whether the numbers of their synapses in order of creation are known. */
  readonly known: boolean;
}

type AllPieces = ReadonlyMap<string, Pieces>;

/** Synapses of a piece: their numbers in the piece, and their indices in the request. */
interface Chosen {
  readonly piece: string;
  readonly own: readonly number[];
  readonly places: readonly number[];
}

/** Returns the synapses of a projection with the given numbers, by piece. */
function chosenIn(owner: string, { pieces, known }: Pieces, numbers: readonly number[]): readonly Chosen[] {
  if (!known)
    throw new CannotDraw(`single synapses of ${owner}, which connects several populations and is drawn on the target,`);
  const places = new Map(numbers.map((number, place) => [number, place]));
  return pieces.flatMap(({ name, at }) => {
    const chosenPlaces = [...(at ?? new Uint32Array()).entries()].flatMap(([own, number]) => {
      const place = places.get(number);
      return place === undefined ? [] : [[own, place] as const];
    });
    if (chosenPlaces.length === 0) return [];
    return [{ piece: name, own: chosenPlaces.map(([own]) => own), places: chosenPlaces.map(([, place]) => place) }];
  });
}

/** Replaces a recording of a divided projection by one of each piece. */
export function recordingByPiece(
  recording: Model['recordings'][number],
  all: AllPieces,
  data: DataStore,
): Model['recordings'] {
  const { of } = recording;
  const pieces = of.kind === 'synapses' ? all.get(of.projection) : undefined;
  if (!pieces || of.kind !== 'synapses') return [recording];
  const numbers = synapsesIn(of, data);
  const each = numbers
    ? chosenIn(of.projection, pieces, numbers).map(({ piece, own }) => ({
        kind: 'synapses' as const,
        projection: piece,
        indices: own,
      }))
    : pieces.pieces.map(({ name }) => ({ kind: 'synapses' as const, projection: name }));
  return each.map((rule) => ({ ...recording, name: `${recording.name}_${rule.projection}`, of: rule }));
}

type Phase = Model['experiment']['protocol'][number];

/** Repeats a phase's assignments to a projection for each of its pieces. */
export function phaseByPiece(phase: Phase, all: AllPieces, data: DrawnArrays): Phase {
  if (all.size === 0) return phase;
  if (phase.kind === 'delays') return { ...phase, delays: spreadValues(phase.delays, all, data) };
  if (phase.kind !== 'set' && phase.kind !== 'initialise') return phase;
  const { of, ...rest } = phase;
  const pieces = of?.kind === 'synapses' ? all.get(of.projection) : undefined;
  const spread = (values: Readonly<Record<string, Value>>): Record<string, Value> => {
    if (!pieces || of?.kind !== 'synapses') return spreadValues(values, all, data);
    const numbers = synapsesIn(of, data.store);
    const inside = numbers ? `[${numbers.join(', ')}]` : '';
    const keyed = Object.entries(values).map(
      ([variable, value]) => [`${of.projection}${inside}.${variable}`, value] as const,
    );
    return spreadValues(Object.fromEntries(keyed), all, data);
  };
  const kept = of && !pieces ? { of } : {};
  return rest.kind === 'set'
    ? { ...rest, set: spread(rest.set), ...kept }
    : { ...rest, initialise: spread(rest.initialise), ...kept };
}

function spreadValues(
  values: Readonly<Record<string, Value>>,
  all: AllPieces,
  data: DrawnArrays,
): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => {
      const assigned = assignedBy(key);
      const { owner, variable } = assigned;
      const pieces = all.get(owner);
      if (!pieces) return [[key, value] as const];
      const numbers = numbersIn(assigned);
      if (numbers)
        return chosenIn(owner, pieces, numbers).map(
          ({ piece, own, places }) => [`${piece}[${own.join(', ')}].${variable}`, taken(value, places, data)] as const,
        );
      const listed = typeof value === 'object' && value.kind === 'array' && value.columns === undefined;
      if (listed && !pieces.known)
        throw new CannotDraw(
          `a list for ${key}, of a projection between several populations that is drawn on the target,`,
        );
      return pieces.pieces.map(
        ({ name, at }) => [`${name}.${variable}`, listed && at ? taken(value, Array.from(at), data) : value] as const,
      );
    }),
  );
}

/** The part of a list that is for some of the synapses; other values as they are. */
function taken(value: Value, places: readonly number[], data: DrawnArrays): Value {
  if (typeof value !== 'object' || value.kind !== 'array' || value.columns !== undefined) return value;
  const numbers = arrayOf(value.array, data.store);
  return { kind: 'array', array: data.keep(Float64Array.from(places, (place) => numbers[place] as number)) };
}
