/** The tables of a run: units, and which cell each column of a series is. */

import { entryOf, itemAt } from '../../../src/diagnostics/entry.js';
import {
  columnCount,
  elementAt,
  elementCount,
  segmentsOf,
  timeOf,
  type RunRecord,
  type RunSetup,
  type SegmentSpan,
  type SpikeTrains,
  type SpikeVariable,
  type TrainsPlan,
  writtenAtSpikes,
} from '../result.js';
import { rowRanges } from '../stored-trains.js';
import { writtenNodes, writtenOwner } from '../written-nodes.js';
import type { Dataset, H5Writer } from './h5-writer.js';
import type { NeoPlace } from './neo-place.js';
import { seriesParts, type SeriesPart } from './series.js';
import { columnChunk, writeTable, type Column } from './table.js';

/** Spikes that are sorted and written at once. */
const spikesAtOnce = 1 << 24;

/** A block of rows of /units: the cells of some trains in one interval of observation. */
interface UnitBlock {
  /** Position of the trains, and of the segment. */
  readonly trains: number;
  readonly segment: number;
  /** Steps [begin, end). */
  readonly span: readonly [number, number];
  /** True when the trains have no other block, so all their spikes are of this one. */
  readonly whole: boolean;
}

/**
 * Returns the blocks of /units in their order. A row covers one interval without gaps within one segment, because
 * readers such as Neo support no other form. Cells that were not observed in a segment have no row of it.
 */
export function unitBlocks(
  trains: readonly TrainsPlan[],
  segments: readonly SegmentSpan[] | undefined,
  steps: number,
): readonly UnitBlock[] {
  const all = segmentsOf(segments ? { segments } : {}, steps);
  const blocks = all.flatMap(({ begin, end }, segment) =>
    trains.flatMap(({ observed }, position) =>
      (observed ?? [[begin, end] as const])
        .map(([from, to]) => [Math.max(from, begin), Math.min(to, end)] as const)
        .filter(([from, to]) => from < to || (all.length === 1 && observed === undefined))
        .map((span) => ({ trains: position, segment, span })),
    ),
  );
  const uses = trains.map((_, position) => blocks.filter((block) => block.trains === position).length);
  return blocks.map((block) => ({ ...block, whole: uses[block.trains] === 1 }));
}

/** Whether a result has the table /units: readers stumble over one without any spikes, so it is left out. */
export function hasUnits(trains: readonly SpikeTrains[]): boolean {
  return trains.some(({ counts }) => counts.some((count) => count > 0));
}

