/** Runs a model in another simulator, and writes the result files that our own engines write. */

import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { recordingPlan, type RecordingPlan } from '../../runtime/record/plan.js';
import { protocolSteps, segmentSpans, turnsBack, type Protocol } from '../../runtime/record/protocol.js';
import { createFingerprinter } from '../../runtime/record/fingerprint.js';
import { createSpikeSpool, defaultSpoolLimits, type SpikeSpool } from '../../runtime/record/spike-spool.js';
import { orOutputError, outputError } from '../../runtime/results/output-error.js';
import type { PhaseSpan, SimulatorRun } from '../../runtime/results/result.js';
import { InvariantError, UsageError } from '../diagnostics/diagnostic.js';
import { itemAt } from '../diagnostics/entry.js';
import type { Program } from '../ir/program.js';
import type { Simulator } from '../library/simulators/names.js';
import { protocolOf } from '../lower/context/protocol.js';
import type { Recording, ValidModel } from '../model/model.js';
import { drawnParts } from '../model/drawn-parts.js';
import { remainingDraws } from '../model/remaining-draws.js';
import { isRecording, phaseKind } from '../model/tagged.js';
import { typedModel, typedValid } from '../model/typed-model.js';
import { minDelayInNest } from '../library/simulators/nest-parts.js';
import { choicesForRun, drawnModel, loweredModel } from '../pipeline/build-program.js';
import type { RunnableModel } from '../pipeline/read/imported-model.js';
import { environmentOf as runEnvironmentOf, fileDate } from '../pipeline/results/provenance.js';
import { resultFiles } from '../pipeline/results/result-files.js';
import { stopwatch, type RunOptions, type RunResult } from '../pipeline/run-options.js';
import { version } from '../pipeline/version.js';
import { platform } from '#platform';
import { temporaryFolder } from '../platform/temporary-folder.js';
import type { ToolColumns } from './columns.js';
import { engines } from './engines.js';
import { mergedSpikes } from './merge-spikes.js';
import { clockOf, rowsOf, rowsAtOnce, spikesByPopulation, type Recorded } from './recorded-columns.js';
import { comparableVariables, type Sampled } from './recorded-variables.js';
import { checkProcesses, prepared } from './run-document.js';
import { ToolError } from './run-tool.js';
import { toolFailure } from './tool-failure.js';
import { writtenFor, type WrittenFor } from './written.js';

/** A model that records what its result is to hold, and its document for a simulator. */
export interface Instrumented extends WrittenFor {
  readonly imported: RunnableModel;
  readonly simulator: Simulator;
  /** The model with a recording for each variable and population. */
  readonly recorded: ValidModel;
  readonly program: Program;
  readonly protocol: Protocol;
  /** Populations by the names of recordings of their spikes. */
  readonly spikes: ReadonlyMap<string, string>;
  readonly samples: ReadonlyMap<string, Sampled>;
}

/** How a model is written for a simulator. */
export interface WriteOptions {
  readonly freeze: boolean;
  readonly partial: boolean;
}

/** Reads the conversion of a model as a model. */
export type ReadBack = (valid: ValidModel, written: WrittenFor) => Promise<ValidModel>;

/** Writes a model for a simulator. @throws CannotRun if the simulator cannot run it */
export async function instrumented(
  imported: RunnableModel,
  simulator: Simulator,
  options: WriteOptions,
  readBack: ReadBack,
): Promise<Instrumented> {
  const { valid, positions } = imported;
  const program = loweredModel(drawnModel(valid, positions), positions, {
    precision: 'float64',
    ...choicesForRun('null'),
  });
  const protocol = protocolOf(valid, program);
  const plan = recordingPlan(program, protocol);
  const spikes = new Map(plan.trains.map(({ plan: { population } }, k) => [`spikes_${k}`, population] as const));
  const spiking = plan.trains.map(({ plan: { population, event } }, k): Recording => ({
    of: { population },
    events: event,
    name: `spikes_${k}`,
  }));
  const to = engines[simulator].writes;
  const variables = valid.model.recordings.some((recording) => isRecording(recording, 'variables'))
    ? await variablesIn(
        valid,
        protocolSteps(protocol) * program.dt,
        await writtenFor(valid, to, simulator, options),
        readBack,
      )
    : { recordings: [], sampled: new Map<string, Sampled>() };
  const recorded = withRecordings(valid, [...spiking, ...variables.recordings]);
  const written = await writtenFor(recorded, to, simulator, options);
  return {
    ...written,
    imported,
    simulator,
    recorded,
    program,
    protocol,
    spikes,
    samples: variables.sampled,
  };
}

