/** Columns of numbers that a simulator's run leaves in files. They are read in blocks, so that size does not matter. */

import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { LangError } from '../lang/lang-error.js';
import { scaleDecimal } from '../lang/decimal.js';
import { parseUnit } from '../lang/units.js';

/** Spikes of a population, a monitor or one rank of either, in a segment of the run: ordered by time. */
export interface SpikeColumns {
  readonly kind: 'spikes';
  /** The population or the monitor. */
  readonly of: string;
  /** Number of resets before. */
  readonly segment: number;
  readonly rows: number;
  /** Returns spikes [begin, end); times are in s since the beginning of the segment. */
  read(begin: number, end: number): { readonly times: Float64Array; readonly cells: ArrayLike<number> };
}

/** Samples of a variable in a segment of the run. */
export interface SampleColumns {
  readonly kind: 'samples';
  readonly of: string;
  readonly variable: string;
  readonly segment: number;
  /** Size of its unit in SI; undefined: the simulator does not state the unit. */
  readonly unit: number | undefined;
  /** Elements that have a column each. */
  readonly cells: readonly number[];
  readonly rows: number;
  /** Returns rows [begin, end): their times in s, and row-major values in the simulator's unit. */
  read(begin: number, end: number): { readonly times: Float64Array; readonly values: Float64Array };
}

/** Columns of a simulator's run. */
export type ToolColumns = SpikeColumns | SampleColumns;

/** A line of a list of files. */
interface Listed {
  readonly kind: 'spikes' | 'samples' | 'end';
  readonly of: string;
  readonly variable: string;
  readonly segment: number;
  readonly unit: string | null;
  readonly time_unit: string;
  readonly rows: number;
  readonly cells: readonly number[];
  readonly files: Readonly<Record<string, string>>;
  /** Of the end of a list: model time in s that a run had reached when it was stopped. */
  readonly reached?: number;
}

const listedIn = (folder: string, rank: number): readonly Listed[] => {
  const list = join(folder, `columns-${rank}.jsonl`);
  const lines = existsSync(list) ? readFileSync(list, 'utf8').split('\n') : [];
  return lines.flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Listed]));
};

/** Returns the model time in s at which a run was stopped; undefined if it was not. */
export const stoppedAt = (folder: string): number | undefined => listedIn(folder, 0).at(-1)?.reached;

/**
 * Returns the columns in a folder, of all ranks.
 *
 * @throws Error if a rank has not written all
 */
export function columnsIn(folder: string, ranks = 1): readonly ToolColumns[] {
  return Array.from({ length: ranks }, (_, rank) => {
    const listed = listedIn(folder, rank);
    if (listed.at(-1)?.kind !== 'end') throw new Error('it ended without all of its results');
    return listed.flatMap((one): ToolColumns[] => (one.kind === 'end' ? [] : [columnsOf(folder, one)]));
  }).flat();
}

const perSecond = (unit: string): number => (unit === 'ms' ? 1e3 : 1);

function columnsOf(folder: string, listed: Listed): ToolColumns {
  const { of, segment, rows, cells, variable, files } = listed;
  const column = (name: string, begin: number, end: number): Float64Array =>
    numbersIn(join(folder, files[name] ?? ''), begin, end);
  const times = (unit: string, begin: number, end: number): Float64Array => {
    const [found, scale] = [column('times', begin, end), perSecond(unit)];
    return scale === 1 ? found : found.map((time) => time / scale);
  };
  if (listed.kind === 'spikes')
    return {
      kind: 'spikes',
      of,
      segment,
      rows,
      read: (begin, end) => ({
        times: times(listed.unit ?? '', begin, end),
        cells: column('cells', begin, end),
      }),
    };
  return {
    kind: 'samples',
    of,
    variable,
    segment,
    unit: listed.unit === null ? 1 : sizeOf(listed.unit),
    cells,
    rows,
    read: (begin, end) => ({
      times: times(listed.time_unit, begin, end),
      values: column('values', begin * cells.length, end * cells.length),
    }),
  };
}

/** Returns the size of a unit in SI; undefined for `dimensionless`, which also stands for units that are not known. */
function sizeOf(unit: string): number | undefined {
  if (unit === 'dimensionless') return undefined;
  try {
    return scaleDecimal('1', parseUnit(unit).scale);
  } catch (error) {
    if (error instanceof LangError) return undefined;
    throw error;
  }
}

/** Returns numbers [begin, end) of a file. */
function numbersIn(path: string, begin: number, end: number): Float64Array {
  const numbers = new Float64Array(Math.max(0, end - begin));
  const file = openSync(path, 'r');
  try {
    let done = 0;
    while (done < numbers.byteLength) {
      const read = readSync(file, numbers, {
        offset: done,
        length: numbers.byteLength - done,
        position: 8 * begin + done,
      });
      if (read === 0) throw new Error(`it left ${path} unfinished`);
      done += read;
    }
  } finally {
    closeSync(file);
  }
  return numbers;
}

/** Returns spikes in memory as columns. */
export function spikesInMemory(of: string, spikes: readonly (readonly [time: number, cell: number])[]): SpikeColumns {
  const sorted = spikes.toSorted(([a, first], [b, second]) => a - b || first - second);
  return {
    kind: 'spikes',
    of,
    segment: 0,
    rows: sorted.length,
    read: (begin, end) => ({
      times: Float64Array.from(sorted.slice(begin, end), ([time]) => time),
      cells: sorted.slice(begin, end).map(([, cell]) => cell),
    }),
  };
}
