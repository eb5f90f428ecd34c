/** Bounds of initial values that a network reads from its cells while it is built. */

import { axes } from '../../draw/space/axes.js';
import { micrometresPerMetre } from '../../draw/space/micrometres.js';
import { arrayOf } from '../../model/arrays.js';
import type { DataStore, Value } from '../../model/typed.js';
import { boundsOf, everything, exactly, functionBounds, type Interval, type FunctionBounds } from '../code/bounds.js';
import type { Context } from '../context/context.js';
import { extentOf } from './distance.js';

type Lookup = (name: string) => Interval | undefined;

/** Interval of a value over all elements or synapses. */
export function valueBounds(
  value: Value,
  lookup: Lookup,
  { data }: { readonly data: DataStore },
  power?: FunctionBounds,
): Interval {
  if (typeof value === 'number') return exactly(value);
  if (value.kind === 'expression') return boundsOf(value.expression, lookup, power);
  if (value.kind === 'draw') return everything;
  return boundsOfNumbers(arrayOf(value.array, data));
}

function boundsOfNumbers(numbers: ArrayLike<number>): Interval {
  if (numbers.length === 0) return exactly(0);
  let [low, high] = [Infinity, -Infinity];
  for (let k = 0; k < numbers.length; k++) {
    const number = numbers[k] as number;
    if (Number.isNaN(number)) return everything;
    if (number < low) low = number;
    if (number > high) high = number;
  }
  return { low, high };
}

/** Interval of a parameter or state variable of a population before the first step; undefined for other names. */
export function firstBounds(population: string, variable: string, context: Context): Interval | undefined {
  const known = new Map<string, Interval>();
  const { type: typeName, size, values, linked } = context.model.populations[population] ?? noPopulation;
  const type = context.model.neurons[typeName ?? ''];
  const lookup = (name: string): Interval | undefined => {
    const cached = known.get(name);
    if (cached) return cached;
    const ownMember = <T>(map: Readonly<Record<string, T>> | undefined): T | undefined =>
      map && Object.hasOwn(map, name) ? map[name] : undefined;
    const value = ownMember(values) ?? ownMember(type?.parameters)?.value ?? ownMember(type?.state)?.initial;
    if (value === undefined || ownMember(linked) !== undefined) return named(name);
    // Cyclic reads have no bounds; lowering rejects them elsewhere.
    known.set(name, everything);
    const interval = valueBounds(value, lookup, context, functionBounds);
    known.set(name, interval);
    return interval;
  };
  const named = (name: string): Interval | undefined => {
    switch (name) {
      case 'i':
        return { low: 0, high: Math.max(0, size - 1) };
      case 'N':
        return exactly(size);
      case 'dt':
        return exactly(context.dt);
      case 't':
        return exactly(0);
      case 'pi':
        return exactly(Math.PI);
      case 'e':
        return exactly(Math.E);
      default:
        return coordinateBounds(population, name, context);
    }
  };
  return lookup(variable);
}

const noPopulation = { type: null, size: 0, values: {}, linked: {} } as const;

/** Bounds of a coordinate of a population's elements, in m; undefined for other names, and without places. */
export function coordinateBounds(population: string, name: string, { places }: Context): Interval | undefined {
  const axis = axes.find((each) => each === name);
  const known = places.get(population);
  if (!axis || !known) return undefined;
  const { low, high } = extentOf(known, axis);
  return { low: low / micrometresPerMetre, high: high / micrometresPerMetre };
}
