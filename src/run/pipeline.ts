/**
 * The way from a file to a result, in numbered steps. Every step is a function from one documented type to the next;
 * what each does is in the folder that its import names.
 *
 *     text ─1─▶ tree ─2,3─▶ canonical document ─4─▶ ValidModel ─5─▶ DrawnModel ─6─▶ Program ─7─▶ Executable ─8─▶
 *     spikes,
 *     samples ─9─▶ files
 */

import { addRecordings } from './add-recordings.js';
import { setNamespace } from './apply-settings.js';
import { chooseTarget, workOf } from './choose-target.js';
import { machineMemory, refuseTooLarge } from './machine-memory.js';
import { inStage } from './stages.js';
import { readStrategy } from './read-strategy.js';
import { readDataFiles } from './data-files.js';
import { InterruptedError } from './interrupted.js';
import { recordsAllSynapses, synapseCounts } from './synapse-counts.js';
import { messages, mostSteps } from './messages.js';
import { withPositions } from './positions.js';
import { filesOf, modelFilePaths, modelFilesWriter, outputWriter } from './outputs.js';
import { noteWritten, refuseToReplace } from './replaceable.js';
import { refuseSameFile } from './same-file.js';
import { isMarkup, recognise, type Notation, type TreeNotation } from './recognise.js';
import { readMarkup } from './read-markup.js';
import { readSource, type Source } from './read-source.js';
import { sideFiles, type SideFile } from './side-files.js';
import { environmentOf, runHeader, runMetadata, sourceOf, type Repeated } from './provenance.js';
import { fileUnits, type FileUnits } from './written-units.js';
import { Diagnostics, DiagnosticError, type Diagnostic } from '../diagnostics/diagnostic.js';
import type { Positions } from '../diagnostics/positions.js';
import type { Precision, Program } from '../ir/program.js';
import { drawModel } from '../draw/draw.js';
import type { DrawnModel } from '../draw/drawn-model.js';
import { printProgram } from '../ir/text.js';
import { programOf } from './build-program.js';
import { protocolOf } from '../lower/protocol.js';
import { hashModel, type ModelHashes } from '../model/hash.js';
import type { DataStore, TimingProfile, ValidModel } from '../model/model.js';
import { normalise } from '../model/normalise.js';
import { readDocument } from '../model/read.js';
import { importBrian } from '../../translators/brian/import.js';
import { importNeuroML } from '../../translators/neuroml/import.js';
import type { LemsModel } from '../../translators/neuroml/lems/definitions.js';
import { partsOf } from '../../translators/neuroml/parts.js';
import { importPynn } from '../../translators/pynn/import.js';
import type { Executable, Session } from '../../runtime/targets/target.js';
import { protocolSteps, type Protocol, type ProtocolEntry } from '../../runtime/record/protocol.js';
import { createRecorder, runRecord, type RecordedRun } from '../../runtime/record/recorder.js';
import type { ResultWriter, RunRecord, RunSetup, SampleSink, SpikeTrains } from '../../runtime/results/result.js';

export { InterruptedError, readSource, type Notation, type Source };

// --- From a file to a model -----------------------------------------------------------------------------------------
/** What may be changed of a model while it is read. Quantities are text with a unit, as in a document. */
export interface ImportOptions {
  /** Values of model parameters and of parameters of populations, by name. */
  readonly set?: Readonly<Record<string, string>>;
  readonly seed?: string;
  readonly dt?: string;
  /** Time to run, instead of what the model's protocol says. */
  readonly duration?: string;
  /** More recordings, each as `population:variable@interval`. */
  readonly record?: readonly string[];
  /** Folders that a document may name files in, besides its own (NeuroML and LEMS: besides its repository). */
  readonly allowPaths?: readonly string[];
  /** Order of a step, instead of the one that the notation prescribes. */
  readonly timing?: TimingProfile;
  /** Large arrays that the document refers to by digest; absent: those in the folder beside the document. */
  readonly data?: DataStore;
}

/** A model that passed validation, and what was found on the way. */
export interface ImportedModel {
  readonly valid: ValidModel;
  readonly hashes: ModelHashes;
  readonly notation: Notation;
  /** Warnings and notes; an error would have been thrown. */
  readonly diagnostics: readonly Diagnostic[];
  /** Where the parts of the canonical document come from. */
  readonly positions: Positions;
  /** The file as it was named, and the SHA-256 of its text. */
  readonly source: { readonly path: string; readonly sha256: string };
  /** Wall time in s. */
  readonly seconds: number;
}

