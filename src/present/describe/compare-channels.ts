/**
 * Compares two ion channels without a network: steady states and time constants of their states under voltage clamp,
 * and their open conductance.
 */

import type { ChannelFunctions } from './gate-curves.js';

/** A quantity of two channels with other values. */
export interface ChannelDifference {
  readonly quantity: string;
  readonly values: readonly [first: number, second: number];
  readonly unit: string;
}

/** Result of comparing two channels at a temperature. */
export interface ChannelComparison {
  /** Gates of the first channel with those of the second. */
  readonly pairs: ReadonlyMap<string, string>;
  readonly difference?: ChannelDifference;
  /** Largest difference of equal values, relative to their size. */
  readonly rounding: number;
  /** Conductances of open channels at one potential, each in a unit of its own. */
  readonly conductances?: readonly [first: number, second: number];
  /** Reason why they cannot be compared. */
  readonly reason?: string;
}

/** Potentials in V, beside those at which rates are often 0/0. */
export const clamped: readonly number[] = Array.from({ length: 33 }, (_, k) => -0.0997 + 0.005 * k);

/** Size of a difference that digits of documents and tables explain. */
const rounding = 1e-5;

/** A state that approaches a value by itself. */
interface Relaxation {
  readonly steady: number;
  /** In s. */
  readonly time: number;
}

/** Values of both channels, and the size that their difference is relative to. */
interface Measured extends ChannelDifference {
  readonly size: number;
}

/** Compares two channels at a temperature. */
export function compareChannels(first: ChannelFunctions, second: ChannelFunctions): ChannelComparison {
  const undecided = (reason: string): ChannelComparison => ({ pairs: new Map(), rounding: 0, reason });
  const [own, other] = [first, second].map(relaxations);
  if (!own || !other) return undecided('states depend on each other, or are no gates of the potential');
  if (own.length !== other.length)
    return {
      pairs: new Map(),
      rounding: 0,
      difference: { quantity: 'number of gates', values: [own.length, other.length], unit: '' },
    };
  const order = paired(own, other);
  const pairs = new Map(first.gates.map((gate, k) => [gate, second.gates[order[k]!]!]));
  let largest = 0;
  /** Returns the largest difference beyond rounding of some pairs of values. */
  const apart = (all: readonly Measured[]): ChannelDifference | undefined => {
    const [worst] = all
      .map((one) => ({ ...one, relative: Math.abs(one.values[0] - one.values[1]) / one.size }))
      .sort((x, y) => y.relative - x.relative);
    if (worst === undefined) return undefined;
    if (!(worst.relative <= rounding)) return { quantity: worst.quantity, values: worst.values, unit: worst.unit };
    largest = Math.max(largest, worst.relative);
    return undefined;
  };
  for (const [k, gate] of first.gates.entries()) {
    const at = (v: number): string => `of ${gate} at ${inMillivolts(v)}`;
    const values = clamped.map((v, place) => ({ v, a: own[k]![place]!, b: other[order[k]!]![place]! }));
    const difference =
      apart(
        values.map(({ v, a, b }): Measured => ({
          quantity: `steady state ${at(v)}`,
          values: [a.steady, b.steady],
          size: 1,
          unit: '',
        })),
      ) ??
      apart(
        values.map(({ v, a, b }): Measured => ({
          quantity: `time constant ${at(v)}`,
          values: [a.time * 1e3, b.time * 1e3],
          size: Math.max(a.time, b.time) * 1e3,
          unit: ' ms',
        })),
      );
    if (difference) return { pairs, difference, rounding: largest };
  }
  const places = clamped.filter((_, k) => k % 4 === 0);
  let conductances: readonly [number, number] | undefined;
  for (const v of places) {
    const [whole = 0, wholeThere = 0] = [first, second].map((one) => conductance(one, v, one.states, () => 1));
    if (whole === 0 || wholeThere === 0) return undecided('the current is not ohmic');
    conductances ??= [whole, wholeThere];
    // Densities differ in unit and size, so each is relative to that at the first potential.
    const relative = [whole / conductances[0], wholeThere / conductances[1]] as const;
    const size = Math.max(...relative.map(Math.abs));
    const quantity = `conductance at ${inMillivolts(v)} relative to that at ${inMillivolts(places[0]!)}`;
    const scaled = apart([{ quantity, values: relative, size, unit: '' }]);
    if (scaled) return { pairs, difference: scaled, rounding: largest };
    for (const share of shares(first.states.length)) {
      const values = [
        conductance(first, v, first.states, (state) => share[first.states.indexOf(state)]!)! / whole,
        conductance(second, v, second.states, (state) => share[order.indexOf(second.states.indexOf(state))]!)! /
          wholeThere,
      ] as const;
      const listed = first.gates.map((gate, k) => `${gate} ${Number(share[k]!.toPrecision(2))}`).join(', ');
      const difference = apart([{ quantity: `open share with ${listed}`, values, size: 1, unit: '' }]);
      if (difference) return { pairs, difference, rounding: largest };
    }
  }
  return { pairs, rounding: largest, ...(conductances ? { conductances } : {}) };
}