/** Returns recordings of the variables that a model records, and what they are in its document. */
async function variablesIn(
  valid: ValidModel,
  seconds: number,
  written: WrittenFor,
  readBack: ReadBack,
): Promise<Pick<ReturnType<typeof comparableVariables>, 'recordings' | 'sampled'>> {
  const { became } = written.converted;
  return comparableVariables(valid, await readBack(valid, written), seconds, { most: Infinity, became });
}

/** Returns a model with other recordings, all of which are on for the whole run. */
function withRecordings(valid: ValidModel, recordings: readonly Recording[]): ValidModel {
  const { model } = valid;
  // Variables that are only displayed are in no file.
  const { displays: _, ...annotations } = model.annotations;
  const protocol = model.experiment.protocol.filter((phase) => phaseKind(phase) !== 'record');
  return { ...valid, model: { ...model, annotations, recordings, experiment: { ...model.experiment, protocol } } };
}

/** How a model is run in another simulator. */
export interface RunOnOptions
  extends
    Pick<
      RunOptions,
      | 'outputs'
      | 'force'
      | 'subject'
      | 'command'
      | 'environment'
      | 'onProgress'
      | 'signal'
      | 'threads'
      | 'ranks'
      | 'writers'
      | 'units'
      | 'repeated'
    >,
    WriteOptions {
  /** Folder or program of the simulator's Python; absent: a Python on the path. */
  readonly env?: string;
  /** Folder that keeps the document and what the simulator writes. */
  readonly keep?: string;
  /** Verdict on the conversion. */
  readonly verdict: string;
  /** Sentences about draws of the simulator's own. */
  readonly drawn: readonly string[];
}

/** A run of another simulator. */
export interface RunOn extends RunResult {
  /** What the result does not hold, a sentence each. */
  readonly notRead: readonly string[];
}

/**
 * Runs a model in another simulator.
 *
 * @throws UsageError if the simulator is not there, fails or is killed, or a file cannot be written
 */
