/**
 * Keeps the spikes of one event until the end of the run, in memory while they are few and in a file when they are
 * many, and sorts them by cell then. Memory stays bounded however long the run.
 */

import { closeSync, openSync, readSync, writeSync } from 'node:fs';

import { elementAt, elementCount, type Elements, type SpikeTrains, type TrainsPlan } from '../results/result.js';
import { outputError, removeQuietly } from '../results/output-files.js';
import { bytesOf } from '../results/arrays.js';

/** Keeps spikes, and gives them back cell by cell. */
export interface SpikeSpool {
  /** Adds spikes in order of (step, cell); those of cells that the plan lacks are left out. */
  append(steps: Uint32Array, cells: Uint32Array): void;
  /** Spikes that are kept so far. */
  count(): number;
  /** Those kept from number `begin` on, by step, then cell. */
  since(begin: number): { readonly steps: Uint32Array; readonly cells: Uint32Array };
  /** What was added, for reading until `dispose`. */
  trains(): SpikeTrains;
  /** Removes the temporary file, where there is one. */
  dispose(): void;
}

/** How much a spool keeps in memory. */
export interface SpoolLimits {
  /** Spikes kept in memory before a file is made. */
  readonly memory: number;
}

/** A million spikes, which are 8 MB. */
export const defaultSpoolLimits: SpoolLimits = { memory: 1_000_000 };

const blockPairs = 1 << 16;
const noRow = 0xffffffff;

/**
 * @param plan  whose spikes are kept
 * @param size  cells of the population
 * @param path  of the file, made only when it is needed
 */
export function createSpikeSpool(
  plan: TrainsPlan,
  size: number,
  path: string,
  limits = defaultSpoolLimits,
): SpikeSpool {
  const rowOf = rowTable(plan.cells, size);
  const counts = new Uint32Array(elementCount(plan.cells));
  const file = createPairFile(path);
  let blocks: Uint32Array[] = [new Uint32Array(2 * blockPairs)];
  let fill = 0;

  const spill = (): void => {
    file.write(blocks.map((block, i) => (i === blocks.length - 1 ? block.subarray(0, 2 * fill) : block)));
    blocks = [blocks[0]!];
    fill = 0;
  };
  const append = (steps: Uint32Array, cells: Uint32Array): void => {
    for (let i = 0; i < steps.length; i += 1) {
      const row = rowOf[cells[i]!]!;
      if (row === noRow) continue;
      if (fill === blockPairs) {
        if (file.pairs() > 0 || (blocks.length + 1) * blockPairs > limits.memory) spill();
        else {
          blocks.push(new Uint32Array(2 * blockPairs));
          fill = 0;
        }
      }
      const block = blocks[blocks.length - 1]!;
      block[2 * fill] = steps[i]!;
      block[2 * fill + 1] = row;
      fill += 1;
      counts[row]! += 1;
    }
  };
  /** Blocks of (step, row) pairs in the order they came. */
  function* inMemory(): Generator<Uint32Array> {
    for (const [i, block] of blocks.entries()) yield i === blocks.length - 1 ? block.subarray(0, 2 * fill) : block;
  }
  function* pairs(): Generator<Uint32Array> {
    yield* file.read();
    yield* inMemory();
  }
  const count = (): number => file.pairs() + (blocks.length - 1) * blockPairs + fill;
  const since = (begin: number): { readonly steps: Uint32Array; readonly cells: Uint32Array } => {
    const steps = new Uint32Array(Math.max(0, count() - begin));
    const cells = new Uint32Array(steps.length);
    let at = 0;
    for (const block of begin < file.pairs() ? pairs() : inMemory()) {
      const first = begin < file.pairs() ? at : file.pairs() + at;
      at += block.length / 2;
      if (first + block.length / 2 <= begin) continue;
      const skipped = Math.max(0, begin - first);
      const unpacked = unpack(block.subarray(2 * skipped), plan.cells);
      steps.set(unpacked.steps, first + skipped - begin);
      cells.set(unpacked.cells, first + skipped - begin);
    }
    return { steps, cells };
  };
  return {
    append,
    count,
    since,
    trains: () => ({
      plan,
      counts,
      read: (begin, end) => sortByRow(pairs(), counts, begin, end),
      inOrder: function* inOrder() {
        for (const block of pairs()) yield unpack(block, plan.cells);
      },
    }),
    dispose: () => file.remove(),
  };
}

function rowTable(cells: Elements, size: number): Uint32Array {
  const rows = new Uint32Array(size).fill(noRow);
  for (let row = 0; row < elementCount(cells); row += 1) rows[elementAt(cells, row)] = row;
  return rows;
}

/** Counting sort of the steps of rows [begin, end); stable, so that a row's steps stay ascending. */
function sortByRow(pairs: Iterable<Uint32Array>, counts: Uint32Array, begin: number, end: number): Uint32Array {
  const next = new Float64Array(end - begin);
  let total = 0;
  for (let row = begin; row < end; row += 1) {
    next[row - begin] = total;
    total += counts[row]!;
  }
  const sorted = new Uint32Array(total);
  for (const block of pairs) {
    for (let i = 0; i < block.length; i += 2) {
      const row = block[i + 1]!;
      if (row < begin || row >= end) continue;
      sorted[next[row - begin]!++] = block[i]!;
    }
  }
  return sorted;
}

function unpack(block: Uint32Array, elements: Elements): { steps: Uint32Array; cells: Uint32Array } {
  const steps = new Uint32Array(block.length / 2);
  const cells = new Uint32Array(block.length / 2);
  for (let i = 0; i < steps.length; i += 1) {
    steps[i] = block[2 * i]!;
    cells[i] = elementAt(elements, block[2 * i + 1]!);
  }
  return { steps, cells };
}

// --- The file -------------------------------------------------------------------------------------------------------
interface PairFile {
  pairs(): number;
  write(blocks: readonly Uint32Array[]): void;
  read(): Iterable<Uint32Array>;
  remove(): void;
}

function createPairFile(path: string): PairFile {
  let descriptor: number | null = null;
  let pairs = 0;
  const write = (blocks: readonly Uint32Array[]): void => {
    try {
      descriptor ??= openSync(path, 'w+');
      for (const block of blocks) {
        const bytes = bytesOf(block);
        for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
        pairs += block.length / 2;
      }
    } catch (error) {
      throw outputError(error, path);
    }
  };
  function* read(): Generator<Uint32Array> {
    if (descriptor === null) return;
    for (let at = 0; at < pairs; at += blockPairs) {
      const block = new Uint32Array(2 * Math.min(blockPairs, pairs - at));
      const bytes = bytesOf(block);
      for (let done = 0; done < bytes.length;)
        done += readSync(descriptor, bytes, done, bytes.length - done, at * 8 + done);
      yield block;
    }
  }
  return {
    pairs: () => pairs,
    write,
    read,
    remove: () => {
      if (descriptor === null) return;
      closeSync(descriptor);
      descriptor = null;
      removeQuietly(path);
    },
  };
}
