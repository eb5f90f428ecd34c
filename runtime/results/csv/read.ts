/** Reads a CSV result back, by its provenance file. */

import { itemAt } from '../../../src/diagnostics/entry.js';
import { existsSync, readFileSync } from 'node:fs';

import type { TypedArray } from '../../../src/ir/program.js';
import { createArray } from '../../../src/ir/arrays.js';
import { completeSet } from '../file-sets.js';
import { orOutputError } from '../output-error.js';
import { damaged, readProvenance } from '../record-text.js';
import {
  columnCount,
  elementAt,
  elementCount,
  segmentsOf,
  stepOf,
  writtenDt,
  type RunRecord,
  type SegmentSpan,
  type SeriesPlan,
  type SpikeTrains,
  type StoredRecord,
  type StoredResult,
  type StoredSeries,
} from '../result.js';
import { trainsFromLists } from '../stored-trains.js';
import { linesOf } from '../text-compare.js';
import { writtenNodes } from '../written-nodes.js';
import { provenancePath, quoted, seriesPath, spikeColumn, spikeColumns } from './write.js';

/** @param path  of the spikes file. @throws DiagnosticError when the provenance is missing or damaged */
export function readCsvRecord(path: string): StoredRecord {
  orOutputError(path, () => completeSet(path));
  const provenance = provenancePath(path);
  if (!existsSync(provenance)) throw damaged(path, `${provenance} is missing`);
  return { path, ...readProvenance(readFileSync(provenance, 'utf8'), provenance) };
}

/** @param path  of the spikes file. @throws DiagnosticError when some file is missing or does not fit the record */
export function readCsvResult(path: string): StoredResult {
  const stored = readCsvRecord(path);
  const { record } = stored;
  return {
    ...stored,
    trains: readTrains(path, record),
    series: record.series.map((plan) => readSeries(seriesPath(path, plan.name), plan, record)),
    close: () => undefined,
  };
}

function readTrains(path: string, record: RunRecord): readonly SpikeTrains[] {
  const rows = record.trains.map(({ cells }) => Array.from({ length: elementCount(cells) }, (): number[] => []));
  const columns = spikeColumns(record.trains);
  const values = record.trains.map(({ cells, variables = [] }) =>
    variables.map(() => Array.from({ length: elementCount(cells) }, (): number[] => [])),
  );
  const nodes = writtenNodes(record);
  /** By population and event, then by the id of the cell. */
  const places = new Map<string, Map<number, Place>>();
  for (const [i, { population, event, cells, variables = [] }] of record.trains.entries()) {
    const { population: name, idOf } = nodes(population);
    const place = places.get(`${name},${event}`) ?? new Map<number, Place>();
    places.set(`${name},${event}`, place);
    for (let row = 0; row < elementCount(cells); row++)
      place.set(idOf(elementAt(cells, row)), {
        steps: itemAt(itemAt(rows, i), row),
        recorded: variables.map((variable, v) => ({
          column: columns.indexOf(spikeColumn(variable)),
          values: itemAt(itemAt(itemAt(values, i), v), row),
        })),
      });
  }
  let withEvent = false;
  const next = segmentReader(record, path);
  for (const [number, line] of lines(path)) {
    const { segment, cells } = next(line, number);
    if (number === 1) {
      withEvent = cells[1] === 'event';
      continue;
    }
    const [population, event, index, time, ...others] = withEvent ? cells : [cells[0], 'spike', ...cells.slice(1)];
    const place = places.get(`${population},${event}`)?.get(Number(index));
    if (place === undefined || time === undefined || others.length !== columns.length)
      throw damaged(path, `line ${number} matches no recorded cell`);
    place.steps.push(stepOf(Number(time), record.spikeLabel, writtenDt(record)) - segment.start + segment.begin);
    for (const { column, values: valuesOfCell } of place.recorded) valuesOfCell.push(Number(others[column]));
  }
  return record.trains.map((plan, i) => trainsFromLists(plan, itemAt(rows, i), values[i]));
}

/** Lists for the spikes of a cell: their steps, and the values of each variable. */
interface Place {
  readonly steps: number[];
  readonly recorded: readonly { readonly column: number; readonly values: number[] }[];
}

function readSeries(path: string, plan: SeriesPlan, record: RunRecord): StoredSeries {
  const width = columnCount(plan);
  const steps: number[] = [];
  const values: (number | bigint)[][] = [];
  const next = segmentReader(record, path);
  for (const [number, line] of lines(path)) {
    const { segment, cells } = next(line, number);
    if (cells.length !== width + 1) throw damaged(path, `line ${number} has ${cells.length} columns, not ${width + 1}`);
    if (number === 1) continue;
    steps.push(stepOf(Number(cells[0]), plan.label, writtenDt(record)) - segment.start + segment.begin);
    values.push(cells.slice(1).map((text) => (plan.element === 'i64' ? BigInt(text) : Number(text))));
  }
  return {
    plan,
    samples: steps.length,
    steps: (begin, end) => Int32Array.from(steps.slice(begin, end)),
    read: (begin, end) => fill(plan, values.slice(begin, end).flat()),
  };
}

/** Splits the segment off the front of a line if a run has several; a line without a known segment is invalid. */
function segmentReader(
  record: RunRecord,
  path: string,
): (line: string, number: number) => { readonly segment: SegmentSpan; readonly cells: readonly string[] } {
  const segments = segmentsOf(record, record.steps);
  const [first] = segments;
  const named = segments.map((segment) => ({ segment, start: `${quoted(segment.name)},` }));
  return (line, number) => {
    if (record.segments === undefined || number === 1)
      return {
        segment: first!,
        cells: (record.segments === undefined ? line : line.replace('segment,', '')).split(','),
      };
    const found = named.find(({ start }) => line.startsWith(start));
    if (!found) throw damaged(path, `line ${number} belongs to no segment of the run`);
    return { segment: found.segment, cells: line.slice(found.start.length).split(',') };
  };
}

function fill(plan: SeriesPlan, values: readonly (number | bigint)[]): TypedArray {
  const result = createArray(plan.element, values.length);
  for (const [i, value] of values.entries()) result[i] = value;
  return result;
}

/** Lines of a file that must be there. */
function lines(path: string): ReturnType<typeof linesOf> {
  if (!existsSync(path)) throw damaged(path, 'the file is missing');
  return linesOf(path);
}
