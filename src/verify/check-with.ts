/** Runs a converted model in the simulator of its notation. */

import { rmSync, readFileSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DiagnosticError, UsageError } from '../diagnostics/diagnostic.js';
import { limitOf, noLimit, type Limit, type LimitOptions } from './limit.js';
import { asItsScriptRuns } from '../library/simulators/source-setup.js';
import type { Model, ValidModel } from '../model/model.js';
import { wholePopulation } from '../model/selected.js';
import { isRecording, phaseKind } from '../model/tagged.js';
import {
  compared,
  comparedTime,
  drawnAnew,
  EndedByFault,
  labelOf,
  recordingSpikes,
  spikesOf,
  withVariables,
  type CheckOptions,
  type ConversionCheck,
} from './check-conversion.js';
import { convertWritten, hasNestml, notationRead, readBack, type HowToConvert } from './read-back.js';
import { isolatedPython } from '../platform/python.js';
import { outcomeOf, runProgram } from '../platform/start-program.js';
import { parseUnit } from '../lang/units.js';
import { compareSamples, SampleKeeper } from './compare-samples.js';
import type { SpikesByPopulation } from './compare-spikes.js';
import { comparableVariables, mostSamples, type Sampled } from './comparable-variables.js';
import { convertModel, type ConvertedModel } from '../convert/convert.js';
import { isLoss } from '../model/conversion-report.js';
import { mainOf } from '../../translators/shared/writing.js';
import { importModel, readSource } from '../pipeline/pipeline.js';
import { segmentTimes } from '../pipeline/results/segments.js';
import type { Measurement } from './measure.js';
import { graded } from './own-step.js';
import { toolFailure } from './tool-failure.js';
import { runFor, targetNotations, targetOf, usualName, type TargetNotation } from '../convert/target-notations.js';
import { stretchesKept } from '../library/simulators/kept-stretches.js';
import type { Simulator } from '../library/simulators/names.js';
import { simulators } from '../library/simulators/simulators.js';
import type { Notation } from '../pipeline/read/notation.js';
import { temporaryFolder } from '../platform/temporary-folder.js';
import {
  brianResults,
  lemsResults,
  makeFolders,
  pynnResults,
  type Recorded,
  type ToolResults,
} from './tool-results.js';

const runs = (notation: TargetNotation, simulator: Simulator): boolean =>
  targetOf(notation).runBy?.includes(simulator) === true;

/** Returns whether a simulator runs scripts of a notation. */
export const runsScripts = (notation: Notation, simulator: Simulator): boolean =>
  targetNotations.some((to) => targetOf(to).notation === notation && runs(to, simulator));

/**
 * Runs a model here, and its conversion under a simulator.
 *
 * @throws UsageError if the simulator runs no such notation, or is not found
 */
