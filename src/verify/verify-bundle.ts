/** Compares the models in the files of a bundle: source, canonical document, notations, results. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { openRecord } from '../../runtime/results/open.js';
import type { BundleFile } from '../bundle/contents.js';
import { checksumsName } from '../bundle/checksums.js';
import { contentsOf, crateName, importIn, setPrefix, type PackedImport, type PackedRun } from '../bundle/crate.js';
import { manifestName, readManifest } from '../bundle/manifest.js';
import type { Bundle } from '../bundle/open.js';
import { isOurs } from '../compare/open-recorded.js';
import { DiagnosticError, Diagnostics, UsageError } from '../diagnostics/diagnostic.js';
import { memberOf } from '../diagnostics/member.js';
import { bundleFiles, canonicalPath, packedRun, readmeName } from '../convert/bundle-files.js';
import { targetNotations, type TargetNotation } from '../convert/target-notations.js';
import { figuresOf } from '../present/figures-of-result.js';
import { notationsByName } from '../pipeline/read/notation.js';
import { timingProfiles } from '../pipeline/option-values.js';
import type { ImportedModel } from '../pipeline/read/imported-model.js';
import type { ImportOptions } from '../pipeline/read/import-options.js';
import { version } from '../pipeline/version.js';
import { measure } from './measure.js';
import { measurementReport, measurementHeadline } from './measurement-text.js';

/** A file of a bundle, compared with the model that a run of the bundle runs; or a file of a folder. */
export interface CheckedFile {
  /** Path within the bundle or folder. */
  readonly path: string;
  readonly verdict: 'same model' | 'different' | 'unlisted' | 'read' | 'not checked';
  /** Reason, as a sentence without the path; absent for the same model. */
  readonly reason?: string;
}

/** Reads a model from a document, a result or a bundle. */
type Read = (path: string, options: ImportOptions) => Promise<ImportedModel>;

/**
 * Compares the model that a run of a bundle runs with those of its other files, packs it again to compare what `pack`
 * writes, and lists files that the manifest or the checksums lack.
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
  checked.push(...(await checkWritten(bundle, run, read)));
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
  const withoutSums: readonly CheckedFile[] =
    summed === null && files.includes(crateName)
      ? [{ path: checksumsName, verdict: 'not checked', reason: 'missing, although pack writes it' }]
      : [];
  const unlisted = files
    .filter((file) => file !== manifestName)
    .flatMap((path): readonly CheckedFile[] => {
      const lacking = [
        ...(listed.has(path) ? [] : [manifestName]),
        ...(summed === null || path === checksumsName || summed.has(path) ? [] : [checksumsName]),
      ];
      if (lacking.length === 0) return [];
      return [{ path, verdict: 'unlisted', reason: `not listed in ${lacking.join(' or ')}` }];
    });
  return [...withoutSums, ...unlisted];
}

/** Checks the author's documents: the one that the crate names with its settings, and each other one. */
async function checkSources(
  bundle: Bundle,
  sources: readonly string[],
  run: ImportedModel,
  read: Read,
): Promise<readonly CheckedFile[]> {
  const made = bundle.files.includes(crateName) ? importIn(textOf(bundle, crateName)) : undefined;
  const main = sources.find((path) => path === made?.source);
  const included = new Set<string>();
  const onFile = (path: string): void => {
    included.add(path);
  };
  const checked: CheckedFile[] = [];
  if (made && main !== undefined)
    checked.push(unreadIsWrong(await checkDocument(bundle, main, run, read, { ...optionsOf(made.settings), onFile })));
  for (const path of sources) if (path !== main) checked.push(await checkDocument(bundle, path, run, read, { onFile }));
  return checked.filter(({ path }) => path === main || !included.has(pathIn(bundle, path)));
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
    return { path, verdict: 'not checked', reason: `cannot be read as a model: ${messageOf(error)}` };
  }
  const depth = found.hashes.model === run.hashes.model ? 'experiment' : 'model';
  const isComplete = depth === 'model' || (options.set !== undefined && path !== canonicalPath);
  const isSource = options.set !== undefined || path === canonicalPath;
  if (isSource && depth === 'experiment' && !isDeepStrictEqual(found.valid.model.metadata, run.valid.model.metadata))
    return { path, verdict: 'different', reason: `other metadata, such as authors, than ${bundle.model}` };
  if (!isComplete || found.hashes[depth] === run.hashes[depth]) return { path, verdict: 'same model' };
  return { path, verdict: 'different', reason: otherModel(depth, found.hashes[depth], run.hashes[depth], bundle) };
}

