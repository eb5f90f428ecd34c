/**
 * Distances of two models at one step, beside the change of each when the step is halved. For one model both are of one
 * size at every step; for two, a rest remains, and their ratio doubles with each halving.
 */

import type { SampleMemory } from '../pipeline/run-in-memory.js';
import { columnCount, type SampleBlock, type SeriesPlan } from '../../runtime/results/result.js';
import type { SpikesByPopulation } from './compare-spikes.js';

/** Least and greatest of samples around some times, for each column. */
interface Ranges {
  readonly plan: SeriesPlan;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/**
 * Keeps the ranges of samples of a run, over the step before and after each of some times: conventions move events by a
 * step.
 */
export class RangeKeeper implements SampleMemory {
  readonly #ranges: Ranges[] = [];

  /**
   * @param every  steps from one time to the next
   * @param count  of times
   */
  constructor(
    private readonly every: number,
    private readonly count: number,
  ) {}

  open(series: readonly SeriesPlan[]): void {
    for (const plan of series) {
      const length = this.count * columnCount(plan);
      this.#ranges.push({
        plan,
        low: new Float64Array(length).fill(Infinity),
        high: new Float64Array(length).fill(-Infinity),
      });
    }
  }

  samples({ series, steps, values }: SampleBlock): void {
    const ranges = this.#ranges[series];
    if (ranges === undefined) return;
    const { plan, low, high } = ranges;
    const columns = columnCount(plan);
    steps.forEach((step, row) => {
      for (let moved = step + plan.label - 1; moved <= step + plan.label + 1; moved += 1) {
        if (moved % this.every !== 0) continue;
        const time = moved / this.every;
        if (time < 0 || time >= this.count) continue;
        for (let column = 0; column < columns; column += 1) {
          const value = Number(values[row * columns + column]);
          const at = time * columns + column;
          if (!(value >= low[at]!)) low[at] = value;
          if (!(value <= high[at]!)) high[at] = value;
        }
      }
    });
  }

  advance(): void {
    // Samples are kept as they come.
  }

  /** Returns a variable with values that become infinite, or undefined. */
  diverging(): string | undefined {
    for (const { plan, low, high } of this.#ranges) {
      const columns = columnCount(plan);
      for (let column = 0; column < columns; column += 1) {
        const last = high.length - columns + column;
        const isInfinite = Math.abs(high[last] ?? 0) === Infinity && Math.abs(low[last] ?? 0) === Infinity;
        if (isInfinite && high[last] === low[last] && Number.isFinite(high[column]))
          return `${plan.variable} of ${plan.owner}`;
      }
    }
    return undefined;
  }

  /** Returns ranges by the name of their recording. */
  kept(): ReadonlyMap<string, Ranges> {
    return new Map(this.#ranges.map((ranges) => [ranges.plan.recording, ranges]));
  }
}

/** A run of one model with the loop open. */
export interface OpenRun {
  /** By population of the source. */
  readonly spikes: SpikesByPopulation;
  readonly ranges: ReadonlyMap<string, Ranges>;
}

/** Both models at one step, in s. */
export interface RunPair {
  readonly step: number;
  readonly runs: readonly [source: OpenRun, target: OpenRun];
}

/** Quantity of a cell that is compared in a part of the run. */
export interface Unit {
  readonly population: string;
  readonly cell: number;
  /** A variable; absent: the times of spikes. */
  readonly variable?: string;
  /** Number of the part of the run. */
  readonly part: number;
  /** Mean distance of the two models, in s or in the unit of the variable. */
  readonly distance: number;
  /** Distance relative to the range of the variable in the run; absent: the times of spikes. */
  readonly share?: number;
  /** Distance relative to twice the change by halving the step, and to the step. */
  readonly ratio: number;
  /** Whether the distance is within the rounding of the variable. */
  readonly isNegligible: boolean;
  /** Samples with a distance far beyond the changes by halving the step: their distances, by their number. */
  readonly far?: ReadonlyMap<number, number>;
}

/** A unit without its figures. */
type Quantity = Omit<Unit, 'distance' | 'share' | 'ratio' | 'isNegligible' | 'far'>;

/** Returns the key of a unit. */
export const keyOf = ({ population, cell, variable = '', part }: Quantity): string =>
  `${population}[${cell}] ${variable} ${part}`;

/** A cell with other spikes in both models after others that agree: its first spike without a partner near it. */
interface Unmatched {
  readonly population: string;
  readonly cell: number;
  readonly time: number;
  /** Number of the spikes of the cell before. */
  readonly before: number;
}

/** Distances at one step. */
export interface Distances {
  readonly step: number;
  readonly units: ReadonlyMap<string, Unit>;
  readonly unmatched: readonly Unmatched[];
  /** Spikes of the model that has more. */
  readonly spikes: number;
  /** Distances of spikes with the same number of the same cell in s, ascending. */
  readonly apart: readonly number[];
}

