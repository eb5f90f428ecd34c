/** Delays of values that synapses send after they have received a spike. */

import { isDrawn, isGiven } from '../../../src/model/tagged.js';
import { knownNumbers } from '../../../src/model/arrays.js';
import type { Expression } from '../../../src/lang/ast.js';
import { binary, call, quantity } from '../../../src/lang/build.js';
import { second } from '../../../src/lang/dimension.js';
import { NoNumber } from '../../../src/lang/evaluate.js';
import { namesIn } from '../../../src/lang/walk.js';
import { plain, valueAt } from '../../../src/library/recognise/numbers.js';
import {
  formula,
  formulaOf,
  type DataStore,
  type Model,
  type Projection,
  type SynapseType,
  type Value,
} from '../../../src/model/typed.js';
import { wholeDelay } from '../../../src/model/steps.js';

/** Positions of a distribution's limits among its arguments. */
const limitsAt: Readonly<Record<string, number>> = {
  ...{ uniform: 0, uniform_int: 0, normal_clipped: 2, normal_clipped_to_boundary: 2 },
};

/** Checks whether all delays of a projection are known to lie within its limits, which then have no effect. */
export function areWithinRange({ delays, delayRange }: Projection, data: DataStore): boolean {
  const { min = 0, max = Infinity } = delayRange ?? {};
  const within = (delay: number): boolean => delay >= min && delay <= max;
  return Object.values(delays).every((value) => {
    if (typeof value === 'number') return within(value);
    if (!isDrawn(value)) return listOf(value, data)?.every(within) ?? false;
    const at = limitsAt[value.distribution];
    if (value.then !== undefined || at === undefined) return false;
    const limits = value.arguments.slice(at, at + 2);
    return limits.every((bound) => within(Number(`${bound}e${value.exponent10 ?? 0}`)));
  });
}

/** No delay is longer, in s. */
const longest = 1000;

/** Returns a delay as one number, or undefined if it is not a single number. */
export function delayOf(e: Expression, { parameters }: SynapseType, { values }: Projection): number | undefined {
  try {
    return valueAt(plain(e, { has: (name) => Object.hasOwn(parameters, name) }), (name) => {
      const value = values[name] ?? parameters[name]?.value;
      if (typeof value !== 'number') throw new RangeError(name);
      return value;
    });
  } catch (error) {
    if (error instanceof RangeError || error instanceof NoNumber) return undefined;
    throw error;
  }
}

/** Returns the delays of all synapses that follow from listed values, or undefined if an expression reads no list. */
export function listedDelays(
  e: Expression,
  type: SynapseType,
  projection: Projection,
  data: DataStore,
): Value | undefined {
  const listed = [...namesIn(e)].flatMap((name) => {
    const array = listOf(projection.values[name], data);
    return array === undefined ? [] : [[name, array] as const];
  });
  const [first] = listed;
  if (first === undefined) return undefined;
  const each = first[1].flatMap((_, k) => {
    const own = Object.fromEntries(listed.map(([name, array]) => [name, array[k] ?? NaN]));
    return delayOf(e, type, { ...projection, values: { ...projection.values, ...own } }) ?? [];
  });
  return each.length === first[1].length ? { kind: 'array', array: each } : undefined;
}

/**
 * Adds two delays; each number is rounded to whole steps first. Returns undefined if one is drawn, or if one is listed
 * and the other is an expression.
 *
 * @param computed  whether the second is computed from the drawn value
 */
export function delaySum(
  before: Value,
  after: Value,
  { timing, experiment: { dt } }: Model,
  data: DataStore,
  computed: boolean,
): Value | undefined {
  const whole = (seconds: number): number => wholeDelay(seconds, dt, timing);
  const sum = (a: number, b: number): number => Number((whole(a) + whole(b)).toPrecision(12));
  if (typeof before === 'number' && typeof after === 'number') return sum(before, after);
  const expressionOf = (value: Value): Expression | undefined =>
    typeof value === 'number' ? quantity(value, second) : formulaOf(value);
  const [first, rest] = [expressionOf(before), expressionOf(after)];
  if (first && rest) {
    const both = binary('+', first, rest);
    // The rest of a drawn delay is not negative, although its expression does not show that.
    return formula(computed ? call('clip', [both, quantity(0, second), quantity(longest, second)]) : both);
  }
  const [a, b] = [before, after].map((value) => (typeof value === 'number' ? value : listOf(value, data)));
  if (a === undefined || b === undefined) return undefined;
  const at = (one: number | readonly number[], k: number): number => (typeof one === 'number' ? one : (one[k] ?? NaN));
  const list = typeof a === 'number' ? b : a;
  if (typeof list === 'number') return undefined;
  return { kind: 'array', array: list.map((_, k) => sum(at(a, k), at(b, k))) };
}

const listOf = (value: Value | undefined, data: DataStore): readonly number[] | undefined =>
  isGiven(value) ? knownNumbers(value.array, data) : undefined;
