/**
 * Coverage of a comparison: everything that either side recorded is compared, only in one side, or left out on request.
 */

import { UsageError } from '../diagnostics/diagnostic.js';
import { itemAt } from '../diagnostics/entry.js';
import { firstFrom, type Interval, type Train } from './measures/train.js';
import type { CompareOptions } from './options.js';
import { columnName, eventName, milliseconds, timeRounding, type Recorded } from './recorded.js';

/** Objects by name. */
export interface NamedShare {
  readonly compared: number;
  readonly onlyFirst: readonly string[];
  readonly onlySecond: readonly string[];
  readonly leftOut: readonly string[];
}

/** What a comparison covers. */
export interface Coverage {
  /** Populations of cells with spikes or other events. */
  readonly populations: NamedShare;
  /** Cells of the compared populations. */
  readonly cells: { readonly compared: number; readonly onlyFirst: number; readonly onlySecond: number };
  /** Variables of single cells. */
  readonly samples: NamedShare;
  readonly time: TimeShare;
  /** Whether nothing is only in one side. */
  readonly complete: boolean;
}

/** Compared time, and the time of each side in s. */
export interface TimeShare extends Interval {
  readonly first: Interval;
  readonly second: Interval;
  /** Time in s of only one side, apart from time that was left out. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
}

// --- Selection ------------------------------------------------------------------------------------------------------
/** Names of the parts of a recording that were left out. */
interface LeftOut {
  readonly populations: readonly string[];
  readonly samples: readonly string[];
}

/** Returns the selected parts of a recording, and the names of the others. @throws UsageError for unknown names */
export function selected(
  recordings: readonly Recorded[],
  { only, ignore = [] }: CompareOptions,
): readonly { readonly recorded: Recorded; readonly leftOut: LeftOut }[] {
  const names = (recorded: Recorded): readonly string[] => [
    'spikes',
    'samples',
    ...recorded.trains.flatMap((train) => [train.population, eventName(train)]),
    ...recorded.signals.flatMap(({ owner, variable }) => [owner, columnName(owner, variable, '')]),
  ];
  const known = new Set(recordings.flatMap(names).filter((name) => name !== ''));
  for (const name of [...(only ?? []), ...ignore])
    if (!known.has(name))
      throw new UsageError(
        `neither side has ${name}`,
        `name populations and variables of the files: ${[...known].slice(0, 12).join(', ')}`,
      );
  const isKept = (own: readonly string[]): boolean =>
    (only === undefined || own.some((name) => only.includes(name))) && !own.some((name) => ignore.includes(name));
  return recordings.map((recorded) => {
    const trains = recorded.trains.filter((train) => isKept(['spikes', train.population, eventName(train)]));
    const signals = recorded.signals.filter(({ owner, variable }) =>
      isKept(['samples', owner, columnName(owner, variable, '')]),
    );
    return {
      recorded: { ...recorded, trains, signals },
      leftOut: {
        populations: recorded.trains.filter((train) => !trains.includes(train)).map(eventName),
        samples: recorded.signals
          .filter((signal) => !signals.includes(signal))
          .flatMap(({ owner, variable, columns }) => columns.map((label) => columnName(owner, variable, label))),
      },
    };
  });
}

// --- Time -----------------------------------------------------------------------------------------------------------
/**
 * Returns the time that two recordings have in common. A file that does not state its duration has that of the other,
 * or ends with its last time.
 *
 * @param notes  receives sentences about assumptions
 * @throws UsageError if there is no common time
 */
export function commonTime(
  first: Recorded,
  second: Recorded,
  { from = -Infinity, to = Infinity }: CompareOptions,
  notes: string[],
): TimeShare {
  const last = Math.max(lastTime(first), lastTime(second));
  // Samples show the observed time, spikes do not.
  const endOf = (left: Recorded, right: Recorded): number =>
    left.end ?? (left.trains.length === 0 ? lastTime(left) : Math.max(right.end ?? last, lastTime(left)));
  // A file that does not state its time begins with the other one, or before it.
  const beginOf = (left: Recorded, right: Recorded): number =>
    Math.min(left.begin, firstTime(left), left.end === null ? Math.min(right.begin, firstTime(right)) : Infinity);
  const sides = [
    { begin: beginOf(first, second), end: endOf(first, second) },
    { begin: beginOf(second, first), end: endOf(second, first) },
  ] as const;
  const begin = Math.max(sides[0].begin, sides[1].begin, from);
  const end = Math.min(sides[0].end, sides[1].end, to);
  const isOpen = ({ end: stated, trains }: Recorded): boolean => stated === null && trains.length > 0;
  if (isOpen(first) && isOpen(second))
    notes.push(`neither file states its duration: both are taken to end with the last time, ${milliseconds(end)}`);
  else
    for (const recorded of [first, second])
      if (isOpen(recorded))
        notes.push(`${recorded.path} does not state its duration, which is taken to be that of the other`);
  for (const [k, { path, trains }] of [first, second].entries()) {
    const { begin: start, end: stop } = itemAt(sides, k);
    const outside = trains
      .flatMap((population) => population.trains)
      .reduce((sum, train) => sum + train.length - within(train, start, stop).length, 0);
    if (outside > 0)
      notes.push(
        `outside ${milliseconds(start)} to ${milliseconds(stop)}, ${path} has ${outside} spike${outside === 1 ? '' : 's'}, left out`,
      );
  }
  const empty = [first, second].find((recorded) => recorded.end === null && lastTime(recorded) === 0);
  if (!(end > begin) && empty)
    throw new UsageError(
      `${empty.path} has no spikes or samples, and does not state its duration`,
      'compare a result that states it, such as NWB',
    );
  if (!(end > begin))
    throw new UsageError(
      `${first.path} and ${second.path} have no time in common${begin !== 0 ? ` from ${milliseconds(begin)} on` : ''}`,
      'compare recordings of the same stretch of time',
    );
  // Some programs take one step more than they were told.
  const sampling = [...first.signals, ...second.signals].map(({ times: [a = 0, b = a] }) => b - a);
  const tolerance = Math.max(timeRounding, first.dt ?? 0, second.dt ?? 0, ...sampling) * (1 + 1e-6);
  const beyond = (own: Interval, other: Interval): number => {
    const more = Math.max(0, other.begin - Math.max(own.begin, from)) + Math.max(0, Math.min(own.end, to) - other.end);
    return more > tolerance ? more : 0;
  };
  return {
    begin,
    end,
    first: sides[0],
    second: sides[1],
    onlyFirst: beyond(sides[0], sides[1]),
    onlySecond: beyond(sides[1], sides[0]),
  };
}

/** Returns the first time of a recording in s; infinite without spikes and samples. */
function firstTime({ trains, signals }: Recorded): number {
  let first = Infinity;
  for (const { trains: own } of trains) for (const train of own) first = Math.min(first, train[0] ?? Infinity);
  for (const { times } of signals) first = Math.min(first, times[0] ?? Infinity);
  return first;
}

/** Returns the last time of a recording in s. */
export function lastTime({ trains, signals }: Pick<Recorded, 'trains' | 'signals'>): number {
  let last = 0;
  for (const { trains: own } of trains) for (const train of own) last = Math.max(last, train.at(-1) ?? 0);
  for (const { times } of signals) last = Math.max(last, times.at(-1) ?? 0);
  return last;
}

/** Returns the spikes of a train within an interval, its edges included. */
export const within = (train: Train, begin: number, end: number): Train =>
  train.subarray(firstFrom(train, begin - timeRounding), firstFrom(train, end + 2 * timeRounding));

// --- Resolution -----------------------------------------------------------------------------------------------------
/** Distinct times that prove a grid: by chance, all are even multiples of a step in 1 of 10⁶ files. */
const enoughTimes = 20;

/**
 * Rejects files with times that are coarser than δ, by their digits or, without a stated time step, because all are
 * multiples of a longer step.
 *
 * @throws UsageError
 */
export function refuseCoarse(first: Recorded, second: Recorded, delta: number): void {
  for (const [left, right] of [
    [first, second],
    [second, first],
  ] as const) {
    if (left.record || left.trains.length === 0) continue;
    const step = Math.max(2 * left.resolution, left.dt === undefined ? gridOf(left) : 0);
    if (step > Math.max(delta, left.dt ?? 0, right.dt ?? 0) * (1 + 1e-6))
      throw new UsageError(
        `${left.path} has times in steps of ${milliseconds(step)}, coarser than δ = ${milliseconds(delta)}`,
        `write its times with more digits, or give --within '${milliseconds(step)}'`,
      );
  }
}

/** The steps 1, 2 and 5 times a power of ten, in s, the longest first. */
const roundSteps = [0, -1, -2, -3, -4, -5].flatMap((power) => [5, 2, 1].map((factor) => factor * 10 ** power));

/** Returns the first of some steps in s that all spikes are multiples of; 0 without such a step, or for few spikes. */
export function gridOf({ trains, resolution }: Recorded, steps: readonly number[] = roundSteps): number {
  const all = trains.flatMap((population) => population.trains);
  const times = new Set<number>();
  const isMore = (time: number): boolean => times.add(time).size >= enoughTimes;
  if (!all.some((train) => train.some(isMore))) return 0;
  const rounding = Math.max(timeRounding, resolution);
  const fits = (step: number): boolean =>
    step > 1.9 * resolution &&
    all.every((train) => train.every((time) => Math.abs(time - Math.round(time / step) * step) <= rounding));
  return steps.find(fits) ?? 0;
}

/** Returns a sentence if times of one side span a power of 1000 times those of the other, as other units give. */
export function slipOfUnits(first: Recorded, second: Recorded): string | null {
  const spikesOf = ({ trains }: Recorded): number =>
    trains.flatMap((train) => train.trains).reduce((sum, { length }) => sum + length, 0);
  const [a, b] = [spikesOf(first), spikesOf(second)];
  if (a < 2 || b < 2 || a > 2 * b || b > 2 * a) return null;
  const ratio = lastTime({ ...second, signals: [] }) / lastTime({ ...first, signals: [] });
  for (const factor of [1e-6, 1e-3, 1e3, 1e6])
    if (Math.abs(ratio / factor - 1) < 0.2) {
      const [long, short] = factor > 1 ? [second, first] : [first, second];
      const times = factor > 1 ? factor : 1 / factor;
      return `times of ${long.path} span ${times === 1e3 ? 'a thousand' : 'a million'} times those of ${short.path}: a slip of units`;
    }
  return null;
}
