/** Joins spikes of several columns, as ranks write them, in the order of steps without holding all of them. */

import { rowsAtOnce } from './recorded-columns.js';
import type { SpikeColumns } from './columns.js';

/** Consecutive spikes. */
interface Spikes {
  readonly steps: Uint32Array;
  readonly cells: Uint32Array;
}

const joined = (...pieces: readonly Uint32Array[]): Uint32Array => {
  const all = new Uint32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
};

const allOf = (pieces: readonly Spikes[]): Spikes => ({
  steps: joined(...pieces.map(({ steps }) => steps)),
  cells: joined(...pieces.map(({ cells }) => cells)),
});

/** Returns spikes by step, then cell. */
function inOrder({ steps, cells }: Spikes): Spikes {
  const compare = (a: number, b: number): number => steps[a]! - steps[b]! || cells[a]! - cells[b]!;
  const order = Uint32Array.from(steps, (_, k) => k);
  if (order.every((k) => k === 0 || compare(k - 1, k) <= 0)) return { steps, cells };
  order.sort(compare);
  return { steps: order.map((k) => steps[k]!), cells: order.map((k) => cells[k]!) };
}

/** Spikes of one of the columns that were read and not yet passed on. */
class Reader {
  #at = 0;
  #chunk = rowsAtOnce;
  #held: Spikes = allOf([]);

  constructor(
    readonly columns: SpikeColumns,
    readonly stepOf: (time: number, segment: number) => number,
  ) {}

  /** The step before which all spikes were read. */
  get known(): number {
    return this.#at >= this.columns.rows ? Infinity : (this.#held.steps.at(-1) ?? 0);
  }

  /** Reads on. */
  fill(): void {
    const end = Math.min(this.columns.rows, this.#at + this.#chunk);
    if (end === this.#at) return;
    const { times, cells } = this.columns.read(this.#at, end);
    const steps = Uint32Array.from(times, (time) => this.stepOf(time, this.columns.segment));
    this.#held = allOf([this.#held, { steps, cells: Uint32Array.from(cells) }]);
    this.#at = end;
    // Many spikes in one step need a longer stretch.
    if (this.#held.steps[0] === this.#held.steps.at(-1)) this.#chunk *= 2;
  }

  /** Removes and returns the spikes before a step. */
  take(limit: number): Spikes {
    const { steps, cells } = this.#held;
    const found = steps.findIndex((step) => step >= limit);
    const count = found < 0 ? steps.length : found;
    this.#held = { steps: steps.subarray(count), cells: cells.subarray(count) };
    return { steps: steps.subarray(0, count), cells: cells.subarray(0, count) };
  }
}

/**
 * Returns spikes in blocks, by step, then cell.
 *
 * @param stepOf  step of a time in a segment, counted from the start of the run
 */
export function* mergedSpikes(
  columns: readonly SpikeColumns[],
  stepOf: (time: number, segment: number) => number,
): Generator<Spikes> {
  const readers = columns.map((each) => new Reader(each, stepOf));
  for (;;) {
    const least = Math.min(...readers.map(({ known }) => known));
    for (const reader of readers) if (reader.known === least) reader.fill();
    const limit = Math.min(...readers.map(({ known }) => known));
    const taken = allOf(readers.map((reader) => reader.take(limit)));
    if (taken.steps.length > 0) yield inOrder(taken);
    if (limit === Infinity) return;
  }
}
