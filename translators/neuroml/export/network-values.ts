/** Numbers of the elements of populations and of the synapses of projections. */

import { child } from '../../../src/model/pointer.js';
import type { EquationSet, Population, Value } from '../../../src/model/typed.js';
import type { RewritingContext } from './context.js';
import { flags, usesOf } from './usage.js';
import { NoNumber } from '../../../src/lang/evaluate.js';
import { ElementValues, type Numbers } from '../../../src/library/element-values.js';

/** Numbers of each element for names that mean the same in every type. */
type NumberedNames = (name: string, element: number) => number | undefined;

/** Returns the values of names of a cell's index, and of the time, for each of so many cells. */
export const cellNames =
  (size: number, dt: number): NumberedNames =>
  (name, k) =>
    name === 'i' ? k : name === 'N' ? size : name === 'dt' ? dt : name === 't' ? 0 : undefined;

/** Returns parameters and first values of a population, and other values that its cells need. */
export function populationValues(
  name: string,
  population: Population,
  context: RewritingContext,
): ReadonlyMap<string, Numbers> {
  const type = context.model.neurons[population.type ?? ''];
  if (!type) return new Map();
  const { size } = population;
  const names = cellNames(size, context.dt);
  const linked = new Set(Object.keys(population.linked ?? {}));
  const found = new Map(
    numbersOfElements(type, population.values, size, child('/populations', name), names, context, linked),
  );
  const { places, operations } = usesOf(population.type ?? '', context);
  if (places.has('i')) found.set('i', size === 1 ? [0] : Array.from({ length: size }, (_, k) => k));
  if (places.has('N')) found.set('N', size);
  for (const [key, { on }] of operations) found.set(key, flags(on, name, size, context));
  return found;
}

/**
 * Returns numbers of all parameters and state variables. A value that is not known before a run is reported and set to
 * zero.
 *
 * @param left names to skip
 */
export function numbersOfElements(
  type: EquationSet,
  given: Readonly<Record<string, Value>>,
  size: number,
  pointer: string,
  names: NumberedNames,
  context: RewritingContext,
  left: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, Numbers> {
  const values = new ElementValues(type, given, size, context, names);
  const found = new Map<string, Numbers>();
  for (const name of [...Object.keys(type.parameters), ...Object.keys(type.state)]) {
    if (left.has(name)) continue;
    try {
      found.set(name, values.of(name));
    } catch (error) {
      if (!(error instanceof NoNumber)) throw error;
      found.set(name, 0);
      context.report.missing(`${pointer}/values/${name}`, error.message);
    }
  }
  return found;
}
