/** Roads of notations: how each is read and written. The entry points of the program and tests register them. */

import type { NotationFacts, Road } from '../../translators/shared/notation.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { entryOf } from '../diagnostics/entry.js';
import type { Writer } from '../../translators/shared/writing.js';
import { addNotation, titleOf, type Notation, type TargetNotation, type TargetsOf } from './read/notation.js';

/** Roads by notation, with a writer of each form. */
export type Roads = {
  readonly [N in Notation]?: Road &
    ([TargetsOf<N>] extends [never] ? object : { readonly write: Readonly<Record<TargetsOf<N>, Writer>> });
};

let registered: Readonly<Partial<Record<Notation, Road>>> = {};
let writers: ReadonlyMap<string, Writer> = new Map();

const added = new Map<Notation, Road>();

/** Registers a notation besides those of the program. @param name  that no other notation has */
export function registerNotation(name: string, facts: NotationFacts, road: Road): void {
  addNotation(name as Notation, facts);
  added.set(name as Notation, road);
}

/** Registers the notations of the program, in place of those registered before. */
export function registerRoads(roads: Roads): void {
  registered = { ...roads, ...Object.fromEntries(added) };
  writers = new Map(roadsNow().flatMap(([, { write }]) => Object.entries(write ?? {})));
}

/** Returns the writer of a form. @throws UsageError for one of a notation that the program does not have */
export function writerOf(to: TargetNotation, notation: Notation): Writer {
  roadOf(notation);
  return entryOf(writers, to);
}

/** Returns the road of a notation. @throws UsageError for one that the program does not have */
export function roadOf(notation: Notation): Road {
  const road = registered[notation];
  if (road) return road;
  throw new UsageError(`this program does not have ${titleOf(notation)}`, 'register its road with registerRoads');
}

/** Returns all roads, by notation. */
export const roadsNow = (): readonly (readonly [Notation, Road])[] =>
  Object.entries(registered) as readonly (readonly [Notation, Road])[];
