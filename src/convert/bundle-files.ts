/** The files of a bundle: a model with its sources, conversions and results. */

import { stringify } from 'yaml';
import { platform } from '#platform';
import { isLeftOut } from '../model/conversion-report.js';
import type { RunRecord } from '../../runtime/results/result.js';
import { bytesOf } from '../../runtime/results/arrays.js';
import { checksumsName, checksumsText } from '../bundle/checksums.js';
import { citationText, zenodoText } from '../bundle/citation.js';
import { isLems, textFile, type BundleFile } from '../bundle/contents.js';
import { crateName, crateText, setPrefix, type PackedImport, type PackedRun } from '../bundle/crate.js';
import { manifestName, manifestText } from '../bundle/manifest.js';
import { metadataName, metadataText } from '../bundle/metadata.js';
import { readmeText } from '../bundle/readme.js';
import { outputsOfLems, sedmlText, type ModelLanguage } from '../bundle/sedml.js';
import { DiagnosticError, UsageError } from '../diagnostics/diagnostic.js';
import type { ValidModel } from '../model/model.js';
import { populationOf } from '../model/selected.js';
import { endOf, isRecording } from '../model/tagged.js';
import { countAllSynapses } from '../pipeline/compile-model.js';
import { convertModel, type ConvertedModel } from './convert.js';
import { targetNotations, targetOf, usualName, wholeName, type TargetNotation } from './target-notations.js';
import { referredData } from '../pipeline/read/data-files.js';
import type { ImportedModel } from '../pipeline/read/imported-model.js';
import type { ImportOptions } from '../pipeline/read/import-options.js';
import { version } from '../pipeline/version.js';

/** Results with their pictures, and the runs that made them. */
export interface PackedResults {
  readonly files: readonly BundleFile[];
  readonly runs: readonly PackedRun[];
}

/** Runs a conversion, and returns its verdict, also as text with the figures, and the comparison. */
type Measure = (
  valid: ValidModel,
  to: TargetNotation,
  converted: ConvertedModel,
) => Promise<{ readonly verdict: string; readonly text: string; readonly check: object | undefined }>;

/** Contents of a bundle besides the model. */
export interface BundleParts {
  /** The author's files. */
  readonly sources: readonly BundleFile[];
  /** Notations to add. */
  readonly notations: readonly TargetNotation[];
  readonly results: PackedResults;
  /** Absent: conversions are not measured. */
  readonly measure?: Measure;
  /** How the model was read from the sources. */
  readonly read: Pick<PackedImport, 'source' | 'settings'>;
  /** As YYYY-MM-DD. */
  readonly date: string;
}

/** Folder and name of the model that a bundle is run from. */
const [modelFolder, modelName] = ['model', 'model.json'];
export const canonicalPath = `${modelFolder}/${modelName}`;
const sedmlName = 'run.sedml';
export const readmeName = 'README.md';

/** Most columns of the report in SED-ML: programs keep all of it in memory. */
const mostColumns = 100;

/**
 * Returns the files, and what the bundle lacks, a sentence for each.
 *
 * @throws UsageError for a notation that leaves parts out
 */
export async function bundleFiles(
  given: ImportedModel,
  { sources, notations, results, read, date, measure }: BundleParts,
): Promise<{ readonly files: readonly BundleFile[]; readonly remarks: readonly string[] }> {
  const { model } = given.valid;
  // Readers may keep arrays that they have replaced.
  const valid = { ...given.valid, data: referredData(model, given.valid.data) };
  const imported = { ...given, valid };
  const remarks: string[] = [];
  const conversions: (readonly BundleFile[])[] = [];
  for (const to of notations) conversions.push(await notationFiles(imported, to, measure));
  // The document of the author is the model only if it is read without settings.
  const documents = [...(Object.keys(read.settings).length === 0 ? sources : []), ...conversions.flat()];
  const lems = documents.some(isLems) ? [] : await lemsFiles(imported, measure);
  const contents = [...(await canonicalFiles(valid)), ...sources, ...conversions.flat(), ...lems, ...results.files];
  const experiment = experimentFile(valid, [...documents, ...lems]);
  if (experiment === null)
    remarks.push(
      endOf(model.experiment.protocol) > 0
        ? 'no SED-ML: the model records no variable, and none of its populations spikes'
        : "no SED-ML: the model has no duration (pack --duration '1 s' states one)",
    );
  else if (![...documents, ...lems].some(isLems))
    remarks.push('SED-ML for interneuron only: LEMS cannot express the model, or has too many connections to list');
  const expectations = expectedText(results.runs);
  const citation = citationText(model.name, model.metadata);
  const zenodo = zenodoText(model.name, model.metadata);
  const metadata = metadataText(model.name, model.metadata);
  if (citation === null) remarks.push('no CITATION.cff and .zenodo.json: the model names no authors in its metadata');
  const about = [
    textFile(readmeName, readmeText(model.name, model.metadata, contents, results.runs), 'about', 'this list'),
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
    model: canonicalPath,
    runs: results.runs,
    imported: { ...read, version },
    date,
  });
  const summed = [...described, textFile(crateName, crate, 'about', 'description of the bundle as an RO-Crate')];
  const listed = [...summed, textFile(checksumsName, checksumsText(summed), 'about', 'checksums of all files')];
  const main = experiment === null ? canonicalPath : sedmlName;
  const manifest = manifestText(listed, main);
  const files = [textFile(manifestName, manifest, 'about', 'list of files for COMBINE'), ...listed];
  return { files, remarks };
}

