/**
 * Carries out the SED-ML experiments of a COMBINE archive, by the conventions of BioSimulators.
 *
 * @source https://docs.biosimulations.org/concepts/conventions/
 */

import { entryOf } from '../diagnostics/entry.js';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, posix } from 'node:path';
import { stringify } from 'yaml';
import { orOutputError } from '../../runtime/results/output-error.js';
import { temporaryFolder } from '../platform/temporary-folder.js';
import { unpackArchive } from '../bundle/archive.js';
import { checkChecksums } from '../bundle/check-checksums.js';
import { manifestName, readManifest, type ManifestEntry } from '../bundle/manifest.js';
import { messages } from '../bundle/messages.js';
import { canReplace, forwardEuler, type SubstitutionPolicy } from '../bundle/kisao.js';
import type { SedTask } from '../bundle/sedml.js';
import {
  readExperiment,
  type SedExperiment,
  type SedGenerator,
  type SedPlot,
  type SedReport,
} from '../bundle/sedml-outputs.js';
import { textInBundle } from '../bundle/text-in-bundle.js';
import type { Recorded } from '../compare/recorded.js';
import { DiagnosticError, Diagnostics, type Diagnostic } from '../diagnostics/diagnostic.js';
import { writeTexts } from '../pipeline/results/replaceable.js';
import { version } from '../pipeline/version.js';
import { logged, queued, skipped, type LogEntry } from './log.js';
import type { DrawnPlot } from './plots.js';
import { reportsFile, type ReportTable } from './reports.js';
import { prepareTask, recordedTask, runTask, type PreparedTask, type TaskResult } from './task.js';

/** How to carry out an archive. */
export interface ExecutionOptions {
  /** `ALGORITHM_SUBSTITUTION_POLICY`. */
  readonly policy: SubstitutionPolicy;
}

/** What an execution has written. */
export interface Execution {
  readonly outputs: readonly string[];
  /** Warnings about the archive. */
  readonly findings: readonly Diagnostic[];
  /** Messages of the parts that failed. */
  readonly failures: readonly string[];
  /** Values of the tasks. */
  readonly recordings: readonly Recorded[];
}

interface Document {
  /** Path within the archive. */
  readonly location: string;
  readonly experiment: SedExperiment;
  readonly tasks: readonly (PreparedTask | RefusedTask)[];
}

/** A task with a method that cannot be replaced. */
interface RefusedTask {
  readonly task: SedTask;
  readonly reason: string;
}

/**
 * Carries out the experiments of an archive, and writes `reports.h5`, `plots.zip` and `log.yml` to a folder.
 *
 * @throws DiagnosticError with everything that is wrong with the archive, its experiments and their models; then only
 * the log is written
 */
