/** Reads a result that `nwbWriter` wrote, to the bit. */

import { existsSync } from 'node:fs';

import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import type { TypedArray } from '../../../src/ir/program.js';
import { createArray } from '../../../src/ir/arrays.js';
import { notAResult, readRecord } from '../record-text.js';
import {
  columnCount,
  elementCount,
  stepOf,
  type RunRecord,
  type SeriesPlan,
  type SpikeTrains,
  type StoredResult,
  type StoredSeries,
  type TrainsPlan,
} from '../result.js';
import { trainsInMemory } from '../stored-trains.js';
import { loadH5, type Dataset, type File } from './h5.js';
import { seriesPath } from './series.js';

/** @throws UsageError when the file is missing, is not HDF5, or is no result of ours */
export async function readNwbResult(path: string): Promise<StoredResult> {
  if (!existsSync(path))
    throw new UsageError(`there is no file ${path}`, 'give a result that interneuron run has written');
  const h5 = await loadH5();
  let file: File;
  try {
    file = new h5.File(path, 'r');
  } catch {
    throw notAResult(path, 'it is not an HDF5 file');
  }
  try {
    return readFile(file, path);
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Whether a file holds the record of a run. */
export async function isNwbResult(path: string): Promise<boolean> {
  const h5 = await loadH5();
  let file: File;
  try {
    file = new h5.File(path, 'r');
  } catch {
    return false;
  }
  try {
    return readText(file, '/scratch/interneuron_run') !== null;
  } finally {
    file.close();
  }
}

function readFile(file: File, path: string): StoredResult {
  const model = readText(file, '/general/source_script');
  const text = readText(file, '/scratch/interneuron_run');
  if (model === null || text === null) {
    throw notAResult(
      path,
      datasetAt(file, '/identifier')
        ? 'it holds no record of a run, which is written when a run ends'
        : 'it is no NWB file',
    );
  }
  const record = readRecord(text, model, path);
  return {
    path,
    record,
    data: readData(file),
    trains: readTrains(file, path, record),
    series: record.series.map((plan) => readSeries(file, path, plan, record)),
    close: () => void file.close(),
  };
}

function datasetAt(file: File, path: string): Dataset | null {
  const found = file.get(path);
  return found !== null && found !== undefined && 'slice' in found ? found : null;
}

function readText(file: File, path: string): string | null {
  const value = datasetAt(file, path)?.value;
  return typeof value === 'string' ? value : null;
}

function readData(file: File): ReadonlyMap<string, TypedArray> {
  const scratch = file.get('/scratch');
  if (scratch === null || !('keys' in scratch)) return new Map();
  return new Map(
    scratch
      .keys()
      .filter((name) => name.startsWith('data_'))
      .map((name) => [name.slice('data_'.length), datasetAt(file, `/scratch/${name}`)!.value as TypedArray]),
  );
}

// --- Spikes ---------------------------------------------------------------------------------------------------------
function readTrains(file: File, path: string, record: RunRecord): readonly SpikeTrains[] {
  if (file.get('/units') === null || file.get('/units') === undefined) {
    // Without any spike there is no table.
    return record.trains.map((plan) =>
      trainsInMemory(plan, new Uint32Array(elementCount(plan.cells)), new Uint32Array(0)),
    );
  }
  const index = datasetAt(file, '/units/spike_times_index');
  const times = datasetAt(file, '/units/spike_times');
  const rows = record.trains.reduce((sum, { cells }) => sum + elementCount(cells), 0);
  const ends = index ? Float64Array.from(index.value as Iterable<number | bigint>, Number) : new Float64Array(0);
  if (times === null || ends.length !== rows)
    throw notAResult(path, `/units has ${ends.length} rows, and the record says ${rows}`);
  let first = 0;
  return record.trains.map((plan) => {
    const trains = trainsOf(plan, first, ends, times, record);
    first += elementCount(plan.cells);
    return trains;
  });
}

function trainsOf(plan: TrainsPlan, first: number, ends: Float64Array, times: Dataset, record: RunRecord): SpikeTrains {
  const startOf = (row: number): number => (first + row === 0 ? 0 : ends[first + row - 1]!);
  const counts = Uint32Array.from({ length: elementCount(plan.cells) }, (_, row) => startOf(row + 1) - startOf(row));
  const read = (begin: number, end: number): Uint32Array => {
    const [from, to] = [startOf(begin), startOf(end)];
    if (from === to) return new Uint32Array(0);
    const seconds = times.slice([[from, to]]) as Float64Array;
    return Uint32Array.from(seconds, (time) => stepOf(time, record.spikeLabel, record.dt));
  };
  return { plan, counts, read, inOrder: () => trainsInMemory(plan, counts, read(0, counts.length)).inOrder() };
}

// --- Series ---------------------------------------------------------------------------------------------------------
function readSeries(file: File, path: string, plan: SeriesPlan, record: RunRecord): StoredSeries {
  const data = datasetAt(file, `${seriesPath(plan)}/data`);
  if (data === null) throw notAResult(path, `the series ${plan.name} is missing`);
  const width = columnCount(plan);
  const samples = data.shape?.[0] ?? 0;
  if (data.shape?.length !== (plan.elements === null ? 1 : 2) || (data.shape[1] ?? 1) !== width) {
    throw notAResult(path, `the series ${plan.name} has not the ${width} columns that the record says`);
  }
  const timestamps = plan.gaps ? datasetAt(file, `${seriesPath(plan)}/timestamps`) : null;
  if (plan.gaps && timestamps === null) throw notAResult(path, `the series ${plan.name} has no timestamps`);
  return {
    plan,
    samples,
    steps: (begin, end) => {
      if (begin === end) return new Int32Array(0);
      if (timestamps === null)
        return Int32Array.from({ length: end - begin }, (_, k) => plan.offset + (begin + k) * plan.every);
      return Int32Array.from(timestamps.slice([[begin, end]]) as Float64Array, (time) =>
        stepOf(time, plan.label, record.dt),
      );
    },
    read: (begin, end) => {
      if (begin === end) return createArray(plan.element, 0);
      return data.slice(
        plan.elements === null
          ? [[begin, end]]
          : [
              [begin, end],
              [0, width],
            ],
      ) as TypedArray;
    },
  };
}
