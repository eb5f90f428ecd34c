/** The program in a browser: reads a model, runs it and converts it. */

import { giveFiles, platform } from './platform.js';
import { loadForReading, writtenHdf5 } from './hdf5.js';
import { parametersOf } from './parameters.js';
import { reactionOrder } from './reactions.js';
import { channelCurvesIn, sweptCurves } from './shown-curves.js';
import { picturedRecordings } from '../src/present/pictured-recordings.js';
import type {
  BeginMessage,
  Calls,
  Converted,
  GivenModel,
  LiveMessage,
  MadeFile,
  ReadModel,
  TaskState,
} from './messages.js';
import type { RecordedRun } from '../runtime/record/recorder.js';
import { createRecorder, runRecord } from '../runtime/record/recorder.js';
import { recordingPlan, type RecordingPlan } from '../runtime/record/plan.js';
import { protocolSteps } from '../runtime/record/protocol.js';
import { createNwb } from '../runtime/results/nwb/content.js';
import {
  columnCount,
  elementAt,
  type RunRecord,
  type RunSetup,
  type SampleBlock,
  type SampleSink,
  type StoredResult,
} from '../runtime/results/result.js';
import type { BundleFile } from '../src/bundle/contents.js';
import type { PackedImport } from '../src/bundle/crate.js';
import { archiveBytes } from '../src/bundle/write-archive.js';
import { UsageError, type Diagnostic } from '../src/diagnostics/diagnostic.js';
import { writtenInSymbols } from '../src/lang/readable-quantity.js';
import { parseUnit } from '../src/lang/units.js';
import type { Model } from '../src/model/model.js';
import { endOf, isRecording } from '../src/model/tagged.js';
import { variableLabel } from '../src/pictures/variable-label.js';
import { axisUnits } from '../src/pictures/axis-unit.js';
import { isPlainModel, modelDiagram } from '../src/pictures/model-diagram.js';
import { bundleFiles, importSettings, packedRun, type PackedResults } from '../src/convert/bundle-files.js';
import { compileModel, countAllSynapses } from '../src/pipeline/compile-model.js';
import { startConnected } from '../src/pipeline/connect.js';
import { convertModel } from '../src/convert/convert.js';
import { usualSuffix, type TargetNotation } from '../src/convert/target-notations.js';
import { describeModel, networkCaption } from '../src/present/describe/describe.js';
import { descriptionBlocks } from '../src/present/describe/formats.js';
import { tablesIn } from '../src/present/describe/membrane.js';
import { noParts } from '../src/present/describe/description.js';
import { sourceWords } from '../src/convert/source-words.js';
import { measure } from '../src/verify/measure.js';
import { measurementLines } from '../src/verify/measurement-text.js';
import { needsDuration, usualDuration } from '../src/present/next-commands.js';
import type { SweptRun } from '../src/sweep/read-table.js';
import { registerNotations } from '../src/notations.js';
import { judgeRun, readCondition } from '../src/verify/expect/task.js';
import { importModel } from '../src/pipeline/import-model.js';
import type { ImportOptions } from '../src/pipeline/read/import-options.js';
import { isHdf5 } from '../src/pipeline/read/included-files.js';
import type { ImportedModel } from '../src/pipeline/read/imported-model.js';
import { readSource } from '../src/pipeline/read/read-source.js';
import { runFindings } from '../src/pipeline/results/run-findings.js';
import { runSetup } from '../src/pipeline/results/run-setup.js';
import { fileUnits } from '../src/pipeline/results/written-units.js';
import { stopwatch } from '../src/pipeline/run-options.js';

registerNotations();

/** A result with the findings about it. */
type Found<T> = Promise<{ readonly answer: Awaited<T>; readonly findings: readonly Diagnostic[] }>;

/** The last run of the model, for files. */
interface LastRun {
  readonly setup: RunSetup;
  readonly record: RunRecord;
  readonly blocks: readonly SampleBlock[];
  readonly recorded: RecordedRun;
}

let current: ImportedModel | undefined;
/** The model with the recordings that the page adds for its pictures. */
let watched: ImportedModel | undefined;
/** The document first. */
let sources: GivenModel['files'] = [];
/** Options that the document was read with, by name. */
let settings: PackedImport['settings'] = {};
/** Its tables of cells, channels and inputs. */
let tables = noParts;
let last: (LastRun & { readonly seconds: number }) | undefined;
/** The document of the model that was read last, and its options. */
let opened: { readonly source: ReturnType<typeof readSource>; readonly options: ImportOptions } | undefined;
let stopping = new AbortController();
/** Ends the measurement under way. */
let measuring = new AbortController();

