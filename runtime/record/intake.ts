/** Rows of logs on their way to the fingerprint, the spools and the sink. */

import { itemAt } from '../../src/diagnostics/entry.js';
import { invariant } from '../../src/diagnostics/diagnostic.js';
import type { Program } from '../../src/ir/program.js';
import {
  elementCount,
  type Elements,
  type SampleBlock,
  type SampleSink,
  type SeriesPlan,
  areListed,
} from '../results/result.js';
import { countedPairs, sliceColumns, type LogRows } from './drain.js';
import type { RecordedValues } from './fingerprint.js';
import type { RateSeries, RecordedTrains, RecordingPlan, SampledSeries } from './plan.js';
import type { SpikeSpool } from './spike-spool.js';

/** Receives the rows of all logs, in order of step, and passes them on. */
export interface Intake {
  /** Takes rows that were logged before `step`; calls come in order of step. */
  absorb(rows: readonly LogRows[], step: number): void;
  /** Switches a recording for the rows that come. */
  switch(recording: string, on: boolean): void;
  /**
   * Time was turned back: rows that come are of the next segment, which begins at step `own` of its time and `step` of
   * the run.
   */
  restart(own: number, step: number): void;
  /**
   * Steps were passed over, to step `own` of the segment's time and `step` of the run: an earlier intake had their
   * rows.
   */
  passTo(own: number, step: number): void;
  /** Returns series with samples that are not finite. */
  notFinite(): readonly NotFiniteSamples[];
}

/** A series with samples that are NaN or infinite, or potentials that no membrane has. */
export interface NotFiniteSamples {
  readonly plan: SeriesPlan;
  /** Number of such samples, and the step of the first. */
  readonly count: number;
  readonly step: number;
  /** Value of the first such sample. */
  readonly first: number;
}

/** Takes the events of a ring, and the values of variables at them. */
type Hash = (event: string, steps: Uint32Array, elements: Uint32Array, recorded: readonly RecordedValues[]) => void;

/**
 * Passes the rows of logs to the fingerprint, the spools and the sink, according to the active recordings. @param begin
 * the first step of the run
 */
export function createIntake(
  program: Program,
  plan: RecordingPlan,
  spools: readonly SpikeSpool[],
  sink: SampleSink,
  hash: Hash,
  begin = 0,
): Intake {
  const off = new Set<string>();
  const eventOfLog = new Map(
    program.events.flatMap(({ name, log }) => (log === undefined ? [] : [[log, name] as const])),
  );
  const multiples = new Map(
    program.manifest.events.flatMap(({ event, multiples: log }) => (log === undefined ? [] : [[log, event] as const])),
  );
  const multiplesOf = (event: string, drained: readonly LogRows[]): LogRows | undefined =>
    drained.find(({ log }) => multiples.get(log.name) === event);
  const trains = plan.trains.map((recorded, i) => ({ recorded, spool: itemAt(spools, i) }));
  const valueLogs = new Set(plan.trains.flatMap(({ values }) => values.map(({ log }) => log)));
  const taken = new Map<string, number>();
  let since = begin;
  const notFinite = new Map<number, NotFiniteSamples>();
  /**
   * `shift`: lead of the run's steps over the session's; `origin`: beginning of the segment's time; `segment`: its
   * index.
   */
  let shift = 0;
  let origin = begin;
  let segment = 0;

  const takeSpikes = (
    event: string,
    rows: LogRows,
    drained: readonly LogRows[],
  ): { steps: Uint32Array; elements: Uint32Array } => {
    const pairs = countedPairs(rows, multiplesOf(event, drained));
    if (shift !== 0) for (let k = 0; k < pairs.steps.length; k += 1) pairs.steps[k]! += shift;
    const trainsOfEvent = trains.filter(({ recorded }) => recorded.event === event);
    const values = trainsOfEvent.map(({ recorded }) => valuesAt(recorded, rows, pairs.rows, drained));
    hash(
      event,
      pairs.steps,
      pairs.elements,
      trainsOfEvent.flatMap(({ recorded: { plan: train } }, k) =>
        (train.variables ?? []).map(({ name }, v) => ({ name, values: itemAt(itemAt(values, k), v) })),
      ),
    );
    for (const [k, { recorded, spool }] of trainsOfEvent.entries()) {
      const kept = keepRecorded(recorded, off, pairs.steps, pairs.elements, itemAt(values, k));
      spool.append(kept.steps, kept.elements, kept.values);
    }
    return pairs;
  };
  const takeSamples = (rows: LogRows): void => {
    const before = taken.get(rows.log.name) ?? 0;
    taken.set(rows.log.name, before + rows.rows);
    for (const [series, entry] of plan.series.entries()) {
      if (entry.kind !== 'samples' || entry.location.log !== rows.log.name || off.has(entry.plan.recording)) continue;
      const block = sampleBlock(series, entry, rows, before + samplesBefore(entry, origin), shift);
      noteNotFinite(block, entry.plan, notFinite);
      sink.samples(segment === 0 ? block : { ...block, segment });
    }
  };
  return {
    switch: (recording, on) => {
      if (on) off.delete(recording);
      else off.add(recording);
    },
    restart: (own, step) => {
      taken.clear();
      [origin, shift] = [own, step - own];
      segment += 1;
    },
    passTo: (own, step) => {
      taken.clear();
      [origin, shift, since] = [own, step - own, step];
    },
    notFinite: () => [...notFinite].sort(([a], [b]) => a - b).map(([, found]) => found),
    absorb: (drained, step) => {
      const pairs = new Map<string, { steps: Uint32Array; elements: Uint32Array }>();
      for (const rows of drained) {
        const event = eventOfLog.get(rows.log.name);
        if (event !== undefined) pairs.set(event, takeSpikes(event, rows, drained));
        else if (!multiples.has(rows.log.name) && !valueLogs.has(rows.log.name)) takeSamples(rows);
      }
      for (const [series, entry] of plan.series.entries()) {
        if (entry.kind !== 'rate' || step === since || off.has(entry.plan.recording)) continue;
        const { steps, values } = rates(entry, program.dt, pairs.get(entry.event), { from: since, to: step, shift });
        sink.samples(segment === 0 ? { series, steps, values } : { series, steps, values, segment });
      }
      since = step;
      sink.advance(step);
    },
  };
}

