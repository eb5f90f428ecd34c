/** Runs of models against their expectations. */

import { rmSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { openRecorded } from '../../compare/open-recorded.js';
import { DiagnosticError, type Diagnostic, type Finding, type Place } from '../../diagnostics/diagnostic.js';
import type { Model } from '../../model/model.js';
import { runWithSpikes, type WhereToRun } from '../run-with-spikes.js';
import type { ImportedModel, ImportOptions, RunOptions } from '../../pipeline/pipeline.js';
import type { Source } from '../../pipeline/read/read-source.js';
import { temporaryFolder } from '../../platform/temporary-folder.js';
import { checkExpectations } from './check-expectations.js';
import { tolerancesOf, type Tolerance } from './tolerances.js';
import { messages } from './messages.js';
import { countExpectations, readExpectations, type Cells, type Expectations } from './read-expectations.js';

/** Result of one test. */
export interface TestVerdict {
  /** Path of the file with the expectations. */
  readonly document: string;
  readonly outcome: 'passed' | 'failed' | 'not checked';
  /** Number of expectations; 0 if the file could not be read. */
  readonly expectations: number;
  /** Reason why the test was not checked. */
  readonly reason?: string;
  readonly diagnostics: readonly Diagnostic[];
  /** The tolerances of a test that ran. */
  readonly tolerances?: readonly Tolerance[];
}

/** Options for running tests, and access to files. */
export interface TestOptions
  extends Pick<RunOptions, 'target' | 'device' | 'threads' | 'cacheDirectory' | 'onProgress' | 'signal'>, WhereToRun {
  /** Python environment of the simulator of a result that is not of our own engines; absent: a Python on the path. */
  readonly env?: string;
  /** Reads the text of a file. */
  read(path: string): Source;
  /** Imports a model. */
  model(path: string, options: ImportOptions): Promise<ImportedModel>;
}

/**
 * Runs the model of a file of expectations, and compares the run with all of them.
 *
 * @throws UsageError for a model that cannot be read, and for a target that is not available
 */
export async function testModel(path: string, options: TestOptions): Promise<TestVerdict> {
  let expectations = 0;
  try {
    const expected = readExpectations(options.read(path).text, path);
    expectations = countExpectations(expected);
    const { diagnostics, tolerances } = await missed(path, expected, options);
    const outcome = diagnostics.length === 0 ? 'passed' : 'failed';
    return { document: path, outcome, expectations, diagnostics, tolerances };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return { document: path, outcome: 'failed', expectations, diagnostics: error.diagnostics };
  }
}

async function missed(
  path: string,
  expected: Expectations,
  options: TestOptions,
): Promise<Required<Pick<TestVerdict, 'diagnostics' | 'tolerances'>>> {
  const { read: _, env: _env, model, ...own } = options;
  const { precision, target, ...setup } = expected.run;
  const imported = await importedFor(path, expected, setup, (given, changes) => model(given, changes));
  const unknown = wrongNames(expected, imported.valid.model);
  if (unknown.length > 0) return { diagnostics: unknown, tolerances: [] };
  const folder = temporaryFolder('test');
  try {
    const output = join(folder, 'run.nwb');
    const { record } = await runWithSpikes(imported, {
      ...(target === undefined ? {} : { target }),
      ...own,
      outputs: [output],
      ...(precision === undefined ? {} : { precision }),
    });
    return {
      diagnostics: checkExpectations(expected, { ...(await openRecorded(output)), record }),
      tolerances: tolerancesOf(expected, imported.valid.model, record.steps),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Imports a model with recordings of all variables that are expected to have values. */
async function importedFor(
  path: string,
  { model, values }: Expectations,
  { seed, dt, duration, timing, set = {} }: Expectations['run'],
  read: TestOptions['model'],
): Promise<ImportedModel> {
  const recordings = new Map<string, Place>(
    values
      .filter(({ variable }) => variable !== 'rate')
      .map(({ population, cells: [first, end] = [0, 1], variable, place }) => [
        `${population}[${first}:${end}]:${variable}`,
        place,
      ]),
  );
  try {
    return await read(isAbsolute(model) ? model : join(dirname(path), model), {
      record: [...recordings.keys()],
      set: Object.fromEntries(Object.entries(set).map(([name, value]) => [name, String(value)])),
      ...(seed === undefined ? {} : { seed: String(seed) }),
      ...(dt === undefined ? {} : { dt }),
      ...(duration === undefined ? {} : { duration }),
      ...(timing === undefined ? {} : { timing }),
    });
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    // The user wrote the expectation, not the recording that it needs.
    throw new DiagnosticError(
      error.diagnostics.map((diagnostic) => {
        const place = recordings.get(diagnostic.place?.document.replace(/^--record /, '') ?? '');
        return place ? { ...diagnostic, place } : diagnostic;
      }),
    );
  }
}

/** Returns findings about populations and cells that a model does not have. */
function wrongNames({ spikes, values }: Expectations, { populations }: Model): readonly Diagnostic[] {
  return [...spikes, ...values].flatMap(({ name, population, cells, place }: Cells): readonly Diagnostic[] => {
    const size = Object.hasOwn(populations, population) ? populations[population]?.size : undefined;
    const finding: Finding | null =
      size === undefined
        ? messages.unknownPart('population', population, Object.keys(populations))
        : cells && !(cells[0] < cells[1] && cells[1] <= size)
          ? messages.noSuchCell(name, size)
          : null;
    return finding ? [{ severity: 'error', ...finding, place }] : [];
  });
}
