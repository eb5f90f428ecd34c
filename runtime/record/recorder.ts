/**
 * Drives a session through a protocol and takes its recordings: spikes to the fingerprint and to spools, samples
 * directly to a sink. While the target computes one chunk of steps, the rows of the previous chunk are processed.
 */

import { itemAt } from '../../src/diagnostics/entry.js';
import { platform } from '#platform';

import { invariant } from '../../src/diagnostics/diagnostic.js';
import type { FaultMeaning } from '../../src/ir/manifest.js';
import type { Program } from '../../src/ir/program.js';
import {
  recordVersion,
  type Fingerprint,
  type Outcome,
  type PhaseSpan,
  type RunHeader,
  type RunRecord,
  type SampleSink,
  type SegmentSpan,
  type SpikeBlock,
  type SpikeTrains,
} from '../results/result.js';
import { withDigests } from '../results/record-digests.js';
import type { Session } from '../targets/target.js';
import type { Checkpoint, IntakeCall, RecordedPhase, RecordingState } from './recording-state.js';
import { drainLogs, type LogRows } from './drain.js';
import { createFingerprinter, type Fingerprinter, type NotNumbers } from './fingerprint.js';
import { createIntake, type Intake, type NotFiniteSamples } from './intake.js';
import { recordingPlan, type RecordingPlan } from './plan.js';
import { protocolSteps, segmentSpans, turnsBack, type Protocol, type ProtocolEntry } from './protocol.js';
import { createTimeline, type Timeline } from './timeline.js';
import { createSpikeSpool, defaultSpoolLimits, type SpikeSpool, type SpoolLimits } from './spike-spool.js';

/** Storage options of a recorder; no result depends on them. */
export interface RecorderOptions {
  /** Folder for spikes that do not fit in memory; the system's folder for temporary files when absent. */
  readonly spoolDirectory?: string;
  /** When spikes go to a file; absent: `defaultSpoolLimits`. */
  readonly spoolLimits?: SpoolLimits;
  /** Wall time that one chunk of steps aims at. */
  readonly chunkMilliseconds?: number;
}

/** How one run is watched and ended. */
export interface RunOptions {
  /** Called after each chunk: completed steps, steps of the entire protocol, and spikes so far of all populations. */
  readonly onProgress?: (done: number, total: number, spikes: number) => void;
  /** On abort, the run stops after the current chunk, and its recordings so far are kept. */
  readonly signal?: AbortSignal;
  /** Stops after this number of steps, as `signal` would. */
  readonly stopAfter?: number;
  /** Stores the data for continuing the run in another process. */
  readonly checkpoint?: Checkpoint;
  /** Continues a run: the session is already initialised, and `calls` are the calls of its intake up to `state`. */
  readonly from?: { readonly state: RecordingState; readonly calls: Iterable<IntakeCall> };
}

/** The results of a run, except for the samples, which the sink receives. */
export interface RecordedRun {
  /** Steps done. */
  readonly steps: number;
  /** Whether the protocol was completed, or the reason of its end. */
  readonly outcome: Outcome;
  /** Sentences about faults that ended the run. */
  readonly faults: readonly string[];
  /** Digests of all spikes and the final state. */
  readonly fingerprint: Fingerprint;
  /** Variables that hold NaN at the end. */
  readonly notNumbers: readonly NotNumbers[];
  /** Series with samples that are not finite. */
  readonly notFinite: readonly NotFiniteSamples[];
  /** Steps of each phase that was begun. */
  readonly phases: readonly PhaseSpan[];
  /** Where time was turned back; absent: never. */
  readonly segments?: readonly SegmentSpan[];
  /** Readable until the recorder is disposed of. */
  readonly trains: readonly SpikeTrains[];
  /** Wall time in s. */
  readonly seconds: { readonly run: number; readonly fingerprint: number };
}

/** Runs a protocol on a session and records according to the plan. */
export interface Recorder {
  /** The recording plan. */
  readonly plan: RecordingPlan;
  /**
   * Runs the protocol once, on a session that is initialised and at the step that its time begins with. @throws
   * UsageError when a spool or the sink cannot write
   */
  run(session: Session, options?: RunOptions): Promise<RecordedRun>;
  /** The same in pieces, for a protocol unknown in advance. `total`: number of steps for progress reports. */
  begin(session: Session, options?: BeginOptions): Promise<Recording>;
  /** Removes temporary files. */
  dispose(): void;
}

/** How a run in pieces is begun. */
type BeginOptions = RunOptions & {
  /** Total number of steps for progress reports. */
  readonly total?: number;
  /** The recording of the run so far, on another program; it must not be used afterwards. */
  readonly before?: Recording;
};

