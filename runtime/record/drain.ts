/** Takes the rows that a program's logs hold and empties them. */

import type { Log, Program, TypedArray } from '../../src/ir/program.js';
import { invariant } from '../../src/diagnostics/diagnostic.js';
import { itemAt } from '../../src/diagnostics/entry.js';
import { createArray } from '../../src/ir/arrays.js';
import { elementTypeOf } from '../results/arrays.js';
import type { Session } from '../targets/target.js';

/** Rows of one log, copied. */
export interface LogRows {
  /** The log that they were in. */
  readonly log: Log;
  /** Number of rows. */
  readonly rows: number;
  /** Row-major [rows, log.rowLength]. */
  readonly data: TypedArray;
}

/** Empties all logs; logs without rows are left out. */
export async function drainLogs(session: Session, program: Program): Promise<readonly LogRows[]> {
  const drained: LogRows[] = [];
  const logsOf = new Map<string, Log[]>();
  for (const log of program.logs) {
    const others = logsOf.get(log.cursor.buffer);
    if (others) others.push(log);
    else logsOf.set(log.cursor.buffer, [log]);
  }
  for (const [buffer, logs] of logsOf) {
    const cursors = await session.read(buffer);
    invariant(cursors instanceof Uint32Array, 'record', `buffer ${buffer} holds cursors and is not u32`);
    let used = false;
    for (const log of logs) {
      const rows = itemAt(cursors, log.cursor.index);
      if (rows === 0) continue;
      invariant(
        rows <= log.capacity,
        'record',
        `log ${log.name} holds ${rows} rows, more than its capacity of ${log.capacity}`,
      );
      drained.push({ log, rows, data: await session.read(log.buffer, 0, rows * log.rowLength) });
      cursors[log.cursor.index] = 0;
      used = true;
    }
    if (used) await session.write(buffer, cursors);
  }
  return drained;
}

/** The (step, element) pairs of an event's log, as two arrays. */
function splitPairs(rows: LogRows): { readonly steps: Uint32Array; readonly elements: Uint32Array } {
  const { data } = rows;
  invariant(
    data instanceof Uint32Array && rows.log.rowLength === 2,
    'record',
    `log ${rows.log.name} does not hold (step, element) pairs`,
  );
  const steps = new Uint32Array(rows.rows);
  const elements = new Uint32Array(rows.rows);
  for (let i = 0; i < rows.rows; i += 1) {
    steps[i] = data[2 * i]!;
    elements[i] = data[2 * i + 1]!;
  }
  return { steps, elements };
}

/** Events of a ring. */
interface CountedPairs {
  readonly steps: Uint32Array;
  readonly elements: Uint32Array;
  /** Row of the event's log that each comes from; null: one for each, in order. */
  readonly rows: Uint32Array | null;
}

/**
 * Returns the events of a ring, repeated by their multiplicity.
 *
 * @param multiples rows of the log of multiplicities above one, if any
 */
export function countedPairs(rows: LogRows, multiples: LogRows | undefined): CountedPairs {
  const pairs = splitPairs(rows);
  if (!multiples || multiples.rows === 0) return { ...pairs, rows: null };
  const { data } = multiples;
  invariant(
    data instanceof Uint32Array && multiples.log.rowLength === 3,
    'record',
    `log ${multiples.log.name} holds no multiples`,
  );
  const several = multiples.rows;
  let more = 0;
  for (let row = 0; row < several; row += 1) more += data[3 * row + 2]! - 1;
  const steps = new Uint32Array(rows.rows + more);
  const elements = new Uint32Array(rows.rows + more);
  const from = new Uint32Array(rows.rows + more);
  let at = 0;
  let row = 0;
  for (let k = 0; k < pairs.steps.length; k += 1) {
    const [step, element] = [pairs.steps[k]!, pairs.elements[k]!];
    // Both logs are in order of step and element. Most counts are small: `fill` would take longer than this loop.
    let end = at + 1;
    if (row < several && data[3 * row] === step && data[3 * row + 1] === element) {
      end = at + data[3 * row + 2]!;
      row += 1;
    }
    for (; at < end; at += 1) {
      steps[at] = step;
      elements[at] = element;
      from[at] = k;
    }
  }
  invariant(at === steps.length, 'record', `log ${multiples.log.name} names events that ${rows.log.name} lacks`);
  return { steps, elements, rows: from };
}

/** Columns [column, column + width) of all rows. */
export function sliceColumns(rows: LogRows, column: number, width: number): TypedArray {
  const { data } = rows;
  const { rowLength } = rows.log;
  if (width === rowLength) return data;
  const result = createArray(elementTypeOf(data), rows.rows * width);
  if (data instanceof BigInt64Array)
    pickColumns<bigint>(data, result as BigInt64Array, rowLength, column, width, result.length);
  else pickColumns<number>(data, result as Exclude<TypedArray, BigInt64Array>, rowLength, column, width, result.length);
  return result;
}

/**
 * Copies columns [column, column + width) of rows. Rows are short and many: a view of each would cost more than its
 * elements.
 */
function pickColumns<T>(
  from: ArrayLike<T>,
  to: Record<number, T>,
  rowLength: number,
  column: number,
  width: number,
  length: number,
): void {
  let at = 0;
  for (let begin = column; at < length; begin += rowLength) {
    for (let k = begin; k < begin + width; k += 1) {
      to[at] = from[k]!;
      at += 1;
    }
  }
}
