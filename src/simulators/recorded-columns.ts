/** Assigns columns of a simulator's run to the parts of the model before conversion. */

import { grouped } from '../model/collections.js';
import { dimensionless, type Dimension } from '../lang/ast.js';
import { equalDimensions } from '../lang/dimension.js';
import type { Model } from '../model/model.js';
import { stretchesKept } from '../library/simulators/kept-stretches.js';
import type { SampleColumns, SpikeColumns, ToolColumns } from './columns.js';
import type { Sampled } from './recorded-variables.js';

/** Recordings, in terms of the model before conversion. */
export interface Recorded {
  readonly model: Model;
  /** Populations by the names of recordings of their spikes. */
  readonly spikes: ReadonlyMap<string, string>;
  /** Cells of recordings of a part of a population, by their names; absent: all are of whole populations. */
  readonly cells?: ReadonlyMap<string, readonly number[]>;
  /** Population, variable and cells of samples, by the names of recordings. */
  readonly samples: ReadonlyMap<string, Sampled>;
  /** Returns the size in SI of the simulator's unit of a dimension, if it does not state units. */
  readonly recordsIn?: ((dimension: Dimension) => number) | undefined;
}

/** Rows read at once. */
export const rowsAtOnce = 1 << 16;

/** A time on the clock of the whole run in s, and how many resets and returns came before. */
export interface Placed {
  readonly seconds: number;
  readonly part: number;
}

/** Returns a function that places a time of a segment: in the last stretch that has begun by then. */
export function clockOf({ experiment: { protocol, dt } }: Model): (time: number, segment: number) => Placed {
  const stretches = stretchesKept(protocol);
  const bySegment = grouped(stretches, ({ segment }) => [segment]);
  return (time, segment) => {
    const own = bySegment.get(segment) ?? [];
    const begun = own.length === 1 ? own[0] : own.findLast(({ from }) => from <= time + dt / 2);
    const { begin = 0, from = 0, part = segment } = begun ?? own[0] ?? {};
    return { seconds: begin + time - from, part };
  };
}

/** Returns columns of spikes by population. */
export function spikesByPopulation(
  columns: readonly ToolColumns[],
  { spikes, cells: parts }: Recorded,
): ReadonlyMap<string, readonly SpikeColumns[]> {
  const recorded = new Set(spikes.values());
  const found = new Map<string, SpikeColumns[]>([...recorded].map((population) => [population, []]));
  for (const each of columns) {
    if (each.kind !== 'spikes') continue;
    const part = parts?.get(each.of);
    const read: SpikeColumns['read'] = (begin, end) => {
      const { times, cells } = each.read(begin, end);
      return { times, cells: Uint32Array.from(cells, (cell) => part![cell]!) };
    };
    found.get(spikes.get(each.of) ?? each.of)?.push(part === undefined ? each : { ...each, read });
  }
  return found;
}

/** Samples of a recording in a segment of the run. */
export interface RecordedRows {
  readonly segment: number;
  readonly rows: number;
  /** Returns rows [begin, end): times in s since the beginning of the segment, and row-major values in SI units. */
  read(begin: number, end: number): { readonly times: Float64Array; readonly values: Float64Array };
}

/** Returns the samples of a recording in each segment, or the reason why they are not read. */
export function rowsOf(
  name: string,
  { samples, recordsIn }: Recorded,
  columns: readonly ToolColumns[],
): readonly RecordedRows[] | string {
  const sampled = samples.get(name)!;
  const { population, variable, there = variable, cells, part, dimension } = sampled;
  // Brian's monitors have the name of the recording, and its elements in their order.
  const monitors = columns.filter((each) => each.kind === 'samples' && each.of === name);
  const owner = part?.population ?? population;
  const own = (
    monitors.length > 0
      ? monitors
      : columns.filter((each) => each.kind === 'samples' && each.of === owner && each.variable === there)
  ) as readonly SampleColumns[];
  if (own.length === 0) return 'the simulator recorded none';
  const bySegment = [...grouped(own, ({ segment }) => [segment])].sort(([a], [b]) => a - b);
  const found: RecordedRows[] = [];
  for (const [segment, pieces] of bySegment) {
    const [{ unit: known, rows } = { unit: undefined, rows: 0 }] = pieces;
    const unit =
      known ?? (dimension && (recordsIn?.(dimension) ?? (equalDimensions(dimension, dimensionless) ? 1 : undefined)));
    if (unit === undefined) return 'the simulator does not state their unit';
    if (pieces.some((piece) => piece.rows !== rows)) return 'their cells have different numbers of samples';
    const places = new Map(pieces.flatMap((piece) => piece.cells.map((cell, column) => [cell, { piece, column }])));
    if (monitors.length > 0 && places.size !== cells) return `${places.size} of ${cells} elements have samples`;
    const wanted = Array.from({ length: cells }, (_, k) =>
      places.get(monitors.length > 0 ? k : (part?.indices[k] ?? k)),
    );
    const missing = wanted.filter((place) => place === undefined).length;
    if (missing > 0) return `${cells - missing} of ${cells} cells have samples`;
    const taken = wanted as readonly { readonly piece: SampleColumns; readonly column: number }[];
    found.push({
      segment,
      rows,
      read: (begin, end) => {
        const read = new Map(pieces.map((piece) => [piece, piece.read(begin, end)]));
        const { times } = read.get(pieces[0]!)!;
        const values = new Float64Array(times.length * cells);
        taken.forEach(({ piece, column }, k) => {
          const from = read.get(piece)!.values;
          const width = piece.cells.length;
          for (let row = 0; row < times.length; row += 1) values[row * cells + k] = from[row * width + column]! * unit;
        });
        return { times, values };
      },
    });
  }
  return found;
}
