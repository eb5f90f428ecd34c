/** Makes the outputs of a folder or bundle again, and states how well both agree. */

import { narrow } from '../../pictures/layout.js';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { arch, cpus, homedir, type as systemName } from 'node:os';
import { basename, extname, join, relative, resolve, sep } from 'node:path';
import { digest } from '../../bundle/checksums.js';
import { openBundle } from '../../bundle/open.js';
import { isOurs, openRecorded } from '../../compare/open-recorded.js';
import { DiagnosticError, UsageError } from '../../diagnostics/diagnostic.js';
import { numericsVersion } from '../../ir/program.js';
import { provenancePath } from '../../../runtime/results/csv/write.js';
import { openRecord } from '../../../runtime/results/open.js';
import type { RunRecord } from '../../../runtime/results/result.js';
import { messageOf, verifyBundle, type CheckedFile } from '../verify-bundle.js';
import type { TestOptions } from '../expect/test-model.js';
import { factsOf } from '../../pipeline/read/notation.js';
import { whatIs, whatIsFile } from '../../pipeline/read/what-is.js';
import { isBundle } from '../../pipeline/read/model-in-bundle.js';
import { version } from '../../pipeline/version.js';
import { repeatCommands } from './repeat.js';
import { verdictOn, type Certificate, type CertifiedOutput, type Paper } from './certificate.js';
import {
  checkExpected,
  checkExperiment,
  checkForeign,
  checkOwn,
  type FoundModel,
  type Judged,
  judgedSafely,
  notJudged,
} from './check-output.js';

/** How to certify. */
export interface CertifyOptions {
  /** How models are read and run. */
  readonly run: TestOptions;
  /** As YYYY-MM-DD. */
  readonly date: string;
  readonly paper?: Paper;
  /** Further words of the command, for repeating it. */
  readonly words?: readonly string[];
  /** Receives each output as soon as it is checked. */
  readonly onOutput?: (output: CertifiedOutput) => void;
}

/** A picture in SVG, for screens and paper and for phones. */
export type DrawnPicture = Readonly<Record<'wide' | 'phone', string>>;

/** A certificate, and the files that it is about. */
export interface Certified {
  readonly certificate: Certificate;
  /** Bytes of an output. @param path  as the certificate names it */
  bytesOf(path: string): Uint8Array;
  /** Picture of the first result, or null. */
  readonly picture: DrawnPicture | null;
  /** Removes temporary files. */
  dispose(): void;
}

/** Most files of a folder that are looked at. */
const mostFiles = 2000;

/** Suffixes of recordings of other programs. */
const recordings = ['.csv', '.dat', '.gdf', '.h5', '.mat', '.nix', '.npz', '.nwb', '.pkl', '.spikes', '.tsv', '.txt'];

/**
 * Certifies a folder or a bundle.
 *
 * @throws UsageError for anything else, and for one without models, results and expectations
 * @throws DiagnosticError for a damaged bundle
 */
export async function certify(path: string, options: CertifyOptions): Promise<Certified> {
  if (isBundle(path)) {
    const bundle = await openBundle(path);
    try {
      const { model } = options.run;
      const run = await model(path, {});
      const files = await verifyBundle(bundle, run, model);
      const file = join(bundle.folder, ...bundle.model.split('/'));
      const models = [{ path: bundle.model, file, name: run.valid.model.name, hash: run.hashes.model, imported: run }];
      const certified = await certifyFolder(bundle.folder, bundle.files, models, { ...options, archive: path, files });
      return { ...certified, dispose: () => bundle.remove() };
    } catch (error) {
      bundle.remove();
      throw error;
    }
  }
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`${path} is neither a folder nor a bundle`, 'interneuron pack writes a bundle of a model');
  const files = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => !/(^|\/)(\.git|node_modules|certificate)\//.test(file))
    .sort();
  if (files.length > mostFiles)
    throw new UsageError(`${path} holds ${files.length} files`, `name a folder with at most ${mostFiles} files`);
  const { models, checked } = await modelsIn(path, files, options.run);
  return await certifyFolder(path, files, models, { ...options, archive: null, files: checked });
}

interface Certifying extends CertifyOptions {
  /** Path of the bundle; null for a folder. */
  readonly archive: string | null;
  /** Checked files of the bundle; models of the folder, and the files that they read. */
  readonly files: readonly CheckedFile[];
}

