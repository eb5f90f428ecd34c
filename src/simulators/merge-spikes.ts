/** Joins spikes of several columns, as ranks write them, in the order of steps without holding all of them. */

import { rowsAtOnce } from './recorded-columns.js';
import type { SpikeColumns } from './columns.js';

/** Consecutive spikes, by step, then cell. */
interface Merged {
  readonly steps: Uint32Array;
  readonly cells: Uint32Array;
}

/** Spikes of one of the columns that were read and not yet passed on. */
class Reader {
  #at = 0;
  #chunk = rowsAtOnce;
  steps: readonly number[] = [];
  cells: readonly number[] = [];

  constructor(
    readonly columns: SpikeColumns,
    readonly stepOf: (time: number, segment: number) => number,
  ) {}

  /** The step before which all spikes were read. */
  get known(): number {
    return this.#at >= this.columns.rows ? Infinity : (this.steps.at(-1) ?? 0);
  }

  /** Reads on. */
  fill(): void {
    const end = Math.min(this.columns.rows, this.#at + this.#chunk);
    if (end === this.#at) return;
    const { times, cells } = this.columns.read(this.#at, end);
    this.steps = [...this.steps, ...Array.from(times, (time) => this.stepOf(time, this.columns.segment))];
    this.cells = [...this.cells, ...Array.from(cells)];
    this.#at = end;
    // Many spikes in one step need a longer stretch.
    if (this.steps[0] === this.steps.at(-1)) this.#chunk *= 2;
  }

  /** Removes and returns the spikes before a step. */
  take(limit: number): readonly (readonly [step: number, cell: number])[] {
    const found = this.steps.findIndex((step) => step >= limit);
    const count = found < 0 ? this.steps.length : found;
    const taken = this.steps.slice(0, count).map((step, k) => [step, this.cells[k]!] as const);
    this.steps = this.steps.slice(count);
    this.cells = this.cells.slice(count);
    return taken;
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
): Generator<Merged> {
  const readers = columns.map((each) => new Reader(each, stepOf));
  for (;;) {
    const least = Math.min(...readers.map(({ known }) => known));
    for (const reader of readers) if (reader.known === least) reader.fill();
    const limit = Math.min(...readers.map(({ known }) => known));
    const taken = readers.flatMap((reader) => reader.take(limit));
    if (taken.length > 0) {
      taken.sort(([a, first], [b, second]) => a - b || first - second);
      yield { steps: Uint32Array.from(taken, ([step]) => step), cells: Uint32Array.from(taken, ([, cell]) => cell) };
    }
    if (limit === Infinity) return;
  }
}
