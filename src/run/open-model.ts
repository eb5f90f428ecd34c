/**
 * Sessions that live: a model whose protocol is not known before, but comes phase by phase.
 *
 * A session is the document that it will have been. Each phase is added to the protocol, and the running program does
 * what it can do as it is: time that passes, recordings that are switched, numbers for variables that it keeps. For
 * anything else the longer document is compiled and run from its beginning to where the session stands, which gives
 * the same bits again. So a session has the fingerprint of its document, run as one.
 */

import { compileModel, type CompiledModel } from './compile-model.js';
import { openAll, startConnected } from './connect.js';
import { directChange } from './direct-change.js';
import type { RunnableModel } from './imported-model.js';
import { memorySink, type MemorySink, type Rows } from './memory-sink.js';
import { resultFiles } from './result-files.js';
import { runFindings } from './run-findings.js';
import { stopwatch, type Engine, type RunOptions, type RunResult } from './run-options.js';
import { inStage } from './stages.js';
import { synapsesOf } from './synapses.js';
import { InvariantError, UsageError } from '../diagnostics/diagnostic.js';
import { suggestion } from '../diagnostics/suggest.js';
import type { Program, TypedArray } from '../ir/program.js';
import { initialSample, protocolOf, protocolWalk, type ProtocolWalk } from '../lower/protocol.js';
import { freeName } from '../model/free-name.js';
import { hashModel } from '../model/hash.js';
import { typedModel } from '../model/typed.js';
import type { Phase } from '../model/typed.js';
import type * as written from '../model/model.js';
import { recordingPlan, type RecordingPlan } from '../../runtime/record/plan.js';
import { segmentSpans, type ProtocolEntry } from '../../runtime/record/protocol.js';
import { createRecorder, type Recorder, type Recording } from '../../runtime/record/recorder.js';
import { readU32 } from '../../runtime/record/session-read.js';
import type { Elements, SegmentSpan, SeriesPlan } from '../../runtime/results/result.js';
import type { Session } from '../../runtime/targets/target.js';

/** How a session is run; files are written when it is finished. */
export type SessionOptions = Omit<RunOptions, 'steps' | 'stopAfter' | 'dumpIr' | 'repeated' | 'onProgress' | 'signal'>;

/** What one call of `run` may be told. */
export interface AdvanceOptions {
  /** When it aborts, the call comes back early; what was done until then is kept, and the session can go on. */
  readonly signal?: AbortSignal;
  /** Told how much of the call is done, in [0, 1]. */
  readonly onProgress?: (fraction: number) => void;
}

/** Spikes of a population since they were last taken. */
export interface TakenSpikes {
  /** Name in the model. */
  readonly population: string;
  /** `spike`, or the name of another event. */
  readonly event: string;
  /** Step of each spike, counted from the start of the run through all segments; ascending. */
  readonly steps: Uint32Array;
  /** Index of the cell of each spike. */
  readonly cells: Uint32Array;
}

/** Samples of a recorded variable since they were last taken. */
export interface TakenSamples extends Rows {
  /** Name of the series, unique in the session. */
  readonly name: string;
  /** Name of the recording in the model. */
  readonly recording: string;
  /** The population or projection. */
  readonly owner: string;
  readonly variable: string;
  /** SI unit; `1` when dimensionless. */
  readonly unit: string;
  /** Which elements the columns are; null for one value of the whole owner. */
  readonly elements: Elements | null;
  /** 1 when a sample is of the end of its step, 0 when it is of the beginning. */
  readonly label: 0 | 1;
  /** Steps from one sample to the next. */
  readonly every: number;
}

/** What was recorded since it was last taken. */
export interface Taken {
  /** Steps done since the start of the run. */
  readonly steps: number;
  /** A spike of step n is at (n + spikeLabel) * dt. */
  readonly spikeLabel: 0 | 1;
  /** Stretches that resets part; steps are counted on through all of them. */
  readonly segments: readonly SegmentSpan[];
  /** One for each event of a population that is recorded, silent or not. */
  readonly spikes: readonly TakenSpikes[];
  /** One for each recorded variable. */
  readonly samples: readonly TakenSamples[];
}

/** Synapses of a projection, in order of creation. */
export interface TakenSynapses {
  /** Element of the presynaptic end of each. */
  readonly sources: Uint32Array;
  /** Element of the postsynaptic end of each. */
  readonly targets: Uint32Array;
  /** Delay of each in steps. */
  readonly delays: Uint32Array;
}

