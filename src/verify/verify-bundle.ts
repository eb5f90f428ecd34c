/** Compares the models in the files of a bundle: source, canonical document, notations, results. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRecord } from '../../runtime/results/open.js';
import type { BundleFile } from '../bundle/contents.js';
import { checksumsName } from '../bundle/checksums.js';
import { crateName, importIn, setPrefix } from '../bundle/crate.js';
import { manifestName, readManifest } from '../bundle/manifest.js';
import type { Bundle } from '../bundle/open.js';
import { isOurs } from '../compare/open-recorded.js';
import { DiagnosticError, Diagnostics, UsageError } from '../diagnostics/diagnostic.js';
import { canonicalPath, notationFiles } from '../convert/bundle-files.js';
import { targetNotations } from '../convert/target-notations.js';
import { notationsByName } from '../pipeline/read/notation.js';
import { timingProfiles } from '../pipeline/option-values.js';
import type { ImportedModel } from '../pipeline/read/imported-model.js';
import type { ImportOptions } from '../pipeline/read/import-options.js';
import { version } from '../pipeline/version.js';

/** A file of a bundle, compared with the model that a run of the bundle runs. */
export interface CheckedFile {
  /** Path within the bundle. */
  readonly path: string;
  readonly verdict: 'same model' | 'different' | 'unlisted' | 'not checked';
  /** Reason, as a sentence without the path; absent for the same model. */
  readonly reason?: string;
}

/** Reads a model from a document, a result or a bundle. */
type Read = (path: string, options: ImportOptions) => Promise<ImportedModel>;

/**
 * Compares the model that a run of a bundle runs with those of its other files, and lists files that the manifest or
 * the checksums lack.
 *
 * @param run  the model that is run
 */
export async function verifyBundle(bundle: Bundle, run: ImportedModel, read: Read): Promise<readonly CheckedFile[]> {
  const { files } = bundle;
  const inFolder = (folder: string): readonly string[] => files.filter((file) => file.startsWith(`${folder}/`));
  const checked: CheckedFile[] = [...unlistedFiles(bundle)];
  if (bundle.model !== canonicalPath && files.includes(canonicalPath))
    checked.push(await checkDocument(bundle, canonicalPath, run, read));
  checked.push(...(await checkSources(bundle, inFolder('source'), run, read)));
  for (const report of inFolder('notations').filter((file) => /^notations\/[^/]+\/report\.json$/.test(file)))
    checked.push(...(await checkNotation(bundle, report, run, read)));
  for (const result of inFolder('results')) checked.push(await checkResult(bundle, result, run));
  return checked;
}

const pathIn = ({ folder }: Bundle, file: string): string => join(folder, ...file.split('/'));
const textOf = (bundle: Bundle, file: string): string => readFileSync(pathIn(bundle, file), 'utf8');

/** Returns the files that the manifest or the list of checksums lacks. */
function unlistedFiles(bundle: Bundle): readonly CheckedFile[] {
  const { files } = bundle;
  const listed = new Set(
    readManifest(textOf(bundle, manifestName), manifestName, new Diagnostics()).map(({ location }) => location),
  );
  const summed = files.includes(checksumsName)
    ? new Set(
        textOf(bundle, checksumsName)
          .split('\n')
          .map((line) => line.slice(66)),
      )
    : null;
  return files
    .filter((file) => file !== manifestName)
    .flatMap((path): readonly CheckedFile[] => {
      const lacking = [
        ...(listed.has(path) ? [] : [manifestName]),
        ...(summed === null || path === checksumsName || summed.has(path) ? [] : [checksumsName]),
      ];
      if (lacking.length === 0) return [];
      return [{ path, verdict: 'unlisted', reason: `not listed in ${lacking.join(' or ')}` }];
    });
}

/** Checks the author's document: the one that the crate names, else each source that holds a model. */
async function checkSources(
  bundle: Bundle,
  sources: readonly string[],
  run: ImportedModel,
  read: Read,
): Promise<readonly CheckedFile[]> {
  const made = bundle.files.includes(crateName) ? importIn(textOf(bundle, crateName)) : undefined;
  if (made !== undefined && bundle.files.includes(made.source))
    return [unreadIsWrong(await checkDocument(bundle, made.source, run, read, optionsOf(made.settings)))];
  const checked: CheckedFile[] = [];
  const included = new Set<string>();
  const onFile = (path: string): void => {
    included.add(path);
  };
  for (const path of sources) checked.push(await checkDocument(bundle, path, run, read, { onFile }));
  const documents = checked.filter(({ path }) => !included.has(pathIn(bundle, path)));
  // Tables and other files hold no model, but one of the sources does.
  const models = documents.filter(({ verdict }) => verdict !== 'not checked');
  return models.length > 0 ? models : documents;
}

const unreadIsWrong = (file: CheckedFile): CheckedFile =>
  file.verdict === 'not checked' ? { ...file, verdict: 'different' } : file;

