/**
 * Keeps the spikes of one event until the end of the run, in memory while they are few and in a file when they are
 * many, and sorts them by cell then. Memory stays bounded however long the run.
 */

import { itemAt } from '../../src/diagnostics/entry.js';
import { platform } from '#platform';

import {
  elementAt,
  elementCount,
  type Elements,
  type SpikeBlock,
  type SpikeTrains,
  type TrainsPlan,
} from '../results/result.js';
import type { ScratchFile } from '../../src/platform/platform.js';
import { orOutputError } from '../results/output-error.js';
import { bytesOf } from '../results/arrays.js';

/** Stores spikes, and returns them cell by cell. */
export interface SpikeSpool {
  /**
   * Adds spikes in order of (step, cell); spikes of cells outside the plan are left out.
   *
   * @param values of each variable of the plan, its value at each spike
   */
  append(steps: Uint32Array, cells: Uint32Array, values?: readonly Float64Array[]): void;
  /** Spikes that are kept so far. */
  count(): number;
  /** Returns the spikes from number `begin` on, by step, then cell. */
  since(begin: number): SpikeBlock;
  /** Returns all added spikes, readable until `dispose`. */
  trains(): SpikeTrains;
  /** Closes the temporary file, if any. */
  dispose(): void;
}

/** Memory limit of a spool. */
export interface SpoolLimits {
  /** Spikes kept in memory before a file is made. */
  readonly memory: number;
}

/** A million spikes, which are 8 MB. */
export const defaultSpoolLimits: SpoolLimits = { memory: 1_000_000 };

/** Without a disk, all spikes stay in memory. */
const noDisk: SpoolLimits = { memory: Infinity };

/** Spikes that are read from a file at once. */
const readSpikes = 1 << 16;
const noRow = 0xffffffff;

/**
 * @param plan the trains to store
 * @param size cells of the population
 * @param path of the file, created only when needed
 */
export function createSpikeSpool(plan: TrainsPlan, size: number, path: string, given = defaultSpoolLimits): SpikeSpool {
  const limits = platform.scratch ? given : noDisk;
  const rowOf = rowTable(plan.cells, size);
  const counts = new Uint32Array(elementCount(plan.cells));
  const variables = plan.variables?.length ?? 0;
  /** Words of a spike: its step, its row, and two for each value. */
  const width = 2 + 2 * variables;
  const file = createSpikeFile(path, width);
  /** Small populations have small blocks, since there may be many of them. */
  const blockSpikes = Math.min(1 << 16, 1024 * Math.max(1, counts.length));
  const emptyBlock = (): Uint32Array => new Uint32Array(width * blockSpikes);
  let blocks: Uint32Array[] = [];
  let fill = blockSpikes;

  const spill = (): void => {
    file.write(blocks.map((block, i) => (i === blocks.length - 1 ? block.subarray(0, width * fill) : block)));
    blocks = [itemAt(blocks, 0)];
    fill = 0;
  };
  const append = (steps: Uint32Array, cells: Uint32Array, values: readonly Float64Array[] = []): void => {
    for (let i = 0; i < steps.length; i += 1) {
      const row = rowOf[cells[i]!]!;
      if (row === noRow) continue;
      if (fill === blockSpikes) {
        if (blocks.length > 0 && (file.spikes() > 0 || (blocks.length + 1) * blockSpikes * (width / 2) > limits.memory))
          spill();
        else {
          blocks.push(emptyBlock());
          fill = 0;
        }
      }
      const block = blocks[blocks.length - 1]!;
      block[width * fill] = steps[i]!;
      block[width * fill + 1] = row;
      if (variables > 0) {
        const numbers = numbersOf(block);
        for (let k = 0; k < variables; k += 1) numbers[(width / 2) * fill + 1 + k] = values[k]![i]!;
      }
      fill += 1;
      counts[row]! += 1;
    }
  };
  /** Blocks of spikes in the order they came. */
  function* inMemory(): Generator<Uint32Array> {
    for (const [i, block] of blocks.entries()) yield i === blocks.length - 1 ? block.subarray(0, width * fill) : block;
  }
  function* spikes(): Generator<Uint32Array> {
    yield* file.read();
    yield* inMemory();
  }
  const count = (): number => file.spikes() + (blocks.length - 1) * blockSpikes + fill;
  const since = (begin: number): SpikeBlock => {
    const length = Math.max(0, count() - begin);
    const steps = new Uint32Array(length);
    const cells = new Uint32Array(length);
    const values = Array.from({ length: variables }, () => new Float64Array(length));
    let at = 0;
    for (const block of begin < file.spikes() ? spikes() : inMemory()) {
      const first = begin < file.spikes() ? at : file.spikes() + at;
      at += block.length / width;
      if (first + block.length / width <= begin) continue;
      const skipped = Math.max(0, begin - first);
      const unpacked = unpack(block.subarray(width * skipped), plan.cells, width);
      steps.set(unpacked.steps, first + skipped - begin);
      cells.set(unpacked.cells, first + skipped - begin);
      values.forEach((each, k) => each.set(itemAt(unpacked.values, k), first + skipped - begin));
    }
    return { steps, cells, values };
  };
  return {
    append,
    count,
    since,
    trains: () => ({
      plan,
      counts,
      read: (begin, end) => {
        const places = placesByRow(counts, begin, end);
        const sorted = new Uint32Array(places.total);
        for (const block of spikes()) {
          for (let i = 0; i < block.length; i += width) {
            const place = places.next(block[i + 1]!);
            if (place !== null) sorted[place] = block[i]!;
          }
        }
        return sorted;
      },
      values: (variable, begin, end) => {
        const places = placesByRow(counts, begin, end);
        const sorted = new Float64Array(places.total);
        for (const block of spikes()) {
          const numbers = numbersOf(block);
          for (let i = 0; i < block.length; i += width) {
            const place = places.next(block[i + 1]!);
            if (place !== null) sorted[place] = numbers[i / 2 + 1 + variable]!;
          }
        }
        return sorted;
      },
      inOrder: function* inOrder() {
        for (const block of spikes()) yield unpack(block, plan.cells, width);
      },
    }),
    dispose: () => file.remove(),
  };
}