export async function runOn(model: Instrumented, options: RunOnOptions): Promise<RunOn> {
  const { imported, simulator, program, protocol } = model;
  const { outputs = [], force = false, env, keep, threads = 1, ranks = 1, onProgress, signal } = options;
  const { writers, units } = options;
  const files = { outputs, force, ...(writers ? { writers } : {}), ...(units ? { units } : {}) };
  const watch = stopwatch();
  const executable = { sources: new Map<string, string>(), start: () => Promise.reject(new Error('not ours')) };
  const engine = { target: engines[simulator].on, device: '', threads };
  await resultFiles(imported, { program, executable, engine }, protocol, files);
  const folder = keep ?? temporaryFolder('on');
  if (keep !== undefined) orOutputError(keep, () => mkdirSync(keep, { recursive: true }));
  try {
    const tool = prepared(model, simulator, folder, env);
    checkProcesses(simulator, tool.environment, threads, ranks);
    if (simulator === 'neuron' && ranks > 1) checkDelays(imported.valid, program.dt);
    onProgress?.('run', 0);
    const total = protocolSteps(protocol) * program.dt;
    watch.end('compile');
    const columns = await inTool(simulator, () =>
      tool.run(model.spikes, {
        threads,
        ranks,
        onProgress: (time) => onProgress?.('run', Math.min(1, time / total)),
        ...(signal ? { signal } : {}),
      }),
    );
    watch.end('run');
    onProgress?.('write', 0);
    const text = model.converted.files.find(({ name }) => name === tool.file)?.text ?? '';
    const run: SimulatorRun = {
      name: engines[simulator].on,
      ranks,
      frozen: options.freeze,
      partial: options.partial,
      document: { name: tool.file, sha256: createHash('sha256').update(text).digest('hex') },
      verdict: options.verdict,
    };
    const { versions, name } = tool.environment;
    const device = ranks > 1 ? `${name}, ${ranks} ranks` : name;
    const { source } = imported;
    const { command } = options;
    const stated =
      options.environment === false
        ? {}
        : runEnvironmentOf({ ...(source ? { source } : {}), ...(command ? { command } : {}) });
    const repeated = options.repeated ?? {
      target: engine.target,
      device,
      threads,
      versions: { interneuron: version, ...platform.machine.versions(), ...versions },
      date: fileDate(),
      ...(options.subject && Object.keys(options.subject).length > 0 ? { subject: options.subject } : {}),
      environment: { ...stated, simulator: run },
      notes: options.drawn,
    };
    const written = await writeResults(model, columns, { ...files, repeated });
    watch.end('write');
    return { ...written, engine: { ...engine, device }, seconds: watch.seconds() };
  } finally {
    if (keep === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** Checks that delays are long enough for ranks of NEURON. @throws UsageError */
function checkDelays(valid: ValidModel, dt: number): void {
  const least = minDelayInNest(typedValid(valid));
  // NEURON delivers events of other ranks in a later step than that of the spike.
  if (least === undefined || Object.keys(valid.model.projections).length === 0 || least > 1.5 * dt) return;
  const inMs = (seconds: number): string => `${Number((seconds * 1e3).toPrecision(6))} ms`;
  throw new UsageError(
    `NEURON cannot divide this network among ranks: its least delay, ${inMs(least)}, is one step`,
    `use one rank, NEST with --threads, or a shorter step: --dt '${inMs(dt / 2)}'`,
  );
}

/** Runs an action in a simulator. @throws UsageError with the simulator's own message if it fails */
async function inTool<T>(simulator: Simulator, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof UsageError || error instanceof InvariantError) throw error;
    if (error instanceof ToolError || (error instanceof Error && /^it (?:ended|left) /.test(error.message)))
      throw new UsageError(
        `${engines[simulator].on} failed: ${toolFailure(error)}`,
        'keep the document with --keep FOLDER, and run it by itself',
      );
    throw error;
  }
}

/** Writes columns of a simulator as result files. */
async function writeResults(
  model: Instrumented,
  columns: readonly ToolColumns[],
  options: RunOptions,
): Promise<Omit<RunOn, 'engine' | 'seconds'>> {
  const { imported, simulator, program, protocol, spikes, samples } = model;
  const { label } = engines[simulator];
  const { dt } = program;
  const place = clockOf(imported.valid.model);
  const recorded: Recorded = { model: imported.valid.model, spikes, samples };
  const steps = protocolSteps(protocol);
  const notRead: string[] = [];
  const series = new Map<string, Series>();
  const taken = (plan: RecordingPlan): RecordingPlan => {
    notRead.length = 0;
    for (const { kind, plan: own } of plan.series) {
      const found =
        kind === 'rate' ? 'rates are not read' : seriesOf(own.recording, own.variable, own.owner, recorded, columns);
      if (typeof found === 'string') notRead.push(`${own.owner}.${own.variable}: ${found}`);
      else series.set(own.name, found);
    }
    for (const { plan: own } of plan.trains)
      for (const variable of own.variables ?? [])
        notRead.push(`${own.population}.${variable.name} at spikes: not read`);
    const kept = plan.series
      .filter(({ plan: own }) => series.has(own.name))
      .map((one) => ({ ...one, plan: { ...one.plan, ...timesOf(series.get(one.plan.name)!, one.plan.label, dt) } }));
    const trains = plan.trains.map(({ plan: { variables: _, ...own }, ...one }) => ({ ...one, values: [], plan: own }));
    return {
      series: kept,
      trains,
      setup: {
        ...plan.setup,
        spikeLabel: label,
        series: kept.map(({ plan: own }) => own),
        trains: trains.map(({ plan: own }) => own),
      },
    };
  };
  const executable = { sources: new Map<string, string>(), start: () => Promise.reject(new Error('not ours')) };
  const engine = { target: engines[simulator].on, device: '', threads: 1 };
  const files = await resultFiles(imported, { program, executable, engine }, protocol, { ...options, recorded: taken });
  const spools: SpikeSpool[] = [];
  try {
    for (const writer of files.writers) await writer.open(files.setup);
    const fingerprinter = createFingerprinter(program);
    const byPopulation = spikesByPopulation(columns, recorded);
    let rounded = 0;
    files.plan.trains.forEach(({ plan, size, event }, k) => {
      const path = platform.scratch?.path(undefined, `.interneuron-on-${k}`) ?? '';
      const spool = createSpikeSpool(plan, size, path, defaultSpoolLimits);
      spools.push(spool);
      const stepOf = (time: number, segment: number): number => {
        const at = place(time, segment).seconds / dt;
        const step = Math.round(at) - label;
        if (Math.abs(at - Math.round(at)) > 1e-3 || step < 0) rounded += 1;
        return Math.max(0, step);
      };
      for (const block of mergedSpikes(byPopulation.get(plan.population) ?? [], stepOf)) {
        const cells = block.cells.map((cell) => cell % size);
        spool.append(block.steps, cells);
        fingerprinter.spikes(event, block.steps, cells);
      }
    });
    if (rounded > 0) notRead.push(`${rounded} spikes lie between steps: the result has them at the nearest step`);
    files.setup.series.forEach((plan, position) => {
      for (const { segment, rows, read } of series.get(plan.name)!.rows)
        for (let begin = 0; begin < rows; begin += rowsAtOnce) {
          const { times, values } = read(begin, Math.min(rows, begin + rowsAtOnce));
          const placed = Array.from(times, (time) => place(time, segment));
          const at = Int32Array.from(placed, ({ seconds }) => Math.round(seconds / dt) - plan.label);
          const { part = 0 } = placed[0] ?? {};
          files.sink.samples({ series: position, steps: at, segment: part, values });
        }
    });
    files.sink.advance(steps);
    await files.sink.ready?.();
    const run = {
      steps,
      outcome: 'complete',
      faults: [],
      fingerprint: await fingerprinter.finish(null),
      notNumbers: [],
      notFinite: [],
      phases: phasesOf(protocol),
      ...(turnsBack(protocol) ? { segments: segmentSpans(protocol, steps) } : {}),
      trains: spools.map((spool) => spool.trains()),
      seconds: { run: 0, fingerprint: 0 },
    } as const;
    const { record, outputs } = await files.close(run);
    return {
      kind: 'run',
      program,
      record,
      trains: run.trains,
      outputs,
      notNumbers: [],
      diagnostics: [],
      notRead,
      dispose: () => spools.forEach((spool) => spool.dispose()),
    };
  } catch (error) {
    await files.abandon();
    spools.forEach((spool) => spool.dispose());
    throw error instanceof Error && !(error instanceof UsageError)
      ? outputError(error, options.outputs?.[0] ?? '')
      : error;
  }
}

/** Samples of a series, in the order of its elements. */
interface Series {
  readonly rows: readonly {
    readonly segment: number;
    readonly rows: number;
    read(begin: number, end: number): { readonly times: Float64Array; readonly values: Float64Array };
  }[];
}

/** Returns the samples of a variable of a recording; the reason if they are not read. */
function seriesOf(
  recording: string,
  variable: string,
  owner: string,
  recorded: Recorded,
  columns: readonly ToolColumns[],
): Series | string {
  const groups = [...recorded.samples].filter(
    ([, one]) => one.of.recording === recording && one.variable === variable && one.population === owner,
  );
  if (groups.length === 0) return 'the document has no such variable';
  const read = groups.map(
    ([
      name,
      {
        factor = 1,
        of: { elements },
      },
    ]) => ({
      elements,
      factor,
      rows: rowsOf(name, recorded, columns),
    }),
  );
  const failed = read.find(({ rows }) => typeof rows === 'string');
  if (failed !== undefined) return failed.rows as string;
  const all = read as { elements: readonly number[]; factor: number; rows: Series['rows'] }[];
  const [first] = all;
  if (all.length === 1 && first!.factor === 1) return { rows: first!.rows };
  // Elements that became parts of several populations are one series again.
  const order = all
    .flatMap(({ elements }, group) => elements.map((element, column) => ({ element, group, column })))
    .toSorted((a, b) => a.element - b.element);
  return {
    rows: first!.rows.map(({ segment, rows }, k) => ({
      segment,
      rows,
      read: (begin, end) => {
        const blocks = all.map((one) => itemAt(one.rows, k).read(begin, end));
        const { times } = blocks[0]!;
        const values = new Float64Array(times.length * order.length);
        for (let row = 0; row < times.length; row += 1)
          order.forEach(({ group, column }, place) => {
            const { elements, factor } = all[group]!;
            values[row * order.length + place] = blocks[group]!.values[row * elements.length + column]! / factor;
          });
        return { times, values };
      },
    })),
  };
}

/** Returns the steps at which a simulator took samples, where they are regular. */
function timesOf(
  { rows: [first, ...others] }: Series,
  label: number,
  dt: number,
): { readonly every?: number; readonly offset?: number; readonly gaps?: boolean } {
  if (first === undefined || others.length > 0 || first.rows === 0) return {};
  const at = (row: number): number => Math.round(first.read(row, row + 1).times[0]! / dt) - label;
  const [begin, end] = [at(0), at(first.rows - 1)];
  const every = first.rows > 1 ? at(1) - begin : 1;
  return { every, offset: begin, gaps: begin + every * (first.rows - 1) !== end };
}

/** Returns the phases of a protocol that is carried out to its end. */
function phasesOf(protocol: Protocol): readonly PhaseSpan[] {
  const spans = turnsBack(protocol) ? segmentSpans(protocol) : [];
  const phases: PhaseSpan[] = [];
  let [steps, ordinal] = [0, 0];
  let named: string | undefined;
  for (const entry of protocol) {
    if (entry.kind === 'segment') named = entry.name;
    if (entry.kind === 'reset' || entry.kind === 'restore') {
      ordinal += 1;
      named = undefined;
    }
    if (entry.kind !== 'run') continue;
    const name = entry.name ?? `phase ${phases.length + 1}`;
    const segment = named ?? spans[ordinal]?.name ?? 'segment 1';
    phases.push({ name, segment, begin: steps, end: steps + entry.steps });
    steps += entry.steps;
  }
  return phases;
}

/**
 * Returns sentences about draws that are the simulator's own.
 *
 * @param ranks  some draws depend on their number
 */
export function ownDraws({ model }: ValidModel, simulator: Simulator, ranks: number): readonly string[] {
  const running = remainingDraws(typedModel(model));
  const totals = Object.entries(model.projections).flatMap(([name, { connect }]) =>
    connect.some(
      (one) => one.rule === 'fixedTotal' || (one.rule === 'hostDrawn' && one.arguments['connector'] === 'fixedTotal'),
    )
      ? [`connections of ${name}`]
      : [],
  );
  const anew = ranks === 1 ? [] : [...running, ...totals.map((what) => `${what} are drawn by each rank`)];
  return [
    ...(running.length + drawnParts(model).length > 0 ? [engines[simulator].draws] : []),
    ...(anew.length > 0 ? [`drawn anew for ${ranks} ranks: ${anew.join(', ')}`] : []),
  ];
}