export async function executeArchive(archive: string, output: string, options: ExecutionOptions): Promise<Execution> {
  const folder = temporaryFolder('biosimulators');
  const diagnostics = new Diagnostics();
  const entry = queued();
  const write = (log: object, reports?: Uint8Array, pictures?: Uint8Array): readonly string[] => {
    orOutputError(output, () => mkdirSync(output, { recursive: true }));
    const files = [
      ...(reports ? [{ path: join(output, 'reports.h5'), parts: [reports] }] : []),
      ...(pictures ? [{ path: join(output, 'plots.zip'), parts: [pictures] }] : []),
      { path: join(output, 'log.yml'), parts: [stringify({ ...entry, ...log })] },
    ];
    writeTexts(files);
    return files.map(({ path }) => path);
  };
  try {
    const began = performance.now();
    let failure: unknown;
    const documents = await logged(entry, async () => {
      try {
        return await readDocuments(archive, folder, diagnostics, options);
      } catch (error) {
        failure = error;
        throw error;
      }
    });
    if (!documents) {
      write({ sedDocuments: [] });
      throw failure;
    }
    const done = [];
    for (const document of documents) done.push(await carriedOut(document));
    const failures = done.flatMap((outcome) => outcome.failures);
    const tables = done.flatMap((outcome) => outcome.tables);
    const sedDocuments = done.map(({ log }) => log);
    const reports = await logged(entry, async () => {
      try {
        return await reportsFile(tables);
      } catch (error) {
        failure = error;
        throw error;
      }
    });
    if (failures.length > 0) entry.status = 'FAILED';
    entry.duration = (performance.now() - began) / 1000;
    const plots = done.flatMap((outcome) => outcome.plots);
    const pictures = plots.length === 0 ? undefined : (await import('./plots.js')).plotsFile(plots);
    const outputs = write({ sedDocuments }, reports, pictures);
    if (!reports) throw failure;
    return { outputs, findings: diagnostics.list, failures, recordings: done.flatMap((outcome) => outcome.recordings) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Unpacks an archive and reads its experiments with their models. @throws DiagnosticError */
async function readDocuments(
  archive: string,
  folder: string,
  diagnostics: Diagnostics,
  { policy }: ExecutionOptions,
): Promise<readonly Document[]> {
  const files = await unpackArchive(archive, folder);
  checkChecksums(folder, files, archive, diagnostics);
  const textOf = (file: string): string => textInBundle(folder, file, archive);
  if (!files.includes(manifestName)) {
    diagnostics.add(messages.noManifest(), { document: archive });
    throw new DiagnosticError(diagnostics.list);
  }
  const listed = readManifest(textOf(manifestName), `${archive}/${manifestName}`, diagnostics);
  for (const { location, place } of listed)
    if (!existsSync(join(folder, ...location.split('/')))) diagnostics.add(messages.missing(location), place);
  const isExperiment = ({ format, location }: ManifestEntry): boolean =>
    /\bsed-?ml\b/i.test(format) || location.endsWith('.sedml');
  const locations = new Set<string>();
  const all = listed.filter((entry) => {
    const isNew = !locations.has(entry.location);
    locations.add(entry.location);
    return isNew && isExperiment(entry) && files.includes(entry.location);
  });
  const main = all.filter(({ master }) => master);
  if (all.length === 0) diagnostics.add(messages.noExperiment(files), { document: archive });
  const documents = (main.length > 0 ? main : all).map(({ location }): Document => {
    const document = `${archive}/${location}`;
    const experiment = readExperiment(textOf(location), document, diagnostics);
    const tasks = experiment.tasks.flatMap((task): Document['tasks'] => {
      if (!canReplace(task.method, policy))
        return [{ task, reason: messages.refusedMethod(task.method, policy).message }];
      if (task.method !== forwardEuler) diagnostics.add(messages.otherMethod(task.method), task.place);
      const model = posix.normalize(posix.join(posix.dirname(location), task.source));
      if (!files.includes(model)) {
        diagnostics.add(messages.missing(task.source), { document });
        return [];
      }
      const variables = [
        ...experiment.reports.flatMap(({ dataSets }) => dataSets),
        ...experiment.plots.flatMap(({ curves }) => curves.flatMap(({ x, y }) => [x, y])),
      ]
        .flatMap((generator) => generator.variables)
        .filter((variable) => variable.task === task.id);
      try {
        return [prepareTask(task, join(folder, ...model.split('/')), folder, variables)];
      } catch (error) {
        if (!(error instanceof DiagnosticError)) throw error;
        for (const { place, ...finding } of error.diagnostics)
          if (finding.severity === 'error')
            diagnostics.add(finding, {
              ...place,
              document: (place?.document ?? document).replace(folder, archive),
            });
        return [];
      }
    });
    return { location, experiment, tasks };
  });
  diagnostics.throwIfErrors();
  return documents;
}

/** Runs the tasks of a document and makes its reports. */
async function carriedOut({ location, experiment, tasks }: Document): Promise<{
  readonly log: object;
  readonly tables: readonly ReportTable[];
  readonly plots: readonly DrawnPlot[];
  readonly failures: readonly string[];
  readonly recordings: readonly Recorded[];
}> {
  const results = new Map<string, TaskResult>();
  const recordings: Recorded[] = [];
  const entries: LogEntry[] = [];
  const document = queued();
  const logs: object[] = [];
  await logged(document, async () => {
    for (const prepared of tasks) {
      const entry = queued();
      entries.push(entry);
      const { id } = prepared.task;
      const simulatorDetails = [{ key: 'version', value: version }];
      if ('reason' in prepared) {
        const exception = { category: 'AlgorithmCannotBeSubstitutedException', message: prepared.reason };
        Object.assign(entry, { status: 'FAILED', exception });
        logs.push({ id, ...entry, algorithm: null, simulatorDetails });
        continue;
      }
      const result = await logged(entry, () => runTask(prepared));
      if (result) {
        results.set(id, result);
        recordings.push(recordedTask(location, prepared, result));
      }
      logs.push({ id, ...entry, algorithm: forwardEuler, simulatorDetails });
    }
  });
  const tables: ReportTable[] = [];
  const outputs: object[] = [];
  for (const report of experiment.reports) {
    const entry = queued();
    entries.push(entry);
    const table = await logged(entry, () => tableOf(location, report, results));
    if (table) tables.push(table);
    outputs.push({
      id: report.id,
      ...entry,
      dataSets: report.dataSets.map(({ id }) => ({ id, status: entry.status })),
    });
  }
  const plots: DrawnPlot[] = [];
  for (const plot of experiment.plots) {
    const entry = queued();
    entries.push(entry);
    const drawn = await logged(entry, () => curvesOf(location, plot, results));
    if (drawn) plots.push(drawn);
    outputs.push({ id: plot.id, ...entry, curves: plot.curves.map(({ id }) => ({ id, status: entry.status })) });
  }
  for (const id of experiment.surfaces) outputs.push({ id, ...skipped('surfaces are not drawn'), surfaces: [] });
  const failed = entries.flatMap(({ exception }) => (exception ? [`${location}: ${exception.message}`] : []));
  if (failed.length > 0) document.status = 'FAILED';
  return { log: { location, ...document, tasks: logs, outputs }, tables, plots, failures: failed, recordings };
}

/** Returns the values of a report. @throws Error if a task of it has no result */
function tableOf(
  location: string,
  { id, name, dataSets }: SedReport,
  results: ReadonlyMap<string, TaskResult>,
): ReportTable {
  return {
    location,
    id,
    name,
    dataSets: dataSets.map((dataSet) => ({
      id: dataSet.id,
      name: dataSet.name,
      label: dataSet.label,
      values: valuesOf(dataSet, results),
    })),
  };
}

/** Returns a plot with the values of its curves. @throws Error if a task of it has no result */
function curvesOf(location: string, plot: SedPlot, results: ReadonlyMap<string, TaskResult>): DrawnPlot {
  const { id, name, isLog, labels } = plot;
  return {
    location,
    id,
    name,
    x: { isLog: isLog.x, label: labels.x },
    y: { isLog: isLog.y, label: labels.y },
    curves: plot.curves.map((curve) => ({
      name: curve.name,
      x: valuesOf(curve.x, results),
      y: valuesOf(curve.y, results),
    })),
  };
}

/** Returns the values of a data generator. @throws Error if a task of it has no result */
function valuesOf({ variables, value }: SedGenerator, results: ReadonlyMap<string, TaskResult>): Float64Array {
  const columns = variables.map(({ task, target }) => {
    const result = results.get(task);
    if (!result) throw new Error(`the task ${task} has no result`);
    return target === null ? result.times : entryOf(result.values, target);
  });
  const length = columns.length === 0 ? 1 : Math.max(...columns.map((column) => column.length));
  return Float64Array.from({ length }, (_, row) => value(columns.map((column) => column[row] ?? NaN)));
}
