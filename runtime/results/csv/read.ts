/** Reads a CSV result back, by its provenance file. */

import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';

import type { TypedArray } from '../../../src/ir/program.js';
import { createArray } from '../../../src/ir/arrays.js';
import { notAResult, readProvenance } from '../record-text.js';
import {
  columnCount,
  elementAt,
  elementCount,
  segmentsOf,
  stepOf,
  type RunRecord,
  type SegmentSpan,
  type SeriesPlan,
  type SpikeTrains,
  type StoredResult,
  type StoredSeries,
} from '../result.js';
import { trainsFromLists } from '../stored-trains.js';
import { provenancePath, quoted, seriesPath } from './write.js';

/** @param path  of the spikes file. @throws UsageError when the provenance is missing or some file does not fit it */
export function readCsvResult(path: string): StoredResult {
  const provenance = provenancePath(path);
  if (!existsSync(provenance)) throw notAResult(path, `${provenance} is missing`);
  const { record, data } = readProvenance(readFileSync(provenance, 'utf8'), provenance);
  return {
    path,
    record,
    data,
    trains: readTrains(path, record),
    series: record.series.map((plan) => readSeries(seriesPath(path, plan.name), plan, record)),
    close: () => undefined,
  };
}

function readTrains(path: string, record: RunRecord): readonly SpikeTrains[] {
  const rows = record.trains.map(({ cells }) => Array.from({ length: elementCount(cells) }, (): number[] => []));
  const places = new Map<string, { readonly rows: number[][]; readonly rowOf: ReadonlyMap<number, number> }>();
  for (const [i, { population, event, cells }] of record.trains.entries()) {
    const rowOf = new Map(Array.from({ length: elementCount(cells) }, (_, row) => [elementAt(cells, row), row]));
    places.set(`${population},${event}`, { rows: rows[i]!, rowOf });
  }
  let withEvent = false;
  const next = segmentReader(record, path);
  for (const [number, line] of lines(path)) {
    const { segment, cells } = next(line, number);
    if (number === 1) {
      withEvent = cells[1] === 'event';
      continue;
    }
    const [population, event, index, time] = withEvent ? cells : [cells[0], 'spike', cells[1], cells[2]];
    const place = places.get(`${population},${event}`);
    const row = place?.rowOf.get(Number(index));
    if (place === undefined || row === undefined || time === undefined)
      throw notAResult(path, `line ${number} fits no recorded cell`);
    place.rows[row]!.push(stepOf(Number(time), record.spikeLabel, record.dt) - segment.start + segment.begin);
  }
  return record.trains.map((plan, i) => trainsFromLists(plan, rows[i]!));
}

function readSeries(path: string, plan: SeriesPlan, record: RunRecord): StoredSeries {
  const width = columnCount(plan);
  const steps: number[] = [];
  const values: (number | bigint)[][] = [];
  const next = segmentReader(record, path);
  for (const [number, line] of lines(path)) {
    const { segment, cells } = next(line, number);
    if (cells.length !== width + 1)
      throw notAResult(path, `line ${number} has ${cells.length} columns, not ${width + 1}`);
    if (number === 1) continue;
    steps.push(stepOf(Number(cells[0]), plan.label, record.dt) - segment.start + segment.begin);
    values.push(cells.slice(1).map((text) => (plan.element === 'i64' ? BigInt(text) : Number(text))));
  }
  return {
    plan,
    samples: steps.length,
    steps: (begin, end) => Int32Array.from(steps.slice(begin, end)),
    read: (begin, end) => fill(plan, values.slice(begin, end).flat()),
  };
}

/** Takes the segment off the front of a line where a run has several; a line without a known one fits nothing. */
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
    if (!found) throw notAResult(path, `line ${number} is of no segment of the run`);
    return { segment: found.segment, cells: line.slice(found.start.length).split(',') };
  };
}

function fill(plan: SeriesPlan, values: readonly (number | bigint)[]): TypedArray {
  const result = createArray(plan.element, values.length);
  for (const [i, value] of values.entries()) result[i] = value;
  return result;
}

/** Lines of a file with their numbers from 1, without holding the whole of it. */
function* lines(path: string): Generator<readonly [number: number, line: string]> {
  if (!existsSync(path)) throw notAResult(path, 'the file is missing');
  const descriptor = openSync(path, 'r');
  const block = Buffer.alloc(1 << 20);
  try {
    let rest = '';
    let number = 0;
    for (;;) {
      const length = readSync(descriptor, block);
      if (length === 0) break;
      // The files are ASCII, so that a block may end anywhere.
      const parts = (rest + block.toString('latin1', 0, length)).split('\n');
      rest = parts.pop()!;
      for (const part of parts) yield [(number += 1), part];
    }
    if (rest !== '') yield [number + 1, rest];
  } finally {
    closeSync(descriptor);
  }
}
