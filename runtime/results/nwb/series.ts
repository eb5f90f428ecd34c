/** TimeSeries in /acquisition, grown while the run goes on. */

import { itemAt } from '../../../src/diagnostics/entry.js';
import type { TypedArray } from '../../../src/ir/program.js';
import { copyInto, createArray } from '../../../src/ir/arrays.js';
import {
  columnCount,
  elementCount,
  timeOf,
  writtenValues,
  type RunSetup,
  type SampleBlock,
  type SegmentSpan,
  type SeriesPlan,
  areListed,
} from '../result.js';
import { dtypeOf, type Dataset, type H5Writer } from './h5-writer.js';
import type { NeoPlace } from './neo-place.js';

/** Bytes of one chunk of a series, and of the chunks in memory of all series. */
const chunkBytes = 1 << 20;
const memoryBytes = 1 << 26;
const rowBytesLimit = 1 << 23;
const mostColumns = 1024;

/** One series within one segment: its own TimeSeries, so its times never repeat. */
export interface SeriesPart {
  readonly plan: SeriesPlan;
  /** Index of the segment in the run. */
  readonly segment: number;
  /** Name in /acquisition. */
  readonly name: string;
}

/** Where each series is in the file, segment by segment: by position of the series, then of the segment. */
export function seriesParts(
  series: readonly SeriesPlan[],
  segments: readonly SegmentSpan[] | undefined,
): readonly (readonly SeriesPart[])[] {
  const taken = new Set<string>();
  const parts = series.map((): SeriesPart[] => []);
  // Segment by segment, so a run that ends early has the names of one that does not.
  for (const [segment, span] of (segments ?? [null]).entries()) {
    for (const [position, plan] of series.entries()) {
      const stem = span === null ? plan.name : `${plan.name}_${span.name.replaceAll(/[^\p{L}\p{N}_-]/gu, '_')}`;
      let name = stem;
      for (let n = 2; taken.has(name); n += 1) name = `${stem}_${n}`;
      taken.add(name);
      itemAt(parts, position).push({ plan, segment, name });
    }
  }
  return parts;
}

/** Path of a series in a segment. */
export function seriesPath({ name }: { readonly name: string }): string {
  return `/acquisition/${name}`;
}

/** Names of units in the plural, as NWB writes them and Neo understands them. */
const unitNames: Readonly<Record<string, string>> = {
  V: 'volts',
  A: 'amperes',
  S: 'siemens',
  s: 'seconds',
  Hz: 'hertz',
  m: 'meters',
  F: 'farads',
  C: 'coulombs',
  ohm: 'ohms',
  K: 'kelvins',
  kg: 'kilograms',
  mol: 'moles',
  N: 'newtons',
  J: 'joules',
  W: 'watts',
  Pa: 'pascals',
};

/** NWB's name of an SI unit; compound units stay as they are, and dimensionless is `1`. */
export function nwbUnit(unit: string): string {
  return unitNames[unit] ?? unit;
}

/** All series of a result. */
export interface SeriesWriter {
  /** Takes samples of one series. */
  samples(block: SampleBlock): void;
  /** Writes whole chunks of samples before `step`, in an order independent of their arrival. */
  advance(step: number): void;
  /** Writes the remaining samples. */
  finish(): void;
  /** Names of the written series in /acquisition, in the order of `seriesParts`. */
  written(): ReadonlySet<string>;
}

/** Rows of one part that are collected before they are written. */
interface Chunk {
  readonly part: SeriesPart;
  readonly position: number;
  readonly values: TypedArray;
  readonly steps: Int32Array;
  rows: number;
}

/** A part that has begun. */
interface GrowingPart {
  readonly data: Dataset;
  readonly timestamps: Dataset | null;
  rows: number;
}

