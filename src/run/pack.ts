/** Packs a model with its sources, conversions and results into one archive that other programs read. */

import { readFileSync } from 'node:fs';
import { basename, dirname, extname, parse, relative, resolve, sep } from 'node:path';
import { stringify } from 'yaml';
import { openRecord, resultFormat } from '../../runtime/results/open.js';
import { defaultDate } from '../../runtime/results/result.js';
import { archiveBytes } from '../bundle/archive.js';
import { checksumsName, checksumsText } from '../bundle/checksums.js';
import { citationText, zenodoText } from '../bundle/citation.js';
import { isLems, textFile, type BundleFile } from '../bundle/contents.js';
import { crateName, crateText, type PackedRun } from '../bundle/crate.js';
import { manifestName, manifestText } from '../bundle/manifest.js';
import { metadataName, metadataText } from '../bundle/metadata.js';
import { readmeText } from '../bundle/readme.js';
import { columnsOf, sedmlText } from '../bundle/sedml.js';
import { isOurs } from '../compare/open-recorded.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { bytesOf } from '../../runtime/results/arrays.js';
import type { ValidModel } from '../model/model.js';
import { endOf } from '../model/tagged.js';
import { convertModel, type ConvertedModel } from './convert.js';
import { usualSuffix, type TargetNotation } from './convert/target-notations.js';
import { drawPictureOf } from './draw-picture.js';
import type { ImportedModel } from './read/imported-model.js';
import { reportPage } from './report-page.js';
import { fileDate } from './results/provenance.js';

/** What is packed besides the model. */
export interface PackOptions {
  /** Paths of the author's files, the document first. */
  readonly sources: readonly string[];
  /** Paths of results. */
  readonly results: readonly string[];
  /** Notations to add. */
  readonly notations: readonly TargetNotation[];
}

/** A packed model. */
export interface PackedModel {
  readonly bytes: Uint8Array;
  readonly files: readonly BundleFile[];
  /** What the bundle lacks, and why, a sentence for each. */
  readonly remarks: readonly string[];
}

/** Path of the model that a bundle is run from. */
const modelPath = 'model/model.json';
const sedmlName = 'run.sedml';

/** Most columns of the report in SED-ML: programs keep all of it in memory. */
const mostColumns = 100;

/**
 * Packs a model.
 *
 * @throws UsageError for a result of another model, for results of equal names, and for a notation that leaves parts out
 */
export async function packModel(imported: ImportedModel, options: PackOptions): Promise<PackedModel> {
  const { valid } = imported;
  const { model } = valid;
  const remarks: string[] = [];
  const sources = sourceFiles(options.sources);
  const conversions = await Promise.all(options.notations.map((to) => notationFiles(imported, to)));
  const results = await packedResults(options.results, imported);
  const contents = [...(await canonicalFiles(valid)), ...sources, ...conversions.flat(), ...results.files];
  const experiment = experimentFile(valid, contents);
  if (experiment === null)
    remarks.push(
      contents.some(isLems)
        ? 'no SED-ML: the model in LEMS records no variables, of which SED-ML makes reports'
        : 'no SED-ML: it has no name for this notation; --to lems adds the model in LEMS',
    );
  const expectations = expectedText(results.runs);
  const citation = citationText(model.name, model.metadata);
  const zenodo = zenodoText(model.name, model.metadata);
  const metadata = metadataText(model.name, model.metadata);
  if (citation === null) remarks.push('no CITATION.cff and .zenodo.json: the model names no authors in its metadata');
  const about = [
    textFile('README.md', readmeText(model.name, model.metadata, contents, results.runs), 'about', 'this list'),
    ...(experiment === null ? [] : [experiment]),
    ...(expectations === null
      ? []
      : [textFile('expect.yaml', expectations, 'about', 'what the model gives, for interneuron test')]),
    ...(citation === null ? [] : [textFile('CITATION.cff', citation, 'about', 'how to cite the model')]),
    ...(metadata === null ? [] : [textFile(metadataName, metadata, 'about', 'metadata for COMBINE')]),
    ...(zenodo === null ? [] : [textFile('.zenodo.json', zenodo, 'about', 'metadata for a deposit at Zenodo')]),
  ];
  const described = [...about, ...contents];
  const date = process.env['SOURCE_DATE_EPOCH'] === undefined ? new Date().toISOString() : fileDate();
  const crate = crateText({
    name: model.name,
    metadata: model.metadata,
    files: described,
    model: modelPath,
    runs: results.runs,
    date: date.slice(0, defaultDate.indexOf('T')),
  });
  const summed = [...described, textFile(crateName, crate, 'about', 'description of the bundle as an RO-Crate')];
  const listed = [...summed, textFile(checksumsName, checksumsText(summed), 'about', 'checksums of all files')];
  const main = experiment === null ? modelPath : sedmlName;
  const manifest = manifestText(listed, main);
  const files = [textFile(manifestName, manifest, 'about', 'list of files for COMBINE'), ...listed];
  return { bytes: await archiveBytes(files), files, remarks };
}

/** Returns the author's files, in folders as they were. */
function sourceFiles(paths: readonly string[]): readonly BundleFile[] {
  const absolute = [...new Set(paths.map((path) => resolve(path)))];
  const [first = '', ...others] = absolute;
  const root = others.reduce((folder, path) => commonFolder(folder, dirname(path)), dirname(first));
  return absolute.map((path, k): BundleFile => ({
    path: `source/${relative(root, path).split(sep).join('/')}`,
    bytes: readFileSync(path),
    role: 'source',
    description: k === 0 ? 'the model as its author wrote it' : 'a file that the model includes',
  }));
}