/** A run that goes on, entry by entry of its protocol. */
export interface Recording {
  /** The recording plan. */
  readonly plan: RecordingPlan;
  /** Digests of the spikes so far. */
  readonly fingerprinter: Fingerprinter;
  /** Returns series with samples so far that are not finite. */
  notFinite(): readonly NotFiniteSamples[];
  /** Steps done since the start of the run, through all segments. */
  steps(): number;
  /** Why the run has ended: a fault or a request to stop; `complete` otherwise. */
  outcome(): Outcome;
  /** Sentences about faults that ended the run. */
  faults(): readonly string[];
  /**
   * Performs an entry of the protocol; all its rows are processed on return. After a fault or a stop it has no effect.
   *
   * @param limits for this entry, instead of the limits of the run
   */
  perform(entry: ProtocolEntry, limits?: Pick<RunOptions, 'signal' | 'stopAfter'>): Promise<void>;
  /** As `perform`, but steps are passed over and no row is taken in: the recording before this one has them. */
  pass(entry: ProtocolEntry): Promise<void>;
  /** Spikes of one train of the plan, by its number, from spike `begin` on. */
  spikes(train: number, begin: number): SpikeBlock;
  /** Goes on after a stop. */
  resume(): void;
  /** Returns the result of the run. @param protocol the performed entries */
  finish(protocol: Protocol): Promise<RecordedRun>;
}

/** Creates a recorder for one run. @param plan its recordings; absent: those of the program and the protocol, in SI */
export function createRecorder(
  program: Program,
  protocol: Protocol,
  sink: SampleSink,
  plan: RecordingPlan = recordingPlan(program, protocol),
  options: RecorderOptions = {},
): Recorder {
  const spools = plan.trains.map(({ plan: trains, size }, i) =>
    createSpikeSpool(
      trains,
      size,
      platform.scratch?.path(options.spoolDirectory, `.interneuron-spikes-${i}`) ?? '',
      options.spoolLimits ?? defaultSpoolLimits,
    ),
  );
  const begin = (session: Session, { before, ...given }: BeginOptions = {}): Promise<Recording> => {
    const chunkMilliseconds = options.chunkMilliseconds ?? 50;
    const all = { total: protocolSteps(protocol), ...given, chunkMilliseconds, sink };
    return beginRecording(program, protocol, plan, spools, session, all, before);
  };
  return {
    plan,
    begin,
    run: async (session, runOptions) => {
      const recording = await begin(session, runOptions);
      for (const entry of protocol) await recording.perform(entry);
      return recording.finish(protocol);
    },
    dispose: () => spools.forEach((spool) => spool.dispose()),
  };
}

/** Returns the record of a run, for a writer's `close`. @param notes choices of lowering and of the target */
export function runRecord(
  header: RunHeader,
  plan: RecordingPlan,
  run: RecordedRun,
  notes: readonly string[],
): RunRecord {
  return withDigests({
    format: 'interneuron/run',
    version: recordVersion,
    ...header,
    steps: run.steps,
    expectedSteps: plan.setup.expectedSteps,
    complete: run.outcome === 'complete',
    outcome: run.outcome,
    faults: run.faults,
    fingerprint: run.fingerprint,
    populations: plan.setup.populations.map(({ name, size }) => ({
      name,
      size,
      spikes: run.fingerprint.populations[name]?.spikes.count ?? 0,
    })),
    phases: run.phases,
    ...(run.segments ? { segments: run.segments } : {}),
    spikeLabel: plan.setup.spikeLabel,
    series: plan.setup.series,
    trains: plan.setup.trains.map((trains) => clipObserved(trains, run.steps)),
    notes,
  });
}

/** Cuts the observed stretches of a run that stopped early. */
function clipObserved<T extends { readonly observed?: readonly (readonly [number, number])[] }>(
  trains: T,
  steps: number,
): T {
  if (!trains.observed) return trains;
  const observed = trains.observed
    .filter(([begin]) => begin < steps)
    .map(([begin, end]) => [begin, Math.min(end, steps)] as const);
  return { ...trains, observed };
}

// --- The run --------------------------------------------------------------------------------------------------------
type FullOptions = RunOptions & {
  readonly total: number;
  readonly chunkMilliseconds: number;
  readonly sink: SampleSink;
};

