/** The tables of a run: units, epochs, and which cell each column of a series is. */

import {
  columnCount,
  elementAt,
  elementCount,
  timeOf,
  type RunRecord,
  type RunSetup,
  type SpikeTrains,
  type TrainsPlan,
} from '../result.js';
import { rowRanges } from '../stored-trains.js';
import type { Dataset, H5Writer } from './h5.js';
import { columnChunk, writeTable, type Column } from './table.js';

/** Spikes that are sorted and written at once. */
const spikesAtOnce = 1 << 24;

/** How Neo shall call the place of an object: its block and segment. */
export interface NeoPlace {
  readonly block: string;
  readonly segment: string;
}

/** Whether a result has the table /units: readers stumble over one without any spikes, so that it is left out. */
export function hasUnits(trains: readonly SpikeTrains[]): boolean {
  return trains.some(({ counts }) => counts.some((count) => count > 0));
}

/** Writes /units: a row for each recorded cell, silent ones too. */
export function writeUnits(
  h5: H5Writer,
  setup: RunSetup,
  record: RunRecord,
  trains: readonly SpikeTrains[],
  place: NeoPlace,
): void {
  const rows = trains.reduce((sum, { counts }) => sum + counts.length, 0);
  const { dt } = setup.header;
  const ofRows = <T>(value: (trains: TrainsPlan, row: number) => T): T[] =>
    trains.flatMap(({ plan, counts }) => Array.from({ length: counts.length }, (_, row) => value(plan, row)));
  const cell = (plan: TrainsPlan, row: number): number => elementAt(plan.cells, row);
  const events = trains.some(({ plan }) => plan.event !== 'spike');
  const columns: Column[] = [
    spikeTimes(setup, trains),
    observedIntervals(record, trains, dt),
    {
      name: 'population',
      description: 'Population of the cell.',
      values: { texts: ofRows(({ population }) => population) },
    },
    {
      name: 'cell_id',
      description: 'Index of the cell in its population, from 0.',
      values: { i32: Int32Array.from(ofRows(cell)) },
    },
    ...(events
      ? [
          {
            name: 'event',
            description: 'Which event of the cell the times are of.',
            values: { texts: ofRows(({ event }) => event) },
          },
        ]
      : []),
    ...positionColumns(setup, trains),
    {
      name: '_name',
      description: 'Name of the spike train.',
      values: { texts: ofRows((plan, row) => trainName(plan, cell(plan, row))) },
    },
    {
      name: 'segment',
      description: 'Segment that the spike train belongs to.',
      values: { texts: ofRows(() => place.segment) },
    },
    {
      name: 'block',
      description: 'Block that the spike train belongs to.',
      values: { texts: ofRows(() => place.block) },
    },
  ];
  writeTable(h5, '/units', { type: 'Units' }, 'Spikes of the simulated cells, silent cells included.', rows, columns);
}

/** Name of one cell's train: `exc[3]`, with the event where it is not a spike. */
function trainName(plan: TrainsPlan, cell: number): string {
  return plan.event === 'spike' ? `${plan.population}[${cell}]` : `${plan.population}[${cell}].${plan.event}`;
}

function spikeTimes(setup: RunSetup, trains: readonly SpikeTrains[]): Column {
  const {
    spikeLabel,
    header: { dt },
  } = setup;
  const ends = cumulative(trains.flatMap(({ counts }) => [...counts]));
  const convention = spikeLabel === 0 ? 'start' : 'end';
  return {
    name: 'spike_times',
    description: `Times in s: of the ${convention} of the step in which the spike was found, step * resolution rounded once, not interpolated.`,
    attributes: { resolution: { f64: dt } },
    ends,
    entries: { length: ends.at(-1) ?? 0, write: (dataset) => writeTimes(dataset, trains, spikeLabel, dt) },
  };
}

