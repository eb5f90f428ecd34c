/** Rows of logs on their way to the fingerprint, the spools and the sink. */

import type { Program } from '../../src/ir/program.js';
import { elementAt, elementCount, type Elements, type SampleBlock, type SampleSink } from '../results/result.js';
import { sliceColumns, splitPairs, type LogRows } from './drain.js';
import type { RateSeries, RecordedTrains, RecordingPlan, SampledSeries } from './plan.js';
import type { SpikeSpool } from './spike-spool.js';

export interface Intake {
  /** Takes rows that were logged before `step`; calls come in order of step. */
  absorb(rows: readonly LogRows[], step: number): void;
  /** Switches a recording for the rows that come. */
  switch(recording: string, on: boolean): void;
}

/** Hands the rows of logs to the fingerprint, the spools and the sink; knows which recordings are on. */
export function createIntake(
  program: Program,
  plan: RecordingPlan,
  spools: readonly SpikeSpool[],
  sink: SampleSink,
  hash: (event: string, steps: Uint32Array, elements: Uint32Array) => void,
): Intake {
  const off = new Set<string>();
  const eventOfLog = new Map(program.events.flatMap(({ name, log }) => (log === undefined ? [] : [[log, name] as const])));
  const trains = plan.trains.map((recorded, i) => ({ recorded, spool: spools[i]! }));
  const taken = new Map<string, number>();
  let since = 0;

  const takeSpikes = (event: string, rows: LogRows): { steps: Uint32Array; elements: Uint32Array } => {
    const pairs = splitPairs(rows);
    hash(event, pairs.steps, pairs.elements);
    for (const { recorded, spool } of trains) {
      if (recorded.event !== event) continue;
      const { steps, elements } = keepRecorded(recorded, off, pairs.steps, pairs.elements);
      spool.append(steps, elements);
    }
    return pairs;
  };
  const takeSamples = (rows: LogRows): void => {
    const before = taken.get(rows.log.name) ?? 0;
    taken.set(rows.log.name, before + rows.rows);
    for (const [series, entry] of plan.series.entries()) {
      if (entry.kind !== 'samples' || entry.location.log !== rows.log.name || off.has(entry.plan.recording)) continue;
      sink.samples(sampleBlock(series, entry, rows, before));
    }
  };
  return {
    switch: (recording, on) => {
      if (on) off.delete(recording);
      else off.add(recording);
    },
    absorb: (drained, step) => {
      const pairs = new Map<string, { steps: Uint32Array; elements: Uint32Array }>();
      for (const rows of drained) {
        const event = eventOfLog.get(rows.log.name);
        if (event === undefined) takeSamples(rows);
        else pairs.set(event, takeSpikes(event, rows));
      }
      for (const [series, entry] of plan.series.entries()) {
        if (entry.kind !== 'rate' || step === since || off.has(entry.plan.recording)) continue;
        const { steps, values } = rates(entry, program.dt, pairs.get(entry.event), since, step);
        sink.samples({ series, steps, values });
      }
      since = step;
      sink.advance(step);
    },
  };
}

function sampleBlock(series: number, entry: SampledSeries, rows: LogRows, before: number): SampleBlock {
  const { offset, every } = entry.plan;
  const width = entry.plan.elements === null ? 1 : elementCount(entry.plan.elements);
  return {
    series,
    steps: Int32Array.from({ length: rows.rows }, (_, row) => offset + (before + row) * every),
    values: sliceColumns(rows, entry.location.column, width),
  };
}

/** The spikes of cells that some recording which is on asks for. */
function keepRecorded(
  recorded: RecordedTrains,
  off: ReadonlySet<string>,
  steps: Uint32Array,
  elements: Uint32Array,
): { readonly steps: Uint32Array; readonly elements: Uint32Array } {
  const on = recorded.recordings.filter(({ recording }) => !off.has(recording));
  if (on.length === recorded.recordings.length) return { steps, elements };
  const wanted = new Uint8Array(recorded.size);
  for (const { indices } of on) {
    if (indices instanceof Uint32Array) for (const index of indices) wanted[index] = 1;
    else wanted.fill(1, indices.begin, indices.end);
  }
  const kept = elements.reduce((count, element) => count + wanted[element]!, 0);
  const result = { steps: new Uint32Array(kept), elements: new Uint32Array(kept) };
  let at = 0;
  for (let i = 0; i < elements.length; i += 1) {
    if (wanted[elements[i]!] === 0) continue;
    result.steps[at] = steps[i]!;
    result.elements[at] = elements[i]!;
    at += 1;
  }
  return result;
}

/** Events per element and second of each step in [from, to). */
function rates(
  entry: RateSeries,
  dt: number,
  pairs: { readonly steps: Uint32Array; readonly elements: Uint32Array } | undefined,
  from: number,
  to: number,
): { readonly steps: Int32Array; readonly values: Float64Array } {
  const member = membership(entry.elements);
  const counts = new Uint32Array(to - from);
  for (let i = 0; i < (pairs?.steps.length ?? 0); i += 1) {
    if (member(pairs!.elements[i]!)) counts[pairs!.steps[i]! - from]! += 1;
  }
  const elements = elementCount(entry.elements);
  return {
    steps: Int32Array.from(counts, (_, k) => from + k),
    values: Float64Array.from(counts, (count) => count / (elements * dt)),
  };
}

function membership(elements: Elements): (index: number) => boolean {
  if (!('list' in elements)) return (index) => index >= elements.begin && index < elements.end;
  const set = new Set(Array.from({ length: elementCount(elements) }, (_, i) => elementAt(elements, i)));
  return (index) => set.has(index);
}