const model = (): ImportedModel => {
  if (current) return current;
  throw new UsageError('there is no model', 'open one');
};

/** Imports a model. @throws DiagnosticError, UsageError */
export async function read(given: GivenModel): Found<ReturnType<Calls['read']>> {
  measuring.abort();
  current = watched = undefined;
  last = undefined;
  const { files, main, options } = given;
  sources = [...files].sort(([one], [other]) => Number(other === main) - Number(one === main));
  settings = importSettings(options);
  giveFiles(new Map(files));
  await loadForReading(files.map(([, bytes]) => bytes).filter(isHdf5));
  // All files were given for this model.
  const source = readSource(main);
  const known = { ...options, allowPaths: ['/'] };
  const stated = importModel(source, known);
  const lacksDuration = needsDuration(stated.valid);
  const timed = lacksDuration ? { ...known, duration: usualDuration } : known;
  current = lacksDuration ? importModel(source, timed) : stated;
  const record = picturedRecordings(current.valid.model);
  opened = { source, options: record.length === 0 ? timed : { ...timed, record } };
  watched = record.length === 0 ? current : importModel(source, opened.options);
  tables = tablesIn(current, source, ['/']);
  const answer = { ...readModel(current, source.text), needsDuration: lacksDuration };
  return { answer, findings: current.diagnostics };
}

/** Returns the curves of channels in one of the files that were given last. */
export function curves(path: string): Found<ReturnType<Calls['curves']>> {
  return Promise.resolve({ answer: channelCurvesIn(readSource(path)), findings: [] });
}

function readModel({ valid, notation, hashes }: ImportedModel, text: string): Omit<ReadModel, 'needsDuration'> {
  const { model: document } = valid;
  return {
    name: document.name,
    notation,
    metadata: document.metadata,
    cells: cellsOf(document),
    experiment: hashes.experiment,
    parameters: parametersOf(document, text),
    seed: document.experiment.seed,
    duration: durationText(document.experiment.protocol),
    diagram: modelDiagram(document, new Map()),
    isPlain: isPlainModel(document),
  };
}

/** Returns the duration of a protocol as `--duration` takes it. */
function durationText(protocol: Model['experiment']['protocol']): string {
  // Sums of phases have errors in their last digits.
  const { number, unit } = writtenInSymbols(Number(endOf(protocol).toPrecision(12)), parseUnit('s').dimension);
  return `${number} ${unit}`;
}

/** Returns the number of cells. */
const cellsOf = ({ populations }: ImportedModel['valid']['model']): number =>
  Object.values(populations).reduce((sum, { size }) => sum + size, 0);

/** Describes the model that was read last. */
export async function describe(): Found<ReturnType<Calls['describe']>> {
  const imported = model();
  const synapses = await countAllSynapses(imported);
  const blocks = descriptionBlocks(describeModel(imported.valid, imported.hashes, synapses, tables));
  return {
    answer: {
      html: blocks.join('\n'),
      diagram: modelDiagram(imported.valid.model, synapses),
      caption: networkCaption(imported.valid.model, synapses, tables),
      synapses: [...synapses.values()].reduce((sum, count) => sum + count, 0),
    },
    findings: [],
  };
}

/** Columns of a series that are shown. */
export const mostTraces = 8;

/** Milliseconds between two messages. */
const interval = 40;

/** Runs the model that was read last. */
export async function run(
  tell: (message: BeginMessage | LiveMessage) => void,
  check: string | undefined,
): Found<ReturnType<Calls['run']>> {
  stopping = new AbortController();
  const imported = watched ?? model();
  const { answer, findings, ...done } = await recordRun(imported, stopping.signal, tell);
  last = { ...done, seconds: answer.seconds };
  if (check === undefined || answer.outcome !== 'complete') return { answer, findings };
  return { answer: { ...answer, judged: taskState(check, done.recorded, imported) }, findings };
}

/** Returns the state of a task after a run. */
function taskState(check: string, { trains, steps }: RecordedRun, { valid }: ImportedModel): TaskState {
  const condition = readCondition(check);
  const { name, population, relation, expected } = condition;
  const judged = judgeRun(condition, trains, { steps, dt: valid.model.experiment.dt });
  if (!judged) return { text: `The model records no spikes of ${population}.`, holds: false };
  const wanted = `${relation === '=' ? '' : `${relation} `}${expected.text}`;
  return {
    text: judged.holds
      ? `✓ ${name} is ${judged.found}, as the task asks: ${wanted}.`
      : `${name} is ${judged.found}. The task asks for ${wanted}.`,
    holds: judged.holds,
  };
}

