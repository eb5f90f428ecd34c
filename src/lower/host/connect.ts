/**
 * Connections that a named generator draws, in PyNN's order: receivers one after the other, for each its senders, then the values of
 * their synapses.
 *
 * @source PyNN 0.13, pyNN.connectors; the orders of draws were checked against its mock backend (test/interoperability)
 */

import type { RandomState } from '../numpy/random-state.js';
import { HostError } from './draws.js';

/** What a connector is between: elements count within the ends. */
export interface HostEnds {
  readonly pre: number;
  readonly post: number;
  /** Whether sender i and receiver j are the same element. */
  same(i: number, j: number): boolean;
  /** Whether both ends are the same elements in the same order. */
  readonly identical: boolean;
}

/** Arguments of a host-drawn rule, as a translator gives them. */
export interface HostConnector {
  readonly connector: string;
  readonly p?: number | string;
  readonly n?: number;
  readonly replace?: boolean;
  readonly self?: boolean;
  readonly mutual?: boolean;
}

/** Senders of each receiver in turn; receivers without senders are left out. */
export type Columns = Iterable<{ readonly target: number; readonly sources: readonly number[] }>;

/**
 * The columns of a connector. They are drawn as they are taken, so that draws of values in between keep PyNN's order.
 *
 * @param chance  probability of a pair, for connectors that have an expression of it
 */
export function columnsOf(rule: HostConnector, ends: HostEnds, state: RandomState, chance: (i: number, j: number) => number): Columns {
  switch (rule.connector) {
    case 'fixedProbability':
    case 'probability': {
      const p = rule.p;
      return byProbability(rule, ends, state, typeof p === 'number' ? () => p : chance);
    }
    case 'fixedNumberPre':
      return byTarget(rule, ends, state);
    case 'fixedNumberPost':
      return collected(ends, bySource(rule, ends, state));
    case 'fixedTotal':
      return collected(ends, inTotal(rule, ends, state));
    default:
      throw new HostError(`the connector ${rule.connector}`);
  }
}

/**
 * A uniform number for every pair, whether it may connect or not. PyNN compares a lazy array of them with the probability, and so
 * draws from a copy of the generator: the generator itself does not move on, and the next such projection has the same numbers.
 */
function* byProbability(
  { self = true, mutual = true }: HostConnector,
  { pre, post, same }: HostEnds,
  generator: RandomState,
  chance: (i: number, j: number) => number,
): Columns {
  const state = generator.copy();
  for (let target = 0; target < post; target++) {
    const sources: number[] = [];
    for (let i = 0; i < pre; i++) {
      const drawn = state.double() < chance(i, target);
      if (drawn && (self || !same(i, target)) && (mutual || i > target)) sources.push(i);
    }
    if (sources.length > 0) yield { target, sources };
  }
}

/** n of `all`, in the order in which a generator chooses them: whole sets first, then the beginning of a permutation. */
function chosen(n: number, all: readonly number[], state: RandomState): number[] {
  if (all.length === 0) return [];
  const sets = Math.floor(n / all.length);
  const rest = n % all.length;
  const result = Array.from({ length: sets }, () => all).flat();
  if (rest > 0) for (const k of state.permutation(all.length).subarray(0, rest)) result.push(all[k] as number);
  return result;
}

/** n whole numbers below `size`; those that are `exclude` are drawn again, in order. */
function withReplacement(n: number, size: number, exclude: number, state: RandomState): number[] {
  const result = Array.from({ length: n }, () => state.integer(0, size));
  let again = [...result.keys()].filter((k) => result[k] === exclude);
  while (again.length > 0) {
    for (const k of again) result[k] = state.integer(0, size);
    again = again.filter((k) => result[k] === exclude);
  }
  return result;
}

const range = (size: number, without = -1): number[] => Array.from({ length: size }, (_, k) => k).filter((k) => k !== without);

function* byTarget(
  { n = 0, replace = false, self = true }: HostConnector,
  { pre, post, identical }: HostEnds,
  state: RandomState,
): Columns {
  for (let target = 0; target < post; target++) {
    const exclude = !self && identical ? target : -1;
    const sources = replace ? withReplacement(n, pre, exclude, state) : chosen(n, range(pre, exclude), state);
    if (sources.length > 0) yield { target, sources };
  }
}

function* bySource(
  { n = 0, replace = false, self = true }: HostConnector,
  { pre, post, identical }: HostEnds,
  state: RandomState,
): Iterable<readonly [number, number]> {
  for (let source = 0; source < pre; source++) {
    const exclude = !self && identical ? source : -1;
    for (const target of replace ? withReplacement(n, post, exclude, state) : chosen(n, range(post, exclude), state))
      yield [source, target];
  }
}

/** PyNN shares the total among processes by a binomial draw, of which one process gets all. */
function* inTotal({ n = 0 }: HostConnector, { pre, post }: HostEnds, state: RandomState): Iterable<readonly [number, number]> {
  const total = state.binomial(n, 1);
  for (let k = 0; k < total; k++) {
    const source = state.integer(0, pre);
    yield [source, state.integer(0, post)];
  }
}

/** All pairs first, then by receiver. */
function* collected({ post }: HostEnds, pairs: Iterable<readonly [number, number]>): Columns {
  const columns = Array.from({ length: post }, (): number[] => []);
  for (const [source, target] of pairs) columns[target]?.push(source);
  for (const [target, sources] of columns.entries()) if (sources.length > 0) yield { target, sources };
}

/** Columns of given pairs, in order within each. */
export function columnsOfPairs(
  sources: ArrayLike<number>,
  targets: ArrayLike<number>,
  post: number,
): { readonly target: number; readonly sources: readonly number[]; readonly at: readonly number[] }[] {
  const columns = Array.from({ length: post }, (_, target) => ({ target, sources: [] as number[], at: [] as number[] }));
  for (let k = 0; k < sources.length; k++) {
    const column = columns[targets[k] as number];
    column?.sources.push(sources[k] as number);
    column?.at.push(k);
  }
  return columns.filter((column) => column.sources.length > 0);
}
