/** Spike trains held in memory, as readers of text formats make them. */

import { itemAt } from '../../src/diagnostics/entry.js';
import { elementAt, type SpikeBlock, type SpikeTrains, type TrainsPlan } from './result.js';

/**
 * @param counts spikes of each row of the plan
 * @param steps steps of all rows, row after row, ascending within a row
 * @param values of each variable of the plan, its value at each of the spikes
 */
export function trainsInMemory(
  plan: TrainsPlan,
  counts: Uint32Array,
  steps: Uint32Array,
  values: readonly Float64Array[] = [],
): SpikeTrains {
  const ends = new Float64Array(counts.length);
  let total = 0;
  for (const [row, count] of counts.entries()) {
    total += count;
    ends[row] = total;
  }
  const startOf = (row: number): number => (row === 0 ? 0 : ends[row - 1]!);
  return {
    plan,
    counts,
    read: (begin, end) => steps.subarray(startOf(begin), startOf(end)),
    values: (variable, begin, end) => itemAt(values, variable).subarray(startOf(begin), startOf(end)),
    inOrder: () => [sortedByStep(plan, counts, steps, values)],
  };
}

/** Trains from one list of steps for each row, and of each variable a list of values for each row. */
export function trainsFromLists(
  plan: TrainsPlan,
  rows: readonly (readonly number[])[],
  values: readonly (readonly (readonly number[])[])[] = [],
): SpikeTrains {
  return trainsInMemory(
    plan,
    Uint32Array.from(rows, ({ length }) => length),
    Uint32Array.from(rows.flat()),
    values.map((each) => Float64Array.from(each.flat())),
  );
}

function sortedByStep(
  plan: TrainsPlan,
  counts: Uint32Array,
  steps: Uint32Array,
  values: readonly Float64Array[],
): SpikeBlock {
  const cells = new Uint32Array(steps.length);
  let at = 0;
  for (const [row, count] of counts.entries()) {
    cells.fill(elementAt(plan.cells, row), at, at + count);
    at += count;
  }
  const order = Uint32Array.from(steps, (_, position) => position).sort(
    (a, b) => steps[a]! - steps[b]! || cells[a]! - cells[b]!,
  );
  return {
    steps: order.map((position) => steps[position]!),
    cells: order.map((position) => cells[position]!),
    values: values.map((each) => Float64Array.from(order, (position) => each[position]!)),
  };
}

/** Ranges of rows that hold at most about `limit` spikes each, so they can be read one at a time. */
export function* rowRanges(counts: Uint32Array, limit: number): Generator<readonly [begin: number, end: number]> {
  let begin = 0;
  let sum = 0;
  for (let row = 0; row < counts.length; row += 1) {
    if (row > begin && sum + counts[row]! > limit) {
      yield [begin, row];
      begin = row;
      sum = 0;
    }
    sum += counts[row]!;
  }
  if (counts.length > begin) yield [begin, counts.length];
}
