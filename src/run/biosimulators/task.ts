/** Tasks of SED-ML: a model in LEMS or NeuroML under another simulation, which records the variables of a report. */

import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { datFiles } from '../../../runtime/results/dat/plan.js';
import { placesOf } from '../../../runtime/results/dat/write.js';
import { columnCount, type ResultWriter } from '../../../runtime/results/result.js';
import { readXml } from '../../../translators/neuroml/xml/read-xml.js';
import { messages } from '../../bundle/messages.js';
import type { SedTask } from '../../bundle/sedml.js';
import type { SedVariable } from '../../bundle/sedml-outputs.js';
import { descendantsOf, element, xmlText } from '../../bundle/xml.js';
import { DiagnosticError, Diagnostics, type Diagnostic } from '../../diagnostics/diagnostic.js';
import { importModel, runModel } from '../pipeline.js';
import type { ImportedModel } from '../read/imported-model.js';

/** A task with its model, ready to run. */
export interface PreparedTask {
  readonly task: SedTask;
  readonly model: ImportedModel;
  /** Paths of the variables that are recorded. */
  readonly targets: readonly string[];
}

/** Samples of a task: times in s, and the values of each variable in SI by its path. */
export interface TaskResult {
  readonly times: Float64Array;
  readonly values: ReadonlyMap<string, Float64Array>;
}

const report = 'interneuron_report';

/**
 * Reads the model of a task, with a simulation of the task's duration and step in place of its own.
 *
 * @param path  of the model's file
 * @param variables  of the reports, which the simulation records
 * @throws DiagnosticError with the mistakes of the model; those of variables are at their places in SED-ML
 */
export function prepareTask(task: SedTask, path: string, variables: readonly SedVariable[]): PreparedTask {
  const targets = [...new Set(variables.flatMap(({ target }) => (target === null ? [] : [target])))];
  const name = join(dirname(path), 'LEMS_interneuron_task.xml');
  const text = simulationText(task, path, targets);
  try {
    const model = importModel(
      { name, text },
      { origin: false, ...(task.seed === undefined ? {} : { seed: task.seed }) },
    );
    return { task, model, targets };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const lines = text.split('\n');
    const moved = error.diagnostics.map((found): Diagnostic => {
      const quantity = /quantity="([^"]*)"/.exec(lines[(found.place?.line ?? 0) - 1] ?? '')?.[1];
      const variable = found.place?.document === name && variables.find(({ target }) => target === quantity);
      return variable ? { ...found, place: variable.place } : found;
    });
    throw new DiagnosticError(moved);
  }
}

/** Returns a document in LEMS that simulates the network of a model. */
function simulationText({ duration, steps }: SedTask, path: string, targets: readonly string[]): string {
  const root = readXml(readFileSync(path, 'utf8'), path, new Diagnostics());
  const own = root && descendantsOf(root, 'Simulation')[0]?.attribute('target');
  const network = own ?? (root && descendantsOf(root, 'network')[0]?.attribute('id'));
  if (network === undefined || network === null)
    throw new DiagnosticError([
      { severity: 'error', ...messages.noNetwork(basename(path)), place: { document: path } },
    ]);
  const include = (file: string): ReturnType<typeof element> => element('Include', { file });
  const columns = targets.map((quantity, k) => element('OutputColumn', { id: `c${k}`, quantity }));
  const step = Number((duration / steps).toPrecision(15));
  return xmlText(
    element('Lems', {}, [
      element('Target', { component: 'interneuron_task' }),
      ...['Cells.xml', 'Networks.xml', 'Simulation.xml', basename(path)].map(include),
      element('Simulation', { id: 'interneuron_task', length: `${duration}s`, step: `${step}s`, target: network }, [
        ...(columns.length > 0 ? [element('OutputFile', { id: report, fileName: `${report}.dat` }, columns)] : []),
      ]),
    ]),
  );
}

/** Runs a task. */
export async function runTask({ task, model, targets }: PreparedTask): Promise<TaskResult> {
  const file = datFiles(model.valid.model.annotations).find((one) => one.file === `${report}.dat`);
  const columns = file?.kind === 'columns' ? file.columns : [];
  const rows = task.steps + 1;
  const kept = targets.map(() => new Float64Array(rows).fill(NaN));
  let places: ReturnType<typeof placesOf> = [];
  let widths: readonly number[] = [];
  let labels: readonly number[] = [];
  const keeper: ResultWriter = {
    open: async ({ series }) => {
      places = placesOf(columns, series);
      widths = series.map(columnCount);
      labels = series.map(({ label }) => label);
    },
    samples: ({ series, steps, values }) => {
      for (const [column, place] of places.entries()) {
        if (place.series !== series) continue;
        for (let row = 0; row < steps.length; row++) {
          const at = steps[row]! + labels[series]!;
          if (at < rows) kept[column]![at] = Number(values[row * widths[series]! + place.at]!);
        }
      }
    },
    advance: () => undefined,
    close: async () => [],
    abandon: async () => undefined,
  };
  await runModel(model, { writers: [keeper] });
  const first = task.steps - task.reported;
  const step = task.duration / task.steps;
  return {
    times: Float64Array.from({ length: task.reported + 1 }, (_, row) => Number(((first + row) * step).toPrecision(12))),
    values: new Map(targets.map((target, k) => [target, kept[k]!.subarray(first)])),
  };
}
