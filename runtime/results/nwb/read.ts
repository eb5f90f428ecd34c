/** Reads a result that `nwbWriter` wrote, to the bit. */

import { itemAt } from '../../../src/diagnostics/entry.js';
import type { TypedArray } from '../../../src/ir/program.js';
import { copyInto, createArray } from '../../../src/ir/arrays.js';
import { damaged, notAResult, readRecord } from '../record-text.js';
import {
  columnCount,
  elementCount,
  stepOf,
  type RunRecord,
  type SeriesPlan,
  type SpikeTrains,
  type StoredRecord,
  type StoredResult,
  type StoredSeries,
  type TrainsPlan,
} from '../result.js';
import { trainsInMemory } from '../stored-trains.js';
import { objectAt, openH5, valueOf } from './h5.js';
import { isDataset, isGroup, type Dataset, type File } from './h5-writer.js';
import { seriesParts, seriesPath, type SeriesPart } from './series.js';
import { unitBlocks, valueColumnsOf } from './tables.js';

/** @throws UsageError when the file is not HDF5, or no result of ours. @throws DiagnosticError for a damaged record */
export async function readNwbRecord(path: string): Promise<StoredRecord> {
  const file = await openFile(path);
  try {
    return readRecordOf(file, path);
  } finally {
    file.close();
  }
}