export async function checkWith(
  valid: ValidModel,
  to: TargetNotation,
  simulator: Simulator,
  options: CheckOptions & HowToConvert = {},
): Promise<ConversionCheck> {
  const able = targetNotations.filter((one) => runs(one, simulator));
  if (!able.includes(to)) throw new UsageError(`${simulator} does not run ${to}`, `it can run ${able.join(' and ')}`);
  const { valid: spiking, names } = recordingSpikes(valid);
  const { recordings, sampled, absent, anew, units } = await comparable(valid, to, options);
  const { model } = spiking;
  // Variables that are only displayed are in no file.
  const { displays: _, ...annotations } = model.annotations;
  const recorded = { ...spiking, model: { ...model, annotations, recordings: [...model.recordings, ...recordings] } };
  const folder = temporaryFolder('check');
  try {
    const written = await writtenFor(recorded, to, simulator, options.freeze ?? false);
    const { isCompiled } = written;
    const execute = prepared(written, simulator, targetOf(to).notation, folder);
    const keeper = new SampleKeeper();
    const label = labelIn(simulator, valid.model);
    const nothing: SpikesByPopulation = new Map();
    const failed = (failure: string): ConversionCheck => ({
      ...compared(simulator, valid, nothing, nothing, label),
      failure,
    });
    let source: SpikesByPopulation;
    try {
      const noNumbers: string[] = [];
      const onNaN = (message: string): void => void noNumbers.push(message);
      source = await spikesOf(targetOf(to).keepsSetup ? valid : asItsScriptRuns(valid), {
        besides: { recordings, keeper },
        onNaN,
      });
      if (noNumbers.length > 0) return failed(`in the model itself, ${noNumbers.join(', ')}`);
    } catch (error) {
      if (error instanceof EndedByFault) return failed(error.message);
      throw error;
    }
    let found: ToolResults;
    try {
      found = await execute({
        model: valid.model,
        spikes: names,
        samples: sampled,
        units: isCompiled ? units : new Map(),
      });
    } catch (error) {
      return failed(toolFailure(error));
    }
    const held = simulators[simulator].loses === 'restored' ? keptOf(source, valid.model) : { spikes: source };
    const single = compared(simulator, valid, held.spikes, found.spikes, label, { sameDraws: anew.length === 0 });
    const check =
      single.grade === 'different' && anew.length > 0 && (await hasAlike(valid, found.spikes, simulator, label))
        ? { ...single, grade: 'cannot say' as const }
        : single;
    const variables = compareSamples(keeper.kept(), found.samples, recordings, sampled);
    const missing = [...sampled].flatMap(([name, { population, variable }]) =>
      found.samples.has(name) ? [] : `${population}.${variable}`,
    );
    return {
      ...withVariables(check, variables),
      absent: [...check.absent, ...absent, ...missing],
      ...(held.givenUp === undefined ? {} : { seconds: check.seconds - held.givenUp, givenUp: held.givenUp }),
      ...(anew.length > 0 ? { drawnAnew: anew } : {}),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns the time by which a simulator's label of a spike follows the beginning of its step, in s. */
export const labelIn = (simulator: Simulator, { experiment }: Pick<Model, 'experiment'>): number =>
  simulator === 'brian2' ? 0 : experiment.dt;

/** A model that a simulator cannot run, or not with the packages of its environment. */
export class CannotRun extends UsageError {
  /** The reason, short enough for a cell of a table. */
  readonly inShort: string;
  constructor(inShort: string, message: string, hint: string) {
    super(message, hint);
    this.name = 'CannotRun';
    this.inShort = inShort;
  }
}

/** A model as a simulator runs it. */
interface WrittenFor {
  readonly converted: ConvertedModel;
  /** Whether NESTML compiles types of it. */
  readonly isCompiled: boolean;
}

/** Writes a model for a simulator. @throws CannotRun if the simulator cannot run it */
async function writtenFor(
  recorded: ValidModel,
  to: TargetNotation,
  simulator: Simulator,
  freeze: boolean,
): Promise<WrittenFor> {
  const inNotation = (script: TargetNotation): Promise<ConvertedModel> =>
    convertModel(recorded, script, { name: usualName(script), freeze });
  const plain = await inNotation(runFor(to));
  const runsHere = !plain.portable;
  const { onlyHere } = targetOf(runFor(to));
  const compiled = onlyHere?.instead as TargetNotation | undefined;
  const isForCompiler = compiled !== undefined && runs(compiled, simulator) && (runsHere || to === compiled);
  const converted = isForCompiler ? await inNotation(compiled) : plain;
  const nestml = converted === plain ? undefined : lackOfNestml(converted);
  if (typeof nestml === 'string')
    throw new CannotRun(
      'not in NESTML',
      `${simulator} cannot run it: PyNN has no names for some of its cells or synapses, and NESTML no words (${nestml})`,
      "leave --with out to compare with interneuron's backend of PyNN",
    );
  if (runsHere && converted === plain) {
    const reason = converted.report.find(({ code }) => code === onlyHere?.reasons);
    throw new CannotRun(
      'not in PyNN',
      `${simulator} cannot run it: PyNN has no names for some of its cells or synapses, which are written by their ` +
        `equations${reason === undefined ? '' : ` (${reason.pointer}: ${reason.message})`}`,
      "such scripts run on interneuron's backend of PyNN; leave --with out to compare with that",
    );
  }
  return { converted, isCompiled: hasNestml(converted) };
}

/**
 * Writes files into a folder.
 *
 * @param python  program that has the simulator; default: one on the path
 * @returns a function that runs them, and reads the results
 */
function prepared(
  { converted: { files, data }, isCompiled }: WrittenFor,
  simulator: Simulator,
  notation: Notation,
  folder: string,
  python?: string,
): (recorded: Recorded) => Promise<ToolResults> {
  const { runs: compiler, packages } = simulators.nestml;
  const program = python ?? pythonWith(simulator, [...simulators[simulator].runs, ...(isCompiled ? compiler : [])]);
  if (isCompiled && python !== undefined && !hasModules(python, compiler)) {
    const [[distribution, name] = ['', '']] = packages;
    throw new CannotRun(
      `needs ${name}`,
      `${simulator} needs ${name} for cells or synapses that PyNN has no names for, and the environment lacks it`,
      `install ${distribution} in this environment`,
    );
  }
  for (const { name, text } of files) writeFileSync(join(folder, name), text);
  const main = mainOf(files)?.name ?? '';
  const read = (): Model => importModel(readSource(join(folder, main)), { data, origin: false }).valid.model;
  return (recorded) => run(simulator, notation, program, folder, main, isCompiled, { ...recorded, read });
}

/** Runs files in a simulator, or returns the spikes of an earlier run of the same files. */
export type RunFiles = (
  files: ConvertedModel['files'],
  run: () => Promise<SpikesByPopulation>,
) => Promise<SpikesByPopulation>;

/** How a simulator runs a conversion. */
interface HowToRun {
  readonly runFiles?: RunFiles;
  /** Program that has the simulator; absent: one on the path. */
  readonly python?: string;
}

/**
 * Returns the spikes of a model's conversion in a simulator, by populations of the model.
 *
 * @throws UsageError if the simulator cannot run it
 * @throws Error with the output of a simulator that fails
 */
export async function spikesUnder(
  valid: ValidModel,
  to: TargetNotation,
  simulator: Simulator,
  { runFiles = (_, start) => start(), python }: HowToRun = {},
): Promise<SpikesByPopulation> {
  const { valid: recorded, names: spikes } = recordingSpikes(valid);
  const { displays: _, ...annotations } = recorded.model.annotations;
  const model = { ...recorded.model, annotations };
  const written = await writtenFor({ ...recorded, model }, to, simulator, false);
  return runFiles(written.converted.files, async () => {
    const folder = temporaryFolder('spikes');
    try {
      const execute = prepared(written, simulator, targetOf(to).notation, folder, python);
      return (await execute({ model: valid.model, spikes, samples: new Map() })).spikes;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

/** A script with arguments of its own. */
export interface Script {
  readonly path: string;
  readonly words: readonly string[];
}

/**
 * Returns the spikes of a script that runs as it is, by populations of the model that was captured from it. Only
 * recordings of whole populations count.
 *
 * @param simulator  one that runs scripts of this notation: Brian, or a simulator of PyNN
 * @throws CannotRun if the script records no spikes
 * @throws Error with the output of a script that fails
 */
export async function spikesOfScript(
  { model }: ValidModel,
  { path, words: own }: Script,
  simulator: Simulator,
  python: string,
): Promise<SpikesByPopulation> {
  const recorded = model.recordings.flatMap((recording): (readonly [name: string, population: string])[] => {
    const population = isRecording(recording, 'events') ? wholePopulation(recording.of) : undefined;
    return population === undefined ? [] : [[recording.name, population]];
  });
  if (recorded.length === 0)
    throw new CannotRun('no spikes', `${path} records no spikes of a whole population`, 'record them in the script');
  const folder = temporaryFolder('script');
  try {
    const results = join(folder, 'results.json');
    const run = (kind: string, ...words: readonly string[]): Promise<string> =>
      runTool(
        python,
        isolatedPython([runScript, kind, results, resolve(path), ...words, ...own], folder).words,
        folder,
      );
    const found = { model, spikes: new Map(recorded), samples: new Map<string, Sampled>() };
    if (simulator === 'brian2') {
      await run('brian');
      return brianResults(results, found).spikes;
    }
    const populations = Object.entries(model.populations).map(([name, { size }]) => [name, size]);
    await run('pynn-as-it-is', simulator, JSON.stringify(populations));
    return pynnResults(results, found).spikes;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Compares a model with its conversion in the limit of small steps. A simulator runs the conversion with the loop open.
 *
 * @throws UsageError if the simulator cannot run it
 */
export async function limitWith(
  valid: ValidModel,
  to: TargetNotation,
  simulator: Simulator,
  options: LimitOptions & HowToRun = {},
): Promise<Limit> {
  const inTool = (opened: ValidModel): Promise<SpikesByPopulation> => spikesUnder(opened, to, simulator, options);
  try {
    return { ...(await limitOf(valid, valid, { ...options, runTarget: inTool })), with: simulator };
  } catch (error) {
    if (error instanceof DiagnosticError || error instanceof UsageError) throw error;
    return { ...noLimit(valid, toolFailure(error)), with: simulator };
  }
}

/** Measures a conversion that a simulator runs. @throws UsageError if the simulator cannot run it */
export async function measureWith(
  valid: ValidModel,
  to: TargetNotation,
  simulator: Simulator,
  { seconds, ...how }: HowToConvert & { readonly seconds?: number | undefined } = {},
): Promise<Measurement> {
  const measured = graded(await checkWith(valid, to, simulator, how));
  return { ...measured, limit: await limitWith(valid, to, simulator, seconds === undefined ? {} : { seconds }) };
}

/** Further seeds of a model of random draws before one run of a simulator is called different. */
const otherSeeds = ['1', '2', '3', '4'];

/** Checks whether a run of a simulator is not different from a run of the model with another seed. */
async function hasAlike(
  valid: ValidModel,
  found: SpikesByPopulation,
  simulator: Simulator,
  label: number,
): Promise<boolean> {
  for (const seed of otherSeeds) {
    const model = { ...valid.model, experiment: { ...valid.model.experiment, seed } };
    const spikes = await spikesOf({ ...valid, model });
    if (compared(simulator, valid, spikes, found, label).grade !== 'different') return true;
  }
  return false;
}

/** Returns recordings of variables that both the model and its conversion have, and the conversion's new draws. */
async function comparable(
  valid: ValidModel,
  to: TargetNotation,
  { freeze = false }: HowToConvert,
): Promise<
  ReturnType<typeof comparableVariables> & {
    readonly anew: readonly string[];
    /** Units in SI of the variables of the model's own types that NEST records, by the names of recordings. */
    readonly units: ReadonlyMap<string, number>;
  }
> {
  const converted = await convertWritten(valid, to, { freeze });
  const target = await readBack(valid, notationRead(to), { converted, freeze });
  const { became } = converted;
  const found = comparableVariables(valid, target, comparedTime(valid.model), { most: mostSamples.inText, became });
  return {
    ...found,
    anew: drawnAnew(target.model),
    units: unitsOfNestml(found.sampled, target.model),
  };
}

/** Returns the first part of a model that NESTML cannot express; recordings can be left out. */
const lackOfNestml = ({ report }: ConvertedModel): string | undefined => {
  const lack = report.find(isLoss);
  return lack && `${lack.pointer}: ${lack.message}`;
};

function unitsOfNestml(
  sampled: ReadonlyMap<string, Sampled>,
  { neurons, populations }: Model,
): ReadonlyMap<string, number> {
  const units = [...sampled].flatMap(([name, { population, variable }]) => {
    const type = neurons[populations[population]?.type ?? ''];
    const unit = type?.conformsTo ? undefined : (type?.state[variable] ?? type?.derived[variable])?.unit;
    const size = unit === undefined ? undefined : simulators.nestml.recordsIn?.(parseUnit(unit).dimension);
    return size === undefined ? [] : [[name, size] as const];
  });
  return new Map(units);
}

/**
 * Returns the spikes of a model that are left at the end of its run if a return to a stored state discards those since.
 * Also returns the time in s that was discarded.
 */
function keptOf(
  spikes: SpikesByPopulation,
  { timing, experiment }: Model,
): { readonly spikes: SpikesByPopulation; readonly givenUp?: number } {
  const { dt, protocol } = experiment;
  if (!protocol.some((phase) => phaseKind(phase) === 'restore')) return { spikes };
  const stretches = stretchesKept(protocol);
  const isHeld = (time: number): boolean =>
    stretches.some(({ begin, end }) => begin - dt / 2 <= time && time < end - dt / 2);
  const label = labelOf({ timing, experiment });
  const held = [...spikes].map(
    ([name, trains]) => [name, trains.map((train) => train.filter((time) => isHeld(time - label)))] as const,
  );
  const all = segmentTimes(protocol).reduce((sum, time) => sum + time, 0);
  return { spikes: new Map(held), givenUp: all - stretches.reduce((sum, { begin, end }) => sum + end - begin, 0) };
}

/** Returns whether a Python is there and has some modules. */
function hasModules(python: string, modules: readonly string[]): boolean {
  const list = modules.map((module) => JSON.stringify(module)).join(', ');
  const code = `import importlib.util as u, sys\nsys.exit(not all(u.find_spec(m) for m in [${list}]))`;
  const { words, options } = isolatedPython(['-c', code]);
  return outcomeOf([python, ...words], options).status === 0;
}

/** Returns the Python on the path that has some modules. */
function pythonWith(simulator: Simulator, modules: readonly string[]): string {
  const found = ['python', 'python3'].find((name) => hasModules(name, modules));
  if (found !== undefined) return found;
  throw new UsageError(
    `${simulator} is not installed: no Python on the PATH has ${modules.join(' and ')}`,
    'activate the environment that contains it',
  );
}

async function run(
  simulator: Simulator,
  notation: Notation,
  python: string,
  folder: string,
  file: string,
  isCompiled: boolean,
  recorded: Recorded & { readonly read: () => Model },
): Promise<ToolResults> {
  const script = (...words: readonly string[]): Promise<string> =>
    runTool(python, isolatedPython([runScript, notation, results, file, ...words], folder).words, folder);
  const results = join(folder, 'results.json');
  switch (simulator) {
    case 'brian2': {
      // Compiling takes longer than the run itself, but the methods of the GNU Scientific Library need it.
      const target = /\bmethod="gsl/i.test(readFileSync(join(folder, file), 'utf8')) ? 'cython' : 'numpy';
      writeFileSync(join(folder, 'brian_preferences'), `codegen.target = '${target}'\n`);
      await script();
      return brianResults(results, recorded);
    }
    case 'nest':
    case 'neuron':
      // A script with types in NESTML is only for NEST.
      await script(...(isCompiled ? [] : [simulator]));
      return pynnResults(results, recorded);
    case 'jneuroml': {
      const target = recorded.read();
      makeFolders(folder, target);
      const words = ['-Xmx1024M', '-cp', jar(python), 'org.neuroml.JNeuroML', file, '-nogui'];
      const stdout = await runTool('java', words, folder);
      if (/\(ERROR\)/.test(stdout)) throw new Error(stdout.slice(-2000));
      return lemsResults(folder, target, recorded);
    }
    default:
      return simulator satisfies never;
  }
}

/** Runs a script, and writes the recordings of its network. */
const runScript = fileURLToPath(new URL('./python/run_script.py', import.meta.url));

/** The longest that a simulator may take, in ms. */
const mostTime = 30 * 60 * 1000;

/** Returns the output of a program. It ends with this process, and after the longest time. */
async function runTool(program: string, words: readonly string[], folder: string): Promise<string> {
  const { status, stdout, stderr, isTimedOut } = await runProgram([program, ...words], {
    cwd: folder,
    timeout: mostTime,
  });
  if (isTimedOut) throw new Error(`it was stopped after ${mostTime / 60_000} minutes`);
  if (status !== 0) throw new Error(`Command failed: ${[program, ...words].join(' ')}\n${stderr}`);
  return stdout;
}

/** Returns the path of jNeuroML, which comes with pyNeuroML. @throws UsageError if it is not there */
function jar(python: string): string {
  const code =
    'import importlib.util as u, pathlib\n' +
    "print(next(pathlib.Path(u.find_spec('pyneuroml').origin).parent.glob('lib/jNeuroML*.jar'), ''))";
  const { words, options } = isolatedPython(['-c', code]);
  const path = outcomeOf([python, ...words], options).stdout.trim();
  if (!isAbsolute(path)) throw new UsageError('the installed pyNeuroML has no jNeuroML', 'install pyneuroml again');
  return path;
}
