/** Archives of NumPy's arrays (`.npz`): spikes and samples of Brian's monitors, and events of NEST's recorders. */

import { itemAt } from '../../diagnostics/entry.js';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../platform/temporary-folder.js';
import { unpackArchive } from '../../bundle/archive.js';
import { elementsOf, isWhole, npyHead, numberReader } from '../../tables/npy.js';
import { unreadFormat, unusable } from '../messages.js';
import { collectTrains, recordingOf, type Recorded, type RecordedSignal, type RecordedTrains } from '../recorded.js';
import { timeScale, toSI } from '../units.js';

/** An array: numbers in row-major order. */
interface NumPyArray {
  readonly shape: readonly number[];
  readonly numbers: Float64Array;
  /** Whether the numbers are whole by their type. */
  readonly isWhole: boolean;
}

/** Names of cells and times of events, with the unit of NumPy arrays without units: Brian's are in s, NEST's in ms. */
const events = [
  { cells: 'i', times: 't', unit: 's' },
  { cells: 'senders', times: 'times', unit: 'ms' },
] as const;

/**
 * Reads an archive.
 *
 * @param times  unit of times in place of the usual one.
 * @throws UsageError for arrays of other objects
 */
export async function readNumpy(path: string, times: string | undefined): Promise<Recorded> {
  const arrays = await arraysIn(path);
  const [trains, signals]: [RecordedTrains[], RecordedSignal[]] = [[], []];
  for (const [name, array] of arrays)
    for (const kind of events) {
      const population = partOf(name, kind.times);
      if (population === null || array.shape.length !== 1) continue;
      const scale = timeScale(times ?? kind.unit);
      if (scale === null) throw unusable(path, `${times} is no unit of time`, 'times are in s, ms or us');
      const at = array.numbers.map((time) => toSI(time, scale));
      const wrong = at.findIndex((time) => !Number.isFinite(time));
      if (wrong >= 0) throw unusable(path, `${name}[${wrong}] is ${at[wrong]}, not a time`, 'remove it from the file');
      const own = [...arrays].filter(([other]) => other !== name && populationOf(other, kind.times) === population);
      const cells = [...arrays].find(([other]) => partOf(other, kind.cells) === population)?.[1];
      if (cells?.isWhole && cells.numbers.length === at.length)
        trains.push(...trainsOf(population, cells.numbers, at, arrays.get(named(population, 'count', name))));
      signals.push(...own.flatMap(([other, values]) => signalOf(population, other, values, at, cells)));
    }
  if (trains.length + signals.length === 0)
    throw unreadFormat(
      path,
      'it holds no arrays i and t of spikes, nor t and variables of samples, as Brian names them',
    );
  return recordingOf({ path, format: 'NumPy', trains, signals });
}

/** Returns the population in a name such as `exc_t` or `t_exc`; null if the name is of another array. */
function partOf(name: string, array: string): string | null {
  if (name === array) return '';
  if (name.endsWith(`_${array}`)) return name.slice(0, -array.length - 1);
  return name.startsWith(`${array}_`) ? name.slice(array.length + 1) : null;
}

/** Returns the name of an array beside another one, in the same order of both parts. */
const named = (population: string, array: string, beside: string): string =>
  population === '' ? array : beside.startsWith(population) ? `${population}_${array}` : `${array}_${population}`;

/** Returns the population of an array of samples: that of times with one prefix, or the empty one. */
const populationOf = (name: string, times: string): string | null =>
  events.some(({ cells }) => partOf(name, cells) !== null) || partOf(name, times) !== null || /^(N|count)$/.test(name)
    ? null
    : name.includes('_')
      ? name.slice(0, name.indexOf('_'))
      : '';

/** @param counts  number of spikes of each cell, silent ones included */
function trainsOf(
  population: string,
  cells: Float64Array,
  times: Float64Array,
  counts: NumPyArray | undefined,
): readonly RecordedTrains[] {
  const spikes = collectTrains();
  for (const id of counts?.numbers.keys() ?? []) spikes.add(population, id);
  for (const [k, id] of cells.entries()) spikes.add(population, id, times[k]);
  return spikes.done(counts !== undefined);
}

/** Returns samples with one row for each time, or one column as monitors of Brian show them. */
function signalOf(
  owner: string,
  name: string,
  { shape, numbers }: NumPyArray,
  times: Float64Array,
  cells: NumPyArray | undefined,
): readonly RecordedSignal[] {
  const [rows = 0, width = 1] = shape;
  if (cells || shape.length === 0 || shape.length > 2 || times.length < 2) return [];
  const isTurned = rows !== times.length && width === times.length;
  if (rows !== times.length && !isTurned) return [];
  const columns = isTurned ? rows : width;
  return [
    {
      owner,
      variable: owner === '' ? name : name.slice(owner.length + 1),
      unit: null,
      columns: columns === 1 ? [''] : Array.from({ length: columns }, (_, k) => String(k)),
      times,
      values: isTurned
        ? Float64Array.from(numbers, (_, k) => itemAt(numbers, (k % columns) * width + Math.floor(k / columns)))
        : numbers,
    },
  ];
}

// --- Arrays ---------------------------------------------------------------------------------------------------------
async function arraysIn(path: string): Promise<ReadonlyMap<string, NumPyArray>> {
  const folder = temporaryFolder('numpy');
  try {
    const files = await unpackArchive(path, folder);
    return new Map(
      files.flatMap((file): [string, NumPyArray][] =>
        file.endsWith('.npy') ? [[file.slice(0, -4), arrayOf(path, file, readFileSync(join(folder, file)))]] : [],
      ),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Reads an array. */
function arrayOf(path: string, name: string, bytes: Buffer): NumPyArray {
  const wrong = (why: string): Error => unusable(path, `${name} ${why}`, 'save arrays of numbers by numpy.savez');
  const head = npyHead(bytes);
  if (typeof head === 'string') throw wrong(head);
  const { shape, fields, begin, width, isTurned } = head;
  const [field, other] = fields;
  const read = field && !other && numberReader(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), field);
  if (!read) throw wrong('holds other objects than numbers');
  if (!isWhole(head, bytes)) throw wrong('is cut off');
  const stored = Float64Array.from({ length: elementsOf(head) }, (_, k) => read(begin + k * width));
  const [rows = 1, columns = 1] = shape;
  const numbers =
    isTurned && shape.length === 2
      ? Float64Array.from(stored, (_, k) => itemAt(stored, (k % columns) * rows + Math.floor(k / columns)))
      : stored;
  return { shape, numbers, isWhole: /^[iu]/.test(field.type) };
}
