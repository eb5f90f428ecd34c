/** Keeps samples in memory, for sessions with a protocol that is not known beforehand. */

import { itemAt } from '../../diagnostics/entry.js';
import type { TypedArray } from '../../ir/program.js';
import { createArray } from '../../ir/arrays.js';
import { columnCount, type SampleBlock, type SampleSink, type SeriesPlan } from '../../../runtime/results/result.js';

/** Rows of one series. */
export interface Rows {
  /** Step of each row, counted from the start of the run. */
  readonly steps: Int32Array;
  /** Segment of each row: the last sample of a segment and the first of the next one have the same step. */
  readonly segments: Uint32Array;
  /** Row-major [rows, columns]. */
  readonly values: TypedArray;
}

/** Receives samples and keeps them. */
export interface MemorySink extends SampleSink {
  /** Received blocks, in order. */
  readonly blocks: readonly SampleBlock[];
  /** Rows of a series that were received so far. */
  count(series: number): number;
  /** Rows of a series from row `begin` on. */
  since(series: number, begin: number): Rows;
}

/** @param series  recorded series, in the order of their numbers in blocks */
export function memorySink(series: readonly SeriesPlan[]): MemorySink {
  const blocks: SampleBlock[] = [];
  const bySeries = series.map((): SampleBlock[] => []);
  const counts = series.map(() => 0);
  return {
    blocks,
    samples: (block) => {
      blocks.push(block);
      itemAt(bySeries, block.series).push(block);
      counts[block.series]! += block.steps.length;
    },
    advance: () => undefined,
    count: (k) => itemAt(counts, k),
    since: (k, begin) => {
      const plan = itemAt(series, k);
      const columns = columnCount(plan);
      const rows = Math.max(0, itemAt(counts, k) - begin);
      const steps = new Int32Array(rows);
      const segments = new Uint32Array(rows);
      const values = createArray(plan.element, rows * columns);
      let left = rows;
      // The last rows are the new ones.
      for (let at = itemAt(bySeries, k).length - 1; left > 0; at -= 1) {
        const block = itemAt(itemAt(bySeries, k), at);
        const taken = Math.min(left, block.steps.length);
        left -= taken;
        steps.set(block.steps.subarray(block.steps.length - taken), left);
        segments.fill(block.segment ?? 0, left, left + taken);
        const part = block.values.subarray((block.steps.length - taken) * columns);
        (values as { set(from: TypedArray, at: number): void }).set(part, left * columns);
      }
      return { steps, segments, values };
    },
  };
}