/** Returns the message of a failure that the files of a bundle cause. @throws all others */
export function messageOf(error: unknown): string {
  if (error instanceof DiagnosticError) return error.diagnostics[0]?.message ?? 'it has mistakes';
  if (error instanceof UsageError) return error.message;
  throw error;
}

function otherModel(depth: 'model' | 'experiment', found: string, run: string, { model, files }: Bundle): string {
  const what = depth === 'model' ? 'another model' : 'the same model with another time step, seed or protocol';
  const sums = files.includes(checksumsName) ? ', although the checksums fit' : '';
  return `${what} (${found.slice(0, 12)}) than ${model}, which is run (${run.slice(0, 12)})${sums}`;
}

/**
 * Packs the model that is run again, and compares the files that `pack` writes. Another version of interneuron may
 * write them otherwise: what differs is then not checked.
 */
async function checkWritten(bundle: Bundle, run: ImportedModel, read: Read): Promise<readonly CheckedFile[]> {
  const crate = bundle.files.includes(crateName) ? textOf(bundle, crateName) : undefined;
  const made = crate === undefined ? undefined : importIn(crate);
  if (crate === undefined || made === undefined) {
    const reason =
      'it does not state how the bundle was packed, so its other files are not compared with what pack writes';
    return [{ path: crateName, verdict: 'not checked', reason: crate === undefined ? `missing: ${reason}` : reason }];
  }
  const reports = bundle.files.filter((file) => /^notations\/[^/]+\/report\.json$/.test(file));
  const notations = reports.flatMap((file) => targetNotations.filter((to) => file === `notations/${to}/report.json`));
  const checked: CheckedFile[] = reports
    .filter((file) => !notations.some((to) => file === `notations/${to}/report.json`))
    .map((path) => ({ path, verdict: 'not checked', reason: 'a notation that this version does not write' }));
  const wrong = made.version === version ? 'different' : 'not checked';
  let again: readonly BundleFile[];
  try {
    const imported = await withPositions(bundle, made, run, read);
    again = await packedAgain(bundle, crate, made, notations, imported, checked);
  } catch (error) {
    const reason = `it cannot be packed again: ${messageOf(error)}`;
    return [...checked, { path: bundle.model, verdict: wrong, reason }];
  }
  const changed = again.filter((file) => !bundle.files.includes(file.path) || !isEqual(bundle, file));
  const documents = notations.flatMap((to) => {
    const own = again.filter(({ path }) => path.startsWith(`notations/${to}/`));
    return own.some((file) => changed.includes(file)) ? [] : own.slice(0, 1);
  });
  // The crate lists sizes of all other files.
  const others = changed.filter(({ path }) => path !== crateName);
  const by = made.version === version ? '' : `, which interneuron ${made.version} may write otherwise`;
  return [
    ...checked,
    ...(others.length > 0 ? others : changed).map((file): CheckedFile => {
      const change = changeIn(bundle, file);
      return change.verdict === 'not checked' ? change : { ...change, verdict: wrong, reason: `${change.reason}${by}` };
    }),
    ...(made.version === version || changed.length === 0
      ? []
      : [{ path: crateName, verdict: 'not checked', reason: `packed by interneuron ${made.version}` } as const]),
    ...documents.map(({ path }): CheckedFile => ({ path, verdict: 'same model' })),
  ];
}

/** Returns the model that is run with the notation of the author's document, and positions of its parts there. */
async function withPositions(
  bundle: Bundle,
  made: PackedImport,
  run: ImportedModel,
  read: Read,
): Promise<ImportedModel> {
  try {
    const { positions, notation } = await read(pathIn(bundle, made.source), optionsOf(made.settings));
    return { ...run, positions, notation };
  } catch (error) {
    messageOf(error);
    return run;
  }
}