/** A model that is being run. Calls wait for those before them. */
export interface ModelSession {
  /** Tells it from a model that was only imported. */
  readonly kind: 'session';
  /** Seconds a step. */
  readonly dt: number;
  /** What it runs on; null before the first call that needs an engine. */
  engine(): Engine | null;
  /** Time in s since the start or the last reset. */
  time(): number;
  /** Steps done since the start, through all segments. */
  steps(): number;
  /**
   * Lets time pass.
   *
   * @param seconds  absent: what is left of the model's own protocol
   * @returns false when it was stopped early
   * @throws DiagnosticError for what cannot be lowered, and for faults while running
   */
  run(seconds?: number, options?: AdvanceOptions): Promise<boolean>;
  /**
   * Gives values from now on. Keys are `population.variable`, `population[1, 3].variable` or `projection.variable`;
   * numbers are in SI, one for all or one for each element.
   */
  set(values: Readonly<Record<string, number | ArrayLike<number>>>): Promise<void>;
  /** Gives first values: they are taken now, and at each reset that follows. */
  initialise(values: Readonly<Record<string, number | ArrayLike<number>>>): Promise<void>;
  /** Records a variable, or `spike`, of a population from now on; `every` in s. */
  record(population: string, variable: string, every?: number): Promise<void>;
  /** Back to time 0 and first values, in a new segment. */
  reset(annotations?: Readonly<Record<string, unknown>>): Promise<void>;
  /** Keeps all that changes under a name. */
  snapshot(name: string): Promise<void>;
  /** Goes back to what was kept, in a new segment. */
  restore(name: string): Promise<void>;
  /**
   * Goes on with a longer document: what it says besides is built, and phases after those that were done are left to
   * `run()`. Phases must begin with those of the session.
   */
  extend(model: RunnableModel): Promise<void>;
  /** What was recorded since the last call. */
  take(): Promise<Taken>;
  /** A variable now, in SI: one number for each cell, or each synapse in order of creation. */
  read(owner: string, variable: string): Promise<TypedArray>;
  /** The synapses of a projection. */
  synapses(projection: string): Promise<TakenSynapses>;
  /** The model with the protocol as it was performed. */
  model(): written.ValidModel;
  /** Populations with their sizes, as the engine has them. */
  populations(): readonly { readonly name: string; readonly size: number }[];
  /** Ends the session and gives complete results: those of its document, run as one. Files are written now. */
  finish(): Promise<RunResult>;
  /** Ends the engine. Safe at any time. */
  dispose(): Promise<void>;
}

/** The program and engine that a session runs on at present. */
interface Engaged {
  readonly compiled: CompiledModel;
  /** Phases that the program was compiled for. */
  readonly known: readonly written.Phase[];
  readonly plan: RecordingPlan;
  readonly sink: MemorySink;
  readonly recorder: Recorder;
  readonly session: Session;
  readonly recording: Recording;
  readonly walk: ProtocolWalk;
  /** What was performed; runs are as long as they were. */
  readonly performed: ProtocolEntry[];
}

/**
 * Opens a model as a session, at time 0; its own protocol is left to `run()`.
 *
 * @throws UsageError when the target is not available
 */
