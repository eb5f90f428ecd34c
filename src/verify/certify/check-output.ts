/** Checks of single outputs for a certificate. */

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { differenceText } from '../../../runtime/results/compare.js';
import { temporaryFolder } from '../../platform/temporary-folder.js';
import { manifestName, manifestText } from '../../bundle/manifest.js';
import { textFile, type BundleFile } from '../../bundle/contents.js';
import { usualPolicy } from '../../bundle/kisao.js';
import { archiveBytes } from '../../bundle/write-archive.js';
import { asCheckOfFirst, compareRecorded, isAtLeast, type Comparison } from '../../compare/compare.js';
import { statementOf } from '../../compare/headline.js';
import { isOurs, openRecorded } from '../../compare/open-recorded.js';
import type { Recorded } from '../../compare/recorded.js';
import { UsageError } from '../../diagnostics/diagnostic.js';
import { formatCount, formatDuration } from '../../diagnostics/quantities.js';
import { executeArchive } from '../../biosimulators/execute.js';
import { messageOf } from '../verify-bundle.js';
import { verifyModel } from '../verify-model.js';
import { verifyResult } from '../verify.js';
import { readExpectations } from '../expect/read-expectations.js';
import { testOmv } from '../expect/omv.js';
import { tolerancesText } from '../expect/tolerances.js';
import { testModel, type TestOptions } from '../expect/test-model.js';
import type { ImportedModel } from '../../pipeline/read/imported-model.js';
import type { ImportOptions } from '../../pipeline/read/import-options.js';
import { modelInResult } from '../../pipeline/results/model-in-result.js';
import { compareAcross } from '../compare-across.js';
import type { Limit } from '../limit.js';
import { limitOfDocuments } from '../limit-with-draws.js';
import { limitText } from '../limit-text.js';
import { isReproduced, type CertifiedModel, type CertifiedOutput } from './certificate.js';

/** Judgement on an output. */
export type Judged = Pick<CertifiedOutput, 'grade' | 'statement' | 'model' | 'engine'>;

/** A model in the folder, as it was read. */
export interface FoundModel extends CertifiedModel {
  /** Path on this machine. */
  readonly file: string;
  readonly imported: ImportedModel;
}

/** Returns the judgement on an output without a comparison. */
export const notJudged = (statement: string): Judged => ({
  grade: 'not checked',
  statement,
  model: null,
  engine: null,
});

/** Judges an output; one that cannot be run or read is not checked, with the reason. */
export async function judgedSafely(judge: () => Promise<Judged>): Promise<Judged> {
  try {
    return await judge();
  } catch (error) {
    return notJudged(messageOf(error));
  }
}

const modelText = ({ path, hash }: CertifiedModel): string => `${path} (${hash.slice(0, 12)})`;

/**
 * Runs the model of a result of interneuron again.
 *
 * @param model  in the folder, that gives the result; null if there are no models; undefined if it is none of them
 */
export async function checkOwn(
  path: string,
  model: FoundModel | null | undefined,
  options: TestOptions,
): Promise<Judged> {
  if (model === undefined)
    return {
      grade: 'not checked',
      statement: 'made by a model that is not in the folder',
      model: null,
      engine: null,
    };
  const { elsewhere: _, ...own } = runOptions(options);
  const { verdict, stored, found, engine } = await verifyResult(path, own);
  const name = model === null ? `the model in the result (${stored.hashes.model.slice(0, 12)})` : modelText(model);
  const isSame = model === null || model.hash === stored.hashes.model;
  if (isSame && verdict.verdict === 'identical') {
    const { steps, dt, complete } = stored;
    const spikes = Object.values(stored.fingerprint.populations).reduce(
      (sum, populationDigest) => sum + (populationDigest.spikes?.count ?? 0),
      0,
    );
    const statement = [
      `all ${formatCount(spikes)} spikes, samples and final states of ${formatDuration(steps * dt)}, bit by bit`,
      ...(complete ? [] : ['the stored run was stopped before its end']),
      `fingerprint ${found?.fingerprint.total.slice(0, 16) ?? ''}`,
    ].join('; ');
    return { grade: 'identical', statement, model: name, engine: engineText(engine) };
  }
  if (!isSame) {
    const judged = await compared(path, model ?? undefined, options);
    const by = 'made by another model than the one beside it';
    const limit =
      isReproduced(judged.grade) || verdict.verdict !== 'identical' ? null : await limitBeside(path, model.imported);
    const grade = limit?.verdict === 'the same model' ? limit.verdict : judged.grade;
    const statement = [by, ...(limit ? [limitText(limit)] : []), judged.statement].join('; ');
    return { ...judged, grade, statement, model: name };
  }
  if (verdict.verdict === 'incomparable') return { ...notJudged(`not comparable: ${verdict.reason}`), model: name };
  const { first, changes = [] } = verdict.verdict === 'different' ? verdict : {};
  const [change] = changes;
  const statement = first
    ? differenceText(first, stored.dt)
    : `${change?.place ?? ''}: stored ${change?.stored ?? ''}, expected ${change?.expected ?? ''}`;
  return { grade: 'different', statement, model: name, engine: engineText(engine) };
}

/** Compares the model in a result with another one, in the limit of small steps. */
async function limitBeside(path: string, other: ImportedModel): Promise<Limit | null> {
  const own = await modelInResult(path, {});
  if (!own) return null;
  const { became } = await compareAcross(own, other);
  return limitOfDocuments(own.valid, other.valid, { became });
}

