/** Whether cells of a neuron type do what those of a core type do: at many points, and at the end of refractoriness. */

import { hasMoreCases } from '../../../src/library/gather/texts.js';
import type { NeuronType } from '../../../src/model/model.js';
import { foldConstants } from '../../../src/lang/fold.js';
import { constants } from '../../../src/lang/functions.js';
import { parseExpression } from '../../../src/lang/parse.js';
import { evaluate, NoNumber, type Functions } from '../../../src/lang/evaluate.js';
import { behaviourOf, type Behaviour, type Point } from './behaviour.js';
import type { CoreCell } from './core-type.js';

/** What of a neuron type is what of the core type. */
export interface Correspondence {
  /** Variables of the core type, and what those of the type are multiplied with to be these. */
  readonly variables: ReadonlyMap<string, { readonly name: string; readonly factor: number }>;
  /** Inputs of the type that are the core type's. */
  readonly inputs: readonly string[];
  /** Variables that synapses of the core type stand for; they are nought for the comparison. */
  readonly responses: readonly string[];
  /** What the core type gets as an input besides. */
  readonly drive: number;
  /** Seconds for which a spike holds the type; absent: the equations say so. */
  readonly held?: number;
  /** Whether first values are others. */
  readonly startsApart: boolean;
}

/** A number in SI of a text that reads values of a type. @throws NoNumber */
export function numberOf(
  text: string,
  type: NeuronType,
  valueOf: (key: string) => number,
  functions: Functions,
): number {
  const isOwn = (name: string): boolean => Object.hasOwn(type.parameters, name) || Object.hasOwn(type.state, name);
  const lookup = (name: string): number => {
    if (isOwn(name)) return valueOf(name);
    const found = constants.get(name);
    if (found === undefined) throw new NoNumber(`a value that depends on ${name}`);
    return found;
  };
  return evaluate(foldConstants(parseExpression(text), undefined, isOwn), lookup, functions);
}

/** A type that says itself what it is: all has the same name. */
export const byName = (type: NeuronType): Correspondence => ({
  variables: new Map(Object.keys(type.state).map((name) => [name, { name, factor: 1 }] as const)),
  inputs: Object.keys(type.inputs),
  responses: [],
  drive: 0,
  startsApart: false,
});

const points = 40;

/**
 * What of a type is other than the core type has it; undefined where nothing is.
 *
 * @param valueOf  values of the type's parameters and first values of its variables
 */
export function difference(
  type: NeuronType,
  valueOf: (key: string) => number,
  core: CoreCell,
  functions: Functions,
  how: Correspondence,
): string | undefined {
  const start = Object.fromEntries(Object.keys(type.state).map((key) => [key, valueOf(key)]));
  const own = behaviourOf(type, valueOf, functions, start);
  const numbers = (name: string): number => {
    const value = core.type.parameters[name]?.value;
    if (typeof value === 'number') return value;
    if (typeof value !== 'string') throw new NoNumber(`a value of ${name}`);
    return numberOf(value, core.type, numbers, functions);
  };
  const its = behaviourOf(core.type, numbers, functions);
  if (!own || !its) return 'it does more than can be compared';
  if (hasMoreCases(type, core.type)) return 'it follows the time, or has cases that the core type has not';
  const pairs = [...how.variables].map(([name, { name: other, factor }]): Pair => [name, other, factor]);
  const others = Object.keys(core.type.inputs);
  if (how.inputs.length > 1 || others.length > 1 || (how.inputs.length > 0 && others.length === 0))
    return 'its inputs differ';
  const [input, other] = [how.inputs[0], others[0]];
  if (how.drive !== 0 && other === undefined) return 'it has a current of its own';
  if (input !== undefined && other !== undefined && type.inputs[input]?.unit !== core.type.inputs[other]?.unit)
    return 'its inputs differ';
  const scale = (name: string): number => scales[type.state[name]?.unit ?? type.inputs[name]?.unit ?? '1'] ?? 1;
  const still = Object.fromEntries(how.responses.map((name) => [name, 0]));
  for (let k = 0; k < points; k++) {
    const state = pairs.map(([name], j) => [name, spread(k, j) * scale(name)] as const);
    const drive = input === undefined ? 0 : spread(k, pairs.length) * scale(input);
    const at: Point = {
      ...still,
      ...Object.fromEntries(state),
      t: 1,
      ...(input === undefined ? {} : { [input]: drive }),
    };
    const there: Point = {
      ...Object.fromEntries(pairs.map(([, name, factor], j) => [name, (state[j]?.[1] ?? 0) * factor])),
      t: 1,
      ...(other === undefined ? {} : { [other]: drive + how.drive }),
    };
    const found = atPoint(own, its, at, there, pairs);
    if (found !== undefined) return found;
  }
  return atThreshold(own, its, pairs, still) ?? atEnds(own, its, pairs, how);
}