export function openModel(imported: RunnableModel, options: SessionOptions = {}): ModelSession {
  const watch = stopwatch();
  let given = imported;
  let phases: written.Phase[] = [...imported.valid.model.experiment.protocol];
  let typed: readonly Phase[] = typedPhases(imported, phases);
  /** How many phases were performed. */
  let done = 0;
  let engaged: Engaged | null = null;
  let closed = false;
  let waiting: AdvanceOptions = {};
  const rowsTaken = new Map<string, number>();
  const spikesTaken = new Map<string, number>();
  const progress = { from: 0, to: 1 };

  // --- The engine ---------------------------------------------------------------------------------------------------
  const withProtocol = (protocol: readonly written.Phase[]): RunnableModel => {
    const { model, data } = given.valid;
    return { ...given, valid: { model: { ...model, experiment: { ...model.experiment, protocol } }, data } };
  };
  const disengage = async (): Promise<void> => {
    const old = engaged;
    engaged = null;
    old?.recorder.dispose();
    await old?.session.dispose();
  };
  /** Compiles the document that the session is by now, and runs it to where the session stands. */
  const engage = async (): Promise<Engaged> => {
    if (engaged) return engaged;
    const known = [...phases];
    const compiled = await compileModel(withProtocol(known), { ...options, exactValues: true, work: usualWork }, watch);
    const { program, protocol, executable, engine } = compiled;
    if (engine.target === 'null')
      throw new UsageError('the null target runs nothing, so that no session can be opened on it', 'choose another');
    const plan = recordingPlan(program, protocol);
    const sink = memorySink(plan.setup.series);
    const recorder = createRecorder(program, protocol, sink, plan);
    let session: Session | undefined;
    try {
      session = await inStage('connect', () => startConnected(executable, program, {}));
      const recording = await recorder.begin(session, {
        onProgress: (steps) => waiting.onProgress?.(Math.min(1, (steps - progress.from) / progress.to)),
      });
      watch.end('connect');
      const walk = protocolWalk(program.dt, given.valid.model.timing);
      engaged = { compiled, known, plan, sink, recorder, session, recording, walk, performed: [] };
      for (let k = 0; k < done; k += 1) await perform(engaged, k);
      return engaged;
    } catch (error) {
      engaged = null;
      recorder.dispose();
      await session?.dispose();
      throw error;
    }
  };
  const perform = async (on: Engaged, k: number): Promise<void> => {
    const phase = typed[k]!;
    const program = on.compiled.program;
    const procedures = program.schedule.procedures;
    const has = (name: string): boolean =>
      procedures[name] !== undefined && (name === initialSample || isSame(on.known[k], phases[k]));
    for (const entry of on.walk.phase(phase, k, has)) {
      const before = on.recording.steps();
      await on.recording.perform(entry, waiting);
      on.performed.push(entry.kind === 'run' ? { ...entry, steps: on.recording.steps() - before } : entry);
    }
    watch.end('run');
    if (on.recording.outcome() === 'fault') throw faultOf(on);
  };
  /** Performs the next phase. @returns false when it was stopped early */
  const advance = async (): Promise<boolean> => {
    let on = await engage();
    const phase = typed[done]!;
    const same = isSame(on.known[done], phases[done]);
    if (!same && (phase.kind === 'set' || phase.kind === 'initialise')) {
      const { session } = on;
      const direct =
        given.valid.model.timing === 'lems-euler' || (on.walk.atStart && !mayReset(on))
          ? null
          : await directChange(phase, {
              program: on.compiled.program,
              data: given.valid.data,
              atStart: on.walk.atStart,
              read: (buffer, offset, length) => session.read(buffer, offset, length),
            });
      if (direct) {
        for (const entry of direct) await on.recording.perform(entry);
        done += 1;
        return true;
      }
    }
    if (!same && !isAlwaysPossible(phase, on)) {
      await disengage();
      on = await engage();
    }
    const before = on.walk.time;
    const steps = on.recording.steps();
    await perform(on, done);
    if (on.recording.outcome() === 'stopped') {
      // The phase keeps the length that was performed.
      const passed = on.recording.steps() - steps;
      const run = passed * on.compiled.program.dt;
      phases[done] = { run };
      typed = typed.toSpliced(done, 1, { kind: 'run', run });
      on.walk.stoppedAt(before + run);
      on.recording.resume();
      done += 1;
      return false;
    }
    done += 1;
    return true;
  };
  const add = async (phase: written.Phase): Promise<void> => {
    // What the document planned and nobody asked for is not part of the session.
    while (done < phases.length && !lasts(phases[done]!)) await advance();
    phases = [...phases.slice(0, done), phase];
    typed = [...typed.slice(0, done), ...typedPhases(given, [phase])];
    try {
      await advance();
    } catch (error) {
      if (done < phases.length) {
        phases.length = done;
        typed = typed.slice(0, done);
      }
      throw error;
    }
  };

  // --- Calls, one after another -------------------------------------------------------------------------------------
  let last: Promise<unknown> = Promise.resolve();
  const queued = <T>(action: () => Promise<T>): Promise<T> => {
    const next = last.then(
      () => live(action),
      () => live(action),
    );
    last = next.catch(() => undefined);
    return next;
  };
  const live = async <T>(action: () => Promise<T>): Promise<T> => {
    if (closed) throw new UsageError('the session is finished', 'open the model again');
    return action();
  };
  const run = async (seconds?: number, how: AdvanceOptions = {}): Promise<boolean> => {
    if (seconds !== undefined && !(seconds >= 0 && Number.isFinite(seconds)))
      throw new UsageError(`the time to run is ${seconds} s`, 'give a time of 0 s or more');
    if (how.signal?.aborted) return false;
    waiting = how;
    try {
      const on = await engage();
      [progress.from, progress.to] = [on.recording.steps(), Math.max(1, (seconds ?? 0) / on.compiled.program.dt)];
      if (seconds === undefined) {
        while (done < phases.length) if (!(await advance())) return false;
        return true;
      }
      const before = phases.length;
      await add({ run: seconds });
      return phases.length >= before && !how.signal?.aborted;
    } finally {
      waiting = {};
    }
  };
  const numbers = (values: Readonly<Record<string, number | ArrayLike<number>>>): Record<string, written.Value> =>
    Object.fromEntries(
      Object.entries(values).map(([key, value]) => {
        checkKey(key, given.valid.model);
        return [key, typeof value === 'number' ? value : { array: Array.from(value) }];
      }),
    );
  const extend = async (model: RunnableModel): Promise<void> => {
    const next = model.valid.model.experiment.protocol;
    const shift = lateOf(next) - lateOf(phases);
    if (next.length < done + shift)
      throw new UsageError('the longer document has fewer phases than were performed', 'add phases, remove none');
    const same = shift === 0 && model.hashes.model === given.hashes.model && shapeOf(model) === shapeOf(given);
    given = model;
    phases = [...next];
    typed = typedPhases(model, phases);
    done += shift;
    if (!same) await disengage();
  };
  const record = async (population: string, variable: string, every?: number): Promise<void> => {
    const { model, data } = given.valid;
    const { size } = model.populations[population] ?? unknownOwner(population, Object.keys(model.populations));
    const all = { population, slice: [0, size, 1] as const };
    const taken = new Set(model.recordings.map((each) => each.name));
    const name = freeName(`${population}_${variable}_later`, (other) => taken.has(other));
    const recording: written.Recording =
      variable === 'spike'
        ? { of: all, events: 'spike', name }
        : {
            of: all,
            variables: [checkedVariable(population, variable, model)],
            name,
            ...(every === undefined ? {} : { every }),
          };
    const recordings = [...model.recordings, recording];
    const late = lateOf(phases);
    const protocol: written.Phase[] = [
      ...phases.slice(0, late),
      { record: name, on: false },
      ...phases.slice(late, done),
      { record: name, on: true },
    ];
    const longer: written.Model = { ...model, recordings, experiment: { ...model.experiment, protocol } };
    await extend({ ...given, valid: { model: longer, data }, hashes: hashModel(longer) });
    while (done < phases.length) await advance();
  };
  const take = async (): Promise<Taken> => {
    const { plan, recording, sink, performed } = await engage();
    const spikes = plan.trains.map(({ plan: train }, k): TakenSpikes => {
      const key = `${train.population}.${train.event}`;
      const begin = spikesTaken.get(key) ?? 0;
      const taken = recording.spikes(k, begin);
      spikesTaken.set(key, begin + taken.steps.length);
      return { population: train.population, event: train.event, ...taken };
    });
    const samples = plan.setup.series.map((series, k): TakenSamples => {
      const begin = rowsTaken.get(identity(series)) ?? 0;
      rowsTaken.set(identity(series), sink.count(k));
      const { name, recording: of, owner, variable, unit, elements, label, every } = series;
      return { name, recording: of, owner, variable, unit, elements, label, every, ...sink.since(k, begin) };
    });
    return {
      steps: recording.steps(),
      spikeLabel: plan.setup.spikeLabel,
      segments: segmentSpans(performed),
      spikes,
      samples,
    };
  };
  const read = async (owner: string, variable: string): Promise<TypedArray> => {
    const { session, compiled } = await engage();
    const { program } = compiled;
    const { model } = given.valid;
    const location = program.manifest.variables.find((each) => each.owner === owner && each.variable === variable);
    const projection = program.manifest.projections.find(({ name }) => name === owner);
    if (projection) {
      const { position } = await synapsesOf(projection, session);
      if (!location) return new Float64Array(position.length).fill(constantOf(owner, variable, model));
      const stored = await session.read(location.buffer);
      const single = location.length === 1;
      return Float64Array.from(position, (at) => Number(stored[single ? 0 : at]));
    }
    const population =
      model.populations[owner] ??
      unknownOwner(owner, [...Object.keys(model.populations), ...program.manifest.projections.map(({ name }) => name)]);
    if (!location) return new Float64Array(population.size).fill(constantOf(owner, variable, model));
    const stored = await session.read(location.buffer, location.offset, Number(location.length));
    return location.length === 1 && population.size !== 1
      ? new Float64Array(population.size).fill(Number(stored[0]))
      : stored;
  };
  const synapses = async (name: string): Promise<TakenSynapses> => {
    const { session, compiled } = await engage();
    const known = compiled.program.manifest.projections;
    const location =
      known.find((each) => each.name === name) ??
      unknownOwner(
        name,
        known.map((each) => each.name),
      );
    const { sources, targets, delaySteps, position } = await synapsesOf(location, session);
    const stored = location.pathways?.find(({ buffer }) => buffer !== undefined)?.buffer;
    const own = stored === undefined ? null : await readU32(session, stored);
    return {
      sources: Uint32Array.from(sources),
      targets: Uint32Array.from(targets),
      delays: own ? Uint32Array.from(position, (at) => own[at] ?? 0) : Uint32Array.from(delaySteps),
    };
  };

  // --- The end ------------------------------------------------------------------------------------------------------
  const finish = async (): Promise<RunResult> => {
    const on = await engage();
    const performed = phases.slice(0, done);
    const whole = withProtocol(performed);
    const { model } = whole.valid;
    const isDocument =
      performed.length === given.valid.model.experiment.protocol.length &&
      performed.every((phase, k) => isSame(phase, given.valid.model.experiment.protocol[k]));
    const last = isDocument ? given : { ...whole, hashes: hashModel(model) };
    const final = await compileModel(last, options, watch);
    const program: Program = final.program;
    const end = on.walk.end((name) => on.compiled.program.schedule.procedures[name] !== undefined);
    for (const entry of end) await on.recording.perform(entry);
    const protocol = protocolOf(last.valid, program);
    const found = await inStage('run', () => on.recording.finish(protocol));
    watch.end('run');
    const files = await resultFiles(last, { ...final, engine: on.compiled.engine }, protocol, options);
    const trains = files.plan.trains.map(({ plan }) => {
      const own = found.trains.find(
        (each) => each.plan.population === plan.population && each.plan.event === plan.event,
      );
      if (!own) throw new InvariantError('session', `no spikes of ${plan.population} were kept`);
      return { ...own, plan };
    });
    const seriesOf = on.plan.setup.series.map((series) =>
      files.plan.setup.series.findIndex((each) => identity(each) === identity(series)),
    );
    try {
      await openAll(files.writers, files.setup);
      for (const block of on.sink.blocks) {
        const series = seriesOf[block.series] ?? -1;
        if (series >= 0) files.sink.samples({ ...block, series });
        await files.sink.ready?.();
      }
      files.sink.advance(found.steps);
      const run = { ...found, trains };
      const { record: sealed, outputs } = await files.close(run);
      watch.end('write');
      const { recorder } = on;
      closed = true;
      engaged = null;
      await on.session.dispose();
      return {
        kind: 'run',
        engine: on.compiled.engine,
        program,
        record: sealed,
        trains,
        outputs,
        seconds: watch.seconds(),
        diagnostics: runFindings(run, program.dt),
        dispose: () => recorder.dispose(),
      };
    } catch (error) {
      await files.abandon();
      throw error;
    }
  };
  return {
    kind: 'session',
    dt: imported.valid.model.experiment.dt,
    engine: () => engaged?.compiled.engine ?? null,
    time: () => engaged?.walk.time ?? 0,
    steps: () => engaged?.recording.steps() ?? 0,
    run: (seconds, how) => queued(() => run(seconds, how)),
    set: (values) => queued(() => add({ set: numbers(values) })),
    initialise: (values) => queued(() => add({ initialise: numbers(values) })),
    record: (population, variable, every) => queued(() => record(population, variable, every)),
    reset: (annotations) => queued(() => add({ reset: true, ...(annotations ? { annotations } : {}) })),
    snapshot: (name) => queued(() => add({ store: name })),
    restore: (name) =>
      queued(() => {
        const kept = phases.slice(0, done).flatMap((phase) => ('store' in phase ? [phase.store] : []));
        if (!kept.includes(name)) throw unknownName('stored state', name, kept);
        return add({ restore: name });
      }),
    extend: (model) => queued(() => extend(model)),
    take: () => queued(take),
    read: (owner, variable) => queued(() => read(owner, variable)),
    synapses: (projection) => queued(() => synapses(projection)),
    model: () => withProtocol(phases.slice(0, done)).valid,
    populations: () => Object.entries(given.valid.model.populations).map(([name, { size }]) => ({ name, size })),
    finish: () => queued(finish),
    dispose: async () => {
      closed = true;
      await last.catch(() => undefined);
      await disengage();
    },
  };
}