/** Reads the models among files. @returns the models, and the files that are models, parts of them, or invalid */
async function modelsIn(
  folder: string,
  files: readonly string[],
  { model }: TestOptions,
): Promise<{ readonly models: readonly FoundModel[]; readonly checked: readonly CheckedFile[] }> {
  const found: FoundModel[] = [];
  const reasons = new Map<string, Pick<CheckedFile, 'verdict' | 'reason'>>();
  const readers = new Map<string, string>();
  for (const file of files) {
    const path = join(folder, ...file.split('/'));
    if (whatIsFile(path).kind !== 'model') continue;
    try {
      const onFile = (other: string): void => {
        if (resolve(other) !== resolve(path)) readers.set(resolve(other), file);
      };
      const imported = await model(path, { onFile });
      const { name, populations } = imported.valid.model;
      if (Object.keys(populations).length > 0) {
        found.push({ path: file, file: path, name, hash: imported.hashes.model, imported });
        reasons.set(file, { verdict: 'read', reason: 'a model' });
      } else reasons.set(file, { verdict: 'not checked', reason: 'a model without populations' });
    } catch (error) {
      reasons.set(file, { verdict: 'not checked', reason: `no valid model: ${messageOf(error)}` });
    }
  }
  const checked = files.flatMap((path): readonly CheckedFile[] => {
    const reader = readers.get(resolve(folder, path));
    if (reader !== undefined) return [{ path, verdict: 'read', reason: `read by ${reader}` }];
    const own = reasons.get(path);
    return own ? [{ path, ...own }] : [];
  });
  return { models: found.filter(({ path }) => !readers.has(resolve(folder, path))), checked };
}

async function certifyFolder(
  folder: string,
  files: readonly string[],
  models: readonly FoundModel[],
  options: Certifying,
): Promise<Certified> {
  const { archive, onOutput, paper, run } = options;
  const bytesOf = (file: string): Uint8Array => readFileSync(join(folder, ...file.split('/')));
  const outputs: CertifiedOutput[] = [];
  const unchecked: string[] = [];
  const checked = [...options.files];
  const known = new Set(checked.map((file) => file.path));
  // Files of a bundle are checked in their own way.
  const leaveOut = (left: string, reason: string): void => {
    if (archive === null && !known.has(left)) checked.push({ path: left, verdict: 'not checked', reason });
  };
  const add = async (path: string, kind: CertifiedOutput['kind'], judge: () => Promise<Judged>): Promise<void> => {
    const judged = await judgedSafely(judge);
    const statement = withoutFolders(judged.statement, folder, archive);
    const output = { path, kind, sha256: digest(bytesOf(path)), ...judged, statement };
    outputs.push(output);
    onOutput?.(output);
  };
  let pictured: string | null = null;
  for (const file of files) {
    if (run.signal?.aborted) break;
    const path = join(folder, ...file.split('/'));
    const beside = modelBeside(file, models, files);
    if (/\.provenance\.json$/.test(file)) {
      const table = files.find((other) => /\.csv$/i.test(other) && provenancePath(other) === file);
      if (table !== undefined) checked.push({ path: file, verdict: 'read', reason: `the record of ${table}` });
      else leaveOut(file, 'the record of a table that is not in the folder');
      continue;
    }
    if (archive !== null && !/^(results\/|[^/]*$)/.test(file)) continue;
    if (/(^|[/.])expect\.(ya?ml|json)$/.test(file) || /\.omt$/i.test(file))
      await add(file, 'expectations', () => checkExpected(path, file, run));
    else if (/\.sedml$/i.test(file))
      await add(file, 'experiment in SED-ML', () => checkExperiment(folder, files, file, archive));
    else if (models.some((model) => model.path === file)) continue;
    else if (await isOurs(path)) {
      pictured ??= path;
      await add(file, 'result', async () => {
        const { record } = await openRecord(path);
        const same = models.find(({ hash }) => hash === record.hashes.model);
        const named = models.find((model) => isSourceOf(model.path, record));
        const hasNone = possibleModels(models, files).length === 0;
        return checkOwn(path, same ?? named ?? (hasNone ? null : beside), run);
      });
    } else if (known.has(file)) continue;
    else if (recordings.includes(extname(file).toLowerCase())) {
      const refused = await notARecording(path);
      if (refused === undefined)
        await add(file, 'result of another program', () =>
          beside
            ? checkForeign(path, beside, run)
            : Promise.resolve(
                notJudged(models.length === 0 ? 'no model beside it' : 'it is not stated which of the models gives it'),
              ),
        );
      else leaveOut(file, refused);
    } else leaveOut(file, whatIsFile(path).title);
  }
  for (const { path, grade, statement } of outputs)
    if (grade === 'not checked') unchecked.push(`${path}: ${statement}`);
  for (const { path, verdict, reason } of checked)
    if (verdict === 'not checked') unchecked.push(`${path}: ${reason ?? 'not checked'}`);
  unchecked.push(
    'figures and numbers of the article that are not outputs above',
    'the program of the original authors, unless one of the outputs was written by it',
  );
  if (outputs.length === 0 && models.length === 0)
    throw new UsageError(
      `${archive ?? folder} holds no model, result or expectation`,
      'name a folder with models and their results, or a bundle of interneuron pack',
    );
  const metadata = models[0]?.imported.valid.model.metadata ?? {};
  const name = basename(resolve(archive ?? folder));
  const certificate: Certificate = {
    certificate: 1,
    date: options.date,
    name,
    sha256: archive === null ? null : digest(readFileSync(archive)),
    title: paper?.title ?? metadata.title ?? models[0]?.name ?? name,
    description: metadata.description ?? null,
    authors: paper?.authors ?? metadata.authors ?? [],
    licence: metadata.licence ?? null,
    doi: metadata.doi ?? null,
    paper: paper ?? null,
    verdict: verdictOn(outputs, checked),
    models: models.map(({ path, name: model, hash }) => ({ path, name: model, hash })),
    outputs,
    files: checked,
    environment: {
      interneuron: version,
      numerics: numericsVersion,
      node: process.versions.node,
      system: `${systemName()} ${arch()}`,
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      engines: [...new Set(outputs.flatMap(({ engine }) => engine ?? []))],
    },
    repeat: repeatCommands(['certify', name, ...(options.words ?? []), '-o', 'certificate']),
    unchecked,
  };
  const picture = pictured === null ? null : await drawResult(pictured);
  return { certificate, bytesOf, picture, dispose: () => undefined };
}

