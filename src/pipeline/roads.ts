/** Roads of notations: how each is read and written. The entry points of the program and tests register them. */

import type { Road } from '../../translators/shared/notation.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { titleOf, type Notation } from './read/notation.js';

/** Roads by notation. */
export type Roads = Readonly<Partial<Record<Notation, Road>>>;

let registered: Roads = {};

/** Registers the notations of the program, in place of those registered before. */
export const registerRoads = (roads: Roads): void => void (registered = roads);

/** Returns the road of a notation. @throws UsageError for one that the program does not have */
export function roadOf(notation: Notation): Road {
  const road = registered[notation];
  if (road) return road;
  throw new UsageError(
    `this program does not have ${titleOf(notation)}`,
    'register the notation, as src/notations.ts registers all',
  );
}

/** Returns all roads, by notation. */
export const roadsNow = (): readonly (readonly [Notation, Road])[] =>
  Object.entries(registered) as readonly (readonly [Notation, Road])[];