/** Steps that a session is taken to run when an engine is chosen for it: nobody knows. */
const usualWork = 10_000;

// --- Phases ---------------------------------------------------------------------------------------------------------

const typedPhases = ({ valid }: RunnableModel, protocol: readonly written.Phase[]): readonly Phase[] => {
  const { model } = valid;
  return typedModel({ ...model, experiment: { ...model.experiment, protocol } }).experiment.protocol;
};

const isSame = (a: written.Phase | undefined, b: written.Phase | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && JSON.stringify(a) === JSON.stringify(b));

const lasts = (phase: written.Phase): boolean => 'run' in phase || 'runUntil' in phase;

/** How many phases at the start switch recordings off that begin later. */
function lateOf(phases: readonly written.Phase[]): number {
  const first = phases.findIndex((phase) => !('record' in phase && !phase.on));
  return first < 0 ? phases.length : first;
}

/** Whether the program was compiled to go back to first values. */
const mayReset = ({ known }: Engaged): boolean => known.some((phase) => 'reset' in phase);

/** Whether any program can perform a phase that it was not compiled for. */
function isAlwaysPossible(phase: Phase, engaged: Engaged): boolean {
  switch (phase.kind) {
    case 'run':
    case 'runUntil':
    case 'record':
    case 'store':
      return true;
    case 'restore':
      return engaged.compiled.program.manifest.kept !== undefined;
    case 'reset':
      return mayReset(engaged);
    default:
      return false;
  }
}