/** Runs a model on WebAssembly, and tells how it goes on. @param signal  ends the run after the steps under way */
export async function recordRun(
  imported: ImportedModel,
  signal: AbortSignal,
  tell: (message: BeginMessage | LiveMessage) => void,
): Promise<LastRun & Awaited<Found<ReturnType<Calls['run']>>>> {
  const watch = stopwatch();
  const compiled = await compileModel(imported, { target: 'wasm' }, watch);
  const { program, protocol, executable } = compiled;
  const units = fileUnits(imported.notation);
  const plan = recordingPlan(program, protocol, units.samples);
  const { setup, notes } = runSetup(imported, compiled, plan, units.times ? { times: units.times } : {});
  tell(beginOf(plan, protocolSteps(protocol), program.dt, imported.valid.model.recordings));
  const blocks: SampleBlock[] = [];
  const sink: SampleSink = { samples: (block) => void blocks.push(block), advance: () => undefined };
  const recorder = createRecorder(program, protocol, sink, plan);
  const session = await startConnected(executable, program, { signal });
  try {
    const taken = plan.trains.map(() => 0);
    let [shown, lastTime] = [0, 0];
    const show = (done: number): void => {
      const spikes = plan.trains.map((_, train) => {
        const { steps, cells } = recording.spikes(train, taken[train] ?? 0);
        taken[train] = (taken[train] ?? 0) + steps.length;
        return { train, steps, cells };
      });
      tell({ kind: 'live', done, spikes, samples: blocks.slice(shown).map((block) => samplesOf(block, plan)) });
      shown = blocks.length;
      lastTime = performance.now();
    };
    const recording = await recorder.begin(session, {
      signal,
      onProgress: (done) => {
        if (performance.now() - lastTime > interval) show(done);
      },
    });
    for (const entry of protocol) await recording.perform(entry);
    const recorded = await recording.finish(protocol);
    show(recorded.steps);
    watch.end('run');
    return {
      setup,
      record: runRecord(setup.header, plan, recorded, notes),
      blocks,
      recorded,
      answer: runEndOf(recorded, plan, watch.seconds()),
      findings: runFindings(recorded, program.dt),
    };
  } finally {
    recorder.dispose();
    await session.dispose();
  }
}

/** Returns the name of a series in legends: its variable, and its place on cells, as in `cells.soma(0.5).v`. */
function nameOfSeries(
  { owner, variable, recording }: RunSetup['series'][number],
  recordings: Model['recordings'],
): string {
  const found = recordings.find(({ name }) => name === recording);
  const { section, fraction = 0.5 } = found && isRecording(found, 'variables') ? found : {};
  return [owner, ...(section === undefined ? [] : [`${section}(${fraction})`]), variableLabel(variable)].join('.');
}

const beginOf = (
  { setup }: RecordingPlan,
  steps: number,
  dt: number,
  recordings: Model['recordings'],
): BeginMessage => ({
  kind: 'begin',
  steps,
  dt,
  trains: setup.trains.map(({ population: owner, event }) => {
    const population = setup.populations.findIndex(({ name }) => name === owner);
    const size = setup.populations[population]?.size ?? 0;
    return { name: event === 'spike' ? owner : `${owner}.${event}`, size, population };
  }),
  series: setup.series.map((series) => ({
    name: nameOfSeries(series, recordings),
    units: axisUnits(series.unit),
    cells: shownCells(series, 0),
    size: columnCount(series),
  })),
});

/** Returns the cells of the columns that are shown, from a column on. */
const shownCells = (series: RunSetup['series'][number], first: number): readonly number[] =>
  Array.from({ length: Math.max(0, Math.min(mostTraces, columnCount(series) - first)) }, (_, k) =>
    series.elements === null ? first + k : elementAt(series.elements, first + k),
  );

/** Returns the columns of a block that are shown. */
function samplesOf(
  { series, steps, values }: SampleBlock,
  { setup }: Pick<RecordingPlan, 'setup'>,
  first = 0,
): LiveMessage['samples'][number] {
  const columns = columnCount(setup.series[series]!);
  const shown = Math.max(0, Math.min(mostTraces, columns - first));
  const part = new Float64Array(steps.length * shown);
  for (let row = 0; row < steps.length; row += 1)
    for (let k = 0; k < shown; k += 1) part[row * shown + k] = Number(values[row * columns + first + k]);
  return { series, steps: Int32Array.from(steps), values: part };
}