/** Returns the canonical model, with its arrays. */
async function canonicalFiles(valid: ValidModel): Promise<readonly BundleFile[]> {
  const converted = await convertModel(valid, 'canonical', { name: modelName });
  return filesOf(converted, modelFolder, 'model', 'the model in canonical form, which is run');
}

/**
 * Returns a model in a notation, and the report on the conversion.
 *
 * @throws UsageError if it would lack a part, or a recording, which the bundle's results have
 */
export async function notationFiles(
  { valid, positions }: ImportedModel,
  to: TargetNotation,
  measure?: Measure,
): Promise<readonly BundleFile[]> {
  const { simulationPrefix: prefix } = targetOf(to);
  const name = prefix === undefined ? usualName(to) : `${prefix}${wholeName(to)}`;
  const converted = await convertModel(valid, to, { name, positions, origin: true });
  if (converted.report.some(isLeftOut) || converted.files.length === 0)
    throw new UsageError(
      `the model cannot be packed in ${to}: parts would be left out`,
      `interneuron convert --to ${to} lists them`,
    );
  const { portable, report } = converted;
  const measured = await measure?.(valid, to, converted);
  const outcome = measured?.verdict ?? converted.outcome;
  const folder = `notations/${to}`;
  return [
    ...filesOf(
      converted,
      folder,
      'notation',
      portable ? `the model in ${to}: ${measured?.text ?? outcome}` : forOurBackend(to),
    ),
    textFile(
      `${folder}/report.json`,
      `${JSON.stringify({ to, outcome, portable, report, check: measured?.check }, null, 2)}\n`,
      'notation',
      `how the model in ${to} differs`,
    ),
  ];
}

/** Describes a script that the simulators of its notation do not run. */
const forOurBackend = (to: TargetNotation): string =>
  `a script for interneuron's backend of ${to}, which no other backend runs`;

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

/** Returns the properties of a run with its result among the files of the bundle. */
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
  return stringify({ expect: 1, model: canonicalPath, ...settings, fingerprint });
}

/** The form that simulators read for SED-ML. */
const [simulated = 'canonical'] = targetNotations.filter((to) => targetOf(to).simulationPrefix !== undefined);

/** Most cells of a network that is converted to LEMS for SED-ML, and most of its synapses: LEMS lists them. */
const [mostCells, mostSynapses] = [20_000, 500_000];

/** Returns the model in LEMS, for simulators that carry out SED-ML; none if LEMS cannot express it or is too long. */
async function lemsFiles(imported: ImportedModel, measure?: Measure): Promise<readonly BundleFile[]> {
  const cells = Object.values(imported.valid.model.populations).reduce((sum, { size }) => sum + size, 0);
  if (cells > mostCells) return [];
  try {
    const synapses = [...(await countAllSynapses(imported)).values()].reduce((sum, count) => sum + count, 0);
    return synapses > mostSynapses ? [] : await notationFiles(imported, simulated, measure);
  } catch (error) {
    if (error instanceof UsageError || error instanceof DiagnosticError) return [];
    throw error;
  }
}

/**
 * Returns the experiment in SED-ML for the first document in LEMS, else for the canonical model; null if nothing runs
 * or spikes.
 */
function experimentFile({ model }: ValidModel, files: readonly BundleFile[]): BundleFile | null {
  const duration = endOf(model.experiment.protocol);
  const steps = Math.round(duration / model.experiment.dt);
  const recorded = model.recordings.flatMap((recording) =>
    isRecording(recording, 'events') && recording.events === 'spike' ? (populationOf(recording.of) ?? []) : [],
  );
  const spiking = Object.entries(model.populations).flatMap(([name, { type }]) =>
    type === undefined || Object.hasOwn(model.neurons[type]?.events ?? {}, 'spike') ? [name] : [],
  );
  const lems = files.find(isLems);
  const text = new TextDecoder().decode(lems?.bytes);
  const { columns, spikes } = lems ? outputsOfLems(text) : { columns: [], spikes: [...new Set(recorded)] };
  // Without recordings, the report has the spikes of all populations.
  const isNamed = (name: string): boolean => lems?.role !== 'notation' || text.includes(`id="${name}"`);
  const all = columns.length + spikes.length > 0 ? spikes : spiking.filter(isNamed);
  if (steps === 0 || columns.length + all.length === 0) return null;
  const experiment = sedmlText({
    source: lems?.path ?? canonicalPath,
    language: (lems ? simulated : 'canonical') as ModelLanguage,
    duration,
    steps,
    columns: columns.slice(0, mostColumns),
    spikes: all,
  });
  return textFile(sedmlName, experiment, 'about', 'the run in SED-ML');
}

/** Returns the options that a model was read with as names and values, for the crate. */
export function importSettings({
  set = {},
  from,
  seed,
  dt,
  duration,
  timing,
  origin,
}: ImportOptions): PackedImport['settings'] {
  const given = { from, seed, dt, duration, timing, ...(origin === false ? { origin: 'false' } : {}) };
  return Object.fromEntries([
    ...Object.entries(set).map(([name, value]) => [`${setPrefix}${name}`, value]),
    ...Object.entries(given).filter(([, value]) => value !== undefined),
  ]) as PackedImport['settings'];
}
