/** Reads Neo-like JSON that `neoWriter` wrote, to the bit. */

import { readFileSync } from 'node:fs';

import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import { itemAt } from '../../../src/diagnostics/entry.js';
import { arrayFromBytes } from '../arrays.js';
import { damaged, notAResult, readProvenance } from '../record-text.js';
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
import { writtenNodes } from '../written-nodes.js';

interface NeoTrain {
  readonly times: readonly number[];
  readonly annotations: { readonly population: string; readonly cell_id: number; readonly event: string };
  readonly array_annotations?: Readonly<Record<string, { readonly data: { readonly bytes: string } }>>;
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

/** @throws UsageError when the file is not a result of ours. @throws DiagnosticError when its record is damaged */
export function readNeoRecord(path: string): StoredRecord {
  const { record, data } = readDocument(path);
  return { path, record, data };
}

function readDocument(path: string): StoredRecord & { readonly document: NeoDocument } {
  const text = readFileSync(path, 'utf8');
  let document: NeoDocument;
  try {
    document = JSON.parse(text) as NeoDocument;
  } catch {
    if (/^\s*\{\s*"format"\s*:\s*"interneuron-neo-json"/.test(text)) throw damaged(path, 'its JSON is incomplete');
    throw notAResult(path, 'it is not JSON');
  }
  const { format, provenance } = document;
  if (format !== 'interneuron-neo-json') {
    const ours = (provenance as { readonly format?: unknown } | undefined)?.format === 'interneuron/run';
    throw (ours ? damaged : notAResult)(path, 'its format is not interneuron-neo-json');
  }
  if (document.version !== 1)
    throw new UsageError(
      `${path} has version ${document.version}, but this program reads version 1`,
      'update interneuron',
    );
  if (provenance === undefined) throw damaged(path, 'its provenance is missing');
  return { path, document, ...readProvenance(JSON.stringify(provenance), path) };
}

/** @throws as `readNeoRecord`, also when spikes or samples do not fit the record */
export function readNeoResult(path: string): StoredResult {
  const { document, record, data } = readDocument(path);
  const parts = segmentsOf(record, record.steps).map((span, k) => {
    const segment = document.blocks[0].segments[k];
    if (!segment) throw damaged(path, `the segment ${span.name} is missing`);
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
      const signalsOfSeries = parts.flatMap(({ span, signals }) => {
        const signal = signals.get(plan.name);
        return signal ? [{ span, signal }] : [];
      });
      // A series may have no sample in any of several segments.
      if (signalsOfSeries.length === 0 && record.segments === undefined)
        throw damaged(path, `the signal ${plan.name} is missing`);
      return readSeries(signalsOfSeries, plan, record);
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
  const found = new Map<string, { readonly steps: number[]; readonly values: Map<string, number[]> }>();
  for (const { span, segment } of parts) {
    for (const { annotations, array_annotations: recorded = {}, times } of segment.spiketrains) {
      const { population, event, cell_id: cell } = annotations;
      const train = found.get(key(population, event, cell)) ?? { steps: [], values: new Map<string, number[]>() };
      for (const time of times) train.steps.push(runStep(span, time, record.spikeLabel, writtenDt(record)));
      for (const [name, { data }] of Object.entries(recorded)) {
        const numbers = [...arrayFromBytes('f64', Buffer.from(data.bytes, 'base64'))].map(Number);
        train.values.set(name, [...(train.values.get(name) ?? []), ...numbers]);
      }
      found.set(key(population, event, cell), train);
    }
  }
  const nodes = writtenNodes(record);
  return record.trains.map((plan) => {
    const { population, idOf } = nodes(plan.population);
    const rows = Array.from({ length: elementCount(plan.cells) }, (_, row) => {
      const cell = elementAt(plan.cells, row);
      const train = found.get(key(population, plan.event, idOf(cell)));
      if (!train) throw damaged(path, `the spike train of ${plan.population}[${cell}] is missing`);
      for (const { name } of plan.variables ?? [])
        if (train.values.get(name)?.length !== train.steps.length)
          throw damaged(path, `${name} of the spike train of ${plan.population}[${cell}] is not of each spike`);
      return train;
    });
    return trainsFromLists(
      plan,
      rows.map(({ steps }) => steps),
      (plan.variables ?? []).map(({ name }) => rows.map(({ values }) => values.get(name) ?? [])),
    );
  });
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
    const first =
      record.segments === undefined ? plan.offset : runStep(span, start ?? 0, plan.label, writtenDt(record));
    const stepAt = (k: number): number =>
      times ? runStep(span, itemAt(times, k), plan.label, writtenDt(record)) : first + k * plan.every;
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