/** Parts of a document, other than model and phases, that a program depends on. */
const shapeOf = ({ valid: { model } }: RunnableModel): string =>
  JSON.stringify([model.recordings, model.timing, model.clocks, model.experiment.dt, model.experiment.seed]);

/** A series is the same through changes of a session when it is of the same recording. */
const identity = ({ recording, owner, variable }: SeriesPlan): string => `${recording} ${owner} ${variable}`;

// --- Names ----------------------------------------------------------------------------------------------------------

function unknownName(what: string, name: string, known: readonly string[]): UsageError {
  return new UsageError(
    `the session has no ${what} ${name}`,
    suggestion(name, known).hint ?? (known.length === 0 ? 'there is none' : `known: ${known.join(', ')}`),
  );
}

function unknownOwner(name: string, known: readonly string[]): never {
  throw unknownName('population or projection', name, known);
}

const typeOf = (owner: string, model: written.Model): written.NeuronType | written.SynapseType | undefined =>
  model.neurons[model.populations[owner]?.type ?? ''] ?? model.synapses[model.projections[owner]?.synapse ?? ''];

function checkedVariable(owner: string, variable: string, model: written.Model): string {
  const type = typeOf(owner, model);
  const known = [
    ...Object.keys(type?.state ?? {}),
    ...Object.keys(type?.derived ?? {}),
    ...Object.keys(type?.parameters ?? {}),
  ];
  if (!known.includes(variable)) throw unknownName(`variable of ${owner}`, variable, known);
  return variable;
}