/**
 * Returns the files that `pack` writes about a model, with the stored sources, results and measurements.
 *
 * @param checked  receives measurements that come out otherwise
 */
async function packedAgain(
  bundle: Bundle,
  crate: string,
  read: PackedImport,
  listed: readonly TargetNotation[],
  imported: ImportedModel,
  checked: CheckedFile[],
): Promise<readonly BundleFile[]> {
  const { date, files } = contentsOf(crate);
  const notations = files.flatMap(({ path }) => listed.filter((to) => path === `notations/${to}/report.json`));
  const stored = (role: BundleFile['role'], folder: RegExp): readonly BundleFile[] =>
    files
      .filter(({ path }) => folder.test(path) && bundle.files.includes(path))
      .map((file) => ({ ...file, role, bytes: readFileSync(pathIn(bundle, file.path)) }));
  const results: BundleFile[] = [...stored('page', /^page\//)];
  const runs: PackedRun[] = [];
  for (const result of stored('result', /^results\//)) {
    const file = pathIn(bundle, result.path);
    const isOwn = await isOurs(file);
    results.push({ ...result, description: isOwn ? 'a result of the model' : 'a result of another program' });
    if (!isOwn) continue;
    runs.push(packedRun((await openRecord(file)).record, result.path, imported));
    results.push(...(await figuresOf(file, result.path, imported)));
  }
  const packed = await bundleFiles(imported, {
    sources: stored('source', /^source\//),
    notations,
    results: { files: results, runs },
    measure: async (valid, to, converted) => {
      const path = `notations/${to}/report.json`;
      const report = bundle.files.includes(path) ? jsonIn(textOf(bundle, path)) : null;
      const description = files.find((file) => file.path.startsWith(`notations/${to}/`))?.description ?? '';
      const check = memberOf(report, 'check');
      const found = {
        verdict: String(memberOf(report, 'outcome')),
        text: description.replace(/^.*?: /, ''),
        check: typeof check === 'object' && check !== null ? check : undefined,
      };
      const measured = await measure(valid, to, converted, { from: imported.notation });
      const text = measurementHeadline(measured);
      const isSame =
        found.verdict === measured.verdict &&
        (!converted.portable || found.text === text) &&
        JSON.stringify(found.check) === JSON.stringify(measurementReport(measured));
      if (!isSame)
        checked.push({ path, verdict: 'not checked', reason: `its measurement was otherwise here: ${text}` });
      return found;
    },
    read,
    date,
  });
  return packed.files.filter(
    ({ path, role }) => !['source', 'result', 'page'].includes(role) && path !== checksumsName,
  );
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const isEqual = (bundle: Bundle, { path, bytes }: BundleFile): boolean =>
  path === manifestName
    ? entriesIn(new TextDecoder().decode(bytes)).every((entry) => entriesIn(textOf(bundle, path)).includes(entry))
    : Buffer.from(bytes).equals(readFileSync(pathIn(bundle, path)));

/** Returns the entries of a manifest, each as a text. */
const entriesIn = (text: string): readonly string[] =>
  readManifest(text, manifestName, new Diagnostics()).map(({ location, format, master }) =>
    JSON.stringify([location, format, master]),
  );

/** Names the first line in which a file differs from the one that `pack` writes. */
function changeIn(bundle: Bundle, { path, bytes, role }: BundleFile): CheckedFile {
  if (!bundle.files.includes(path)) return { path, verdict: 'different', reason: 'missing, although pack writes it' };
  const [found, expected] = [textOf(bundle, path).split('\n'), new TextDecoder().decode(bytes).split('\n')];
  const line = found.findIndex((text, k) => text !== expected[k]);
  const from = `from line ${line < 0 ? found.length : line + 1} on`;
  // People write in the list of files.
  if (path === readmeName) return { path, verdict: 'not checked', reason: `edited, ${from}` };
  const what = role === 'notation' ? 'the conversion of' : 'the one that pack writes for';
  return { path, verdict: 'different', reason: `another document than ${what} ${bundle.model}, ${from}` };
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
