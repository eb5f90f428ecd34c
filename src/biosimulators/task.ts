/** Tasks of SED-ML: a model under another simulation, which records the variables and spikes of a report. */

import { itemAt } from '../diagnostics/entry.js';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { datFiles } from '../../runtime/results/dat/plan.js';
import { placesOf } from '../../runtime/results/dat/write.js';
import { columnCount, elementAt, type ResultWriter, type SeriesPlan } from '../../runtime/results/result.js';
import { readXml } from '../xml/read-xml.js';
import { messages } from '../bundle/messages.js';
import { spikesOfTarget, spikeTarget, type SedTask } from '../bundle/sedml.js';
import type { SedVariable } from '../bundle/sedml-outputs.js';
import { descendantsOf, element, xmlText } from '../bundle/xml.js';
import { collectTrains, type Recorded, type RecordedSignal, type RecordedTrains } from '../compare/recorded.js';
import { DiagnosticError, Diagnostics, type Diagnostic } from '../diagnostics/diagnostic.js';
import { importModel, readSource, runModel, type RunResult } from '../pipeline/pipeline.js';
import { includedFiles } from '../pipeline/read/included-files.js';
import type { ImportedModel } from '../pipeline/read/imported-model.js';

/** A task with its model, ready to run. */
export interface PreparedTask {
  readonly task: SedTask;
  readonly model: ImportedModel;
  /** Paths of the variables and spikes that are recorded. */
  readonly targets: readonly string[];
}

/** Samples of a task: times in s; the values of each variable in SI, and the spikes of each population, by path. */
export interface TaskResult {
  readonly times: Float64Array;
  readonly values: ReadonlyMap<string, Float64Array>;
}

const report = 'interneuron_report';

/**
 * Reads the model of a task, with a simulation of the task's duration and step in place of its own.
 *
 * @param path  of the model's file
 * @param folder  of the unpacked archive, at which inclusion ends
 * @param variables  of the reports, which the simulation records
 * @throws DiagnosticError with the mistakes of the model; those of variables are at their places in SED-ML
 */
export function prepareTask(
  task: SedTask,
  path: string,
  folder: string,
  variables: readonly SedVariable[],
): PreparedTask {
  const targets = [...new Set(variables.flatMap(({ target }) => (target === null ? [] : [target])))];
  const name = join(dirname(path), 'LEMS_interneuron_task.xml');
  const spiking = [...new Set(targets.flatMap((target) => spikesOfTarget(target)?.population ?? []))];
  const paths = targets.filter((target) => !spikesOfTarget(target));
  const source = /\.json$/.test(path) ? readSource(path) : { name, text: simulationText(task, path, paths) };
  const given = {
    record: spiking.map((population) => `${population}:spikes`),
    ...(task.seed === undefined ? {} : { seed: task.seed }),
  };
  try {
    const model =
      source.name === name
        ? importModel({ ...source, host: includedFiles(path, [], folder) }, { ...given, origin: false })
        : importModel(source, { ...given, duration: `${task.duration} s`, dt: `${stepOf(task)} s` });
    return { task, model, targets };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const lines = source.text.split('\n');
    const moved = error.diagnostics.map((found): Diagnostic => {
      const { document = '', line = 0 } = found.place ?? {};
      const [, population] = /^--record ([^:]+):spikes$/.exec(document) ?? [];
      const quantity = document === name ? /quantity="([^"]*)"/.exec(lines[line - 1] ?? '')?.[1] : undefined;
      const variable = variables.find(
        ({ target }) =>
          target !== null &&
          (target === quantity || (population !== undefined && spikesOfTarget(target)?.population === population)),
      );
      return variable ? { ...found, place: variable.place } : found;
    });
    throw new DiagnosticError(moved);
  }
}

/** Time step of a task in s, with the digits that it has. */
const stepOf = ({ duration, steps }: SedTask): number => Number((duration / steps).toPrecision(15));

/** Returns a document in LEMS that simulates the network of a model. */
function simulationText(task: SedTask, path: string, targets: readonly string[]): string {
  const root = readXml(readFileSync(path, 'utf8'), path, new Diagnostics());
  const own = root && descendantsOf(root, 'Simulation')[0]?.attribute('target');
  const network = own ?? (root && descendantsOf(root, 'network')[0]?.attribute('id'));
  if (network === undefined || network === null)
    throw new DiagnosticError([
      { severity: 'error', ...messages.noNetwork(basename(path)), place: { document: path } },
    ]);
  const include = (file: string): ReturnType<typeof element> => element('Include', { file });
  const columns = targets.map((quantity, k) => element('OutputColumn', { id: `c${k}`, quantity }));
  return xmlText(
    element('Lems', {}, [
      element('Target', { component: 'interneuron_task' }),
      ...['Cells.xml', 'Networks.xml', 'Simulation.xml', basename(path)].map(include),
      element(
        'Simulation',
        { id: 'interneuron_task', length: `${task.duration}s`, step: `${stepOf(task)}s`, target: network },
        [...(columns.length > 0 ? [element('OutputFile', { id: report, fileName: `${report}.dat` }, columns)] : [])],
      ),
    ]),
  );
}