/** Values of a current in a curve of rates, the longest run of each in s, and that before effects are measured. */
const [currentValues, longestStep, briefRun] = [9, 0.5, 0.4];

/** Returns the rate of a single cell against the first current among its parameters; undefined for other models. */
export async function currentCurve(): Found<ReturnType<Calls['currentCurve']>> {
  const { model: document } = model().valid;
  const none = { answer: undefined, findings: [] };
  // The second one may be an input.
  const isAlone = cellsOf(document) <= 2;
  const current =
    opened && parametersOf(document, opened.source.text).find(({ unit }) => /^[a-zµ]?A(?:$|\/)/.test(unit));
  if (!opened || !isAlone || !current) return none;
  const { source, options } = opened;
  const { name, unit, low, high } = current;
  const duration = Math.min(longestStep, endOf(document.experiment.protocol));
  const runs: SweptRun[] = [];
  stopping = new AbortController();
  for (let k = 0; k < currentValues && !stopping.signal.aborted; k += 1) {
    const value = `${Number((Math.max(0, low) + ((high - Math.max(0, low)) * k) / (currentValues - 1)).toPrecision(3))} ${unit}`;
    const changed = importModel(source, {
      ...options,
      duration: `${duration} s`,
      set: { ...options.set, [name]: value },
    });
    const { answer } = await recordRun(changed, stopping.signal, () => undefined);
    runs.push({ values: [value], seed: '', file: '', rates: answer.rows.map(({ spikes }) => spikes / duration) });
  }
  const isRising = new Set(runs.flatMap(({ rates }) => rates)).size > 1;
  if (runs.length < currentValues || !isRising) return none;
  const populations = Object.keys(document.populations);
  return {
    answer: sweptCurves(
      { varied: [name], populations, runs },
      `Rate of the cell against ${name}, in runs of ${duration * 1e3} ms.`,
    ),
    findings: [],
  };
}

/** Returns parameters by how much the last run changes if they grow by a tenth; undefined after long runs. */
export async function reactions(): Found<ReturnType<Calls['reactions']>> {
  if (!opened || !last || last.seconds > briefRun) return { answer: undefined, findings: [] };
  measuring.abort();
  measuring = new AbortController();
  const [{ source, options }, { signal }] = [opened, measuring];
  const answer = await reactionOrder(parametersOf(model().valid.model, source.text), last, (set) =>
    recordRun(importModel(source, { ...options, set: { ...options.set, ...set } }), signal, () => undefined),
  );
  return { answer: signal.aborted ? undefined : answer, findings: [] };
}

/** Returns the last run as files hold it; undefined without one. */
export function lastRun(): Pick<StoredResult, 'record' | 'path' | 'trains' | 'series'> | undefined {
  if (!last) return undefined;
  const { setup, blocks, record, recorded } = last;
  const series = setup.series.map(({ written: _, ...plan }, k) => {
    const own = blocks.filter((block) => block.series === k);
    const values = own.flatMap((block) => Array.from(block.values as Iterable<number | bigint>, Number));
    const steps = Int32Array.from(own.flatMap((block) => [...block.steps]));
    return { plan, samples: steps.length, steps: () => steps, read: () => Float64Array.from(values) };
  });
  return { record, path: 'the run of this page', trains: recorded.trains, series };
}

/** Returns samples of other cells of the last run; series with fewer cells show their last ones. */
export function samples(first: number): Found<ReturnType<Calls['samples']>> {
  if (!last) throw new UsageError('nothing was run', 'run the model');
  const { setup, blocks } = last;
  const answer = setup.series.map((series, k) => {
    const begin = Math.max(0, Math.min(first, columnCount(series) - mostTraces));
    const parts = blocks.filter((block) => block.series === k).map((block) => samplesOf(block, { setup }, begin));
    return {
      cells: shownCells(series, begin),
      steps: Int32Array.from(parts.flatMap(({ steps }) => [...steps])),
      values: Float64Array.from(parts.flatMap(({ values }) => [...values])),
    };
  });
  return Promise.resolve({ answer, findings: [] });
}