/** Writes whole chunks, since a chunk that is filled in two goes is compressed twice. */
function writeTimes(dataset: Dataset, trains: readonly SpikeTrains[], label: 0 | 1, dt: number): void {
  const block = new Float64Array(8 * columnChunk);
  let fill = 0;
  let written = 0;
  const flush = (): void => {
    if (fill > 0) dataset.write_slice([[written, written + fill]], block.subarray(0, fill));
    written += fill;
    fill = 0;
  };
  for (const { counts, read } of trains) {
    for (const [begin, end] of rowRanges(counts, spikesAtOnce)) {
      for (const step of read(begin, end)) {
        block[fill++] = timeOf(step, label, dt);
        if (fill === block.length) flush();
      }
    }
  }
  flush();
}

/** An interval holds its spikes with both ends, whichever end of the step labels them. */
function observedIntervals(record: RunRecord, trains: readonly SpikeTrains[], dt: number): Column {
  const entries: number[] = [];
  const counts: number[] = [];
  for (const [i, { counts: rows }] of trains.entries()) {
    const spans = record.trains[i]!.observed ?? [[0, record.steps] as const];
    const times = spans.flatMap(([begin, end]) => [begin * dt, end * dt]);
    for (let row = 0; row < rows.length; row += 1) {
      entries.push(...times);
      counts.push(spans.length);
    }
  }
  return {
    name: 'obs_intervals',
    description: 'Stretches of time in s during which the spikes of the cell were recorded.',
    ends: cumulative(counts),
    entries: { f64: Float64Array.from(entries), width: 2 },
  };
}

function positionColumns(setup: RunSetup, trains: readonly SpikeTrains[]): readonly Column[] {
  if (!setup.populations.some(({ positions }) => positions)) return [];
  const positions = new Map(setup.populations.map(({ name, positions: given }) => [name, given]));
  return ['x', 'y', 'z'].map((name, axis) => ({
    name,
    description: `Position of the cell along ${name} in micrometers.`,
    values: {
      f64: Float64Array.from(
        trains.flatMap(({ plan, counts }) =>
          Array.from(
            { length: counts.length },
            (_, row) => (positions.get(plan.population)?.[3 * elementAt(plan.cells, row) + axis] ?? Number.NaN) * 1e6,
          ),
        ),
      ),
    },
  }));
}

function cumulative(counts: readonly number[]): Float64Array {
  const ends = new Float64Array(counts.length);
  let sum = 0;
  for (const [i, count] of counts.entries()) {
    sum += count;
    ends[i] = sum;
  }
  return ends;
}

/** Writes /intervals/epochs when the protocol has several phases. */
export function writeEpochs(h5: H5Writer, record: RunRecord, place: NeoPlace): void {
  const { phases, dt } = record;
  if (phases.length < 2) return;
  const columns: Column[] = [
    {
      name: 'start_time',
      description: 'Start of the phase, in s.',
      values: { f64: Float64Array.from(phases, ({ begin }) => begin * dt) },
    },
    {
      name: 'stop_time',
      description: 'End of the phase, in s.',
      values: { f64: Float64Array.from(phases, ({ end }) => end * dt) },
    },
    {
      name: 'tags',
      description: 'Name of the phase, and of the segment of the protocol that it belongs to.',
      ends: Float64Array.from(phases, (_, i) => 2 * (i + 1)),
      entries: { texts: phases.flatMap(({ name, segment }) => [name, segment]) },
    },
    { name: '_name', description: 'Name of the group of epochs.', values: { texts: phases.map(() => 'phases') } },
    {
      name: 'segment',
      description: 'Segment that the epochs belong to.',
      values: { texts: phases.map(() => place.segment) },
    },
    {
      name: 'block',
      description: 'Block that the epochs belong to.',
      values: { texts: phases.map(() => place.block) },
    },
  ];
  h5.group('/intervals');
  writeTable(h5, '/intervals/epochs', { type: 'TimeIntervals' }, 'Phases of the protocol.', phases.length, columns);
}

/**
 * Writes /intervals/trials when time was turned back: each segment is one, at the time of the session at which it ran.
 */