/** Writes /units: a row for each recorded cell, silent ones too, and for each segment. */
export function writeUnits(
  h5: H5Writer,
  setup: RunSetup,
  record: RunRecord,
  trains: readonly SpikeTrains[],
  place: (segment: number) => NeoPlace,
): void {
  const blocks = unitBlocks(record.trains, record.segments, record.steps);
  const { dt } = setup.header;
  const ofRows = <T>(value: (plan: TrainsPlan, row: number, block: UnitBlock) => T): T[] =>
    blocks.flatMap((block) => {
      const { plan, counts } = itemAt(trains, block.trains);
      return Array.from({ length: counts.length }, (_, row) => value(plan, row, block));
    });
  const rows = blocks.reduce((sum, { trains: position }) => sum + itemAt(trains, position).counts.length, 0);
  const nodes = writtenNodes(setup.header);
  const nameOf = ({ population }: TrainsPlan): string => nodes(population).population;
  const idsOf = new Map(trains.map(({ plan }) => [plan, nodes(plan.population).idOf]));
  const cell = (plan: TrainsPlan, row: number): number => entryOf(idsOf, plan)(elementAt(plan.cells, row));
  const events = trains.some(({ plan }) => plan.event !== 'spike');
  const columns: Column[] = [
    spikeTimes(setup, trains, blocks),
    {
      name: 'obs_intervals',
      description: 'Stretch of time in s during which the spikes of the cell were recorded.',
      ends: Float64Array.from({ length: rows }, (_, row) => row + 1),
      // An interval holds its spikes with both ends, whichever end of the step labels them.
      entries: { f64: Float64Array.from(ofRows((_, __, { span }) => span.map((step) => step * dt)).flat()), width: 2 },
    },
    {
      name: 'population',
      description: 'Population of the cell.',
      values: { texts: ofRows(nameOf) },
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
    ...positionColumns(setup, ofRows),
    ...valueColumns(trains, blocks),
    {
      name: '_name',
      description: 'Name of the spike train.',
      values: { texts: ofRows((plan, row) => trainName(nameOf(plan), plan.event, cell(plan, row))) },
    },
    {
      name: 'segment',
      description: 'Segment that the spike train belongs to.',
      values: { texts: ofRows((_, __, { segment }) => place(segment).segment) },
    },
    {
      name: 'block',
      description: 'Block that the spike train belongs to.',
      values: { texts: ofRows((_, __, { segment }) => place(segment).block) },
    },
  ];
  writeTable(h5, '/units', { type: 'Units' }, 'Spikes of the simulated cells, silent cells included.', rows, columns);
}

/** Returns the name of one cell's train: `exc[3]`, with the name of an event other than a spike. */
function trainName(population: string, event: string, cell: number): string {
  return event === 'spike' ? `${population}[${cell}]` : `${population}[${cell}].${event}`;
}

function spikeTimes(setup: RunSetup, trains: readonly SpikeTrains[], blocks: readonly UnitBlock[]): Column {
  const {
    spikeLabel,
    header: { dt },
  } = setup;
  const ends = cumulative(blocks.flatMap((block) => [...countsWithin(itemAt(trains, block.trains), block)]));
  const convention = spikeLabel === 0 ? 'start' : 'end';
  return {
    name: 'spike_times',
    description:
      `Times in s: of the ${convention} of the step in which the spike was found, step * resolution rounded once, ` +
      'not interpolated.',
    attributes: { resolution: { f64: dt } },
    ends,
    entries: {
      length: ends.at(-1) ?? 0,
      write: (dataset) => writeTimes(dataset, trains, blocks, (step) => timeOf(step, spikeLabel, dt)),
    },
  };
}

/** Spikes of each row in a stretch. */
function countsWithin({ counts, read }: SpikeTrains, { span: [begin, end], whole }: UnitBlock): Uint32Array {
  if (whole) return counts;
  const within = new Uint32Array(counts.length);
  for (const [from, to] of rowRanges(counts, spikesAtOnce)) {
    const steps = read(from, to);
    let at = 0;
    for (let row = from; row < to; row += 1) {
      const last = at + counts[row]!;
      for (; at < last; at += 1) if (steps[at]! >= begin && steps[at]! < end) within[row]! += 1;
    }
  }
  return within;
}

/** Writes whole chunks, since a chunk that is filled in two goes is compressed twice. */
function writeTimes(
  dataset: Dataset,
  trains: readonly SpikeTrains[],
  blocks: readonly UnitBlock[],
  time: (step: number) => number,
): void {
  writeEntries(dataset, trains, blocks, (steps) => (k) => time(steps[k]!));
}

/**
 * Writes a number for each spike of the blocks.
 *
 * @param numbers returns the numbers of rows [begin, end) of some trains from their steps, by spike; null if there are
 * none
 */
function writeEntries(
  dataset: Dataset,
  trains: readonly SpikeTrains[],
  blocks: readonly UnitBlock[],
  numbers: (steps: Uint32Array, trains: number, begin: number, end: number) => ((k: number) => number) | null,
): void {
  const chunk = new Float64Array(8 * columnChunk);
  let fill = 0;
  let written = 0;
  const flush = (): void => {
    if (fill > 0) dataset.write_slice([[written, written + fill]], chunk.subarray(0, fill));
    written += fill;
    fill = 0;
  };
  for (const {
    trains: position,
    span: [first, last],
    whole,
  } of blocks) {
    const { counts, read } = itemAt(trains, position);
    for (const [begin, end] of rowRanges(counts, spikesAtOnce)) {
      const steps = read(begin, end);
      const number = numbers(steps, position, begin, end);
      if (number === null) continue;
      for (const [k, step] of steps.entries()) {
        if (!whole && (step < first || step >= last)) continue;
        chunk[fill++] = number(k);
        if (fill === chunk.length) flush();
      }
    }
  }
  flush();
}

/** A column with a name like the wanted one, and the number that each train's variables have there. */
interface ValueColumn {
  readonly name: string;
  readonly variable: string;
  readonly unit: string;
  /** Number of the variable in the plan of each trains; -1: they lack it. */
  readonly numbers: readonly number[];
}

/**
 * Columns of the variables that are recorded at spikes: one for each name and unit. Rows of trains that lack a
 * variable are empty.
 */
export function valueColumnsOf(trains: readonly TrainsPlan[]): readonly ValueColumn[] {
  const unitOf = ({ unit, written }: SpikeVariable): string => written?.unit ?? unit;
  const found = new Map<string, { readonly variable: string; readonly unit: string }>();
  for (const { variables = [] } of trains)
    for (const variable of variables)
      found.set(`${variable.name} ${unitOf(variable)}`, { variable: variable.name, unit: unitOf(variable) });
  const names = new Map<string, number>();
  return [...found.values()].map(({ variable, unit }) => {
    const uses = (names.get(variable) ?? 0) + 1;
    names.set(variable, uses);
    const name = uses === 1 ? `${variable}_at_spikes` : `${variable}_at_spikes_${uses}`;
    const isOwn = (other: SpikeVariable): boolean => other.name === variable && unitOf(other) === unit;
    return { name, variable, unit, numbers: trains.map(({ variables = [] }) => variables.findIndex(isOwn)) };
  });
}

function valueColumns(trains: readonly SpikeTrains[], blocks: readonly UnitBlock[]): readonly Column[] {
  return valueColumnsOf(trains.map(({ plan }) => plan)).map(({ name, variable: recorded, unit, numbers }): Column => {
    const ends = cumulative(
      blocks.flatMap((block) => {
        const counts = countsWithin(itemAt(trains, block.trains), block);
        return [...(numbers[block.trains]! < 0 ? counts.map(() => 0) : counts)];
      }),
    );
    const dimension = unit === '1' ? '' : `, in ${unit}`;
    return {
      name,
      description: `Value of ${recorded} at each spike of the row${dimension}.`,
      ends,
      entries: {
        length: ends.at(-1) ?? 0,
        write: (dataset) =>
          writeEntries(dataset, trains, blocks, (_, position, begin, end) => {
            const number = numbers[position]!;
            const { plan, values } = itemAt(trains, position);
            const variable = plan.variables?.[number];
            if (!variable) return null;
            const written = writtenAtSpikes(variable, values(number, begin, end));
            return (k) => written[k]!;
          }),
      },
    };
  });
}

function positionColumns(
  setup: RunSetup,
  ofRows: (value: (plan: TrainsPlan, row: number) => number) => number[],
): readonly Column[] {
  if (!setup.populations.some(({ positions }) => positions)) return [];
  const positions = new Map(setup.populations.map(({ name, positions: given }) => [name, given]));
  return ['x', 'y', 'z'].map((name, axis) => ({
    name,
    description: `Position of the cell along ${name} in micrometers.`,
    values: {
      f64: Float64Array.from(
        ofRows(
          (plan, row) => (positions.get(plan.population)?.[3 * elementAt(plan.cells, row) + axis] ?? Number.NaN) * 1e6,
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

/**
 * Writes /processing/misc/recorded_cells: the cell, or synapse, of each column of each series.
 *
 * @param written  names of the series that the file holds
 */
export function writeRecordedCells(
  h5: H5Writer,
  record: RunRecord,
  written: ReadonlySet<string>,
  linkUnits: boolean,
): void {
  const parts = seriesParts(record.series, record.segments)
    .flat()
    .filter(({ plan, name }) => plan.elements !== null && written.has(name));
  if (parts.length === 0) return;
  const ofRows = <T>(value: (part: SeriesPart, column: number) => T): T[] =>
    parts.flatMap((part) => Array.from({ length: columnCount(part.plan) }, (_, column) => value(part, column)));
  const cellOf = ({ plan }: SeriesPart, column: number): number => elementAt(plan.elements!, column);
  const owners = new Map(parts.map(({ plan }) => [plan, writtenOwner(record, plan)]));
  const units = linkUnits ? unitRows(record) : null;
  const linked =
    units === null
      ? []
      : ofRows((part, column) => units.get(unitKey(part.segment, part.plan.owner, cellOf(part, column))) ?? -1);
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
      values: { texts: ofRows(({ plan }) => entryOf(owners, plan).population) },
    },
    {
      name: 'cell_id',
      description:
        'Index of the cell in its population, or of the synapse in its projection in order of creation, from 0.',
      values: { i32: Int32Array.from(ofRows((part, column) => entryOf(owners, part.plan).idOf(cellOf(part, column)))) },
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
    ofRows(() => 0).length,
    columns,
  );
}

const unitKey = (segment: number, population: string, cell: number): string => `${segment} ${population}[${cell}]`;

/** The first row of /units of each cell in each segment. */
function unitRows({ trains, segments, steps }: RunRecord): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  let first = 0;
  for (const { trains: position, segment } of unitBlocks(trains, segments, steps)) {
    const plan = itemAt(trains, position);
    const count = elementCount(plan.cells);
    for (let row = 0; plan.event === 'spike' && row < count; row += 1) {
      const key = unitKey(segment, plan.population, elementAt(plan.cells, row));
      if (!rows.has(key)) rows.set(key, first + row);
    }
    first += count;
  }
  return rows;
}