/**
 * Reads a model in any notation.
 *
 * @throws DiagnosticError with everything that is wrong with the document
 * @throws UsageError for an option that cannot be understood
 */
export function importModel(source: Source, options: ImportOptions = {}): ImportedModel {
  const began = performance.now();
  const diagnostics = new Diagnostics();
  // 1 to 3. Text to a tree with places, and that to the canonical document.
  const imported = inStage('import', () =>
    isMarkup(source.text)
      ? importMarkup(readMarkup(source, options.allowPaths ?? [], diagnostics), options, diagnostics)
      : importTree(source, options, diagnostics),
  );
  return complete(source, options, imported, diagnostics, began);
}

/** The steps that all notations share. */
function complete(
  source: Source,
  options: ImportOptions,
  imported: (Imported & { readonly notation: Notation }) | null,
  diagnostics: Diagnostics,
  began: number,
): ImportedModel {
  if (!imported || diagnostics.hasErrors) throw new DiagnosticError(diagnostics.list);
  const { notation } = imported;
  const timed = withTiming(imported.document, options.timing);
  const { document, positions } = addRecordings(timed, imported.positions, options.record ?? []);
  // 4. Schema, names, dimensions, rules; defaults filled in, units in SI.
  const { seed, dt, duration, data = readDataFiles(document, source.name) } = options;
  const valid = inStage('normalise', () =>
    normalise(document, positions, diagnostics, {
      set: imported.set,
      data,
      warnsOfUnits: notation === 'canonical',
      ...(seed === undefined ? {} : { seed }),
      ...(dt === undefined ? {} : { dt }),
      ...(duration === undefined ? {} : { duration }),
    }),
  );
  diagnostics.throwIfErrors();
  if (!valid) throw new DiagnosticError(diagnostics.list);
  return {
    valid,
    notation,
    hashes: inStage('normalise', () => hashModel(valid.model)),
    diagnostics: diagnostics.list,
    positions,
    source: sourceOf(source),
    seconds: (performance.now() - began) / 1000,
  };
}

/** Everything that is wrong with a document, whether or not there is anything in it to run. */
export interface ValidatedModel extends Pick<ImportedModel, 'notation' | 'diagnostics'> {
  /** Absent: the document is a part of models, such as a channel or a cell in NeuroML, and no model itself. */
  readonly hashes?: ModelHashes;
}

/**
 * Validates a model in any notation.
 *
 * @throws DiagnosticError with everything that is wrong with the document
 * @throws UsageError for an option that cannot be understood
 */
export function validateModel(source: Source, options: ImportOptions = {}): ValidatedModel {
  if (!isMarkup(source.text)) return importModel(source, options);
  const began = performance.now();
  const diagnostics = new Diagnostics();
  const lems = inStage('read', () => readMarkup(source, options.allowPaths ?? [], diagnostics));
  diagnostics.throwIfErrors();
  if (lems?.target) return complete(source, options, importMarkup(lems, options, diagnostics), diagnostics, began);
  return {
    notation: 'neuroml',
    ...(lems ? validateParts(lems, source, options, diagnostics, began) : { diagnostics: diagnostics.list }),
  };
}

/** Validates each part of a document that says nothing about a run; one network alone is a model. */
function validateParts(
  lems: LemsModel,
  source: Source,
  options: ImportOptions,
  diagnostics: Diagnostics,
  began: number,
): Pick<ValidatedModel, 'diagnostics' | 'hashes'> {
  const all = new Map(diagnostics.list.map((finding) => [JSON.stringify(finding), finding]));
  const parts = partsOf(lems, source.name);
  const models: ImportedModel[] = [];
  for (const part of parts) {
    const found = new Diagnostics();
    try {
      const imported = inStage('import', () => importNeuroML(lems, found, part));
      models.push(complete(source, options, imported && { ...imported, set: {}, notation: 'neuroml' }, found, began));
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
    }
    // Parts that share a component would say the same of it.
    for (const finding of found.list) all.set(JSON.stringify(finding), finding);
  }
  const list = [...all.values()];
  if (list.some(({ severity }) => severity === 'error')) throw new DiagnosticError(list);
  const [only] = models;
  return { diagnostics: list, ...(only && parts.length === 1 && !parts[0]?.around ? { hashes: only.hashes } : {}) };
}