/** A key of `set` names what there is. */
function checkKey(key: string, model: written.Model): void {
  const [, owner = key, variable = ''] = /^(\w+)(?:\[[^\]]*\])?\.(\w+)$/.exec(key) ?? [];
  const type = typeOf(owner, model);
  if (!type) unknownOwner(owner, [...Object.keys(model.populations), ...Object.keys(model.projections)]);
  const known = [...Object.keys(type.state), ...Object.keys(type.parameters)];
  if (!known.includes(variable)) throw unknownName(`variable of ${owner}`, variable, known);
}

/** The one value of a variable that the program keeps nowhere. */
function constantOf(owner: string, variable: string, model: written.Model): number {
  const type = typeOf(owner, model);
  const value =
    (model.populations[owner] ?? model.projections[owner])?.values[variable] ?? type?.parameters[variable]?.value;
  if (typeof value === 'number') return value;
  const known = [...Object.keys(type?.state ?? {}), ...Object.keys(type?.parameters ?? {})];
  throw known.includes(variable)
    ? new UsageError(`${owner}.${variable} is kept nowhere in the running program`, 'record it instead')
    : unknownName(`variable of ${owner}`, variable, known);
}

function faultOf({ recording }: Engaged): UsageError {
  return new UsageError(
    `the run ended by a fault: ${recording.faults().join('; ')}`,
    'see what was recorded until then',
  );
}