const inMillivolts = (v: number): string => `${Number((v * 1e3).toPrecision(4))} mV`;

/** Compares how the conductances of two channels change from one temperature to another. */
export function compareScales(
  { conductances: before }: ChannelComparison,
  { conductances: after }: ChannelComparison,
): ChannelDifference | undefined {
  if (!before || !after) return undefined;
  const values = [after[0] / before[0], after[1] / before[1]] as const;
  const isApart = !(Math.abs(values[0] - values[1]) <= rounding * Math.max(...values.map(Math.abs)));
  return isApart ? { quantity: 'conductance relative to that at the first temperature', values, unit: '' } : undefined;
}

/** Returns the relaxations of each state at all potentials; undefined if they are coupled or not linear. */
function relaxations({ states, rates }: ChannelFunctions): readonly (readonly Relaxation[])[] | undefined {
  const found: Relaxation[][] = [];
  for (const [k, state] of states.entries()) {
    const own: Relaxation[] = [];
    for (const v of clamped) {
      const at = (value: number, others: number): number =>
        rates[k]!(v, new Map(states.map((name) => [name, name === state ? value : others])));
      const [opening, closed, middle, beside] = [at(0, 0.5), at(1, 0.5), at(0.5, 0.5), at(0.5, 0.2)];
      const leaving = opening - closed;
      const size = 1e-9 * (Math.abs(opening) + Math.abs(closed));
      const isGate =
        leaving > 0 && Math.abs(middle - (opening + closed) / 2) <= size && Math.abs(beside - middle) <= size;
      if (!isGate) return undefined;
      own.push({ steady: opening / leaving, time: 1 / leaving });
    }
    found.push(own);
  }
  return found;
}

/** Returns the number of the counterpart of each state: the closest ones first. */
function paired(own: readonly (readonly Relaxation[])[], other: readonly (readonly Relaxation[])[]): readonly number[] {
  const distance = (a: readonly Relaxation[], b: readonly Relaxation[]): number =>
    a.reduce(
      // Time constants of one gate can differ by a factor for the temperature.
      (sum, { steady, time }, k) =>
        sum + Math.abs(steady - b[k]!.steady) + 0.02 * Math.abs(Math.log(time / b[k]!.time)),
      0,
    );
  const all = own
    .flatMap((a, k) => other.map((b, j) => ({ k, j, apart: distance(a, b) })))
    .sort((x, y) => x.apart - y.apart);
  const order: number[] = [];
  const taken = new Set<number>();
  for (const { k, j } of all) {
    if (order[k] !== undefined || taken.has(j)) continue;
    order[k] = j;
    taken.add(j);
  }
  return order;
}

/** Returns values of states at which conductances are compared. */
const shares = (count: number): readonly (readonly number[])[] =>
  [0.31, 0.57, 0.83].map((first) => Array.from({ length: count }, (_, k) => (first + 0.618 * k) % 1));

/** Returns the conductance at a potential, in any unit; undefined if the current is not ohmic. */
function conductance(
  { open, current }: ChannelFunctions,
  v: number,
  states: readonly string[],
  valueOf: (state: string) => number,
): number | undefined {
  const values = new Map(states.map((state) => [state, valueOf(state)]));
  if (open) return open(v, values);
  if (!current) return undefined;
  const [low, middle, high] = [-1e-3, 0, 1e-3].map((more) => current(v + more, values)) as [number, number, number];
  const isOhmic = Math.abs(low + high - 2 * middle) <= 1e-6 * Math.abs(high - low) + 1e-18;
  return isOhmic ? (high - low) / 2e-3 : undefined;
}