/** Writes series as their samples come. @param place  which Neo segment a part belongs to */
export function createSeries(h5: H5Writer, setup: RunSetup, place: (segment: number) => NeoPlace): SeriesWriter {
  const { segments, header } = setup;
  const parts = seriesParts(setup.series, segments);
  const chunkRows = setup.series.map((plan) => rowsOfChunk(setup, plan, columnCount(plan)));
  const open = new Map<SeriesPart, Chunk>();
  const growing = new Map<SeriesPart, GrowingPart>();
  let full: Chunk[] = [];
  let unflushed = 0;

  const emit = (chunk: Chunk): void => {
    const { part, position } = chunk;
    let into = growing.get(part);
    if (!into) {
      into = createPart(h5, header.dt, chunk, chunkRows[position]!, place(part.segment));
      growing.set(part, into);
    }
    append(h5, into, chunk, header.dt);
    unflushed += chunk.values.byteLength;
    // Flushing depends on bytes, not on time, so that equal runs give equal files.
    if (unflushed < memoryBytes) return;
    h5.file.flush();
    unflushed = 0;
  };
  /** Writes whole chunks by segment and time, and the remaining samples at the end of a segment. */
  const emitReady = (ended: (segment: number) => boolean): void => {
    const rest = [...open.values()].filter(({ part }) => ended(part.segment));
    for (const { part } of rest) open.delete(part);
    const order = (chunk: Chunk): readonly number[] => [
      chunk.part.segment,
      rest.includes(chunk) ? Infinity : chunk.steps[chunk.rows - 1]!,
      chunk.position,
    ];
    const ready = [...full, ...rest].map((chunk) => ({ chunk, key: order(chunk) }));
    full = [];
    ready.sort((a, b) => compareKeys(a.key, b.key));
    for (const { chunk } of ready) emit(chunk);
  };
  return {
    samples: ({ series: position, segment = 0, steps, values }) => {
      const part = itemAt(itemAt(parts, position), segment);
      const width = columnCount(part.plan);
      const most = chunkRows[position]!;
      const stored = writtenValues(part.plan, values);
      for (let row = 0; row < steps.length;) {
        let chunk = open.get(part);
        if (!chunk) {
          const chunkValues = createArray(part.plan.element, most * width);
          chunk = { part, position, values: chunkValues, steps: new Int32Array(most), rows: 0 };
          open.set(part, chunk);
        }
        const taken = Math.min(most - chunk.rows, steps.length - row);
        copyInto(chunk.values, stored.subarray(row * width, (row + taken) * width), chunk.rows * width);
        chunk.steps.set(steps.subarray(row, row + taken), chunk.rows);
        chunk.rows += taken;
        row += taken;
        if (chunk.rows < most) continue;
        full.push(chunk);
        open.delete(part);
      }
    },
    // The last segment ends with the run.
    advance: (step) =>
      emitReady((segment) => segment + 1 < (segments?.length ?? 1) && step >= itemAt(segments!, segment).end),
    finish: () => emitReady(() => true),
    written: () => new Set([...growing.keys()].map(({ name }) => name)),
  };
}

function compareKeys(a: readonly number[], b: readonly number[]): number {
  for (const [k, left] of a.entries()) if (left !== b[k]) return left < b[k]! ? -1 : 1;
  return 0;
}

/** Numbers of a chunk that are compared. */
const comparedNumbers = 4096;

/**
 * Whether the numbers of a chunk repeat. Deflate shortens other numbers by a tenth, and takes ten times as long as
 * their computation. The second half counts, because many networks begin with equal cells.
 */
function repeatsItself(values: TypedArray): boolean {
  const half = values.subarray(values.length >> 1);
  const stride = Math.ceil(half.length / comparedNumbers);
  const compared = half.filter((_: number | bigint, k: number) => k % stride === 0);
  return new Set<number | bigint>(compared).size < compared.length / 2;
}