/** A canonical document under another timing profile; what is no document stays, for validation to say so. */
function withTiming(document: unknown, timing: TimingProfile | undefined): unknown {
  return timing === undefined || typeof document !== 'object' || document === null ? document : { ...document, timing };
}

/** A canonical document with its places, and the settings that are left for it. */
interface Imported {
  readonly document: unknown;
  readonly positions: Positions;
  readonly set: Readonly<Record<string, string>>;
}

/** Places of a model that came from no text. */
const unplaced: Positions = { place: (pointer) => ({ document: '', pointer }) };

/** Gives what lowering finds the places of the user's text: it knows pointers into the canonical document alone. */
function placed<T>(positions: Positions | undefined, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    throw new DiagnosticError(
      error.diagnostics.map(({ place, ...finding }) => {
        const found = place?.pointer ? positions?.place(place.pointer) : undefined;
        return found ? { ...finding, place: found } : finding;
      }),
    );
  }
}

/** A document in JSON or YAML, whose notation its content says. */
function importTree(
  source: Source,
  { set = {}, allowPaths = [] }: ImportOptions,
  diagnostics: Diagnostics,
): (Imported & { readonly notation: Notation }) | null {
  const read = readDocument(source.text, source.name);
  diagnostics.addAll(read.diagnostics);
  diagnostics.throwIfErrors();
  const notation = recognise(read.value, read.positions, diagnostics);
  const imported =
    notation && importers[notation](read.value, read.positions, diagnostics, set, sideFiles(source.name, allowPaths));
  return imported && { ...imported, notation };
}

/** A document in NeuroML or LEMS. */
function importMarkup(
  lems: LemsModel | null,
  { set = {} }: ImportOptions,
  diagnostics: Diagnostics,
): (Imported & { readonly notation: Notation }) | null {
  if (!lems || diagnostics.hasErrors) return null;
  const imported = importNeuroML(lems, diagnostics);
  return imported && { ...imported, set, notation: 'neuroml' };
}

type Importer = (
  value: unknown,
  positions: Positions,
  diagnostics: Diagnostics,
  set: Readonly<Record<string, string>>,
  readFile: (name: string) => SideFile,
) => Imported | null;

const importers: Readonly<Record<TreeNotation, Importer>> = {
  canonical: (document, positions, _, set) => ({ document, positions, set }),
  brian: (value, positions, diagnostics, set) => {
    const settled = setNamespace(value, positions, set, diagnostics);
    const imported = importBrian(settled.document, settled.positions, diagnostics);
    return imported && { ...imported, set: settled.rest };
  },
  pynn: (value, positions, diagnostics, set, readFile) => {
    const imported = importPynn(value, positions, diagnostics, readFile);
    return imported && { ...imported, set };
  },
};

// --- From a model to a result ---------------------------------------------------------------------------------------
/** How to run a model. */
export interface RunOptions {
  /** Engine by name; `auto` (the default) takes the fastest that is at hand. */
  readonly target?: string;
  readonly precision?: Precision;
  /** Worker threads; the result does not depend on it. Absent: as many as pay for themselves. */
  readonly threads?: number;
  /**
   * Device of the engine: its number in the list of `interneuron targets`, or a part of its name. Absent: the first.
   */
  readonly device?: string;
  /**
   * How devices spread spikes over work-items: `auto` (the default) by the cost model, or the name of a strategy. No
   * result depends on it.
   */
  readonly strategy?: string;
  /** Files to write; the suffix says the format. None: results are only returned. */
  readonly outputs?: readonly string[];
  /** Folder for the text files that the model itself names; absent: they are not written. */
  readonly outputFolder?: string;
  /** Replaces files that this program did not write. */
  readonly force?: boolean;
  /** About the subject, for results that hold it: text by NWB's name of the field. */
  readonly subject?: Readonly<Record<string, string>>;
  /** Others that receive what is recorded. */
  readonly writers?: readonly ResultWriter[];
  /** Stops after so many steps, as if the protocol ended there. */
  readonly steps?: number;
  /** Stops after so many steps, as a signal would: the run is then incomplete, unless its protocol ends there. */
  readonly stopAfter?: number;
  /** Units of files; absent: those of the model's notation. */
  readonly units?: FileUnits;
  /** Words of the command, for results to hold. */
  readonly command?: readonly string[];
  /** What results hold of the run that this one repeats, in place of what is true of this one. */
  readonly repeated?: Repeated;
  /** Told of each stage how much of it is done, in [0, 1]. */
  readonly onProgress?: (stage: 'connect' | 'run', fraction: number) => void;
  /** When it aborts, the run stops and what was recorded until then is kept, marked incomplete. */
  readonly signal?: AbortSignal;
  /** Receives the text of the program after each pass. */
  readonly dumpIr?: (pass: string, text: string) => void;
  /** Folder of compiled programs, kept by content. */
  readonly cacheDirectory?: string;
}

