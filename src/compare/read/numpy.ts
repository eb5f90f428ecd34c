/** Archives of NumPy's arrays (`.npz`): spikes and samples of Brian's monitors, and events of NEST's recorders. */

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../../runtime/results/temporary-folder.js';
import { unpackArchive } from '../../bundle/archive.js';
import { unreadFormat, unusable } from '../messages.js';
import { sorted, type Recorded, type RecordedSignal, type RecordedTrains } from '../recorded.js';
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

/** Reads an archive. @param times  unit of times in place of the usual one. @throws UsageError for arrays of other objects */
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
        trains.push(trainsOf(population, cells.numbers, at, arrays.get(named(population, 'count', name))));
      signals.push(...own.flatMap(([other, values]) => signalOf(population, other, values, at, cells)));
    }
  if (trains.length + signals.length === 0)
    throw unreadFormat(
      path,
      'it holds no arrays i and t of spikes, nor t and variables of samples, as Brian names them',
    );
  return { path, format: 'NumPy', begin: 0, end: null, resolution: 0, trains, signals, notes: [] };
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
): RecordedTrains {
  const spikes = new Map<number, number[]>(counts && [...counts.numbers.keys()].map((id) => [id, []]));
  for (const [k, id] of cells.entries()) {
    const own = spikes.get(id);
    if (own) own.push(times[k]!);
    else spikes.set(id, [times[k]!]);
  }
  const ids = [...spikes.keys()].sort((a, b) => a - b);
  return {
    population,
    event: 'spike',
    ids,
    trains: ids.map((id) => sorted(Float64Array.from(spikes.get(id)!))),
    listsSilent: counts !== undefined,
  };
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
        ? Float64Array.from(numbers, (_, k) => numbers[(k % columns) * width + Math.floor(k / columns)]!)
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

/** Reads an array. @source NumPy Enhancement Proposal 1, a simple file format for NumPy arrays */
function arrayOf(path: string, name: string, bytes: Buffer): NumPyArray {
  const wrong = (why: string): Error => unusable(path, `${name} ${why}`, 'save arrays of numbers by numpy.savez');
  if (bytes.toString('latin1', 0, 6) !== '\x93NUMPY' || bytes.length < 12) throw wrong('is no array of NumPy');
  const [start, length] = bytes[6]! > 1 ? [12, bytes.readUInt32LE(8)] : [10, bytes.readUInt16LE(8)];
  const header = bytes.toString('latin1', start, start + length);
  const [, order = '', type = '', size = ''] = /'descr':\s*'([<>|=]?)([a-zA-Z])(\d+)'/.exec(header) ?? [];
  const [, list] = /'shape':\s*\(([\d,\s]*)\)/.exec(header) ?? [];
  const shape = (list ?? '').split(',').flatMap((text) => (text.trim() === '' ? [] : [Number(text)]));
  const read = numberReader(type + size, order === '>');
  if (!read || list === undefined) throw wrong('holds other objects than numbers');
  const count = shape.reduce((product, extent) => product * extent, 1);
  const begin = start + length;
  if (bytes.length - begin < count * Number(size)) throw wrong('is cut off');
  const stored = Float64Array.from({ length: count }, (_, k) => read(bytes, begin + k * Number(size)));
  const isTurned = /'fortran_order':\s*True/.test(header) && shape.length === 2;
  const [rows = 1, columns = 1] = shape;
  const numbers = isTurned
    ? Float64Array.from(stored, (_, k) => stored[(k % columns) * rows + Math.floor(k / columns)]!)
    : stored;
  return { shape, numbers, isWhole: /^[iu]/.test(type) };
}

/** Returns a function that reads a number; null for types that are no real numbers. */
function numberReader(type: string, isBig: boolean): ((bytes: Buffer, at: number) => number) | null {
  switch (type) {
    case 'f8':
      return (bytes, at) => (isBig ? bytes.readDoubleBE(at) : bytes.readDoubleLE(at));
    case 'f4':
      return (bytes, at) => (isBig ? bytes.readFloatBE(at) : bytes.readFloatLE(at));
    case 'i8':
      return (bytes, at) => Number(isBig ? bytes.readBigInt64BE(at) : bytes.readBigInt64LE(at));
    case 'u8':
      return (bytes, at) => Number(isBig ? bytes.readBigUInt64BE(at) : bytes.readBigUInt64LE(at));
    case 'i4':
    case 'i2':
    case 'i1':
      return (bytes, at) => (isBig ? bytes.readIntBE(at, Number(type[1])) : bytes.readIntLE(at, Number(type[1])));
    case 'u4':
    case 'u2':
    case 'u1':
      return (bytes, at) => (isBig ? bytes.readUIntBE(at, Number(type[1])) : bytes.readUIntLE(at, Number(type[1])));
    default:
      return null;
  }
}
