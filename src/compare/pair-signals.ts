/** Samples of two recordings that are compared with one another. */

import { UsageError } from '../diagnostics/diagnostic.js';
import { columnName, timeRounding, type Recorded, type RecordedSignal } from './recorded.js';

/** Two series of samples, at the times that both have. */
export interface PairedSignal {
  /** Name in the first recording, such as `exc.v[3]`. */
  readonly name: string;
  /** SI unit; null if neither states one. */
  readonly unit: string | null;
  readonly times: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
  /** Samples of each side within the compared time. */
  readonly samples: readonly [number, number];
}

interface Column {
  readonly name: string;
  readonly signal: RecordedSignal;
  readonly column: number;
}

/**
 * Pairs samples by population, variable and cell. Samples without a namesake are paired in order if both sides have as
 * many left. A note reports that.
 *
 * @throws UsageError for units of different dimensions
 */
export function pairSignals(
  first: Recorded,
  second: Recorded,
  { begin, end }: { readonly begin: number; readonly end: number },
): {
  readonly signals: readonly PairedSignal[];
  readonly onlyFirst: readonly string[];
  readonly onlySecond: readonly string[];
  readonly notes: readonly string[];
} {
  const [mine, theirs] = [columnsOf(first), columnsOf(second)];
  const byName = new Map(theirs.map((column) => [column.name, column]));
  const [pairs, lonely]: [[Column, Column][], Column[]] = [[], []];
  for (const column of mine) {
    const other = byName.get(column.name);
    byName.delete(column.name);
    if (other) pairs.push([column, other]);
    else lonely.push(column);
  }
  const notes: string[] = [];
  const inOrder = sameUnits(lonely, [...byName.values()]);
  pairs.push(...inOrder);
  if (inOrder[0]) notes.push(`samples were paired in order: ${inOrder[0][0].name} with ${inOrder[0][1].name}`);
  const taken = new Set(inOrder.flat());
  const alone = (columns: Iterable<Column>): readonly string[] =>
    [...columns].filter((column) => !taken.has(column)).map(({ name }) => name);
  const tolerance = Math.max(timeRounding, first.resolution, second.resolution) * (1 + 1e-9);
  const signals = pairs.map(([a, b]) => {
    const units = [a.signal.unit, b.signal.unit];
    if (units[0] !== null && units[1] !== null && units[0] !== units[1])
      throw new UsageError(
        `${a.name} is in ${units[0] ?? ''} in ${first.path}, and ${b.name} is in ${units[1] ?? ''} in ${second.path}`,
        'compare variables of the same dimension',
      );
    return { name: a.name, unit: units[0] ?? units[1] ?? null, ...commonSamples(a, b, begin, end, tolerance) };
  });
  return { signals, onlyFirst: alone(lonely), onlySecond: alone(byName.values()), notes };
}

function columnsOf({ signals }: Recorded): readonly Column[] {
  return signals.flatMap((signal) =>
    signal.columns.map((label, column) => ({
      name: columnName(signal.owner, signal.variable, label),
      signal,
      column,
    })),
  );
}

/**
 * Returns columns of different names that belong together: as many on both sides with a unit, or with none stated on
 * one side.
 */
function sameUnits(first: readonly Column[], second: readonly Column[]): readonly [Column, Column][] {
  const unitsOf = (columns: readonly Column[]): ReadonlySet<string | null> =>
    new Set(columns.map(({ signal }) => signal.unit));
  const inOrder = (a: readonly Column[], b: readonly Column[]): [Column, Column][] =>
    a.length === b.length ? a.map((column, k) => [column, b[k]!]) : [];
  const stated = [...unitsOf(first)].filter((unit) => unit !== null);
  const ofUnit = (columns: readonly Column[], unit: string | null): readonly Column[] =>
    columns.filter(({ signal }) => signal.unit === unit);
  const pairs = stated.flatMap((unit) => inOrder(ofUnit(first, unit), ofUnit(second, unit)));
  if (pairs.length > 0) return pairs;
  const isUnstated = [first, second].some((columns) => columns.every(({ signal }) => signal.unit === null));
  return isUnstated ? inOrder(first, second) : [];
}

/** Returns samples at equal times, without interpolation. */
function commonSamples(
  a: Column,
  b: Column,
  begin: number,
  end: number,
  tolerance: number,
): Pick<PairedSignal, 'times' | 'first' | 'second' | 'samples'> {
  const [timesA, timesB] = [a.signal.times, b.signal.times];
  const value = ({ signal: { values, columns }, column }: Column, row: number): number =>
    values[row * columns.length + column]!;
  const [times, first, second]: [number[], number[], number[]] = [[], [], []];
  let [i, j] = [0, 0];
  while (i < timesA.length && j < timesB.length) {
    const [left, right] = [timesA[i]!, timesB[j]!];
    if (Math.abs(left - right) <= tolerance) {
      if (left >= begin - tolerance && left <= end + tolerance) {
        times.push(left);
        first.push(value(a, i));
        second.push(value(b, j));
      }
      i += 1;
      j += 1;
    } else if (left < right) i += 1;
    else j += 1;
  }
  const within = (all: Float64Array): number =>
    all.reduce((sum, time) => sum + (time >= begin - tolerance && time <= end + tolerance ? 1 : 0), 0);
  return {
    times: Float64Array.from(times),
    first: Float64Array.from(first),
    second: Float64Array.from(second),
    samples: [within(timesA), within(timesB)],
  };
}
