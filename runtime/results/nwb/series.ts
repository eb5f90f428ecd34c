/** TimeSeries in /acquisition, grown while the run goes on. */

import type { TypedArray } from '../../../src/ir/program.js';
import { copyInto, createArray } from '../../../src/ir/arrays.js';
import {
  columnCount,
  elementCount,
  timeOf,
  type RunSetup,
  type SampleBlock,
  type SegmentSpan,
  type SeriesPlan,
} from '../result.js';
import { dtypeOf, type Dataset, type H5Writer } from './h5.js';

/** Bytes of one chunk of a series, and of the chunks in memory of all series. */
const chunkBytes = 1 << 20;
const memoryBytes = 1 << 26;
const rowBytesLimit = 1 << 23;
const chunkColumns = 1024;

/** Path of a series. */
export function seriesPath(plan: SeriesPlan): string {
  return `/acquisition/${plan.name}`;
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
  samples(block: SampleBlock): void;
  /** Writes whole chunks of what was sampled before `step`, in an order that does not depend on how samples came. */
  advance(step: number): void;
  /** Writes what is left. */
  finish(): void;
}

interface Chunk {
  readonly values: TypedArray;
  readonly steps: Int32Array;
  /** Segment of each row. */
  readonly segments: Uint8Array;
  readonly rows: number;
}

interface GrowingSeries {
  readonly plan: SeriesPlan;
  readonly width: number;
  readonly chunkRows: number;
  readonly data: Dataset;
  readonly timestamps: Dataset | null;
  /** Which segment each sample is of, where there are several. */
  readonly control: Dataset | null;
  written: number;
  open: { readonly values: TypedArray; readonly steps: Int32Array; readonly segments: Uint8Array; rows: number } | null;
  ready: Chunk[];
}

/**
 * Creates the groups and empty datasets of all series. @param neoPlace  JSON text that tells Neo where a series belongs
 */
export function createSeries(h5: H5Writer, setup: RunSetup, neoPlace: string): SeriesWriter {
  const growing = setup.series.map((plan) => createOne(h5, setup, plan, neoPlace));
  let unflushed = 0;
  const emit = (series: GrowingSeries, chunk: Chunk): void => {
    append(h5, series, chunk, setup.header.dt);
    unflushed += chunk.values.byteLength;
    // By bytes and not by time, so that equal runs give equal files.
    if (unflushed < memoryBytes) return;
    h5.file.flush();
    unflushed = 0;
  };
  const emitReady = (): void => {
    const chunks = growing.flatMap((series, position) => series.ready.map((chunk) => ({ series, position, chunk })));
    for (const series of growing) series.ready = [];
    chunks.sort(
      (a, b) => a.chunk.steps[a.chunk.rows - 1]! - b.chunk.steps[b.chunk.rows - 1]! || a.position - b.position,
    );
    for (const { series, chunk } of chunks) emit(series, chunk);
  };
  return {
    samples: (block) => collect(growing[block.series]!, block),
    advance: emitReady,
    finish: () => {
      emitReady();
      for (const series of growing) {
        if (series.open) emit(series, series.open);
        series.open = null;
      }
    },
  };
}

function createOne(h5: H5Writer, setup: RunSetup, plan: SeriesPlan, neoPlace: string): GrowingSeries {
  const path = seriesPath(plan);
  const width = columnCount(plan);
  const { dt } = setup.header;
  h5.group(path, { type: 'TimeSeries' }, { description: describe(plan), comments: neoPlace });
  const rows = rowsOfChunk(setup, plan, width);
  const scalar = plan.elements === null;
  const data = h5.dataset(`${path}/data`, {
    data: createArray(plan.element, 0) as never,
    dtype: dtypeOf[plan.element],
    shape: scalar ? [0] : [0, width],
    maxshape: scalar ? [null] : [null, width],
    chunks: scalar ? [rows] : [rows, Math.min(width, chunkColumns)],
    attributes: {
      unit: nwbUnit(plan.unit),
      conversion: { f64: 1 },
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
      data: timeOf(plan.offset, plan.label, dt),
      dtype: dtypeOf.f64,
      shape: [],
      attributes: { rate: { f64: 1 / (plan.every * dt) }, unit: 'seconds' },
    });
  }
  const control = setup.segments ? createControl(h5, path, setup.segments, rows) : null;
  return { plan, width, chunkRows: rows, data, timestamps, control, written: 0, open: null, ready: [] };
}

