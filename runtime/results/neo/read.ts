/** Reads Neo-like JSON that `neoWriter` wrote, to the bit. */

import { existsSync, readFileSync } from 'node:fs';

import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import { arrayFromBytes } from '../arrays.js';
import { notAResult, readProvenance } from '../record-text.js';
import {
  columnCount,
  elementAt,
  elementCount,
  stepOf,
  type RunRecord,
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
  readonly data: { readonly bytes: string };
}
interface NeoDocument {
  readonly format?: string;
  readonly version?: number;
  readonly blocks: readonly [
    {
      readonly segments: readonly [
        {
          readonly spiketrains: readonly NeoTrain[];
          readonly analogsignals: readonly NeoSignal[];
          readonly irregularlysampledsignals: readonly NeoSignal[];
        },
      ];
    },
  ];
  readonly provenance: unknown;
}

/** @throws UsageError when the file is missing or is no result of ours */
export function readNeoResult(path: string): StoredResult {
  if (!existsSync(path)) throw new UsageError(`there is no file ${path}`, 'give a result that interneuron run has written');
  let document: NeoDocument;
  try {
    document = JSON.parse(readFileSync(path, 'utf8')) as NeoDocument;
  } catch (error) {
    throw notAResult(path, error instanceof SyntaxError ? 'it is not JSON' : (error as Error).message);
  }
  if (document?.format !== 'interneuron-neo-json') throw notAResult(path, 'its format is not interneuron-neo-json');
  if (document.version !== 1)
    throw new UsageError(`${path} is of version ${document.version}, and this program reads version 1`, 'update interneuron');
  const { record, data } = readProvenance(JSON.stringify(document.provenance), path);
  const [segment] = document.blocks[0].segments;
  const signals = new Map([...segment.analogsignals, ...segment.irregularlysampledsignals].map((signal) => [signal.name, signal]));
  return {
    path,
    record,
    data,
    trains: readTrains(segment.spiketrains, path, record),
    series: record.series.map((plan) => {
      const signal = signals.get(plan.name);
      if (!signal) throw notAResult(path, `the signal ${plan.name} is missing`);
      return readSeries(signal, plan, record);
    }),
    close: () => undefined,
  };
}

function readTrains(trains: readonly NeoTrain[], path: string, record: RunRecord): readonly SpikeTrains[] {
  const key = (population: string, event: string, cell: number): string => `${population}\n${event}\n${cell}`;
  const found = new Map(
    trains.map(({ annotations: { population, event, cell_id: cell }, times }) => [key(population, event, cell), times]),
  );
  return record.trains.map((plan) =>
    trainsFromLists(
      plan,
      Array.from({ length: elementCount(plan.cells) }, (_, row) => {
        const cell = elementAt(plan.cells, row);
        const times = found.get(key(plan.population, plan.event, cell));
        if (!times) throw notAResult(path, `the spike train of ${plan.population}[${cell}] is missing`);
        return times.map((time) => stepOf(time, record.spikeLabel, record.dt));
      }),
    ),
  );
}

function readSeries(signal: NeoSignal, plan: SeriesPlan, record: RunRecord): StoredSeries {
  const width = columnCount(plan);
  const values = arrayFromBytes(plan.element, Buffer.from(signal.data.bytes, 'base64'));
  const samples = values.length / width;
  const { times } = signal;
  return {
    plan,
    samples,
    steps: (begin, end) =>
      Int32Array.from({ length: end - begin }, (_, k) =>
        times ? stepOf(times[begin + k]!, plan.label, record.dt) : plan.offset + (begin + k) * plan.every,
      ),
    read: (begin, end) => values.slice(begin * width, end * width),
  };
}
