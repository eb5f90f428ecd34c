/**
 * Plays spikes of both cells into a synapse without a step: the effects of all spikes show its equations, whatever its
 * variables are called.
 */

import { NoNumber } from '../lang/evaluate.js';
import type { Side } from '../lang/ast.js';
import { writtenBy } from '../lang/walk.js';
import { near, valueAt } from '../library/recognise/numbers.js';
import type { SynapseType } from '../model/typed.js';
import { perform, type Scope } from './element-scope.js';

/** Effect of the spikes of a cell on a variable, by a synapse. */
export interface Effect {
  /** The cell that spikes. */
  readonly end: Side;
  /** Variable of the receiving cell, or a port. */
  readonly variable: string;
  /** From the spike, in s. */
  readonly delay: number;
  /** Change of the variable by each spike. */
  readonly jumps: readonly number[];
}

/** Steps at which both cells spike. */
export type PlayedSpikes = Readonly<Record<Side, readonly number[]>>;

/** First step that is played: conditions on times before the run do not hold. */
const start = 1000;

/** One spike of each cell: the effect of a synapse without states. */
const single: PlayedSpikes = { pre: [start], post: [start + 1] };

/**
 * Returns spikes of both cells: some at other intervals, then bursts in both orders, which bring weights to their
 * bounds.
 *
 * @param longest  delay of all synapses, in steps: no spike of one cell arrives with one of the other
 */
export function spikesToPlay(longest: number, least: number): PlayedSpikes {
  const unit = 2 * Math.max(longest + 4, Math.ceil(least / 2));
  const burst = (from: number): readonly number[] => Array.from({ length: 10 }, (_, k) => from + k);
  const [pre, post] = [
    [0, 1, 3, 4, 9, ...[20, 40, 60].flatMap(burst), ...[91, 111, 131].flatMap(burst), 160],
    [0, 2, 3, 6, 7, ...[30, 50, 70].flatMap(burst), ...[81, 101, 121].flatMap(burst), 150],
  ].map((times) => times.map((time) => start + time * unit)) as [number[], number[]];
  return { pre, post: post.map((step) => step + unit / 2) };
}

/** Checks whether the effects of spikes depend on earlier spikes. */
export const hasMemory = ({ state, derivatives, pathways }: SynapseType): boolean => {
  const written = writtenBy(Object.values(pathways).flatMap((pathway) => pathway.do));
  return Object.keys(derivatives).length > 0 || Object.keys(state).some((name) => written.has(name));
};

/** What is played, and where. */
interface Play {
  /** Gives parameters, states and variables of ends; states of the synapse are read from `values`. */
  readonly scope: Scope;
  /** Values of the states, and the time. */
  readonly values: Map<string, number>;
  /** Delay of a pathway, in s. */
  readonly delayOf: (pathway: string) => number;
  readonly dt: number;
  /** Absent: one spike of each cell. */
  readonly spikes?: PlayedSpikes;
}

/** Returns the effects of spikes by a synapse. @throws NoNumber for synapses that do more */
export function playedEffects(type: SynapseType, play: Play): readonly Effect[] {
  const { state, derivatives, pathways, ports, contributes, summed, events = {}, noise } = type;
  if (contributes.length + summed.length + noise.length + Object.keys(events).length > 0)
    throw new NoNumber('continuous effects');
  const { scope, values, delayOf, dt, spikes = single } = play;
  const own = Object.keys(state);
  for (const name of own) values.set(name, scope(name));
  const isMoving = Object.keys(derivatives).length > 0;
  const advance = advancing(isMoving ? own : [], values, (name) => {
    const rate = derivatives[name]?.rate;
    return rate ? valueAt(rate, scope) : 0;
  });
  const arrivals = Object.entries(pathways)
    .flatMap(([name, { on, do: actions, order }]) => {
      const delay = delayOf(name);
      return spikes[on.end].map((spike, number) => {
        return { step: spike + Math.round(delay / dt), order, end: on.end, delay, number, actions };
      });
    })
    .sort((a, b) => a.step - b.step || a.order - b.order);
  const found = new Map<string, Effect & { readonly jumps: number[] }>();
  let last = start;
  for (const { step, end, delay, number, actions } of arrivals) {
    if (step > last) advance((step - last) * dt);
    last = Math.max(last, step);
    values.set('t', step * dt).set('t_in_timesteps', step);
    const act = (variable: string, jump: number, after: number): void => {
      const key = `${end} ${variable} ${after}`;
      const effect = found.get(key) ?? { end, variable, delay: after, jumps: spikes[end].map(() => 0) };
      effect.jumps[number]! += jump;
      found.set(key, effect);
    };
    for (const statement of actions) {
      const value = valueAt(statement.value, scope);
      if (statement.kind === 'send') {
        act(statement.port, value, delay + valueAt(statement.after, scope));
        continue;
      }
      const { target, operator } = statement;
      if (target.startsWith('pre.')) throw new NoNumber('an effect on the source');
      const isOutside = target.startsWith('post.') || ports[target] !== undefined;
      const before = isOutside ? scope(target) : 0;
      perform([statement], scope, values);
      // The difference of two potentials would have fewer digits.
      const jump = { '+=': value, '-=': -value }[operator as string] ?? values.get(target)! - before;
      if (isOutside) act(target, jump, delay);
    }
    for (const name of values.keys()) if (!Object.hasOwn(state, name)) values.delete(name);
  }
  return [...found.values()];
}