/** Runs a task. */
export async function runTask({ task, model, targets }: PreparedTask): Promise<TaskResult> {
  const file = datFiles(model.valid.model.annotations).find((datFile) => datFile.file === `${report}.dat`);
  const columns = file?.kind === 'columns' ? file.columns : [];
  const paths = targets.filter((target) => !spikesOfTarget(target));
  const rows = task.steps + 1;
  const kept = paths.map(() => new Float64Array(rows).fill(NaN));
  let places: readonly (SamplePlace | undefined)[] = [];
  let widths: readonly number[] = [];
  let labels: readonly number[] = [];
  let spikeLabel = 0;
  const keeper: ResultWriter = {
    open: async (setup) => {
      const { series } = setup;
      places = file ? placesOf(columns, series) : paths.map((path) => placeIn(series, path));
      widths = series.map(columnCount);
      labels = series.map(({ label }) => label);
      spikeLabel = setup.spikeLabel;
    },
    samples: ({ series, steps, values }) => {
      for (const [column, place] of places.entries()) {
        if (place?.series !== series) continue;
        for (let row = 0; row < steps.length; row++) {
          const at = itemAt(steps, row) + itemAt(labels, series);
          if (at < rows) itemAt(kept, column)[at] = Number(values[row * widths[series]! + place.at]!);
        }
      }
    },
    advance: () => undefined,
    close: async () => [],
    abandon: async () => undefined,
  };
  const result = await runModel(model, { writers: [keeper] });
  const first = task.steps - task.reported;
  const step = task.duration / task.steps;
  const timeOf = (steps: number): number => Number((steps * step).toPrecision(12));
  const spikes = result.kind === 'run' ? spikesOf(result, targets, first, (at) => timeOf(at + spikeLabel)) : [];
  if (result.kind === 'run') result.dispose();
  return {
    times: Float64Array.from({ length: task.reported + 1 }, (_, row) => timeOf(first + row)),
    values: new Map([...paths.map((path, k) => [path, itemAt(kept, k).subarray(first)] as const), ...spikes]),
  };
}

/** A column of a series. */
type SamplePlace = ReturnType<typeof placesOf>[number];

/** Returns the column of a variable such as `cells[0]/v` in the recordings of a canonical model. */
function placeIn(series: readonly SeriesPlan[], path: string): SamplePlace | undefined {
  const [, owner, index, variable] = /^(\w+)\[(\d+)\]\/(\w+)$/.exec(path) ?? [];
  for (const [k, plan] of series.entries()) {
    if (plan.owner !== owner || plan.variable !== variable || plan.elements === null) continue;
    for (let at = 0; at < columnCount(plan); at++)
      if (elementAt(plan.elements, at) === Number(index)) return { series: k, at };
  }
  return undefined;
}

/** Returns the times in s and the cells of spikes from step `first` on, in order of time, by their targets. */
function spikesOf(
  { trains }: RunResult,
  targets: readonly string[],
  first: number,
  timeOf: (step: number) => number,
): readonly (readonly [string, Float64Array])[] {
  return targets.flatMap((target) => {
    const wanted = spikesOfTarget(target);
    if (!wanted) return [];
    const own = trains.find(({ plan }) => plan.population === wanted.population && plan.event === 'spike');
    const values: number[] = [];
    for (const { steps, cells } of own?.inOrder() ?? [])
      steps.forEach((step, k) => {
        if (step >= first) values.push(wanted.part === 'times' ? timeOf(step) : itemAt(cells, k));
      });
    return [[target, Float64Array.from(values)] as const];
  });
}

/** Returns the values of a task as a recording. Spikes need both parts; rows without a sample are left out. */
export function recordedTask(path: string, { task }: PreparedTask, { times, values }: TaskResult): Recorded {
  const trains: RecordedTrains[] = [];
  const signals: RecordedSignal[] = [];
  for (const [target, own] of values) {
    const { population, part } = spikesOfTarget(target) ?? {};
    if (population !== undefined) {
      const cells = values.get(spikeTarget(population, 'cells'));
      if (part !== 'times' || !cells) continue;
      const spikes = collectTrains();
      for (const [k, time] of own.entries()) spikes.add(population, itemAt(cells, k), time);
      const silent = { population, event: 'spike', ids: [], trains: [], listsSilent: false };
      trains.push(spikes.done()[0] ?? silent);
      continue;
    }
    const [, owner = '', index, listed, variable = target] =
      /^(\w+)(?:\[(\d+)\]|\/(\d+)\/\w+)\/(.+)$/.exec(target) ?? [];
    const isSample = (_: number, row: number): boolean => !Number.isNaN(itemAt(own, row));
    const columns = [index ?? listed ?? ''];
    signals.push({ owner, variable, unit: null, columns, times: times.filter(isSample), values: own.filter(isSample) });
  }
  const [begin, end] = [times[0] ?? 0, task.duration];
  const dt = end / task.steps;
  return { path, format: 'report of SED-ML', dt, begin, end, resolution: 0, trains, signals, notes: [] };
}