/** Wall time in s of each stage of a run. */
export interface StageTimes {
  readonly lower: number;
  readonly compile: number;
  readonly connect: number;
  readonly run: number;
  readonly write: number;
}

/** What a program runs on. */
export interface Engine {
  readonly target: string;
  readonly device: string;
  readonly threads: number;
}

/** What a run gave. */
export interface RunResult {
  readonly kind: 'run';
  readonly engine: Engine;
  readonly program: Program;
  readonly record: RunRecord;
  /** Recorded spikes, readable until `dispose`. */
  readonly trains: readonly SpikeTrains[];
  /** Files written. */
  readonly outputs: readonly string[];
  readonly seconds: StageTimes;
  /** What ended the run early, when something did, and what is odd about its final state. */
  readonly diagnostics: readonly Diagnostic[];
  /** Removes temporary files. */
  dispose(): void;
}

/** What the target `null` gives: generated source, and nothing run. */
export interface GeneratedResult {
  readonly kind: 'generated';
  readonly engine: Engine;
  readonly program: Program;
  readonly sources: ReadonlyMap<string, string>;
  readonly seconds: StageTimes;
}

/**
 * Compiles and runs a model, and writes what it records.
 *
 * @throws DiagnosticError for what cannot be lowered, and for faults found while building the network
 * @throws UsageError when the target is not available or an output cannot be written
 * @throws InterruptedError when stopped before the first step
 */