/** A variable of the type, that of the core type, and what the first is multiplied with to be the second. */
type Pair = readonly [name: string, other: string, factor: number];

/** Sizes that values of a unit have. */
const scales: Readonly<Record<string, number>> = { V: 0.1, A: 1e-9, S: 1e-7, s: 0.01, '1': 50 };

/** Numbers between -1 and 1 that fill the interval evenly, another sequence for each variable. */
function spread(k: number, j: number): number {
  const step = Math.sqrt([2, 3, 5, 7, 11, 13, 17, 19][j % 8] ?? 2);
  const x = (k + 1) * step;
  return 2 * (x - Math.floor(x)) - 1;
}

const near = (a: number, b: number): boolean =>
  a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1e-30);

function atPoint(own: Behaviour, its: Behaviour, at: Point, there: Point, pairs: readonly Pair[]): string | undefined {
  const differs = (a: Point, b: Point): string | undefined =>
    pairs.find(([name, other, factor]) => !near((a[name] ?? 0) * factor, b[other] ?? 0))?.[0];
  const rate = differs(own.rates(at), its.rates(there));
  if (rate !== undefined) return `the rate of ${rate} differs`;
  const reset = differs(own.after(at), its.after(there));
  if (reset !== undefined) return `a spike changes ${reset} differently`;
  return own.fires(at) === its.fires(there) ? undefined : 'its spike condition differs';
}

/** Fires at the same threshold: found by halving between a potential that is silent and one that fires. */
function atThreshold(own: Behaviour, its: Behaviour, pairs: readonly Pair[], still: Point): string | undefined {
  const [name, other, factor] = pairs.find(([, one]) => one === 'v') ?? ['v', 'v', 1];
  const zeros = { ...still, ...Object.fromEntries(pairs.map(([one]) => [one, 0])), t: 1 };
  const others = { ...Object.fromEntries(pairs.map(([, one]) => [one, 0])), t: 1 };
  const fires = (v: number): boolean => own.fires({ ...zeros, [name]: v / factor });
  let [low, high] = [-1, 1];
  if (fires(low) || !fires(high)) return undefined;
  for (let k = 0; k < 60; k++) {
    const middle = (low + high) / 2;
    if (fires(middle)) high = middle;
    else low = middle;
  }
  const itFires = (v: number): boolean => its.fires({ ...others, [other]: v });
  return itFires(low - 1e-9) || !itFires(high + 1e-9) ? 'its threshold differs' : undefined;
}

/** How near ends of refractory periods are looked at, in s and relative to the period. */
const tolerance = 1e-9;

/** Holds the same variables for the same time, and starts alike. */
function atEnds(
  own: Behaviour,
  its: Behaviour,
  pairs: readonly Pair[],
  { held: period, startsApart }: Correspondence,
): string | undefined {
  if (
    !startsApart &&
    pairs.some(([name, other, factor]) => !near((own.initial[name] ?? 0) * factor, its.initial[other] ?? 0))
  )
    return 'its initial values differ';
  const differs =
    period === undefined
      ? Array.from({ length: 400 }, (_, k) => (k + 0.5) * 5e-5).some(
          (seconds) => own.isRefractory(seconds) !== its.isRefractory(seconds),
        )
      : its.isRefractory(period * (1 + tolerance) + tolerance) ||
        (period > 0 && !its.isRefractory(period * (1 - tolerance)));
  if (differs) return 'its refractory period differs';
  const isRefractory = period === undefined ? own.isRefractory(0) : period > 0;
  const held = pairs.find(([name, other]) => own.held.has(name) !== its.held.has(other))?.[0];
  return isRefractory && held !== undefined ? `${held} is held differently while refractory` : undefined;
}
