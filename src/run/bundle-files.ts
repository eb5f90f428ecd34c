/** The files of a bundle: a model with its sources, conversions and results. */

import { stringify } from 'yaml';
import { platform } from '#platform';
import type { RunRecord } from '../../runtime/results/result.js';
import { bytesOf } from '../../runtime/results/arrays.js';
import { checksumsName, checksumsText } from '../bundle/checksums.js';
import { citationText, zenodoText } from '../bundle/citation.js';
import { isLems, textFile, type BundleFile } from '../bundle/contents.js';
import { crateName, crateText, type PackedRun } from '../bundle/crate.js';
import { manifestName, manifestText } from '../bundle/manifest.js';
import { metadataName, metadataText } from '../bundle/metadata.js';
import { readmeText } from '../bundle/readme.js';
import { columnsOf, sedmlText } from '../bundle/sedml.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import type { ValidModel } from '../model/model.js';
import { endOf } from '../model/tagged.js';
import { convertModel, type ConvertedModel } from './convert.js';
import { usualSuffix, type TargetNotation } from './convert/target-notations.js';
import type { ImportedModel } from './read/imported-model.js';

/** Results with their pictures, and the runs that made them. */
export interface PackedResults {
  readonly files: readonly BundleFile[];
  readonly runs: readonly PackedRun[];
}

/** What a bundle holds besides the model. */
export interface BundleParts {
  /** The author's files. */
  readonly sources: readonly BundleFile[];
  /** Notations to add. */
  readonly notations: readonly TargetNotation[];
  readonly results: PackedResults;
  /** As YYYY-MM-DD. */
  readonly date: string;
}

/** Folder and name of the model that a bundle is run from. */
const [modelFolder, modelName] = ['model', 'model.json'];
const modelPath = `${modelFolder}/${modelName}`;
const sedmlName = 'run.sedml';

/** Most columns of the report in SED-ML: programs keep all of it in memory. */
const mostColumns = 100;

/**
 * Returns the files, and what the bundle lacks, a sentence for each.
 *
 * @throws UsageError for a notation that leaves parts out
 */
export async function bundleFiles(
  imported: ImportedModel,
  { sources, notations, results, date }: BundleParts,
): Promise<{ readonly files: readonly BundleFile[]; readonly remarks: readonly string[] }> {
  const { valid } = imported;
  const { model } = valid;
  const remarks: string[] = [];
  const conversions = await Promise.all(notations.map((to) => notationFiles(imported, to)));
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
  const crate = crateText({
    name: model.name,
    metadata: model.metadata,
    files: described,
    model: modelPath,
    runs: results.runs,
    date,
  });
  const summed = [...described, textFile(crateName, crate, 'about', 'description of the bundle as an RO-Crate')];
  const listed = [...summed, textFile(checksumsName, checksumsText(summed), 'about', 'checksums of all files')];
  const main = experiment === null ? modelPath : sedmlName;
  const manifest = manifestText(listed, main);
  const files = [textFile(manifestName, manifest, 'about', 'list of files for COMBINE'), ...listed];
  return { files, remarks };
}

/** Returns the canonical model, with its arrays. */
async function canonicalFiles(valid: ValidModel): Promise<readonly BundleFile[]> {
  const converted = await convertModel(valid, 'canonical', { name: modelName });
  return filesOf(converted, modelFolder, 'model', 'the model in canonical form, which is run');
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
    path: `${folder}/${platform.posix.parse(files[0]?.name ?? '').name}.data/${digest}`,
    bytes: bytesOf(array),
    role,
    description: 'an array of the model',
  }));
  return [...texts, ...arrays];
}

/** Returns the properties of a run whose result is a file of the bundle. */
export const packedRun = (record: RunRecord, packed: string, { hashes }: ImportedModel): PackedRun => ({
  results: [packed],
  seed: record.seed,
  dt: record.dt,
  target: record.target,
  precision: record.precision,
  complete: record.complete,
  isUnchanged: record.hashes.experiment === hashes.experiment,
  fingerprint: record.fingerprint.total,
  version: record.versions['interneuron'] ?? 'unknown',
  ...(record.environment.command ? { command: record.environment.command } : {}),
});

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
