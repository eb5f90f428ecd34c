/** Runs models in several environments, and compares the spikes of each pair. */

import { createHash } from 'node:crypto';
import { compareRecorded, type Comparison, type Grade } from '../compare/compare.js';
import { gradeText } from '../compare/headline.js';
import { recordingOf, type Recorded } from '../compare/recorded.js';
import type { ConvertedModel } from '../convert/convert.js';
import { targetNotations, targetOf } from '../convert/target-notations.js';
import { DiagnosticError, UsageError } from '../diagnostics/diagnostic.js';
import type { Simulator } from '../library/simulators/names.js';
import type { ImportedModel } from '../pipeline/pipeline.js';
import { EndedByFault, comparedTime, labelOf, recordingSpikes, spikesOf } from '../verify/check-conversion.js';
import { CannotRun, runsScripts } from '../simulators/written.js';
import { type RunFiles, labelIn, limitWith, spikesOfScript, type Script, spikesUnder } from '../verify/check-with.js';
import type { SpikesByPopulation } from '../verify/compare-spikes.js';
import { limitText } from '../verify/limit-text.js';
import { toolFailure } from '../simulators/tool-failure.js';
import { whyDifferent } from '../verify/why-different.js';
import { ownName, type Environment } from '../simulators/environments.js';

/** Spike times of each cell in s since the beginning of the run, by population. They are beginnings of steps. */
type Spikes = Readonly<Record<string, readonly (readonly number[])[]>>;

/** A run of a model in an environment. */
export interface MatrixRun {
  readonly environment: Omit<Environment, 'python'>;
  /** What ran: the model itself, the script that it was captured from, or its conversion. */
  readonly ran: 'model' | 'script' | 'conversion';
  /** SHA-256 of the files of a conversion, by which a later program recognises its own. */
  readonly input?: string;
  /** Absent if the run failed. */
  readonly spikes?: Spikes;
  /** Why there are no spikes. */
  readonly failure?: string;
  /** The same in two or three words, if the environment cannot run the model; absent if it failed to. */
  readonly lack?: string;
  /** Verdict in the limit of small steps against this program; absent unless it was asked for. */
  readonly limit?: string;
}

/** How two runs agree. */
export interface MatrixPair {
  /** Places of both in the list of runs; the first is smaller. */
  readonly between: readonly [number, number];
  readonly grade: Grade;
  /** The grade in words, such as `same within 0.1 ms`. */
  readonly verdict: string;
  /** Spikes that agree, of the most that either has. */
  readonly matched: number;
  readonly spikes: number;
  /** Conventions that remove the difference: the model was run under them. Absent if none were found. */
  readonly because?: string;
}

/** A model in all environments. */
export interface ModelMatrix {
  /** Path of the model. */
  readonly model: string;
  /** Hash of the experiment, by which results of several machines belong together. */
  readonly hash: string;
  /** Simulated time and time step in s. */
  readonly seconds: number;
  readonly dt: number;
  readonly runs: readonly MatrixRun[];
  readonly pairs: readonly MatrixPair[];
}

/** How to make a matrix. */
export interface MatrixOptions {
  /** Largest distance in s of spikes that are the same; default: as `compare`. */
  readonly within?: number;
  /** Whether causes of differences are sought. */
  readonly why?: boolean;
  /** Processor seconds for verdicts in the limit of small steps; absent: none. */
  readonly limit?: number;
  /** Runs of other machines. */
  readonly earlier?: readonly Pick<ModelMatrix, 'hash' | 'runs'>[];
  /** The script that the model was captured from, which Brian or the simulators of PyNN run as it is. */
  readonly script?: Script;
  /** Called before each run. */
  readonly onRun?: (model: string, environment: string) => void;
  readonly signal?: AbortSignal;
}

/** Runs a model in each environment and compares all pairs. A run that fails has its reason in place of spikes. */
export async function modelMatrix(
  path: string,
  imported: ImportedModel,
  environments: readonly Environment[],
  options: MatrixOptions = {},
): Promise<ModelMatrix> {
  const { model } = imported.valid;
  const runs: MatrixRun[] = [];
  for (const environment of environments) {
    options.signal?.throwIfAborted();
    options.onRun?.(path, environment.name);
    runs.push(await runOf(imported, environment, options));
  }
  const known = new Set(runs.map(({ environment }) => environment.name));
  for (const { hash, runs: earlier } of options.earlier ?? [])
    for (const run of hash === imported.hashes.experiment ? earlier : [])
      if (!known.has(run.environment.name)) {
        known.add(run.environment.name);
        runs.push(run);
      }
  const pairs: MatrixPair[] = [];
  for (let second = 1; second < runs.length; second += 1)
    for (let first = 0; first < second; first += 1) {
      const pair = await pairOf(imported, runs, [first, second], options);
      if (pair !== undefined) pairs.push(pair);
    }
  const { dt } = model.experiment;
  return { model: path, hash: imported.hashes.experiment, seconds: comparedTime(model), dt, runs, pairs };
}

/** Returns the SHA-256 of files. */
export const digestOf = (files: ConvertedModel['files']): string =>
  createHash('sha256')
    .update(JSON.stringify(files.map(({ name, text }) => [name, text])))
    .digest('hex');