/** @param chunk  the first samples */
function createPart(h5: H5Writer, dt: number, chunk: Chunk, rows: number, place: NeoPlace): GrowingPart {
  const { part, steps } = chunk;
  const { plan } = part;
  const path = seriesPath(part);
  const width = columnCount(plan);
  h5.group(path, { type: 'TimeSeries' }, { description: describe(plan), comments: JSON.stringify(place) });
  const scalar = plan.elements === null;
  const data = h5.dataset(`${path}/data`, {
    data: createArray(plan.element, 0) as never,
    dtype: dtypeOf[plan.element],
    shape: scalar ? [0] : [0, width],
    maxshape: scalar ? [null] : [null, width],
    chunks: scalar ? [rows] : [rows, columnsOfChunk(width)],
    level: repeatsItself(chunk.values.subarray(0, chunk.rows * width)) ? 1 : 0,
    attributes: {
      unit: nwbUnit(plan.unit),
      conversion: { f64: 1 / (plan.written?.perSI ?? 1) },
      offset: { f64: 0 },
      resolution: { f64: -1 },
      continuity: 'continuous',
    },
  });
  let timestamps: Dataset | null = null;
  if (plan.gaps) {
    timestamps = h5.dataset(`${path}/timestamps`, {
      data: new Float64Array(0),
      dtype: dtypeOf.f64,
      shape: [0],
      maxshape: [null],
      chunks: [rows],
      attributes: { interval: { i32: 1 }, unit: 'seconds' },
    });
  } else {
    h5.dataset(`${path}/starting_time`, {
      data: timeOf(steps[0]!, plan.label, dt),
      dtype: dtypeOf.f64,
      shape: [],
      attributes: { rate: { f64: 1 / (plan.every * dt) }, unit: 'seconds' },
    });
  }
  return { data, timestamps, rows: 0 };
}

/** Columns of a chunk: chunks of a row are equally wide, so that little of the last one is empty. */
const columnsOfChunk = (width: number): number => Math.ceil(width / Math.max(1, Math.ceil(width / mostColumns)));

function rowsOfChunk(setup: RunSetup, plan: SeriesPlan, width: number): number {
  const bytes = createArray(plan.element, 0).BYTES_PER_ELEMENT;
  const share = Math.min(chunkBytes, memoryBytes / setup.series.length);
  const rows = Math.min(share / (columnsOfChunk(width) * bytes), rowBytesLimit / (width * bytes));
  const expected = Math.ceil((setup.expectedSteps - plan.offset) / plan.every);
  return Math.max(1, Math.min(Math.floor(rows), expected));
}

function describe(plan: SeriesPlan): string {
  if (plan.elements === null) return `${plan.variable} of ${plan.owner}, one value for all its cells.`;
  const what = plan.ownerKind === 'population' ? 'cells' : 'synapses, in order of creation,';
  const count = elementCount(plan.elements);
  const which = areListed(plan.elements)
    ? `${count} chosen ${what}`
    : `${what} ${plan.elements.begin} to ${plan.elements.end - 1}`;
  return (
    `${plan.variable} of ${plan.owner}: [time, column] for ${which}; /processing/misc/recorded_cells says which ` +
    'column is which.'
  );
}

function append(h5: H5Writer, into: GrowingPart, { part, values, steps, rows }: Chunk, dt: number): void {
  const { data, timestamps } = into;
  const { plan } = part;
  const width = columnCount(plan);
  const begin = into.rows;
  const end = begin + rows;
  const columns: [number, number][] = plan.elements === null ? [] : [[0, width]];
  h5.timeless(() => {
    data.resize(plan.elements === null ? [end] : [end, width]);
    data.write_slice([[begin, end], ...columns], values.subarray(0, rows * width));
    if (!timestamps) return;
    timestamps.resize([end]);
    const times = Float64Array.from(steps.subarray(0, rows), (step) => timeOf(step, plan.label, dt));
    timestamps.write_slice([[begin, end]], times);
  });
  into.rows = end;
}
