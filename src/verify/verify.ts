/** Runs the model in a result again, and compares all of the results. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { compareFiles, compareRecords, recordPlaces } from '../../runtime/results/compare-files.js';
import { differenceList, type FileDifference } from '../../runtime/results/differences.js';
import { firstDifference, incomparable, type Difference } from '../../runtime/results/compare.js';
import { openRecord, openResult, reasonOf, resultFormat, type ResultFormat } from '../../runtime/results/open.js';
import { damaged } from '../../runtime/results/record-text.js';
import { recordVersion, type RunRecord, type StoredRecord } from '../../runtime/results/result.js';
import { changedDigests } from '../../runtime/results/record-digests.js';
import { DiagnosticError, UsageError } from '../diagnostics/diagnostic.js';
import type { ModelHashes } from '../model/hash.js';
import type { ValidModel } from '../model/model.js';
import { outputWriter } from '../pipeline/results/outputs.js';
import { runModel, type Engine, type RunOptions, type RunResult } from '../pipeline/pipeline.js';
import { checkRunOptions } from '../pipeline/option-values.js';
import { checkArgument, text } from '../diagnostics/public-arguments.js';
import { itemAt } from '../diagnostics/entry.js';
import { openModel } from '../session/open-model.js';
import { startOf } from '../pipeline/start-record.js';
import type { StartState } from '../pipeline/start-state.js';
import { storedModel } from '../pipeline/results/stored-model.js';
import { storedUnits } from '../pipeline/results/written-units.js';
import { temporaryFolder } from '../platform/temporary-folder.js';

/** Verdict, with the differences or the reason why the results are incomparable. */
export type Verdict =
  | { readonly verdict: 'identical' }
  | {
      readonly verdict: 'different';
      /** The first difference of spikes, samples or digests in time; absent if only other data differs. */
      readonly first?: Difference;
      /** Differences of the files, the first hundred. */
      readonly changes: readonly FileDifference[];
      /** All that they hold otherwise. */
      readonly count: number;
    }
  /** The numerics versions differ: results are not expected to agree. */
  | { readonly verdict: 'incomparable'; readonly reason: string };

/** Outcome of comparing a stored result with a new run of its model. */
export interface Verification {
  /** The outcome. */
  readonly verdict: Verdict;
  /** The record in the result. */
  readonly stored: RunRecord;
  /** The record of the new run; absent without a new run. */
  readonly found?: RunRecord;
  /** The engine of the new run; absent without a new run. */
  readonly engine?: Engine;
  /** Data that could not be compared, with reasons. */
  readonly limits: readonly string[];
}

type VerifyOptions = Omit<
  RunOptions,
  'outputs' | 'outputFolder' | 'precision' | 'steps' | 'stopAfter' | 'units' | 'repeated'
> & {
  /** Python environment of the simulator of a result that is not of our own engines; absent: a Python on the path. */
  readonly env?: string;
};

/**
 * Runs the model in a result again, writes a result of the same format, and compares everything in the two. It compares
 * spikes, samples and digests to the bit, every attribute, every table, every line. Data that cannot be computed again
 * is checked against the digests of the record.
 *
 * @throws UsageError if the file is not a result of ours, or the target is not available
 * @throws DiagnosticError if the model in the result does not match its stated hash, or the record is damaged
 */