/** A variable that both models record. */
export interface PairedVariable {
  /** A population or projection of the source. */
  readonly owner: string;
  readonly variable: string;
  /** Cells or synapses of the columns; absent: all of them. */
  readonly elements?: readonly number[];
  /** Cells with spikes that change the variable of an element, as `population[cell]`. */
  readonly cellsOf: (element: number) => readonly string[];
  /** Size of the target's values, relative to the source's. */
  readonly factor: number;
}

/** Parts of a run that are judged one by one. */
const parts = 10;

/** Share of the samples of a part that are left out, the most distant ones. */
const outliers = 0.1;

/** Distance of a sample, relative to the changes by halving the step, from which on it is kept by itself. */
const farRatio = 5;

/**
 * Least ratio and distance in steps of spikes that are no partners, after others that agree: one of the models hardly
 * reaches the threshold where the other does not, and spikes later.
 */
const jump = { ratio: 5, steps: 4 } as const;

/** Most spikes of a cell before a sample; each can be a step later in one of the models. */
const mostLater = 3;

/** Largest negligible distance, relative to the range of a variable and to its size. */
const negligibleOf = { range: 1e-5, size: 1e-6 } as const;

type Range = readonly [low: number, high: number];

const rangeAt = ({ low, high }: Ranges, at: number, factor: number): Range => {
  const [one, other] = [low[at]! / factor, high[at]! / factor];
  return factor < 0 ? [other, one] : [one, other];
};

/** Returns the distance of two ranges. Times without samples and infinite values have none if both are alike. */
function between([low, high]: Range, [otherLow, otherHigh]: Range): number {
  if (Object.is(low, otherLow) && Object.is(high, otherHigh)) return 0;
  const apart = Math.max(0, otherLow - high, low - otherHigh);
  return Number.isNaN(apart) ? Infinity : apart;
}

/** Returns the range of a column, and the distance that is negligible for it. */
function extentOf(
  { low, high }: Ranges,
  column: number,
  columns: number,
): { readonly range: number; readonly negligible: number } {
  let [least, most] = [Infinity, -Infinity];
  for (let at = column; at < low.length; at += columns) {
    if (Number.isFinite(low[at]!)) least = Math.min(least, low[at]!);
    if (Number.isFinite(high[at]!)) most = Math.max(most, high[at]!);
  }
  if (least > most) return { range: 0, negligible: 0 };
  const range = most - least;
  return {
    range,
    negligible: negligibleOf.range * range + negligibleOf.size * Math.max(Math.abs(most), Math.abs(least)),
  };
}

/** Returns the first time without partners in two trains; infinite if all their spikes have partners. */
function pairedUntil(a: readonly number[], b: readonly number[], end: number, step: number): number {
  const count = Math.min(a.length, b.length);
  if (a.length === b.length) return Infinity;
  const longer = a.length > b.length ? a : b;
  for (let k = 0; k < count; k += 1) {
    const next = Math.min(a[k + 1] ?? Infinity, b[k + 1] ?? Infinity);
    const earlier = Math.min(a[k]!, b[k]!);
    if (Math.abs(a[k]! - b[k]!) > (next - earlier) / 2) return earlier;
  }
  const first = longer[count]!;
  const shift = count === 0 ? 0 : Math.abs(a[count - 1]! - b[count - 1]!);
  // The other side would have this spike after the end.
  return first > end - 4 * step - 2 * shift ? Infinity : first;
}

