/** Recordings of any program in the form for comparison: times in s, values in SI units. */

import { entryOf } from '../diagnostics/entry.js';
import type { RunRecord } from '../../runtime/results/result.js';
import type { Train } from './measures/train.js';

/** Spike trains of a population. */
export interface RecordedTrains {
  /** Name of the population; empty if the file names none. */
  readonly population: string;
  /** `spike`, or the name of another event. */
  readonly event: string;
  /** Identifier of each cell. */
  readonly ids: readonly number[];
  /** Spikes of each cell. */
  readonly trains: readonly Train[];
  /** Whether cells without spikes are among the cells. */
  readonly listsSilent: boolean;
}

/** Samples of a variable. */
export interface RecordedSignal {
  /** Name of the population or of the series; empty if the file names none. */
  readonly owner: string;
  readonly variable: string;
  /** SI unit of the values; null if the file states none. */
  readonly unit: string | null;
  /** Label of each column: the identifier of the cell, with a compartment if there are several. */
  readonly columns: readonly string[];
  readonly times: Float64Array;
  /** Row-major values, one row for each time. */
  readonly values: Float64Array;
}

/** Everything in a file that can be compared. */
export interface Recorded {
  readonly path: string;
  /** Name of the format, such as `NEST spikes`. */
  readonly format: string;
  /** Record of a run of interneuron. */
  readonly record?: RunRecord;
  /** Time step in s, if it is stated. */
  readonly dt?: number;
  /** Observed time in s; the end is null if the file does not state it. */
  readonly begin: number;
  readonly end: number | null;
  /** Largest rounding error of times in s. */
  readonly resolution: number;
  readonly trains: readonly RecordedTrains[];
  readonly signals: readonly RecordedSignal[];
  /** Sentences about parts of the file that were not read. */
  readonly notes: readonly string[];
}

/** Returns a recording, empty and from 0 on unless its parts say otherwise. */
export const recordingOf = (parts: Pick<Recorded, 'path' | 'format'> & Partial<Recorded>): Recorded => ({
  begin: 0,
  end: null,
  resolution: 0,
  trains: [],
  signals: [],
  notes: [],
  ...parts,
});

/** Rounding of times that are multiples of a step, in s. */
export const timeRounding = 1e-9;

/** Returns a time in ms as text. */
export const milliseconds = (seconds: number): string => `${Number((seconds * 1e3).toPrecision(8))} ms`;

/** Returns the name of a population, with its event unless that is a spike. */
export const eventName = ({ population, event }: { readonly population: string; readonly event: string }): string =>
  event === 'spike' ? population || 'cells' : `${population}.${event}`;

/** Returns the name of a variable of a cell, such as `exc.v[3]`. */
export const columnName = (owner: string, variable: string, label: string): string =>
  `${owner}${owner === '' ? '' : '.'}${variable}${label === '' ? '' : `[${label}]`}`;

/** Variables with samples that are not finite that a note names. */
const mostNamed = 5;

/** Returns a note on samples that are NaN or infinite; none if all are finite. */
export function notesOnFinite(path: string, signals: readonly RecordedSignal[]): readonly string[] {
  const found = signals.flatMap(({ owner, variable, times, columns, values }) => {
    const first = values.findIndex((value) => !Number.isFinite(value));
    if (first < 0) return [];
    const count = values.reduce((sum, value) => sum + (Number.isFinite(value) ? 0 : 1), 0);
    const at = times[Math.floor(first / columns.length)] ?? NaN;
    return `${columnName(owner, variable, '')} (${count} of ${values.length}, the first at ${milliseconds(at)})`;
  });
  const others = found.length > mostNamed ? ` and ${found.length - mostNamed} more variables` : '';
  return found.length === 0
    ? []
    : [`${path} has samples that are NaN or infinite: ${found.slice(0, mostNamed).join(', ')}${others}`];
}

/** Collects spikes that arrive in any order. */
export interface TrainCollector {
  /** Adds a spike, or a cell without any. */
  add(population: string, id: number, time?: number): void;
  done(listsSilent?: boolean): readonly RecordedTrains[];
}

/** Returns a collector; trains come out with ids and times ascending. */
export function collectTrains(): TrainCollector {
  const populations = new Map<string, Map<number, number[]>>();
  return {
    add(population, id, time) {
      const cells = populations.get(population) ?? new Map<number, number[]>();
      populations.set(population, cells);
      const train = cells.get(id) ?? [];
      cells.set(id, train);
      if (time !== undefined) train.push(time);
    },
    done: (listsSilent = false) =>
      [...populations].map(([population, cells]) => {
        const ids = [...cells.keys()].sort((a, b) => a - b);
        return {
          population,
          event: 'spike',
          ids,
          trains: ids.map((id) => sorted(Float64Array.from(entryOf(cells, id)))),
          listsSilent,
        };
      }),
  };
}

/** Sorts a train in place unless it is ascending already, and returns it. */
export function sorted(train: Train): Train {
  for (let k = 1; k < train.length; k += 1) if (train[k]! < train[k - 1]!) return train.sort();
  return train;
}