export function writeTrials(h5: H5Writer, { segments, phases, dt }: RunRecord, place: NeoPlace): void {
  if (!segments) return;
  const columns: Column[] = [
    {
      name: 'start_time',
      description: 'Start of the segment, in s.',
      values: { f64: Float64Array.from(segments, ({ begin }) => begin * dt) },
    },
    {
      name: 'stop_time',
      description: 'End of the segment, in s.',
      values: { f64: Float64Array.from(segments, ({ end }) => end * dt) },
    },
    { name: 'label', description: 'Name of the segment.', values: { texts: segments.map(({ name }) => name) } },
    {
      name: 'model_time',
      description: "Time of the model at the segment's start, in s: the time to which it was turned back.",
      values: { f64: Float64Array.from(segments, ({ start }) => start * dt) },
    },
    {
      name: 'annotations',
      description: 'Annotations of the segment: name=value, with the value as JSON.',
      values: {
        texts: segments.map(({ annotations }) =>
          Object.entries(annotations ?? {})
            .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
            .join('; '),
        ),
      },
    },
    { name: '_name', description: 'Name of the group of epochs.', values: { texts: segments.map(() => 'segments') } },
    {
      name: 'segment',
      description: 'Segment that the epochs belong to.',
      values: { texts: segments.map(() => place.segment) },
    },
    {
      name: 'block',
      description: 'Block that the epochs belong to.',
      values: { texts: segments.map(() => place.block) },
    },
  ];
  // The epochs have made the group before.
  if (phases.length < 2) h5.group('/intervals');
  writeTable(
    h5,
    '/intervals/trials',
    { type: 'TimeIntervals' },
    'Segments: the stretches between resets.',
    segments.length,
    columns,
  );
}

/** Writes /processing/misc/recorded_cells: the cell, or synapse, of each column of each series. */
export function writeRecordedCells(h5: H5Writer, setup: RunSetup, linkUnits: boolean): void {
  const series = setup.series.filter(({ elements }) => elements !== null);
  const rows = series.reduce((sum, plan) => sum + columnCount(plan), 0);
  if (rows === 0) return;
  const ofRows = <T>(value: (plan: (typeof series)[number], column: number) => T): T[] =>
    series.flatMap((plan) => Array.from({ length: columnCount(plan) }, (_, column) => value(plan, column)));
  const cellOf = (plan: (typeof series)[number], column: number): number => elementAt(plan.elements!, column);
  const units = linkUnits ? unitRows(setup) : null;
  const linked =
    units === null ? [] : ofRows((plan, column) => units.get(`${plan.owner}[${cellOf(plan, column)}]`) ?? -1);
  const columns: Column[] = [
    {
      name: 'series',
      description: 'Name of the TimeSeries in /acquisition.',
      values: { texts: ofRows(({ name }) => name) },
    },
    {
      name: 'column',
      description: 'Column of its data, from 0.',
      values: { i32: Int32Array.from(ofRows((_, column) => column)) },
    },
    {
      name: 'population',
      description: 'Population of the cell, or projection of the synapse.',
      values: { texts: ofRows(({ owner }) => owner) },
    },
    {
      name: 'cell_id',
      description:
        'Index of the cell in its population, or of the synapse in its projection in order of creation, from 0.',
      values: { i32: Int32Array.from(ofRows(cellOf)) },
    },
    ...(linked.length > 0 && linked.every((row) => row >= 0)
      ? [
          {
            name: 'unit',
            description: 'Row of /units of the cell.',
            values: { rows: Int32Array.from(linked), table: '/units' },
          },
        ]
      : []),
  ];
  h5.group(
    '/processing/misc',
    { type: 'ProcessingModule' },
    { description: 'What the columns of the recorded series are.' },
  );
  writeTable(
    h5,
    '/processing/misc/recorded_cells',
    { type: 'DynamicTable', namespace: 'hdmf-common' },
    'The cell or synapse of each column of each series in /acquisition.',
    rows,
    columns,
  );
}

function unitRows(setup: RunSetup): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  let first = 0;
  for (const plan of setup.trains) {
    const count = elementCount(plan.cells);
    if (plan.event === 'spike')
      for (let row = 0; row < count; row += 1) rows.set(trainName(plan, elementAt(plan.cells, row)), first + row);
    first += count;
  }
  return rows;
}