/** Returns the distances of two models at a step. @param finer  both at half the step */
export function distancesOf(
  { step, runs: [a, b] }: RunPair,
  { runs: [finerA, finerB] }: RunPair,
  paired: ReadonlyMap<string, PairedVariable>,
  { end, interval, count }: { readonly end: number; readonly interval: number; readonly count: number },
): Distances {
  const units = new Map<string, Unit>();
  const unmatched: Unmatched[] = [];
  const apart: number[] = [];
  const partOf = (time: number): number => Math.min(parts - 1, Math.max(0, Math.floor((time / end) * parts)));
  const sums = new Map<
    string,
    {
      unit: Quantity;
      distances: number[];
      own: number;
      range: number;
      negligible: number;
      far: Map<number, number>;
    }
  >();
  const add = (unit: Quantity, distance: number, own: number, range = 0, negligible = 0, time = 0): void => {
    const key = keyOf(unit);
    const sum = sums.get(key) ?? { unit, distances: [], own: 0, range, negligible, far: new Map<number, number>() };
    if (unit.variable !== undefined && distance > farRatio * own) sum.far.set(time, distance);
    sum.distances.push(distance);
    sum.own += own;
    sums.set(key, sum);
  };
  /** Times of a cell that are not compared: around its spikes, and after the first without a partner. */
  const masks = new Map<string, { readonly until: number; readonly around: readonly (readonly [number, number])[] }>();
  for (const [population, trains] of a.spikes) {
    const others = b.spikes.get(population);
    if (others === undefined) continue;
    trains.forEach((ours, cell) => {
      const theirs = others[cell] ?? [];
      const [ours2, theirs2] = [
        finerA.spikes.get(population)?.[cell] ?? [],
        finerB.spikes.get(population)?.[cell] ?? [],
      ];
      const untilBoth = pairedUntil(ours, theirs, end, step);
      let until = Math.min(untilBoth, pairedUntil(ours, ours2, end, step), pairedUntil(theirs, theirs2, end, step));
      let first = untilBoth;
      const around: (readonly [number, number])[] = [];
      const trainsOfAll = [ours, theirs, ours2, theirs2];
      let before = 0;
      for (; before < Math.min(...trainsOfAll.map(({ length }) => length)); before += 1) {
        const times = trainsOfAll.map((train) => train[before]!);
        if (Math.min(...times) >= until) break;
        const [time = 0, other = 0, time2 = 0, other2 = 0] = times;
        const distance = Math.abs(time - other);
        const own = 2 * (Math.abs(time - time2) + Math.abs(other - other2)) + step;
        if (before > 0 && distance > jump.steps * step && distance > jump.ratio * own) {
          until = first = Math.min(...times);
          break;
        }
        apart.push(distance);
        add({ population, cell, part: partOf(time) }, distance, own);
        around.push([Math.min(...times) - interval, Math.max(...times) + interval]);
      }
      if (first < Infinity) unmatched.push({ population, cell, time: first, before });
      masks.set(`${population}[${cell}]`, { until, around });
    });
  }
  for (const [recording, { owner, variable, elements, cellsOf, factor }] of paired) {
    const ranges = [a, b, finerA, finerB].map((run) => run.ranges.get(recording));
    const columns = (ranges[0]?.low.length ?? 0) / count;
    if (ranges.some((one) => one?.low.length !== count * columns)) continue;
    const [x, y, x2, y2] = ranges as [Ranges, Ranges, Ranges, Ranges];
    for (let column = 0; column < columns; column += 1) {
      const element = elements?.[column] ?? column;
      const own = cellsOf(element).flatMap((cell) => masks.get(cell) ?? []);
      const until = Math.min(...own.map((mask) => mask.until));
      const around = own.flatMap((mask) => mask.around).sort((p, q) => p[0] - q[0]);
      const { range, negligible } = extentOf(x, column, columns);
      let [next, masked] = [0, -Infinity];
      for (let time = 0; time < count; time += 1) {
        const seconds = time * interval;
        if (seconds >= until) break;
        for (; (around[next]?.[0] ?? Infinity) <= seconds; next += 1) masked = Math.max(masked, around[next]![1]);
        if (masked >= seconds) continue;
        const at = time * columns + column;
        const unit = { population: owner, cell: element, variable, part: partOf(seconds) };
        const [p, p2] = [rangeAt(x, at, 1), rangeAt(x2, at, 1)];
        const [q, q2] = [rangeAt(y, at, factor), rangeAt(y2, at, factor)];
        // Each spike before can be a step later in one of the models, as the end of its refractory period is.
        const width = ((p[1] - p[0] + q[1] - q[0]) / 4) * (1 + Math.min(next, mostLater));
        const change = 2 * (between(p, p2) + between(q, q2)) + (width || 0) + negligible;
        add(unit, between(p, q), change, range, negligible, time);
      }
    }
  }
  for (const [key, { unit, distances, own, range, negligible, far }] of sums) {
    // A sample near an event can differ by all of the event's effect.
    const kept =
      unit.variable === undefined
        ? distances
        : distances.sort((p, q) => p - q).slice(0, -Math.ceil(distances.length * outliers));
    const mean = kept.reduce((sum, distance) => sum + distance, 0) / Math.max(1, kept.length);
    const ratio = mean === 0 ? 0 : (mean * distances.length) / own;
    const share = range > 0 && unit.variable !== undefined ? { share: mean / range } : {};
    const samples = far.size === 0 ? {} : { far };
    units.set(key, { ...unit, distance: mean, ...share, ratio, isNegligible: mean <= negligible, ...samples });
  }
  const total = (run: OpenRun): number =>
    [...a.spikes.keys()].reduce(
      (sum, name) => sum + (run.spikes.get(name) ?? []).reduce((all, { length }) => all + length, 0),
      0,
    );
  const spikes = Math.max(total(a), total(b));
  return { step, units, unmatched, spikes, apart: apart.sort((p, q) => p - q) };
}