export async function runModel(
  imported: Pick<ImportedModel, 'valid' | 'hashes'> & Partial<Pick<ImportedModel, 'positions' | 'notation' | 'source'>>,
  options: RunOptions = {},
): Promise<RunResult | GeneratedResult> {
  const { valid } = imported;
  const watch = stopwatch();
  // 5, 6. What named generators prescribe; then a kernel program, and a protocol in whole steps.
  const { precision = 'float64', threads, cacheDirectory, dumpIr } = options;
  const onPass = dumpIr && ((pass: string, program: Program): void => dumpIr(pass, printProgram(program)));
  const drawn = inStage('draw', () => placed(imported.positions, () => drawModel(valid, machineMemory())));
  const counts = recordsAllSynapses(drawn) ? await countSynapses(drawn, imported.positions, precision) : undefined;
  const program = inStage('lower', () =>
    placed(imported.positions, () =>
      programOf(drawn, { precision, ...(counts ? { counts } : {}), ...(onPass ? { onPass } : {}) }),
    ),
  );
  const protocol = firstSteps(protocolOf(valid, program), options.steps ?? Infinity);
  const steps = protocolSteps(protocol);
  if (steps > mostSteps) throw new DiagnosticError([{ severity: 'error', ...messages.tooManySteps(steps) }]);
  watch.end('lower');
  // 7. The program to something that runs here.
  const wishes = { ...workOf(program, steps), ...(options.device === undefined ? {} : { device: options.device }) };
  const strategy = readStrategy(options.strategy ?? 'auto');
  const { target, device, ordinal } = await chooseTarget(options.target ?? 'auto', wishes);
  refuseTooLarge(target.name, wishes.bytes ?? 0);
  const executable = await inStage('compile', () =>
    target.compile(program, {
      onPass,
      ...(threads === undefined ? {} : { threads }),
      ...(ordinal === undefined ? {} : { device: ordinal }),
      ...(strategy === undefined ? {} : { strategy }),
      ...(cacheDirectory === undefined ? {} : { cacheDirectory }),
    }),
  );
  const engine: Engine = { target: target.name, device, threads: executable.threads ?? 1 };
  watch.end('compile');
  if (target.name === 'null')
    return { kind: 'generated', engine, program, sources: executable.sources, seconds: watch.seconds() };
  // 8. Connect, run, record.
  const modelPaths =
    options.outputFolder === undefined
      ? []
      : await modelFilePaths(valid.model, imported.positions ?? unplaced, options.outputFolder);
  const named = options.outputFolder === undefined ? null : await modelFilesWriter(valid.model, options.outputFolder);
  const writers = [
    ...(await Promise.all((options.outputs ?? []).map(outputWriter))),
    ...(named ? [named] : []),
    ...(options.writers ?? []),
  ];
  const units = options.units ?? fileUnits(imported.notation);
  const recorder = createRecorder(program, protocol, fanOut(writers), { units: units.samples });
  const series = recorder.plan.setup.series.map(({ name }) => name);
  const written = [
    ...(options.outputs ?? []).map((path) => ({ output: path, files: filesOf(path, series) })),
    ...modelPaths.map((path) => ({ output: path, files: filesOf(path, []) })),
  ];
  refuseSameFile(written);
  await refuseToReplace(
    written.flatMap(({ files }) => files),
    options.force ?? false,
  );
  const { subject, command, repeated } = options;
  const { source } = imported;
  const { compiler } = executable;
  const header = runHeader(imported, program, {
    engine,
    environment: environmentOf({
      ...(source ? { source } : {}),
      ...(command ? { command } : {}),
      ...(compiler === undefined ? {} : { compiler }),
    }),
    ...(subject ? { subject } : {}),
    ...(units.times ? { times: units.times } : {}),
    ...(repeated ? { repeated } : {}),
  });
  const setup: RunSetup = {
    header,
    ...recorder.plan.setup,
    populations: withPositions(recorder.plan.setup.populations, valid),
    metadata: runMetadata(valid, options.subject),
    data: valid.data,
  };
  let session: Session | undefined;
  try {
    session = await inStage('connect', () => startWhileOpening(executable, program, writers, setup, options));
    watch.end('connect');
    const started = session;
    const run = await inStage('run', () =>
      recorder.run(started, {
        onProgress: (done, total) => options.onProgress?.('run', total === 0 ? 1 : done / total),
        ...(options.signal ? { signal: options.signal } : {}),
        ...(options.stopAfter === undefined ? {} : { stopAfter: options.stopAfter }),
      }),
    );
    watch.end('run');
    // 9. Close the files: now they get their names.
    const notes = repeated?.notes ?? [...program.manifest.notes, ...(executable.notes ?? [])];
    const record = runRecord(header, recorder.plan, run, notes);
    const outputs: string[] = [];
    for (const writer of writers) {
      const written = await inStage('write', () => writer.close(record, run.trains));
      if (writer === named) noteWritten(written);
      outputs.push(...written);
    }
    watch.end('write');
    const diagnostics = [...faultDiagnostics(run, program.dt), ...stateDiagnostics(run)];
    const { trains } = run;
    return {
      kind: 'run',
      engine,
      program,
      record,
      trains,
      outputs,
      seconds: watch.seconds(),
      diagnostics,
      dispose: () => recorder.dispose(),
    };
  } catch (error) {
    for (const writer of writers) await writer.abandon();
    recorder.dispose();
    throw error;
  } finally {
    await session?.dispose();
  }
}

/**
 * How many synapses each projection has, by its name, from building the network.
 *
 * @throws DiagnosticError for what cannot be lowered
 */
export const countAllSynapses = async ({
  valid,
  positions,
}: Pick<ImportedModel, 'valid'> & { readonly positions?: Positions }): Promise<ReadonlyMap<string, number>> =>
  countSynapses(
    placed(positions, () => drawModel(valid, machineMemory())),
    positions,
    'float64',
  );

async function countSynapses(
  drawn: DrawnModel,
  positions: Positions | undefined,
  precision: Precision,
): Promise<ReadonlyMap<string, number>> {
  const { target } = await chooseTarget('wasm');
  try {
    return await synapseCounts(drawn, target, precision);
  } catch (error) {
    // What stands in the way has its place in the user's text, as when the model itself is lowered.
    return placed(positions, () => {
      throw error;
    });
  }
}

