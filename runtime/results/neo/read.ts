/** Reads Neo-like JSON that `neoWriter` wrote, to the bit. */

import { existsSync, readFileSync } from 'node:fs';

import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import { arrayFromBytes } from '../arrays.js';
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

interface NeoTrain {
  readonly times: readonly number[];
  readonly annotations: { readonly population: string; readonly cell_id: number; readonly event: string };
}
interface NeoSignal {
  readonly name: string;
  readonly times?: readonly number[];
  readonly t_start?: number;
  readonly data: { readonly bytes: string };
}
interface NeoSegment {
  readonly spiketrains: readonly NeoTrain[];
  readonly analogsignals: readonly NeoSignal[];
  readonly irregularlysampledsignals: readonly NeoSignal[];
}
interface NeoDocument {
  readonly format?: string;
  readonly version?: number;
  readonly blocks: readonly [
    {
      readonly segments: readonly NeoSegment[];
    },
  ];
  readonly provenance: unknown;
}

/** @throws UsageError when the file is missing or is no result of ours */
export function readNeoResult(path: string): StoredResult {
  if (!existsSync(path))
    throw new UsageError(`there is no file ${path}`, 'give a result that interneuron run has written');
  let document: NeoDocument;
  try {
    document = JSON.parse(readFileSync(path, 'utf8')) as NeoDocument;
  } catch (error) {
    throw notAResult(path, error instanceof SyntaxError ? 'it is not JSON' : (error as Error).message);
  }
  if (document?.format !== 'interneuron-neo-json') throw notAResult(path, 'its format is not interneuron-neo-json');
  if (document.version !== 1)
    throw new UsageError(
      `${path} is of version ${document.version}, and this program reads version 1`,
      'update interneuron',
    );
  const { record, data } = readProvenance(JSON.stringify(document.provenance), path);
  const parts = segmentsOf(record, record.steps).map((span, k) => {
    const segment = document.blocks[0].segments[k];
    if (!segment) throw notAResult(path, `the segment ${span.name} is missing`);
    const signals = new Map(
      [...segment.analogsignals, ...segment.irregularlysampledsignals].map((signal) => [signal.name, signal]),
    );
    return { span, segment, signals };
  });
  return {
    path,
    record,
    data,
    trains: readTrains(parts, path, record),
    series: record.series.map((plan) => {
      const own = parts.flatMap(({ span, signals }) => {
        const signal = signals.get(plan.name);
        return signal ? [{ span, signal }] : [];
      });
      // A series may have no sample in any of several segments.
      if (own.length === 0 && record.segments === undefined)
        throw notAResult(path, `the signal ${plan.name} is missing`);
      return readSeries(own, plan, record);
    }),
    close: () => undefined,
  };
}

interface Part {
  readonly span: SegmentSpan;
  readonly segment: NeoSegment;
}

/** The step of the run that a time in a segment is of. */
const runStep = ({ begin, start }: SegmentSpan, time: number, label: 0 | 1, dt: number): number =>
  stepOf(time, label, dt) - start + begin;

function readTrains(parts: readonly Part[], path: string, record: RunRecord): readonly SpikeTrains[] {
  const key = (population: string, event: string, cell: number): string => `${population}\n${event}\n${cell}`;
  const found = new Map<string, number[]>();
  for (const { span, segment } of parts) {
    for (const { annotations, times } of segment.spiketrains) {
      const { population, event, cell_id: cell } = annotations;
      const steps = found.get(key(population, event, cell)) ?? [];
      for (const time of times) steps.push(runStep(span, time, record.spikeLabel, record.dt));
      found.set(key(population, event, cell), steps);
    }
  }
  return record.trains.map((plan) =>
    trainsFromLists(
      plan,
      Array.from({ length: elementCount(plan.cells) }, (_, row) => {
        const cell = elementAt(plan.cells, row);
        const steps = found.get(key(plan.population, plan.event, cell));
        if (!steps) throw notAResult(path, `the spike train of ${plan.population}[${cell}] is missing`);
        return steps;
      }),
    ),
  );
}

function readSeries(
  parts: readonly { readonly span: SegmentSpan; readonly signal: NeoSignal }[],
  plan: SeriesPlan,
  record: RunRecord,
): StoredSeries {
  const width = columnCount(plan);
  const pieces = parts.map(({ span, signal: { times, t_start: start, data } }) => {
    const bytes = Buffer.from(data.bytes, 'base64');
    const samples = arrayFromBytes(plan.element, bytes).length / width;
    const first = record.segments === undefined ? plan.offset : runStep(span, start ?? 0, plan.label, record.dt);
    const stepAt = (k: number): number =>
      times ? runStep(span, times[k]!, plan.label, record.dt) : first + k * plan.every;
    return { bytes, steps: Int32Array.from({ length: samples }, (_, k) => stepAt(k)) };
  });
  const values = arrayFromBytes(plan.element, Buffer.concat(pieces.map(({ bytes }) => bytes)));
  const steps = Int32Array.from(pieces.flatMap((piece) => [...piece.steps]));
  return {
    plan,
    samples: steps.length,
    steps: (begin, end) => steps.slice(begin, end),
    read: (begin, end) => values.slice(begin * width, end * width),
  };
}