/** Views pairs of u32 in a block as float64 numbers. */
const numbersOf = (block: Uint32Array): Float64Array =>
  new Float64Array(block.buffer, block.byteOffset, block.length / 2);

function rowTable(cells: Elements, size: number): Uint32Array {
  const rows = new Uint32Array(size).fill(noRow);
  for (let row = 0; row < elementCount(cells); row += 1) rows[elementAt(cells, row)] = row;
  return rows;
}

/** Where spikes of rows [begin, end) go when they are sorted by row; stable, so a row's steps stay ascending. */
function placesByRow(
  counts: Uint32Array,
  begin: number,
  end: number,
): { readonly total: number; readonly next: (row: number) => number | null } {
  const next = new Float64Array(end - begin);
  let total = 0;
  for (let row = begin; row < end; row += 1) {
    next[row - begin] = total;
    total += counts[row]!;
  }
  return { total, next: (row) => (row < begin || row >= end ? null : next[row - begin]!++) };
}

/** Returns the spikes of a block, with `width` u32 each. */
function unpack(block: Uint32Array, elements: Elements, width: number): SpikeBlock {
  const length = block.length / width;
  const steps = new Uint32Array(length);
  const cells = new Uint32Array(length);
  const values = Array.from({ length: width / 2 - 1 }, () => new Float64Array(length));
  const numbers = numbersOf(block);
  for (let i = 0; i < length; i += 1) {
    steps[i] = block[width * i]!;
    cells[i] = elementAt(elements, block[width * i + 1]!);
    for (let k = 0; k < values.length; k += 1) values[k]![i] = numbers[(width / 2) * i + 1 + k]!;
  }
  return { steps, cells, values };
}

// --- The file -------------------------------------------------------------------------------------------------------
interface SpikeFile {
  spikes(): number;
  write(blocks: readonly Uint32Array[]): void;
  read(): Iterable<Uint32Array>;
  remove(): void;
}

/** @param width number of u32 per spike */
function createSpikeFile(path: string, width: number): SpikeFile {
  let file: ScratchFile | undefined;
  let spikes = 0;
  const write = (blocks: readonly Uint32Array[]): void => {
    orOutputError(path, () => {
      file ??= platform.scratch?.open(path);
      for (const block of blocks) {
        file?.append(bytesOf(block));
        spikes += block.length / width;
      }
    });
  };
  function* read(): Generator<Uint32Array> {
    if (!file) return;
    for (let at = 0; at < spikes; at += readSpikes) {
      const block = new Uint32Array(width * Math.min(readSpikes, spikes - at));
      file.read(bytesOf(block), at * 4 * width);
      yield block;
    }
  }
  return {
    spikes: () => spikes,
    write,
    read,
    remove: () => {
      file?.close();
      file = undefined;
    },
  };
}