/** @throws as `readNwbRecord`, also when spikes or samples do not fit the record */
export async function readNwbResult(path: string): Promise<StoredResult> {
  const file = await openFile(path);
  try {
    const stored = readRecordOf(file, path);
    const { record } = stored;
    return {
      ...stored,
      trains: readTrains(file, path, record),
      series: readAllSeries(file, path, record),
      close: () => void file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Whether a file holds the record of a run. */
export async function isNwbResult(path: string): Promise<boolean> {
  let file: File;
  try {
    file = await openH5(path);
  } catch {
    return false;
  }
  try {
    return readText(file, '/scratch/interneuron_run') !== null;
  } catch {
    return false;
  } finally {
    file.close();
  }
}

async function openFile(path: string): Promise<File> {
  try {
    return await openH5(path);
  } catch {
    throw notAResult(path, 'it is not an HDF5 file');
  }
}

function readRecordOf(file: File, path: string): StoredRecord {
  const model = readText(file, '/general/source_script');
  const text = readText(file, '/scratch/interneuron_run');
  if (model === null && text === null) throw notAResult(path, 'it contains neither a model nor a record of a run');
  if (text === null) throw damaged(path, 'it contains no record of a run (written when a run ends)');
  if (model === null) throw damaged(path, 'it contains no model in /general/source_script');
  return { path, record: readRecord(text, model, path), data: readData(file) };
}

function datasetAt(file: File, path: string): Dataset | null {
  const found = objectAt(file, path);
  return isDataset(found) ? found : null;
}

function readText(file: File, path: string): string | null {
  const found = datasetAt(file, path);
  const value = found === null ? null : valueOf(found);
  return typeof value === 'string' ? value : null;
}

function readData(file: File): ReadonlyMap<string, TypedArray> {
  const scratch = objectAt(file, '/scratch');
  if (!isGroup(scratch)) return new Map();
  return new Map(
    scratch
      .keys()
      .filter((name) => name.startsWith('data_'))
      .map((name) => [name.slice('data_'.length), valueOf(datasetAt(file, `/scratch/${name}`)!) as TypedArray]),
  );
}

// --- Spikes ---------------------------------------------------------------------------------------------------------
/** Rows of /units with a part of some trains: the first row, and the number of rows before it in the file. */
interface Block {
  readonly first: number;
}

function readTrains(file: File, path: string, record: RunRecord): readonly SpikeTrains[] {
  const { trains: plans, segments, steps, version } = record;
  if (objectAt(file, '/units') === null) {
    // Without any spike there is no table.
    return plans.map((plan) =>
      trainsInMemory(
        plan,
        new Uint32Array(elementCount(plan.cells)),
        new Uint32Array(0),
        (plan.variables ?? []).map(() => new Float64Array(0)),
      ),
    );
  }
  const index = datasetAt(file, '/units/spike_times_index');
  const times = datasetAt(file, '/units/spike_times');
  // The first version had one row for each cell, even across resets.
  const blocks = version === 1 ? plans.map((_, trains) => ({ trains })) : unitBlocks(plans, segments, steps);
  const rows = blocks.reduce((sum, { trains }) => sum + elementCount(itemAt(plans, trains).cells), 0);
  const ends = index ? Float64Array.from(valueOf(index) as Iterable<number | bigint>, Number) : new Float64Array(0);
  if (times === null || ends.length !== rows)
    throw damaged(path, `/units has ${ends.length} rows, and its record says ${rows}`);
  const columns = valueColumnsOf(plans).map(({ name, numbers }) => ({
    numbers,
    ...raggedColumn(file, path, name, rows),
  }));
  const found = plans.map((): Block[] => []);
  let first = 0;
  for (const { trains } of blocks) {
    itemAt(found, trains).push({ first });
    first += elementCount(itemAt(plans, trains).cells);
  }
  return plans.map((plan, position) => {
    const columnsOfTrains = (plan.variables ?? []).map((_, k) =>
      columns.find(({ numbers }) => numbers[position] === k)!,
    );
    return trainsOf(plan, itemAt(found, position), { ends, data: times }, columnsOfTrains, record);
  });
}

/** A column with a list for each row: the ends of the lists, and their numbers. */
interface Ragged {
  readonly ends: Float64Array;
  readonly data: Dataset;
}

function raggedColumn(file: File, path: string, name: string, rows: number): Ragged {
  const [index, data] = [datasetAt(file, `/units/${name}_index`), datasetAt(file, `/units/${name}`)];
  if (!index || !data) throw damaged(path, `/units/${name} is missing`);
  const ends = Float64Array.from(valueOf(index) as Iterable<number | bigint>, Number);
  if (ends.length !== rows) throw damaged(path, `/units/${name} has ${ends.length} rows, and its table has ${rows}`);
  return { ends, data };
}

function trainsOf(
  plan: TrainsPlan,
  blocks: readonly Block[],
  times: Ragged,
  variables: readonly Ragged[],
  record: RunRecord,
): SpikeTrains {
  const startOf = (row: number, { ends } = times): number => (row === 0 ? 0 : itemAt(ends, row - 1));
  const countIn = ({ first }: Block, row: number): number => startOf(first + row + 1) - startOf(first + row);
  const counts = Uint32Array.from({ length: elementCount(plan.cells) }, (_, row) =>
    blocks.reduce((sum, block) => sum + countIn(block, row), 0),
  );
  const readBlock = ({ first }: Block, begin: number, end: number, column: Ragged): Float64Array => {
    const [from, to] = [startOf(first + begin, column), startOf(first + end, column)];
    return from === to ? new Float64Array(0) : (column.data.slice([[from, to]]) as Float64Array);
  };
  const readColumn = (begin: number, end: number, column: Ragged): Float64Array => {
    const parts = blocks.map((block) => ({ block, numbers: readBlock(block, begin, end, column), at: 0 }));
    if (parts.length === 1) return itemAt(parts, 0).numbers;
    const numbers = new Float64Array(parts.reduce((sum, part) => sum + part.numbers.length, 0));
    let at = 0;
    for (let row = begin; row < end; row += 1) {
      for (const part of parts) {
        const numbersOfRow = part.numbers.subarray(part.at, (part.at += countIn(part.block, row)));
        numbers.set(numbersOfRow, at);
        at += numbersOfRow.length;
      }
    }
    return numbers;
  };
  const read = (begin: number, end: number): Uint32Array =>
    Uint32Array.from(readColumn(begin, end, times), (time) => stepOf(time, record.spikeLabel, record.dt));
  const values = (variable: number, begin: number, end: number): Float64Array =>
    readColumn(begin, end, itemAt(variables, variable));
  const all = (): SpikeTrains =>
    trainsInMemory(
      plan,
      counts,
      read(0, counts.length),
      variables.map((_, k) => values(k, 0, counts.length)),
    );
  return { plan, counts, read, values, inOrder: () => all().inOrder() };
}

// --- Series ---------------------------------------------------------------------------------------------------------
function readAllSeries(file: File, path: string, record: RunRecord): readonly StoredSeries[] {
  const { series, segments, version } = record;
  // The first version had one series for all segments.
  const parts = seriesParts(series, version === 1 ? undefined : segments);
  return series.map((plan, position) => {
    const storedParts = itemAt(parts, position).flatMap((part) => readPart(file, path, part, record));
    return storedParts.length === 1 ? itemAt(storedParts, 0) : joined(plan, storedParts);
  });
}

/** Parts that follow each other as one series. */
function joined(plan: SeriesPlan, parts: readonly StoredSeries[]): StoredSeries {
  const width = columnCount(plan);
  const samples = parts.reduce((sum, part) => sum + part.samples, 0);
  /** Returns the samples [begin, end) in each part, and their destination. */
  const pieces = (begin: number, end: number): { part: StoredSeries; from: number; to: number; at: number }[] => {
    let before = 0;
    return parts.flatMap((part) => {
      const [from, to] = [Math.max(0, begin - before), Math.min(part.samples, end - before)];
      const at = before + from - begin;
      before += part.samples;
      return from < to ? [{ part, from, to, at }] : [];
    });
  };
  return {
    plan,
    samples,
    steps: (begin, end) => {
      const steps = new Int32Array(end - begin);
      for (const { part, from, to, at } of pieces(begin, end)) steps.set(part.steps(from, to), at);
      return steps;
    },
    read: (begin, end) => {
      const values = createArray(plan.element, (end - begin) * width);
      for (const { part, from, to, at } of pieces(begin, end)) copyInto(values, part.read(from, to), at * width);
      return values;
    },
  };
}

/** Returns the series in one segment; none if it has no sample. */
function readPart(file: File, path: string, part: SeriesPart, record: RunRecord): readonly StoredSeries[] {
  const { plan } = part;
  const at = seriesPath(part);
  const data = datasetAt(file, `${at}/data`);
  if (data === null) return [];
  const width = columnCount(plan);
  const samples = data.shape?.[0] ?? 0;
  if (data.shape?.length !== (plan.elements === null ? 1 : 2) || (data.shape[1] ?? 1) !== width)
    throw damaged(path, `${at}/data has not the ${width} columns that its record says`);
  const timestamps = plan.gaps ? datasetAt(file, `${at}/timestamps`) : null;
  const start = plan.gaps ? null : datasetAt(file, `${at}/starting_time`);
  if (timestamps === null && start === null) throw damaged(path, `${at} has no times`);
  const first = start === null ? 0 : stepOf(Number(valueOf(start)), plan.label, record.dt);
  return [
    {
      plan,
      samples,
      steps: (begin, end) => {
        if (begin === end) return new Int32Array(0);
        if (timestamps === null)
          return Int32Array.from({ length: end - begin }, (_, k) => first + (begin + k) * plan.every);
        return Int32Array.from(timestamps.slice([[begin, end]]) as Float64Array, (time) =>
          stepOf(time, plan.label, record.dt),
        );
      },
      read: (begin, end) => {
        if (begin === end) return createArray(plan.element, 0);
        const columns: [number, number][] = plan.elements === null ? [] : [[0, width]];
        return data.slice([[begin, end], ...columns]) as TypedArray;
      },
    },
  ];
}
