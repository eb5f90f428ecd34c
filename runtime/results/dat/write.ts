/**
 * The text files that a LEMS model names (`OutputFile`, `EventOutputFile`), in the layout of its reference interpreter.
 *
 * A table has a row for each sample: the time in s, then the columns in SI units, each followed by a tab. A list of
 * events has a row for each event: the id of its selection and the time, or the time and the id. All numbers are
 * written as 32-bit floats.
 */

import { itemAt } from '../../../src/diagnostics/entry.js';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

import { UsageError, invariant } from '../../../src/diagnostics/diagnostic.js';
import type { TypedArray } from '../../../src/ir/program.js';
import { systemFiles, type FileSystem } from '../file-system.js';
import { orOutputError } from '../output-error.js';
import { createOutput, incompletePath, nameOutputs, orAbandon, type OutputFile } from '../output-files.js';
import {
  columnCount,
  type ResultWriter,
  type RunSetup,
  type SampleBlock,
  type SeriesPlan,
  type SpikeTrains,
  positionOf,
} from '../result.js';
import { floatText } from './float-text.js';
import { datPath, type DatColumn, type DatFile } from './plan.js';
import { createRowWriter } from './rows.js';

/** Where files go, and how their times are computed. */
interface DatOptions {
  /** Folder that names are relative to; a model cannot write outside of it. */
  readonly folder: string;
  /** True if time is summed step by step, as by the reference interpreter; else it is the step times dt. */
  readonly accumulated: boolean;
  /** Absent: the file system of the machine. */
  readonly fileSystem?: FileSystem;
}

/** Creates a writer of the files that a model requests. */
export function datWriter(files: readonly DatFile[], options: DatOptions): ResultWriter {
  const { fileSystem = systemFiles } = options;
  const open: { readonly file: DatFile; readonly path: string; readonly output: OutputFile }[] = [];
  const tables: Table[] = [];
  let setup: RunSetup | null = null;
  const opened = (): OutputFile[] => open.map(({ output }) => output);
  const guarded = <T>(action: () => T): T => orAbandon(opened, action);
  return {
    open: async (given) =>
      guarded(() => {
        setup = given;
        for (const file of files) {
          const path = datPath(options.folder, file.file);
          makeFolder(path);
          const output = createOutput(path, fileSystem);
          open.push({ file, path, output });
          if (file.kind === 'columns') tables.push(createTable(file.columns, given, output, options));
        }
      }),
    samples: (block) => guarded(() => tables.forEach((table) => table.add(block))),
    advance: () => guarded(() => tables.forEach((table) => table.flush())),
    close: async (record, trains) =>
      guarded(() => {
        invariant(setup, 'dat', 'close before open');
        for (const table of tables) table.flush();
        for (const { file, output } of open)
          if (file.kind === 'events') writeEvents(file, trains, setup, output, options);
        for (const { output } of open) output.finish();
        const outputs = open.map(({ path, output }) => ({
          file: output,
          path: record.complete ? path : incompletePath(path),
        }));
        nameOutputs(outputs, fileSystem);
        return outputs.map((output) => output.path);
      }),
    abandon: async () => opened().forEach((output) => output.abandon()),
  };
}

function makeFolder(path: string): void {
  orOutputError(path, () => mkdirSync(dirname(path), { recursive: true }));
}

/** Time of a row, from 0. Rows are asked for in ascending order. */
function clock(dt: number, accumulated: boolean): (row: number) => number {
  let at = 0;
  let time = 0;
  return (row) => {
    if (!accumulated) return row * dt;
    for (; at < row; at += 1) time += dt;
    return time;
  };
}

// --- Tables ---------------------------------------------------------------------------------------------------------
interface Table {
  add(block: SampleBlock): void;
  /** Writes the rows that all columns have. */
  flush(): void;
}

/** Blocks of one series that wait for blocks of the others. */
interface Queue {
  readonly label: number;
  readonly width: number;
  readonly blocks: { readonly steps: Int32Array; readonly values: TypedArray }[];
  /** Rows of the first block that are written. */
  taken: number;
}