function runEndOf(
  { fingerprint, outcome, steps }: RecordedRun,
  { setup }: RecordingPlan,
  { connect, run: running, lower, compile }: ReturnType<ReturnType<typeof stopwatch>['seconds']>,
): Awaited<ReturnType<Calls['run']>> {
  return {
    fingerprint: fingerprint.total,
    outcome,
    steps,
    seconds: lower + compile + connect + running,
    rows: setup.populations.map(({ name, size }) => ({
      name,
      size,
      spikes: fingerprint.populations[name]?.spikes.count ?? 0,
    })),
  };
}

/** Writes the last run as NWB. */
export async function nwb(): Found<ReturnType<Calls['nwb']>> {
  if (!last) throw new UsageError('nothing was run', 'run the model');
  const { setup, record, blocks, recorded } = last;
  const bytes = await writtenHdf5((h5, path) => {
    const content = createNwb(h5, path, setup);
    for (const block of blocks) {
      content.samples(block);
      content.advance(block.steps.at(-1) ?? 0);
    }
    content.finish(record, recorded.trains);
    content.h5.file.close();
  });
  return { answer: { name: `${platform.paths.parse(model().source.path).name}.nwb`, bytes }, findings: [] };
}

/** Returns files as one archive. */
const zippedFiles = (files: readonly MadeFile[]): Uint8Array =>
  archiveBytes(files.map(({ name, bytes }) => ({ path: name, bytes, role: 'notation', description: '' })));

/** Packs the model as the page holds it, with the last run. */
export async function bundle(hasNwb: boolean): Found<ReturnType<Calls['bundle']>> {
  const imported = model();
  const name = platform.paths.parse(imported.source.path).name;
  const results = last && hasNwb ? await packedRunOf(last, imported) : { files: [], runs: [] };
  const { files, remarks } = await bundleFiles(imported, {
    sources: sources.map(([path, bytes], k) => ({
      path: `source/${path}`,
      bytes,
      role: 'source',
      description: k === 0 ? 'the model as its author wrote it' : 'a file that the model includes',
    })),
    notations: [],
    results,
    read: { source: `source/${sources[0]?.[0] ?? ''}`, settings },
    date: new Date().toISOString().slice(0, 10),
  });
  return { answer: { file: { name: `${name}.omex`, bytes: archiveBytes(files) }, remarks }, findings: [] };
}

async function packedRunOf({ record }: LastRun, imported: ImportedModel): Promise<PackedResults> {
  const { name, bytes } = (await nwb()).answer;
  const path = `results/${name}`;
  const file: BundleFile = { path, bytes, role: 'result', description: 'a result of the model' };
  return { files: [file], runs: [packedRun(record, path, imported)] };
}

/** Ends a run after the steps that are under way. */
export const stop = (): void => stopping.abort();

/** Converts the model that was read last. */
export async function convert(to: TargetNotation): Found<ReturnType<Calls['convert']>> {
  const { source } = model();
  const { files, outcome, report } = await converted(to);
  const made = files.map((file) => ({ name: file.name, bytes: file.bytes ?? new TextEncoder().encode(file.text) }));
  const zipped = `${platform.paths.parse(source.path).name}-${to}.zip`;
  const answer: Converted = {
    // A folder of files is one download.
    files: made.length < 2 ? made : [{ name: zipped, bytes: zippedFiles(made) }],
    outcome,
    differences: report
      .filter(({ verdict }) => verdict !== 'exact')
      .map(({ verdict, pointer, message }) => `${verdict}: ${pointer === '' ? '' : `${pointer}: `}${message}`),
  };
  return { answer, findings: [] };
}

const converted = (to: TargetNotation): ReturnType<typeof convertModel> => {
  const { valid, positions, source } = model();
  return convertModel(valid, to, { name: `${platform.paths.parse(source.path).name}${usualSuffix(to)}`, positions });
};

/** Returns the verdict on a conversion of the model that was read last, as `interneuron convert` prints it. */
export async function verdict(to: TargetNotation): Found<ReturnType<Calls['verdict']>> {
  measuring.abort();
  measuring = new AbortController();
  const { signal } = measuring;
  const { valid, notation, positions } = model();
  const written = await converted(to);
  await loadForReading(written.files.flatMap(({ bytes }) => bytes ?? []).filter(isHdf5));
  const measured = await measure(valid, to, written, { from: notation, signal });
  const { variable } = sourceWords(valid.model, positions, written.report);
  return { answer: measurementLines(measured, variable), findings: [] };
}
