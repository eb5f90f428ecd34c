/** Places on cells with structure as numbers, one for each synapse or element of a selection. */

import { arrayOf } from '../model/arrays.js';
import type { Link, Places, Population, Stimulus, Value } from '../model/typed.js';
import type { DrawnArrays } from './arrays.js';
import { elementsOf } from './ends.js';
import { CannotDraw } from './generators.js';
import * as messages from './messages.js';
import { numberFunction } from './numbers.js';

/** The owner of the places, and the names that their expressions read. */
interface Placed {
  /** The projection or current, for findings. */
  readonly what: string;
  /** How many places there are. */
  readonly count: number;
  /** The value of a name at one of them; undefined for names that expressions of places do not have. */
  readonly read: (name: string, at: number) => number | undefined;
}

/** Places as numbers or arrays. @throws CannotDraw for lists of another length, and numbers that are not places */
export function explicitPlaces({ sections, section, fraction }: Places, placed: Placed, data: DrawnArrays): Places {
  const most = sections.length - 1;
  return {
    sections,
    section: numbersOf(
      'the section',
      section,
      (index) => Number.isInteger(index) && index >= 0 && index <= most,
      placed,
      data,
    ),
    fraction: numbersOf('the fraction', fraction, (share) => share >= 0 && share <= 1, placed, data),
  };
}

function numbersOf(
  what: string,
  value: Value,
  isPlace: (number: number) => boolean,
  { what: owner, count, read }: Placed,
  data: DrawnArrays,
): Value {
  if (typeof value === 'number') return value;
  const named = `${what} of each place of ${owner}`;
  if (value.kind === 'array') {
    const numbers = arrayOf(value.array, data.store);
    if (value.columns !== undefined || value.pairs !== undefined || numbers.length !== count)
      throw new CannotDraw(messages.wrongNumberOfPlaces(named, count, numbers.length));
    return value;
  }
  if (value.kind !== 'expression') throw new CannotDraw(`${named}, which is drawn,`);
  let at = 0;
  const evaluate = numberFunction(value.expression, (name) => {
    if (read(name, 0) === undefined) throw new CannotDraw(`${named}, which reads ${name},`);
    return () => read(name, at) ?? 0;
  });
  const numbers = new Float64Array(count);
  for (; at < count; at++) {
    const number = evaluate();
    if (!isPlace(number)) throw new CannotDraw(messages.noPlace(named, at, number));
    numbers[at] = number;
  }
  return { kind: 'array', array: data.keep(numbers) };
}

/** Whether a stimulus has places of its own for each element. */
export const isPlaced = (stimulus: Stimulus): boolean => stimulus.kind === 'current' && stimulus.places !== undefined;

/** A current with places as numbers. */
export function placedStimulus(
  name: string,
  stimulus: Stimulus,
  sizeOf: (population: string) => number,
  data: DrawnArrays,
): Stimulus {
  if (stimulus.kind !== 'current' || !stimulus.places) return stimulus;
  const { populations, ordinals, indices } = elementsOf(stimulus.to, sizeOf, data.store);
  const read = (variable: string, at: number): number | undefined =>
    variable === 'i' ? (indices[at] ?? 0) : variable === 'N' ? sizeOf(populations[ordinals[at] ?? 0] ?? '') : undefined;
  const placed = { what: `the current ${name}`, count: indices.length, read };
  return { ...stimulus, places: explicitPlaces(stimulus.places, placed, data) };
}

/** A population whose links have places as numbers. */
export function placedLinks(name: string, population: Population, data: DrawnArrays): Population {
  const { linked, size } = population;
  if (!linked || !isLinkedToPlaces(population)) return population;
  const read = (variable: string, at: number): number | undefined =>
    variable === 'i' ? at : variable === 'N' ? size : undefined;
  const at = ([key, link]: readonly [string, Link]): readonly [string, Link] => {
    const placed = { what: `${name}.${key}`, count: size, read };
    return [key, link.places ? { ...link, places: explicitPlaces(link.places, placed, data) } : link];
  };
  return { ...population, linked: Object.fromEntries(Object.entries(linked).map(at)) };
}

/** Whether parameters of a population are linked to places of their own on cells. */
export const isLinkedToPlaces = ({ linked = {} }: Population): boolean =>
  Object.values(linked).some(({ places }) => places !== undefined);