/** Returns the options that a document was read with, from their names and values in a crate. */
function optionsOf(settings: Readonly<Record<string, string>>): ImportOptions {
  const { seed, dt, duration, origin } = settings;
  const from = notationsByName.get(settings['from'] ?? '');
  const profile = timingProfiles.find((known) => known === settings['timing']);
  return {
    set: Object.fromEntries(
      Object.entries(settings).flatMap(([name, value]) =>
        name.startsWith(setPrefix) ? [[name.slice(setPrefix.length), value]] : [],
      ),
    ),
    origin: origin !== 'false',
    ...(from === undefined ? {} : { from }),
    ...(seed === undefined ? {} : { seed }),
    ...(dt === undefined ? {} : { dt }),
    ...(duration === undefined ? {} : { duration }),
    ...(profile === undefined ? {} : { timing: profile }),
  };
}

/**
 * Compares a document with the model that is run.
 *
 * @param options  with which it was packed, so that the time step and the protocol are also compared; absent: unknown
 */
async function checkDocument(
  bundle: Bundle,
  path: string,
  run: ImportedModel,
  read: Read,
  options: ImportOptions = {},
): Promise<CheckedFile> {
  let found: ImportedModel;
  try {
    found = await read(pathIn(bundle, path), options);
  } catch (error) {
    if (!(error instanceof DiagnosticError || error instanceof UsageError)) throw error;
    const message = error instanceof DiagnosticError ? error.diagnostics[0]?.message : error.message;
    return { path, verdict: 'not checked', reason: `cannot be read as a model: ${message ?? ''}` };
  }
  const depth = found.hashes.model === run.hashes.model ? 'experiment' : 'model';
  const isComplete = depth === 'model' || (options.set !== undefined && path !== canonicalPath);
  if (!isComplete || found.hashes[depth] === run.hashes[depth]) return { path, verdict: 'same model' };
  return { path, verdict: 'different', reason: otherModel(depth, found.hashes[depth], run.hashes[depth], bundle) };
}

function otherModel(depth: 'model' | 'experiment', found: string, run: string, { model, files }: Bundle): string {
  const what = depth === 'model' ? 'another model' : 'the same model with another time step, seed or protocol';
  const sums = files.includes(checksumsName) ? ', although the checksums fit' : '';
  return `${what} (${found.slice(0, 12)}) than ${model}, which is run (${run.slice(0, 12)})${sums}`;
}

/** Converts the model that is run again, and compares each document of a notation with the new one. */
async function checkNotation(
  bundle: Bundle,
  report: string,
  run: ImportedModel,
  read: Read,
): Promise<readonly CheckedFile[]> {
  const named = report.split('/')[1];
  const to = targetNotations.find((notation) => notation === named);
  if (to === undefined)
    return [{ path: report, verdict: 'not checked', reason: `a notation that this version does not write: ${named}` }];
  const again = (await notationFiles(run, to)).filter(({ path }) => path !== report);
  const changed = again.filter((file) => !bundle.files.includes(file.path) || !isEqual(bundle, file));
  const [first] = changed;
  if (first === undefined) return again.slice(0, 1).map(({ path }) => ({ path, verdict: 'same model' }));
  const made = bundle.files.includes(crateName) ? importIn(textOf(bundle, crateName)) : undefined;
  // Another version of interneuron may write the same model otherwise; the document itself then states its model.
  if (made?.version !== version && again[0] !== undefined && bundle.files.includes(again[0].path))
    return [await checkDocument(bundle, again[0].path, run, read)];
  return changed.map((file) => ({ path: file.path, verdict: 'different', reason: changeIn(bundle, file, to) }));
}

const isEqual = (bundle: Bundle, { path, bytes }: BundleFile): boolean =>
  Buffer.from(bytes).equals(readFileSync(pathIn(bundle, path)));

/** Describes how a file differs from a new conversion. */
function changeIn(bundle: Bundle, { path, bytes }: BundleFile, to: string): string {
  if (!bundle.files.includes(path)) return `missing, although the conversion to ${to} consists of it`;
  const [found, expected] = [textOf(bundle, path), new TextDecoder().decode(bytes)].map((text) => text.split('\n'));
  const line = found!.findIndex((one, k) => one !== expected![k]);
  return `another document than the conversion of ${bundle.model} to ${to}, from line ${line < 0 ? found!.length : line + 1} on`;
}

/** Compares the model in a result with the one that is run. */
async function checkResult(bundle: Bundle, path: string, run: ImportedModel): Promise<CheckedFile> {
  const file = pathIn(bundle, path);
  if (!(await isOurs(file)))
    return { path, verdict: 'not checked', reason: 'a result of another program, which holds no model' };
  const { record } = await openRecord(file);
  if (record.hashes.model === run.hashes.model) return { path, verdict: 'same model' };
  const reason = `made by another model (${record.hashes.model.slice(0, 12)}) than ${bundle.model}, which is run (${run.hashes.model.slice(0, 12)})`;
  return { path, verdict: 'different', reason };
}