/** Returns the notation that a simulator runs. */
export const notationFor = (simulator: Simulator): (typeof targetNotations)[number] =>
  targetNotations.find((notation) => targetOf(notation).runBy?.includes(simulator))!;

async function runOf(
  { valid, notation }: ImportedModel,
  { python, ...environment }: Environment,
  { limit, signal, script }: MatrixOptions,
): Promise<MatrixRun> {
  const { simulator } = environment;
  const { model } = valid;
  const isScript =
    simulator !== ownName && script !== undefined && python !== undefined && runsScripts(notation, simulator);
  const ran = simulator === ownName ? 'model' : isScript ? 'script' : 'conversion';
  let input: { readonly input?: string } = {};
  try {
    if (simulator === ownName) {
      const found = await spikesOf(valid, signal === undefined ? {} : { signal });
      return { environment, ran, spikes: sinceBeginning(found, labelOf(model)) };
    }
    const runFiles: RunFiles = (files, start) => {
      input = { input: digestOf(files) };
      return start();
    };
    const how = python === undefined ? { runFiles } : { runFiles, python };
    const to = notationFor(simulator);
    const found = await (isScript
      ? spikesOfScript(valid, script, simulator, python)
      : spikesUnder(valid, to, simulator, how));
    const spikes = sinceBeginning(found, labelIn(simulator, model));
    if (limit === undefined) return { environment, ran, ...input, spikes };
    const verdict = await limitWith(valid, to, simulator, {
      ...(python === undefined ? {} : { python }),
      seconds: limit,
    });
    return { environment, ran, ...input, spikes, limit: limitText(verdict) };
  } catch (error) {
    if (error instanceof DiagnosticError)
      return { environment, ran, failure: error.diagnostics[0]?.message ?? error.message };
    if (error instanceof CannotRun) return { environment, ran, ...input, failure: error.message, lack: error.inShort };
    if (error instanceof UsageError || error instanceof EndedByFault)
      return { environment, ran, failure: error.message };
    if (simulator === ownName) throw error;
    return { environment, ran, ...input, failure: toolFailure(error) };
  }
}

/**
 * Returns spikes by the beginnings of their steps.
 *
 * @param label  time of a label after the beginning of its step, in s
 */
const sinceBeginning = (found: SpikesByPopulation, label: number): Spikes =>
  Object.fromEntries([...found].map(([name, trains]) => [name, trains.map((train) => train.map((at) => at - label))]));

const lastSpike = ({ spikes = {} }: MatrixRun): number =>
  Object.values(spikes)
    .flat()
    .reduce((latest, train) => Math.max(latest, train.at(-1) ?? 0), 0);

async function pairOf(
  imported: ImportedModel,
  runs: readonly MatrixRun[],
  between: readonly [number, number],
  { within, why = false }: MatrixOptions,
): Promise<MatrixPair | undefined> {
  const { model } = imported.valid;
  const { dt } = model.experiment;
  const [first, second] = [runs[between[0]], runs[between[1]]];
  if (first?.spikes === undefined || second?.spikes === undefined) return undefined;
  // A script may go on after the part that is in the model.
  const scripts = [first, second].filter(({ ran }) => ran === 'script');
  const last = scripts.length === 2 ? Math.max(...scripts.map(lastSpike)) : 0;
  const end = Math.max(comparedTime(model), last) + (scripts.length === 1 ? -0.5 : 2) * dt;
  // A script records the populations that it names.
  const inBoth = new Set(Object.keys(first.spikes).filter((population) => Object.hasOwn(second.spikes!, population)));
  const recorded = ({ environment, spikes = {} }: MatrixRun, label = 0): Recorded =>
    recordingOf({
      path: environment.name,
      format: '',
      dt,
      end,
      trains: Object.entries(spikes)
        .filter(([population]) => inBoth.has(population))
        .map(([population, trains]) => ({
          population,
          event: 'spike',
          ids: trains.map((_, cell) => cell),
          trains: trains.map((train) => Float64Array.from(train, (at) => at + label)),
          listsSilent: true,
        })),
    });
  const options = within === undefined ? {} : { within };
  const comparison = compareRecorded(recorded(first), recorded(second), options);
  const { grade, populations } = comparison;
  const sum = (of: (one: Comparison['populations'][number]) => number): number =>
    populations.reduce((all, one) => all + of(one), 0);
  const pair: MatrixPair = {
    between,
    grade,
    verdict: gradeText(grade, comparison.within),
    matched: sum(({ matched }) => matched),
    spikes: Math.max(
      sum(({ spikes }) => spikes[0]),
      sum(({ spikes }) => spikes[1]),
    ),
  };
  const isOwn = first.environment.simulator === ownName;
  if (!why || !isOwn || pair.matched === pair.spikes) return pair;
  // Labels of spikes are among the conventions.
  const { simulator } = second.environment;
  const [own, other] = [labelOf(model), simulator === ownName ? labelOf(model) : labelIn(simulator, model)];
  const spiking = { ...imported, valid: recordingSpikes(imported.valid).valid };
  const cause = await whyDifferent(spiking, recorded(first, own), recorded(second, other), {}, options);
  const [because] = cause?.removes ?? [];
  return because === undefined ? pair : { ...pair, because };
}