function createTable(columns: readonly DatColumn[], setup: RunSetup, output: OutputFile, options: DatOptions): Table {
  const queues = new Map<number, Queue>();
  const places = columns.map((column) => {
    const { series, at } = placeOf(column, setup.series);
    const plan = itemAt(setup.series, series);
    let queue = queues.get(series);
    if (!queue) queues.set(series, (queue = { label: plan.label, width: columnCount(plan), blocks: [], taken: 0 }));
    return { queue, at };
  });
  const all = [...queues.values()];
  const time = clock(setup.header.dt, options.accumulated);
  const writer = createRowWriter(1 + places.length);
  const [times, ...numbers] = writer.columns as readonly [Float64Array, ...Float64Array[]];
  const waiting = (queue: Queue): number => (queue.blocks[0]?.steps.length ?? 0) - queue.taken;
  return {
    add: (block) => {
      const queue = queues.get(block.series);
      if (queue && block.steps.length > 0) queue.blocks.push({ steps: block.steps, values: block.values });
    },
    flush: () => {
      if (all.length === 0) return;
      for (let rows = ready(); rows > 0; rows = ready()) {
        writeRows(rows);
        for (const queue of all) queue.taken += rows;
        for (const queue of all) {
          if (waiting(queue) > 0) continue;
          queue.blocks.shift();
          queue.taken = 0;
        }
      }
    },
  };
  /** The next rows, of blocks that all have as many. */
  function writeRows(rows: number): void {
    for (let first = 0; first < rows; first += writer.capacity) {
      const count = Math.min(writer.capacity, rows - first);
      const { steps, taken } = reading(itemAt(all, 0));
      const { label } = itemAt(all, 0);
      for (let row = 0; row < count; row += 1) times[row] = time(itemAt(steps, taken + first + row) + label);
      places.forEach(({ queue, at }, k) => {
        const { values, width, taken: begin } = reading(queue);
        takeColumn(values, (begin + first) * width + at, width, itemAt(numbers, k), count);
      });
      output.write(writer.text(count));
    }
  }
  function ready(): number {
    return all.reduce((least, queue) => Math.min(least, waiting(queue)), Infinity);
  }
}

/** Takes every `width`-th value. */
function takeColumn(values: TypedArray, begin: number, width: number, column: Float64Array, count: number): void {
  for (let row = 0, at = begin; row < count; row += 1, at += width) column[row] = Number(values[at]!);
}

/** The first block of a queue, which has rows left. */
function reading({ blocks, taken, width }: Queue): {
  readonly steps: Int32Array;
  readonly values: TypedArray;
  readonly taken: number;
  readonly width: number;
} {
  const [block] = blocks;
  invariant(block, 'dat', 'a table waits for a series');
  return { ...block, taken, width };
}

/** Where each column of a table is among the series. @throws UsageError for one that is in none */
export const placesOf = (
  columns: readonly DatColumn[],
  series: readonly SeriesPlan[],
): readonly { readonly series: number; readonly at: number }[] => columns.map((column) => placeOf(column, series));

/** Returns the series and its column for a column of a table. */
function placeOf(column: DatColumn, series: readonly SeriesPlan[]): { readonly series: number; readonly at: number } {
  for (const [position, { recording, variable, elements }] of series.entries()) {
    if (recording !== column.recording || variable !== column.variable) continue;
    const at = elements === null ? 0 : positionOf(column.index, elements);
    if (at >= 0) return { series: position, at };
  }
  throw new UsageError(
    `the column ${column.id} of the model's output requests ${column.variable} of cell ${column.index} from the ` +
      `recording ${column.recording}, which does not contain it`,
    'outputFiles lists columns of recordings of this model; correct or remove it',
  );
}

// --- Events ---------------------------------------------------------------------------------------------------------
function writeEvents(
  file: DatFile & { readonly kind: 'events' },
  trains: readonly SpikeTrains[],
  setup: RunSetup,
  output: OutputFile,
  options: DatOptions,
): void {
  const events: { readonly step: number; readonly selection: number }[] = [];
  for (const [selection, { population, index, event = 'spike' }] of file.selections.entries()) {
    const found = trains.find(({ plan }) => plan.population === population && plan.event === event);
    if (!found) continue;
    const row = positionOf(index, found.plan.cells);
    if (row < 0) continue;
    for (const step of found.read(row, row + 1)) events.push({ step, selection });
  }
  // Sorting keeps the order of selections within a step.
  events.sort((a, b) => a.step - b.step);
  const time = clock(setup.header.dt, options.accumulated);
  for (const { step, selection } of events) {
    const at = floatText(time(step + setup.spikeLabel));
    const { id } = itemAt(file.selections, selection);
    output.write(file.format === 'ID_TIME' ? `${id}\t${at}\n` : `${at}\t${id}\n`);
  }
}