async function beginRecording(
  program: Program,
  planned: Protocol,
  plan: RecordingPlan,
  spools: readonly SpikeSpool[],
  session: Session,
  options: FullOptions,
  before: Recording | undefined,
): Promise<Recording> {
  const started = performance.now();
  const fingerprinter = createFingerprinter(program, before?.fingerprinter);
  if (before) copySpikes(before, plan, spools);
  const earlier = before?.notFinite() ?? [];
  const notFinite = (): readonly NotFiniteSamples[] => [...earlier, ...intake.notFinite()];
  const taking = createIntake(program, plan, spools, options.sink, fingerprinter.spikes, session.step);
  const { checkpoint, from } = options;
  if (from) await repeatCalls(from.calls, taking, options.sink);
  if (from) await session.restore(from.state.session);
  const intake = checkpoint ? keepingCalls(taking, checkpoint) : taking;
  const spikes = (): number =>
    program.manifest.populations.reduce((sum, { name }) => sum + fingerprinter.count(name), 0);
  const phases: RecordedPhase[] = [...(from?.state.phases ?? [])];
  const timeline = await createTimeline(() => session, program, planned, from?.state.timeline);
  let segment = from?.state.segment ?? null;
  let entries = 0;
  let outcome: Outcome = 'complete';
  let faults: readonly string[] = [];
  const chunks = createChunkSize(options.chunkMilliseconds);
  const note = ({ name }: { readonly name?: string }, begin: number): void => {
    phases.push({
      name: name ?? `phase ${phases.length + 1}`,
      named: segment,
      ordinal: timeline.segment(),
      begin,
      end: timeline.steps(),
    });
  };
  const store = async (begin: number): Promise<void> => {
    const state = { entry: entries - 1, begin, steps: timeline.steps(), phases, segment, timeline: timeline.state() };
    checkpoint?.store({ ...state, session: await session.snapshot() });
  };
  const perform: Recording['perform'] = async (entry, limits = {}) => {
    entries += 1;
    if (outcome !== 'complete' || entries <= (from?.state.entry ?? 0)) return;
    if (entry.kind === 'segment') segment = entry.name;
    else if (entry.kind === 'record') intake.switch(entry.recording, entry.on);
    else if (entry.kind === 'run') {
      const begin = from && entries - 1 === from.state.entry ? from.state.begin : timeline.steps();
      const left = entry.steps - (timeline.steps() - begin);
      const watch = {
        progress: () => options.onProgress?.(timeline.steps(), options.total, spikes()),
        isStoring: () => checkpoint?.isDue() ?? false,
        store: () => store(begin),
      };
      const ended = await runSteps(session, timeline, program, left, chunks, intake, { ...options, ...limits }, watch);
      outcome = ended.outcome;
      faults = ended.faults;
      note(entry, begin);
    } else {
      // Rows of a segment are taken in before another begins.
      if (entry.kind !== 'call' && entry.kind !== 'write')
        intake.absorb(await drainLogs(session, program), timeline.steps());
      await timeline.perform(entry);
      if (entry.kind !== 'reset' && entry.kind !== 'restore') return;
      intake.restart(session.step, timeline.steps());
      segment = null;
    }
  };
  return {
    plan,
    fingerprinter,
    notFinite,
    steps: () => timeline.steps(),
    outcome: () => outcome,
    faults: () => faults,
    perform,
    pass: async (entry) => {
      await drainLogs(session, program);
      if (entry.kind !== 'run') return perform(entry);
      const begin = timeline.steps();
      const { step, buffers } = await session.snapshot();
      await session.restore({ step: step + entry.steps, buffers });
      intake.passTo(session.step, timeline.steps());
      note(entry, begin);
    },
    spikes: (train, begin) => itemAt(spools, train).since(begin),
    resume: () => {
      if (outcome === 'stopped') outcome = 'complete';
    },
    finish: async (protocol) => {
      intake.absorb(await drainLogs(session, program), timeline.steps());
      const ran = performance.now();
      const fingerprint = await fingerprinter.finish(session);
      const spans = turnsBack(protocol) ? segmentSpans(protocol) : [];
      return {
        steps: timeline.steps(),
        outcome,
        faults,
        fingerprint,
        notNumbers: fingerprinter.notNumbers(),
        notFinite: notFinite(),
        phases: phases.map(({ name, named, ordinal, begin, end }) => ({
          name,
          segment: named ?? spans[ordinal]?.name ?? 'segment 1',
          begin,
          end,
        })),
        ...(turnsBack(protocol) ? { segments: segmentSpans(protocol, timeline.steps()) } : {}),
        trains: spools.map((spool) => spool.trains()),
        seconds: { run: (ran - started) / 1000, fingerprint: (performance.now() - ran) / 1000 },
      };
    },
  };
}

