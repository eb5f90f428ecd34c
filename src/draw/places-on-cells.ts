/** Places on cells with structure as numbers, one for each synapse or element of a selection. */

import { philox } from '../ir/library/philox-host.js';
import { streamKey } from '../ir/library/streams.js';
import type { Expression } from '../lang/ast.js';
import { binary, name as nameOf } from '../lang/build.js';
import { mapExpression } from '../lang/walk.js';
import { arrayOf } from '../model/arrays.js';
import type { Link, Places, Population, Stimulus, Value } from '../model/typed.js';
import type { DrawnArrays } from './arrays.js';
import { elementsOf } from './ends.js';
import { CannotDraw } from './generators.js';
import * as messages from './messages.js';
import { numberFunction } from './numbers.js';
import { uniform } from './space/places.js';

/** The owner of the places, and the names that their expressions read. */
interface Placed {
  /** The projection or current, for findings. */
  readonly what: string;
  /** Seed of the model, and the stream that places are drawn from. */
  readonly drawn: { readonly seed: string; readonly stream: string };
  /** Number of places. */
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
  { what: owner, drawn, count, read }: Placed,
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
  const key = streamKey(drawn.seed, `${drawn.stream}/${what === 'the section' ? 'section' : 'fraction'}`);
  const evaluate = numberFunction(withDrawsNamed(value.expression), (name) => {
    const site = siteOf(name);
    if (site !== undefined) return () => uniformAt(at, site, key);
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

/** Replaces each uniform number in an expression by a name with its index. */
function withDrawsNamed(e: Expression): Expression {
  let sites = 0;
  return mapExpression(e, (part) => {
    if (part.kind !== 'call' || part.function !== 'uniform') return part;
    const drawn = nameOf(`uniform ${sites++}`);
    const [low, high] = part.arguments;
    return low && high ? binary('+', low, binary('*', binary('-', high, low), drawn)) : drawn;
  });
}

function siteOf(name: string): number | undefined {
  const [, site] = /^uniform (\d+)$/.exec(name) ?? [];
  return site === undefined ? undefined : Number(site);
}

/** @random stream `<owner>/section` or `<owner>/fraction`, counter (number of the synapse or element, 0, 0, site) */
function uniformAt(at: number, site: number, key: readonly [number, number]): number {
  const [low, high] = philox([at, 0, 0, (site << 24) >>> 0], key);
  return uniform(low, high);
}

/** Whether a stimulus has a separate place for each element. */
export const isPlaced = (stimulus: Stimulus): boolean => stimulus.kind === 'current' && stimulus.places !== undefined;

/** A current with places as numbers. */
export function placedStimulus(
  name: string,
  stimulus: Stimulus,
  sizeOf: (population: string) => number,
  seed: string,
  data: DrawnArrays,
): Stimulus {
  if (stimulus.kind !== 'current' || !stimulus.places) return stimulus;
  const { populations, ordinals, indices } = elementsOf(stimulus.to, sizeOf, data.store);
  const read = (variable: string, at: number): number | undefined =>
    variable === 'i' ? (indices[at] ?? 0) : variable === 'N' ? sizeOf(populations[ordinals[at] ?? 0] ?? '') : undefined;
  const placed = {
    what: `the current ${name}`,
    drawn: { seed, stream: `stimulus/${name}/places` },
    count: indices.length,
    read,
  };
  return { ...stimulus, places: explicitPlaces(stimulus.places, placed, data) };
}

/** Returns a population with the places of its links as numbers. */
export function placedLinks(name: string, population: Population, seed: string, data: DrawnArrays): Population {
  const { linked, size } = population;
  if (!linked || !isLinkedToPlaces(population)) return population;
  const read = (variable: string, at: number): number | undefined =>
    variable === 'i' ? at : variable === 'N' ? size : undefined;
  const at = ([key, link]: readonly [string, Link]): readonly [string, Link] => {
    const drawn = { seed, stream: `population/${name}/places/${key}` };
    const placed = { what: `${name}.${key}`, drawn, count: size, read };
    return [key, link.places ? { ...link, places: explicitPlaces(link.places, placed, data) } : link];
  };
  return { ...population, linked: Object.fromEntries(Object.entries(linked).map(at)) };
}

/** Whether parameters of a population are linked to separate places on cells. */
export const isLinkedToPlaces = ({ linked = {} }: Population): boolean =>
  Object.values(linked).some(({ places }) => places !== undefined);
