/** Coordinates in Brian. Its groups have no positions, so coordinates that code of cells reads become parameters. */

import { ownNames } from '../../../src/model/declared-names.js';
import { namesOf, type NeuronType, type Population, type Value } from '../../../src/model/typed.js';
import { coordinateNames } from '../vocabulary.js';

/** Returns the coordinates of a population's cells in micrometres by axis, or undefined if they are unknown. */
export type CoordinatesOf = (
  population: string,
) => Readonly<Record<(typeof coordinateNames)[number], ArrayLike<number>>> | undefined;

/**
 * Returns the coordinates that a population's cells read. The list is empty for a population without positions.
 *
 * @param code  other code that runs on its cells
 */
export function coordinatesRead(type: NeuronType, population: Population, code: unknown): readonly string[] {
  if (population.positions === undefined) return [];
  const words = namesOf([type, population.values, code]);
  const own = ownNames(type);
  return coordinateNames.filter((name) => words.has(name) && !own.has(name));
}

/**
 * Returns a type with coordinates as parameters, and their values in m.
 *
 * @param names  the coordinates that its cells read
 * @param known  coordinates of its cells in micrometres
 */
export function withCoordinates(
  type: NeuronType,
  names: readonly string[],
  known: NonNullable<ReturnType<CoordinatesOf>>,
): { readonly type: NeuronType; readonly values: Readonly<Record<string, Value>> } {
  const parameter = { unit: 'm', type: 'real', value: 0, shared: false } as const;
  const own = coordinateNames.filter((axis) => names.includes(axis));
  return {
    type: { ...type, parameters: { ...type.parameters, ...Object.fromEntries(own.map((axis) => [axis, parameter])) } },
    values: Object.fromEntries(
      own.map((axis) => [axis, { kind: 'array', array: Array.from(known[axis], (um) => um / 1e6) }]),
    ),
  };
}