/**
 * Builds the network and opens the outputs at the same time: a library for a format loads while the target's threads
 * work, and an output that cannot be written ends the building.
 */
async function startWhileOpening(
  executable: Executable,
  program: Program,
  writers: readonly ResultWriter[],
  setup: RunSetup,
  options: RunOptions,
): Promise<Session> {
  const failed = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
  const opening = openAll(writers, setup);
  opening.catch(() => failed.abort());
  const [opened, started] = await Promise.allSettled([
    opening,
    startConnected(executable, program, { ...options, signal }),
  ]);
  if (opened.status === 'rejected') {
    if (started.status === 'fulfilled') await started.value.dispose();
    throw opened.reason;
  }
  if (started.status === 'rejected') throw started.reason;
  return started.value;
}

async function openAll(writers: readonly ResultWriter[], setup: RunSetup): Promise<void> {
  for (const writer of writers) await writer.open(setup);
}

/** A session that is at its first step. */
async function startConnected(executable: Executable, program: Program, options: RunOptions): Promise<Session> {
  const session = await executable.start();
  try {
    await connect(session, program, options);
    return session;
  } catch (error) {
    await session.dispose();
    throw error;
  }
}

/** Builds the network: draws connections and initial values on the target. */
async function connect(session: Session, program: Program, { signal, onProgress }: RunOptions): Promise<void> {
  if (signal?.aborted) throw new InterruptedError();
  onProgress?.('connect', 0);
  const interrupted = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(new InterruptedError()), { once: true });
  });
  await Promise.race([session.initialise((fraction) => onProgress?.('connect', fraction)), interrupted]);
  onProgress?.('connect', 1);
  const sentences = await buildFaults(session, program);
  if (sentences.length > 0)
    throw new DiagnosticError(sentences.map((sentence) => ({ severity: 'error', ...messages.buildFault(sentence) })));
}

async function buildFaults(session: Session, program: Program): Promise<readonly string[]> {
  if (!program.buffers.some(({ name }) => name === 'faults')) return [];
  const bits = Number((await session.read('faults', 0, 1))[0] ?? 0);
  if (bits === 0) return [];
  const known = Object.entries(program.manifest.faults).filter(([mask]) => (Number(mask) & bits) !== 0);
  return known.length > 0
    ? known.map(([, sentence]) => sentence)
    : [`a fault of unknown kind (bits ${bits}) was raised`];
}

function faultDiagnostics(run: RecordedRun, dt: number): readonly Diagnostic[] {
  return run.faults.map((sentence) => ({ severity: 'error', ...messages.fault(sentence, run.steps, run.steps * dt) }));
}

function stateDiagnostics(run: RecordedRun): readonly Diagnostic[] {
  return run.notNumbers.map(({ owner, variable, count, infinite, elements }) => ({
    severity: 'warning',
    ...(count > 0
      ? messages.notNumbers(owner, variable, count, elements)
      : messages.infinite(owner, variable, infinite, elements)),
  }));
}

/**
 * The part of a protocol that a run of `limit` steps gets through: also what follows its last step and needs no other.
 */
function firstSteps(protocol: Protocol, limit: number): Protocol {
  const part: ProtocolEntry[] = [];
  let left = limit;
  for (const entry of protocol) {
    if (entry.kind !== 'run') {
      part.push(entry);
      continue;
    }
    if (left === 0 && entry.steps > 0) break;
    const steps = Math.min(entry.steps, left);
    part.push({ ...entry, steps });
    left -= steps;
  }
  return part;
}

/** Hands every block to all writers. */
function fanOut(writers: readonly ResultWriter[]): SampleSink {
  return {
    samples: (block) => writers.forEach((writer) => writer.samples(block)),
    advance: (step) => writers.forEach((writer) => writer.advance(step)),
    ready: async () => {
      for (const writer of writers) await writer.ready?.();
    },
  };
}

/** Measures stages that follow one another. */
function stopwatch(): { end(stage: keyof StageTimes): void; seconds(): StageTimes } {
  const seconds = { lower: 0, compile: 0, connect: 0, run: 0, write: 0 };
  let began = performance.now();
  return {
    end(stage) {
      const now = performance.now();
      seconds[stage] += (now - began) / 1000;
      began = now;
    },
    seconds: () => ({ ...seconds }),
  };
}