/** Returns the nearest folder above both. */
function commonFolder(one: string, other: string): string {
  let folder = one;
  while (!`${other}${sep}`.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`)) folder = dirname(folder);
  return folder;
}

/** Returns the canonical model, with its arrays. */
async function canonicalFiles(valid: ValidModel): Promise<readonly BundleFile[]> {
  const converted = await convertModel(valid, 'canonical', { name: basename(modelPath) });
  return filesOf(converted, dirname(modelPath), 'model', 'the model in canonical form, which is run');
}

/** Returns a model in a notation, and the report on the conversion. */
async function notationFiles({ valid, positions }: ImportedModel, to: TargetNotation): Promise<readonly BundleFile[]> {
  const name = to === 'lems' || to === 'neuroml' ? `LEMS_model${usualSuffix('lems')}` : `model${usualSuffix(to)}`;
  const converted = await convertModel(valid, to, { name, positions, origin: true });
  if (converted.outcome === 'incomplete' || converted.files.length === 0)
    throw new UsageError(
      `the model cannot be packed in ${to}: parts would be left out`,
      `interneuron convert --to ${to} lists them`,
    );
  const { outcome, portable, report } = converted;
  const folder = `notations/${to}`;
  return [
    ...filesOf(converted, folder, 'notation', `the model in ${to}: ${outcome}`),
    textFile(
      `${folder}/report.json`,
      `${JSON.stringify({ to, outcome, portable, report }, null, 2)}\n`,
      'notation',
      `how the model in ${to} differs`,
    ),
  ];
}

function filesOf(
  { files, data }: ConvertedModel,
  folder: string,
  role: 'model' | 'notation',
  description: string,
): readonly BundleFile[] {
  const texts = files.map(({ name, text, pieces, bytes }, k): BundleFile => ({
    path: `${folder}/${name}`,
    bytes: bytes ?? new TextEncoder().encode(pieces ? [...pieces].join('') : text),
    role,
    description: k === 0 ? description : 'a part of it',
  }));
  const arrays = [...data].map(([digest, array]): BundleFile => ({
    path: `${folder}/${parse(files[0]?.name ?? '').name}.data/${digest}`,
    bytes: bytesOf(array),
    role,
    description: 'an array of the model',
  }));
  return [...texts, ...arrays];
}

/** Returns results with their pictures, and the runs that made them. */
async function packedResults(
  paths: readonly string[],
  imported: ImportedModel,
): Promise<{ readonly files: readonly BundleFile[]; readonly runs: readonly PackedRun[] }> {
  const files: BundleFile[] = [];
  const runs: PackedRun[] = [];
  for (const path of paths) {
    const packed = `results/${basename(path)}`;
    if (files.some((file) => file.path === packed))
      throw new UsageError(`two results are called ${basename(path)}`, 'rename one of them');
    const isOwn = await isOurs(path);
    if (isOwn) runs.push(await packedRun(path, packed, imported));
    const description = isOwn ? 'a result of the model' : 'a result of another program';
    files.push({ path: packed, bytes: readFileSync(path), role: 'result', description });
    if (!isOwn) continue;
    const figure = `figures/${parse(path).name}${extname(path).replace('.', '-')}`;
    const picture = await drawPictureOf(path, { importModel: () => imported });
    files.push(textFile(`${figure}.svg`, picture, 'figure', `picture of ${packed}`));
    const page = await reportPage(path, { model: () => Promise.resolve(imported) });
    files.push(textFile(`${figure}.html`, page, 'figure', `page about ${packed}, for a browser`));
  }
  return { files, runs };
}

/** @throws UsageError for a result in several files, and for one of another model */
async function packedRun(path: string, packed: string, { hashes }: ImportedModel): Promise<PackedRun> {
  if (resultFormat(path) === 'csv')
    throw new UsageError(`${path} has its provenance in another file`, 'write the result as .nwb or .json');
  const { record } = await openRecord(path);
  if (record.hashes.model !== hashes.model)
    throw new UsageError(
      `${path} was made by another model (${record.name}, ${record.hashes.model.slice(0, 12)})`,
      'run the model again, or give pack the options of that run (--set, --dt)',
    );
  const { seed, dt, target, precision, fingerprint, complete, versions, environment } = record;
  return {
    results: [packed],
    ...{ seed, dt, target, precision, complete },
    isUnchanged: record.hashes.experiment === hashes.experiment,
    fingerprint: fingerprint.total,
    version: versions['interneuron'] ?? 'unknown',
    ...(environment.command ? { command: environment.command } : {}),
  };
}

/** Returns what a run of the model as it is gives, for `interneuron test`; null if no result comes from such a run. */
function expectedText(runs: readonly PackedRun[]): string | null {
  const run = runs.find(({ isUnchanged, complete }) => isUnchanged && complete);
  if (!run) return null;
  const { precision, fingerprint } = run;
  const settings = precision === 'float64' ? {} : { run: { precision } };
  return stringify({ expect: 1, model: modelPath, ...settings, fingerprint });
}

/** Returns the experiment in SED-ML for the first document in LEMS that holds a simulation; null if there is none. */
function experimentFile({ model }: ValidModel, files: readonly BundleFile[]): BundleFile | null {
  const duration = endOf(model.experiment.protocol);
  for (const { path, bytes } of files.filter(isLems)) {
    const columns = columnsOf(new TextDecoder().decode(bytes));
    const steps = Math.round(duration / model.experiment.dt);
    if (columns.length === 0 || steps === 0) continue;
    const text = sedmlText({ source: path, duration, steps, columns: columns.slice(0, mostColumns) });
    return textFile(sedmlName, text, 'about', 'the run in SED-ML');
  }
  return null;
}
