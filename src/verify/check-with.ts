/** Runs a converted model in the simulator of its notation. */

import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DiagnosticError, UsageError } from '../diagnostics/diagnostic.js';
import { limitOf, noLimit, type Limit, type LimitOptions } from './limit.js';
import { asItsScriptRuns } from '../library/simulators/source-setup.js';
import type { Model, ValidModel } from '../model/model.js';
import { wholePopulation } from '../model/selected.js';
import { isRecording, phaseKind } from '../model/tagged.js';
import {
  comparedTime,
  compareRuns,
  drawnAnew,
  labelOf,
  recordingSpikes,
  type CheckOptions,
  type ConversionCheck,
  type OtherRun,
} from './check-conversion.js';
import { convertWritten, notationRead, readBack, type HowToConvert } from './read-back.js';
import { isolatedPython } from '../platform/python.js';
import { columnsIn } from '../simulators/columns.js';
import { engines, scriptRunner } from '../simulators/engines.js';
import { prepared } from '../simulators/run-document.js';
import { runTool } from '../simulators/run-tool.js';
import { writtenWithSpikes } from '../simulators/spike-recordings.js';
import { CannotRun, checkRuns, withoutDisplays } from '../simulators/written.js';
import type { SpikesByPopulation } from './compare-spikes.js';
import { comparableVariables, mostSamples, type Sampled } from '../simulators/recorded-variables.js';
import type { ConvertedModel } from '../convert/convert.js';
import { segmentTimes } from '../pipeline/results/segments.js';
import type { Measurement } from './measure.js';
import { graded } from './own-step.js';
import { toolFailure } from '../simulators/tool-failure.js';
import { targetOf, type TargetNotation } from '../convert/target-notations.js';
import { stretchesKept } from '../library/simulators/kept-stretches.js';
import type { Simulator } from '../library/simulators/names.js';
import { simulators, unitsIn } from '../library/simulators/simulators.js';
import { temporaryFolder } from '../platform/temporary-folder.js';
import { toolResults } from './tool-results.js';

/** The longest that a simulator may take in a check, in ms. */
const longest = 30 * 60 * 1000;

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
  checkRuns(to, simulator);
  const { valid: spiking, names } = recordingSpikes(valid);
  const { freeze = false } = options;
  const converted = await convertWritten(valid, to, { freeze });
  const target = await readBack(valid, notationRead(to), { converted, freeze });
  const how = { most: mostSamples.inText, became: converted.became };
  const variables = comparableVariables(valid, target, comparedTime(valid.model), how);
  const { recordings, sampled } = variables;
  const { model } = spiking;
  const annotations = withoutDisplays(model.annotations);
  const recorded = { ...spiking, model: { ...model, annotations, recordings: [...model.recordings, ...recordings] } };
  const folder = temporaryFolder('check');
  try {
    const written = await writtenWithSpikes(recorded, names, to, simulator, { freeze });
    const { spikes, cells } = written;
    const execute = prepared(written, simulator, folder);
    const run: OtherRun['run'] = async () => {
      try {
        const recordsIn = unitsIn(simulator, written.isCompiled);
        const columns = await execute.run({ spikes, samples: sampled }, { longest });
        return toolResults(columns, { model: valid.model, spikes, cells, samples: sampled, recordsIn });
      } catch (error) {
        return toolFailure(error);
      }
    };
    const label = labelIn(simulator, valid.model);
    const restores = simulators[simulator].loses === 'restored';
    const kept = restores ? { kept: (spikes: SpikesByPopulation) => keptOf(spikes, valid.model) } : {};
    const source = targetOf(to).keepsSetup ? valid : asItsScriptRuns(valid);
    // Places are those of the model.
    const known = { ...variables, ofTarget: [] };
    const anew = drawnAnew(target.model);
    return await compareRuns(source, { tool: simulator, label, variables: known, anew, run, ...kept });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns the time by which a simulator's label of a spike follows the beginning of its step, in s. */
export const labelIn = (simulator: Simulator, { experiment }: Pick<Model, 'experiment'>): number =>
  engines[simulator].label * experiment.dt;

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
  const { valid: recorded, names: whole } = recordingSpikes(valid);
  const model = { ...recorded.model, annotations: withoutDisplays(recorded.model.annotations) };
  const written = await writtenWithSpikes({ ...recorded, model }, whole, to, simulator, { freeze: false });
  return runFiles(written.converted.files, async () => {
    const folder = temporaryFolder('spikes');
    try {
      const names = { spikes: written.spikes, cells: written.cells, samples: new Map<string, Sampled>() };
      const columns = await prepared(written, simulator, folder, python).run(names, { longest });
      return toolResults(columns, { model: valid.model, ...names }).spikes;
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
    const results = join(folder, 'results');
    mkdirSync(results);
    const sizes = Object.entries(model.populations).map(([name, { size }]) => [name, size]);
    const kind = simulator === 'brian2' ? ['brian', results, '1', '1'] : ['pynn-as-it-is', results, simulator];
    const populations = simulator === 'brian2' ? [] : [JSON.stringify(sizes)];
    const all = [scriptRunner, ...kind, ...populations, resolve(path), ...own];
    await runTool({ words: [python, ...isolatedPython(all).words] }, { folder, longest });
    return toolResults(columnsIn(results), { model, spikes: new Map(recorded), samples: new Map<string, Sampled>() })
      .spikes;
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