/** Returns the model that a result lies beside: the only one, or the one with the beginning of its name. */
function modelBeside(file: string, all: readonly FoundModel[], files: readonly string[]): FoundModel | undefined {
  const models = possibleModels(all, files);
  if (models.length === 1) return models[0];
  const stem = (path: string): string => basename(path).replace(/\..*$/, '');
  return (
    models.find(({ path }) => stem(path) === stem(file)) ?? models.find(({ path }) => stem(file).startsWith(stem(path)))
  );
}

/**
 * Returns the models that may have given results of unknown origin. Cells, mechanisms and shapes in languages of their
 * own are parts beside a whole model or a script, which uses them.
 */
function possibleModels(models: readonly FoundModel[], files: readonly string[]): readonly FoundModel[] {
  const whole = models.filter(({ imported }) => factsOf(imported.notation).form !== 'text');
  return whole.length > 0 || files.some((file) => whatIs(file, '').kind === 'script') ? whole : models;
}

/** Checks whether a result states a file as its source, by a path from any folder. */
function isSourceOf(path: string, { environment }: RunRecord): boolean {
  const source = `/${environment.source?.path.split(/[\\/]/).join('/') ?? ''}`;
  return source !== '/' && (source.endsWith(`/${path}`) || `/${path}`.endsWith(source));
}

/** Returns why a file holds no recording; undefined if it holds one. */
async function notARecording(path: string): Promise<string | undefined> {
  try {
    const { trains, signals } = await openRecorded(path);
    return trains.length + signals.length > 0 ? undefined : 'it holds neither spikes nor samples';
  } catch (error) {
    return messageOf(error);
  }
}

/** Returns a text without the folders of this machine. */
const withoutFolders = (text: string, folder: string, archive: string | null): string =>
  [
    `${resolve(folder)}${sep}`,
    `${folder}${sep}`,
    ...(archive === null ? [] : [`${archive}/`]),
    `${homedir()}${sep}`,
  ].reduce((now, part) => now.replaceAll(part, ''), text);

async function drawResult(path: string): Promise<DrawnPicture | null> {
  const { pictureOf } = await import('../../present/draw-picture.js');
  const { drawPicture } = await import('../../pictures/canvas.js');
  try {
    const picture = await pictureOf(path, {
      title: '',
      importModel: () => {
        throw new UsageError('a picture of a result needs no model', '');
      },
    });
    return { wide: drawPicture(picture), phone: drawPicture(picture, narrow) };
  } catch (error) {
    if (error instanceof UsageError || error instanceof DiagnosticError) return null;
    throw error;
  }
}