export async function verifyResult(path: string, { env, ...options }: VerifyOptions = {}): Promise<Verification> {
  checkArgument('verifyResult', path, text('result.nwb'));
  checkRunOptions(options, 'verifyResult');
  const folder = temporaryFolder('verify');
  try {
    const stem = join(folder, 'again');
    return await verifyBy(path, async (stored) => {
      const { simulator } = stored.record.environment;
      if (simulator === undefined) return runAgain(stored, stem, options);
      return (await import('./verify-on.js')).runOnAgain(stored, simulator, `${stem}${suffixes[stored.format]}`, {
        ...options,
        ...(env === undefined ? {} : { env }),
      });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A new run of the model in a result, written in the same format. */
export interface NewRun {
  /** The file or folder that it was written to. */
  readonly path: string;
  readonly record: RunRecord;
  /** The engine that ran it. */
  readonly engine: Engine;
  /** True when it was stopped before it had the stored number of steps. */
  readonly interrupted: boolean;
}

/** A result that can be run again: an unchanged record, with the model that it states. */
interface Repeatable extends StoredRecord {
  readonly format: ResultFormat;
  readonly valid: ValidModel;
  readonly hashes: ModelHashes;
}

/** Compares a result like `verifyResult`, with a new run from another source. */
export async function verifyBy(path: string, again: (stored: Repeatable) => Promise<NewRun>): Promise<Verification> {
  const format = resultFormat(path);
  const stored = await openRecord(path);
  const { record } = stored;
  const broken = record.version === recordVersion ? changedDigests(record) : [];
  if (broken.length > 0) return { verdict: changedRecord(record, broken), stored: record, limits: [] };
  const {
    path: newPath,
    record: found,
    engine,
    interrupted,
  } = await again({
    ...stored,
    format,
    ...storedModel(stored),
  });
  const reason = incomparable(record, found) ?? (interrupted ? 'the new run was stopped' : null);
  const verdict: Verdict =
    reason === null ? await compareAll(format, path, record, newPath, found) : { verdict: 'incomparable', reason };
  return { verdict, stored: record, found, engine, limits: limitsOf(record) };
}

/** @param stem  path of the new result without its suffix */
export async function runAgain(
  { format, path, record, data, valid, hashes }: Repeatable,
  stem: string,
  options: VerifyOptions,
): Promise<NewRun> {
  const { precision } = record;
  if (precision !== 'float64' && precision !== 'float32')
    throw damaged(path, `its precision is ${JSON.stringify(precision)}`);
  const given = {
    ...options,
    ...(record.subject ? { subject: record.subject } : {}),
    precision,
    units: storedUnits(record),
    writers: [await outputWriter(`${stem}${suffixes[format]}`), ...(options.writers ?? [])],
    ...(record.version === recordVersion ? { repeated: record } : {}),
  } as const;
  const result = record.start
    ? await runFrom({ valid, hashes }, { ...given, start: startOf(record.start, data, path) })
    : await runModel({ valid, hashes }, { ...given, stopAfter: record.steps });
  if (result.kind === 'generated')
    throw new UsageError('the null target runs nothing, so there is nothing to compare', 'choose another target');
  result.dispose();
  return {
    path: itemAt(result.outputs, 0),
    record: result.record,
    engine: result.engine,
    interrupted: options.signal?.aborted === true && result.record.steps < record.steps,
  };
}

/** Runs a model from a state at a later time, as the session did that began there. */
async function runFrom(
  model: Pick<Repeatable, 'valid' | 'hashes'>,
  options: RunOptions & { readonly start: StartState },
): Promise<RunResult> {
  const session = openModel(model, options);
  try {
    await session.run(undefined, options.signal ? { signal: options.signal } : {});
    return await session.finish();
  } finally {
    await session.dispose();
  }
}

const suffixes: Readonly<Record<ResultFormat, string>> = { nwb: '.nwb', neo: '.json', csv: '.csv' };

/**
 * Returns the verdict on a record that was changed after it was written, so that its contents are not reliable for a
 * new run.
 */
function changedRecord(record: RunRecord, broken: readonly string[]): Verdict {
  const differences = differenceList();
  for (const name of broken) {
    const value = (record as unknown as Readonly<Record<string, unknown>>)[name];
    differences.add(
      name === 'digest' ? 'the digest of the record' : `record.${name}`,
      value === undefined ? 'nothing' : JSON.stringify(value),
      name === 'digest' ? 'that of its fields' : 'what has the digest that the record states',
    );
  }
  const { list, count } = differences.done();
  return { verdict: 'different', changes: list, count };
}

/** @param again  path of the result of the new run */
async function compareAll(
  format: ResultFormat,
  path: string,
  record: RunRecord,
  again: string,
  found: RunRecord,
): Promise<Verdict> {
  if (record.version !== recordVersion) {
    const first = await firstOf(path, again);
    return first === null ? { verdict: 'identical' } : { verdict: 'different', first, changes: [], count: 0 };
  }
  const first = await readable(path, null, () => firstOf(path, again));
  const files = await readable(path, undefined, () => compareFiles(format, path, again));
  const fields = compareRecords(record, found);
  // Differences between the records are listed field by field.
  const others = fields.count === 0 ? files.list : files.list.filter(({ place }) => !recordPlaces[format].test(place));
  const changes = [...fields.list, ...others];
  if (first === null && changes.length === 0) return { verdict: 'identical' };
  return {
    verdict: 'different',
    ...(first === null ? {} : { first }),
    changes,
    count: fields.count + others.length + files.count - files.list.length,
  };
}

/** Returns the result of an action that reads a file, which may be damaged in any way. */
async function readable<T>(path: string, instead: T | undefined, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (instead !== undefined) return instead;
    throw error instanceof DiagnosticError ? error : damaged(path, `it cannot be read (${reasonOf(error)})`);
  }
}

async function firstOf(path: string, again: string): Promise<Difference | null> {
  const stored = await openResult(path);
  try {
    const found = await openResult(again);
    try {
      return firstDifference(stored, found);
    } finally {
      found.close();
    }
  } finally {
    stored.close();
  }
}

function limitsOf({ version, versions }: RunRecord): readonly string[] {
  if (version === recordVersion) return [];
  const by = versions['interneuron'] ?? 'another version';
  return [
    `it has layout ${version} (by interneuron ${by}), and this program writes layout ${recordVersion}: ` +
      'only spikes, samples and final states were compared',
  ];
}