/** Runs a model and compares its spikes and samples with a result of another program. */
export async function checkForeign(path: string, model: FoundModel, options: TestOptions): Promise<Judged> {
  return { ...(await compared(path, model, options)), model: modelText(model) };
}

async function compared(path: string, model: FoundModel | undefined, options: TestOptions): Promise<Judged> {
  const read = model && ((given: ImportOptions) => options.model(model.file, given));
  const { found } = await verifyModel(path, read, runOptions(options), {});
  const { comparison } = found;
  const record = found.exact?.records[1];
  return {
    grade: comparison.grade,
    statement: statementOf(comparison),
    model: null,
    engine: record?.target ?? null,
  };
}

const runOptions = ({ read: _, model: __, ...options }: TestOptions): Omit<TestOptions, 'read' | 'model'> => options;

const engineText = (engine: { readonly target: string; readonly device: string } | undefined): string | null =>
  engine === undefined ? null : `${engine.target} (${engine.device})`;

/** Runs a model against its expectations. The strictest ones give the grade. */
export async function checkExpected(path: string, name: string, options: TestOptions): Promise<Judged> {
  const isOmv = /\.omt$/i.test(path);
  const {
    outcome,
    expectations,
    reason,
    diagnostics,
    tolerances = [],
  } = await (isOmv ? testOmv : testModel)(path, options);
  const common = { model: null, engine: null };
  if (outcome === 'not checked') return { grade: 'not checked', statement: reason ?? '', model: null, engine: null };
  const count = `${expectations} ${expectations === 1 ? 'expectation' : 'expectations'}`;
  if (outcome === 'failed') {
    const [first, ...others] = diagnostics;
    const missed = `${first?.message ?? 'failed'}${first?.found === undefined ? '' : `: ${first.found} instead of ${first.expected ?? ''}`}`;
    const more = others.length === 0 ? '' : `, and ${others.length} more`;
    // A file that cannot be read or run states nothing about the model.
    const grade = expectations === 0 ? 'not checked' : 'different';
    return { ...common, grade, statement: `${missed}${more}` };
  }
  const stated = tolerances.length === 0 ? count : `${count}: ${tolerancesText(tolerances)}`;
  if (tolerances.length > 0 && tolerances.every(({ acceptsAll }) => acceptsAll)) return notJudged(stated);
  if (isOmv) return { ...common, grade: 'within tolerances', statement: stated };
  const { model, fingerprint, spikes } = readExpectations(readFileSync(path, 'utf8'), name);
  const grade = fingerprint ? 'identical' : spikes.some(({ times }) => times) ? 'same within δ' : 'within tolerances';
  return { ...common, grade, statement: stated, model };
}

/**
 * Carries out an experiment in SED-ML, and compares its values with the result of interneuron among the files that
 * agrees best.
 *
 * @param archive  the bundle that holds it; null for a folder
 */
export async function checkExperiment(
  folder: string,
  files: readonly string[],
  experiment: string,
  archive: string | null,
): Promise<Judged> {
  const scratch = temporaryFolder('experiment');
  try {
    const packed = archive ?? join(scratch, 'folder.omex');
    if (archive === null) writeFileSync(packed, archiveOf(folder, files, experiment));
    const { failures, recordings } = await executeArchive(packed, join(scratch, 'out'), { policy: usualPolicy });
    const common = { model: null, engine: null };
    const [failure] = failures;
    if (failure !== undefined)
      return { ...common, grade: 'different', statement: `it cannot be carried out: ${failure}` };
    const found = await comparedBest(folder, files, recordings);
    if (!found)
      return { ...common, grade: 'not checked', statement: 'it is carried out, and no result has its values' };
    const { path, comparison } = found;
    // Final states are in no report.
    const grade = comparison.grade === 'identical' ? 'same spikes' : comparison.grade;
    return { ...common, grade, statement: `compared with ${path}: ${statementOf({ ...comparison, grade })}` };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Compares the values of an experiment with the results among files; null if none has any of them. */
async function comparedBest(
  folder: string,
  files: readonly string[],
  recordings: readonly Recorded[],
): Promise<{ readonly path: string; readonly comparison: Comparison } | null> {
  let best: Awaited<ReturnType<typeof comparedBest>> = null;
  for (const path of files) {
    const file = join(folder, ...path.split('/'));
    if (/\.provenance\.json$/.test(path) || !(await isOurs(file))) continue;
    const stored = await openRecorded(file);
    for (const recorded of recordings)
      try {
        const comparison = asCheckOfFirst(compareRecorded(recorded, stored));
        if (!best || !isAtLeast(best.comparison.grade, comparison.grade)) best = { path, comparison };
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
      }
  }
  return best;
}

/** Returns an archive of a folder with an experiment as its main file. */
function archiveOf(folder: string, files: readonly string[], experiment: string): Uint8Array {
  const packed = files
    .filter((path) => path !== manifestName && !/\.omex$/i.test(path))
    .map((path): BundleFile => {
      const bytes = readFileSync(join(folder, ...path.split('/')));
      return { path, bytes, role: 'source', description: basename(path) };
    });
  const manifest = textFile(manifestName, manifestText(packed, experiment), 'about', 'list of files');
  return archiveBytes([manifest, ...packed]);
}