/**
 * Returns a function that advances variables by a time in s. @throws NoNumber for rates that are not linear in them
 *
 * @param values  of all names that the rates read
 */
function advancing(
  names: readonly string[],
  values: Map<string, number>,
  rateOf: (name: string) => number,
): (seconds: number) => void {
  if (names.length === 0) return () => undefined;
  const ratesAt = (point: readonly number[]): readonly number[] => {
    const before = names.map((name) => values.get(name) ?? 0);
    names.forEach((name, k) => values.set(name, point[k]!));
    const rates = names.map(rateOf);
    names.forEach((name, k) => values.set(name, before[k]!));
    return rates;
  };
  const constant = ratesAt(names.map(() => 0));
  const columns = names.map((_, j) =>
    ratesAt(names.map((__, k) => (k === j ? 1 : 0))).map((rate, k) => rate - constant[k]!),
  );
  // The last row and column hold the constant part.
  const matrix = [
    ...names.map((_, k) => [...columns.map((column) => column[k]!), constant[k]!]),
    [...names.map(() => 0), 0],
  ];
  const times = (rows: readonly (readonly number[])[], point: readonly number[]): readonly number[] =>
    rows.map((row) => row.reduce((sum, entry, k) => sum + entry * point[k]!, 0));
  for (const point of [names.map((_, k) => 0.37 + 0.11 * k), names.map((_, k) => 2.3 - 0.7 * k)]) {
    const [linear, actual] = [times(matrix, [...point, 1]), ratesAt(point)];
    const size = Math.max(...matrix.flat().map(Math.abs));
    if (!actual.every((rate, k) => near(rate, linear[k]!, size))) throw new NoNumber('rates that are not linear');
  }
  const known = new Map<number, readonly (readonly number[])[]>();
  return (seconds) => {
    const flow = known.get(seconds) ?? exponential(matrix.map((row) => row.map((entry) => entry * seconds)));
    known.set(seconds, flow);
    const after = times(flow, [...names.map((name) => values.get(name) ?? 0), 1]);
    names.forEach((name, k) => values.set(name, after[k]!));
  };
}

/** Returns the exponential of a matrix: Taylor's series of a small part of it, squared. */
function exponential(matrix: readonly (readonly number[])[]): readonly (readonly number[])[] {
  type Matrix = readonly (readonly number[])[];
  const product = (a: Matrix, b: Matrix): Matrix =>
    a.map((row) => row.map((_, j) => row.reduce((sum, entry, k) => sum + entry * b[k]![j]!, 0)));
  const norm = Math.max(...matrix.map((row) => row.reduce((sum, entry) => sum + Math.abs(entry), 0)));
  const halvings = Math.max(0, Math.ceil(Math.log2(norm || 1)) + 2);
  const part = matrix.map((row) => row.map((entry) => entry / 2 ** halvings));
  let term: Matrix = matrix.map((row, i) => row.map((_, j) => (i === j ? 1 : 0)));
  let sum = term;
  for (let k = 1; k <= 14; k += 1) {
    term = product(term, part).map((row) => row.map((entry) => entry / k));
    sum = sum.map((row, i) => row.map((entry, j) => entry + term[i]![j]!));
  }
  for (let k = 0; k < halvings; k += 1) sum = product(sum, sum);
  return sum;
}