/** Keeps the spikes that were recorded so far. */
function copySpikes(before: Recording, { trains }: RecordingPlan, spools: readonly SpikeSpool[]): void {
  for (const [k, { plan, event }] of trains.entries()) {
    const trainIndex = before.plan.trains.findIndex((each) => each.event === event && each.plan.event === plan.event);
    if (trainIndex < 0) continue;
    const { steps, cells, values } = before.spikes(trainIndex, 0);
    itemAt(spools, k).append(steps, cells, values);
  }
}

/** Repeats earlier calls of an intake. */
async function repeatCalls(calls: Iterable<IntakeCall>, intake: Intake, sink: SampleSink): Promise<void> {
  for (const call of calls) {
    if (call.kind === 'absorb') intake.absorb(call.rows, call.step);
    else if (call.kind === 'switch') intake.switch(call.recording, call.on);
    else intake.restart(call.own, call.step);
    await sink.ready?.();
  }
}

/** Returns an intake that also appends its calls to a checkpoint. */
const keepingCalls = (intake: Intake, checkpoint: Checkpoint): Intake => ({
  ...intake,
  absorb: (rows, step) => {
    checkpoint.append({ kind: 'absorb', rows, step });
    intake.absorb(rows, step);
  },
  switch: (recording, on) => {
    checkpoint.append({ kind: 'switch', recording, on });
    intake.switch(recording, on);
  },
  restart: (own, step) => {
    checkpoint.append({ kind: 'restart', own, step });
    intake.restart(own, step);
  },
});

/** Actions between two chunks of steps. */
interface ChunkWatch {
  progress(): void;
  /** Whether `store` should be called. */
  isStoring(): boolean;
  store(): Promise<void>;
}

/** Advances by `steps`, and has taken in every row when it returns. */
async function runSteps(
  session: Session,
  timeline: Timeline,
  program: Program,
  steps: number,
  chunks: ChunkSize,
  intake: Intake,
  options: FullOptions,
  watch: ChunkWatch,
): Promise<{ readonly outcome: Outcome; readonly faults: readonly string[] }> {
  const end = session.step + steps;
  let waiting: readonly LogRows[] = [];
  let waitingStep = timeline.steps();
  let outcome: Outcome = 'complete';
  let faults: readonly string[] = [];
  let stalled = false;
  while (session.step < end) {
    const allowed = (options.stopAfter ?? Infinity) - timeline.steps();
    if (options.signal?.aborted || allowed <= 0) {
      outcome = 'stopped';
      break;
    }
    const left = Math.min(end - session.step, allowed);
    const chunkSteps = session.paced === true ? left : Math.min(chunks.steps(), left);
    const began = performance.now();
    const running = session.run(chunkSteps);
    try {
      intake.absorb(waiting, waitingStep);
    } catch (error) {
      await running.catch(() => 0);
      throw error;
    }
    const ran = await running;
    chunks.measured(ran, performance.now() - began);
    waiting = await drainLogs(session, program);
    waitingStep = timeline.steps();
    await options.sink.ready?.();
    watch.progress();
    faults = (await readFaults(session, program)).map(({ says }) => says);
    if (faults.length > 0) {
      outcome = 'fault';
      break;
    }
    invariant(
      ran > 0 || !stalled,
      'record',
      `the session stands still at step ${session.step} though its logs are empty`,
    );
    stalled = ran === 0;
    if (watch.isStoring()) {
      intake.absorb(waiting, waitingStep);
      waiting = [];
      await watch.store();
    }
    // Lets timers, signals and the terminal run, even if a target computes on this thread.
    await platform.pause();
  }
  intake.absorb(waiting, waitingStep);
  return { outcome, faults };
}

/** Returns the faults that a session has raised. */
export async function readFaults(session: Session, program: Program): Promise<readonly FaultMeaning[]> {
  if (!program.buffers.some(({ name }) => name === 'faults')) return [];
  const bits = Number((await session.read('faults', 0, 1))[0] ?? 0);
  if (bits === 0) return [];
  const known = Object.entries(program.manifest.faults)
    .filter(([mask]) => (Number(mask) & bits) !== 0)
    .map(([, fault]) => fault);
  return known.length > 0 ? known : [{ says: `a fault of unknown kind (bits ${bits}) was raised`, pointer: '' }];
}

interface ChunkSize {
  steps(): number;
  measured(steps: number, milliseconds: number): void;
}

/** Steps that take about the time aimed at, going by the chunk before; grows by at most four times. */
function createChunkSize(aim: number): ChunkSize {
  let steps = 8;
  return {
    steps: () => steps,
    measured: (ran, milliseconds) => {
      if (ran > 0)
        steps = Math.max(1, Math.min(4 * ran, Math.round((ran * aim) / Math.max(milliseconds, 0.01)), 1 << 20));
    },
  };
}