/** Values of each variable of some trains at the events of a log's rows; `from`: the row of each, unless in order. */
function valuesAt(
  { plan, values }: RecordedTrains,
  rows: LogRows,
  from: Uint32Array | null,
  drained: readonly LogRows[],
): readonly Float64Array[] {
  return values.map(({ log, column }) => {
    const logged = drained.find((other) => other.log.name === log);
    invariant(logged?.rows === rows.rows, 'record', `log ${log} has other rows than the events of ${plan.population}`);
    const all = sliceColumns(logged, column, 1);
    invariant(all instanceof Float64Array, 'record', `log ${log} does not hold f64`);
    return from ? Float64Array.from(from, (row) => all[row]!) : all;
  });
}

/** In V: potentials beyond it come from steps that are too long. */
const largestPotential = 1000;

/** Counts the samples of a block that are NaN or infinite, or potentials beyond the largest. */
function noteNotFinite(
  { series, steps, values }: SampleBlock,
  plan: SeriesPlan,
  found: Map<number, NotFiniteSamples>,
): void {
  if (!(values instanceof Float64Array || values instanceof Float32Array)) return;
  const limit = plan.unit === 'V' ? largestPotential : Number.MAX_VALUE;
  let [wrong, at] = [0, -1];
  for (let k = 0; k < values.length; k += 1) {
    // Not so for NaN either.
    if (Math.abs(values[k]!) <= limit) continue;
    wrong += 1;
    if (at < 0) at = k;
  }
  if (wrong === 0) return;
  const step = steps[Math.floor(at / (values.length / steps.length))] ?? 0;
  const before = found.get(series);
  found.set(
    series,
    before ? { ...before, count: before.count + wrong } : { plan, count: wrong, step, first: values[at]! },
  );
}

/** Returns the number of samples of a segment's time before it began; the sample of its first state is separate. */
function samplesBefore({ plan: { offset, every } }: SampledSeries, origin: number): number {
  return origin === 0 ? 0 : Math.max(0, Math.ceil((origin - offset) / every));
}

function sampleBlock(series: number, entry: SampledSeries, rows: LogRows, before: number, shift: number): SampleBlock {
  const { offset, every } = entry.plan;
  const width = entry.plan.elements === null ? 1 : elementCount(entry.plan.elements);
  const steps = new Int32Array(rows.rows);
  for (let row = 0; row < steps.length; row += 1) steps[row] = offset + (before + row) * every + shift;
  return {
    series,
    steps,
    values: sliceColumns(rows, entry.location.column, width),
  };
}

/** Keeps the spikes of cells with an active recording. */
function keepRecorded(
  recorded: RecordedTrains,
  off: ReadonlySet<string>,
  steps: Uint32Array,
  elements: Uint32Array,
  values: readonly Float64Array[],
): {
  readonly steps: Uint32Array;
  readonly elements: Uint32Array;
  readonly values: readonly Float64Array[];
} {
  const on = recorded.recordings.filter(({ recording }) => !off.has(recording));
  if (on.length === recorded.recordings.length) return { steps, elements, values };
  const wanted = new Uint8Array(recorded.size);
  for (const { indices } of on) {
    if (indices instanceof Uint32Array) for (const index of indices) wanted[index] = 1;
    else wanted.fill(1, indices.begin, indices.end);
  }
  const isWanted = (_: number, k: number): boolean => wanted[elements[k]!] !== 0;
  return {
    steps: steps.filter(isWanted),
    elements: elements.filter(isWanted),
    values: values.map((each) => each.filter(isWanted)),
  };
}

/** Events per element and second of each step in [from, to). */
function rates(
  entry: RateSeries,
  dt: number,
  pairs: { readonly steps: Uint32Array; readonly elements: Uint32Array } | undefined,
  { from, to, shift }: { readonly from: number; readonly to: number; readonly shift: number },
): { readonly steps: Int32Array; readonly values: Float64Array } {
  const member = membership(entry.elements);
  // Events are at the ticks of a clock, which count from the last reset.
  const { every } = entry.plan;
  const first = Math.ceil((from - shift) / every) * every + shift;
  const counts = new Uint32Array(Math.max(0, Math.ceil((to - first) / every)));
  for (let i = 0; i < (pairs?.steps.length ?? 0); i += 1) {
    if (member(pairs!.elements[i]!)) counts[(pairs!.steps[i]! - first) / every]! += 1;
  }
  const elements = elementCount(entry.elements);
  return {
    steps: Int32Array.from(counts, (_, k) => first + k * every),
    values: Float64Array.from(counts, (count) => count / (elements * every * dt)),
  };
}

function membership(elements: Elements): (index: number) => boolean {
  if (!areListed(elements)) return (index) => index >= elements.begin && index < elements.end;
  const set = new Set(elements.list);
  return (index) => set.has(index);
}