/** Where time was turned back, each sample says by a number which segment it is of; timestamps count on through all. */
function createControl(h5: H5Writer, path: string, segments: readonly SegmentSpan[], rows: number): Dataset {
  h5.texts(
    `${path}/control_description`,
    segments.map(({ name }) => name),
  );
  return h5.dataset(`${path}/control`, {
    data: new Uint8Array(0),
    dtype: dtypeOf.u8,
    shape: [0],
    maxshape: [null],
    chunks: [rows],
  });
}

function rowsOfChunk(setup: RunSetup, plan: SeriesPlan, width: number): number {
  const bytes = createArray(plan.element, 0).BYTES_PER_ELEMENT;
  const share = Math.min(chunkBytes, memoryBytes / setup.series.length);
  const rows = Math.min(share / (Math.min(width, chunkColumns) * bytes), rowBytesLimit / (width * bytes));
  const expected = Math.ceil((setup.expectedSteps - plan.offset) / plan.every);
  return Math.max(1, Math.min(Math.floor(rows), expected));
}

function describe(plan: SeriesPlan): string {
  if (plan.elements === null) return `${plan.variable} of ${plan.owner}, one value for all its cells.`;
  const what = plan.ownerKind === 'population' ? 'cells' : 'synapses, in order of creation,';
  const count = elementCount(plan.elements);
  const which =
    'list' in plan.elements ? `${count} chosen ${what}` : `${what} ${plan.elements.begin} to ${plan.elements.end - 1}`;
  return `${plan.variable} of ${plan.owner}: [time, column] for ${which}; /processing/misc/recorded_cells says which column is which.`;
}

function collect(series: GrowingSeries, block: SampleBlock): void {
  const { width, chunkRows } = series;
  for (let row = 0; row < block.steps.length;) {
    series.open ??= {
      values: createArray(series.plan.element, chunkRows * width),
      steps: new Int32Array(chunkRows),
      segments: new Uint8Array(chunkRows),
      rows: 0,
    };
    const { open } = series;
    const taken = Math.min(chunkRows - open.rows, block.steps.length - row);
    copyInto(open.values, block.values.subarray(row * width, (row + taken) * width), open.rows * width);
    open.steps.set(block.steps.subarray(row, row + taken), open.rows);
    open.segments.fill(block.segment ?? 0, open.rows, open.rows + taken);
    open.rows += taken;
    row += taken;
    if (open.rows < chunkRows) continue;
    series.ready.push(open);
    series.open = null;
  }
}

function append(h5: H5Writer, series: GrowingSeries, chunk: Chunk, dt: number): void {
  const { data, timestamps, control, width, plan, written } = series;
  const end = written + chunk.rows;
  h5.timeless(() => {
    const values = chunk.values.subarray(0, chunk.rows * width);
    if (plan.elements === null) {
      data.resize([end]);
      data.write_slice([[written, end]], values);
    } else {
      data.resize([end, width]);
      data.write_slice(
        [
          [written, end],
          [0, width],
        ],
        values,
      );
    }
    if (timestamps) {
      timestamps.resize([end]);
      timestamps.write_slice(
        [[written, end]],
        Float64Array.from(chunk.steps.subarray(0, chunk.rows), (step) => timeOf(step, plan.label, dt)),
      );
    }
  });
  if (control) {
    h5.timeless(() => {
      control.resize([end]);
      control.write_slice([[written, end]], chunk.segments.subarray(0, chunk.rows));
    });
  }
  series.written = end;
}
