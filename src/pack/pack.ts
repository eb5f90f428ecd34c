/** Packs a model with its sources, conversions and results into one archive that other programs read. */

import { itemAt } from '../diagnostics/entry.js';
import { readFileSync } from 'node:fs';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { openRecord, resultFormat } from '../../runtime/results/open.js';
import { defaultDate } from '../../runtime/results/result.js';
import { textFile, type BundleFile } from '../bundle/contents.js';
import type { PackedRun } from '../bundle/crate.js';
import { archiveBytes } from '../bundle/write-archive.js';
import { isOurs } from '../compare/open-recorded.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { measure } from '../verify/measure.js';
import { measurementReport, measurementHeadline } from '../verify/measurement-text.js';
import { bundleFiles, importSettings, packedRun, type PackedResults } from '../convert/bundle-files.js';
import type { TargetNotation } from '../convert/target-notations.js';
import { figuresOf } from '../present/figures-of-result.js';
import type { ImportedModel } from '../pipeline/read/imported-model.js';
import type { ImportOptions } from '../pipeline/read/import-options.js';
import { modelPage } from '../present/model-page.js';
import { fileDate } from '../pipeline/results/provenance.js';

/** Parts of a bundle besides the model. */
export interface PackOptions {
  /** Path of the author's document. */
  readonly document: string;
  /** Options that it was read with. */
  readonly read: ImportOptions;
  /** Paths of the author's files, the main one first. */
  readonly sources: readonly string[];
  /** Paths of results. */
  readonly results: readonly string[];
  /** Notations to add. */
  readonly notations: readonly TargetNotation[];
  /** Whether to add a page in which the model runs. */
  readonly hasPage?: boolean;
}

/** A packed model. */
export interface PackedModel {
  readonly bytes: Uint8Array;
  readonly files: readonly BundleFile[];
  /** What the bundle lacks, and why, a sentence for each. */
  readonly remarks: readonly string[];
}

/**
 * Packs a model.
 *
 * @throws UsageError for a result of another model, for results of equal names, and for a notation that leaves parts
 *   out
 */
export async function packModel(imported: ImportedModel, options: PackOptions): Promise<PackedModel> {
  const date = process.env['SOURCE_DATE_EPOCH'] === undefined ? new Date().toISOString() : fileDate();
  const sources = sourceFiles(options.sources);
  const { files, remarks } = await bundleFiles(imported, {
    sources,
    read: {
      source: itemAt(
        sources,
        [...new Set(options.sources.map((path) => resolve(path)))].indexOf(resolve(options.document)),
      ).path,
      settings: importSettings(options.read),
    },
    notations: options.notations,
    results: await packedResults(options, imported),
    measure: async (valid, to, converted) => {
      const measured = await measure(valid, to, converted, { from: imported.notation });
      return { verdict: measured.verdict, text: measurementHeadline(measured), check: measurementReport(measured) };
    },
    date: date.slice(0, defaultDate.indexOf('T')),
  });
  return { bytes: archiveBytes(files), files, remarks };
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

/** Returns results with their pictures, and the runs that made them. */
async function packedResults(options: PackOptions, imported: ImportedModel): Promise<PackedResults> {
  const files: BundleFile[] = options.hasPage ? [...(await pageFiles(options, imported))] : [];
  const runs: PackedRun[] = [];
  for (const path of options.results) {
    const packed = `results/${basename(path)}`;
    if (files.some((file) => file.path === packed))
      throw new UsageError(`two results are called ${basename(path)}`, 'rename one of them');
    const isOwn = await isOurs(path);
    if (isOwn) runs.push(await runOf(path, packed, imported));
    const description = isOwn ? 'a result of the model' : 'a result of another program';
    files.push({ path: packed, bytes: readFileSync(path), role: 'result', description });
    if (!isOwn) continue;
    files.push(...(await figuresOf(path, packed, imported)));
  }
  return { files, runs };
}

/** Returns a page that runs the model, and its files. */
async function pageFiles(
  { document, sources, read }: PackOptions,
  imported: ImportedModel,
): Promise<readonly BundleFile[]> {
  const { text, beside } = await modelPage(imported, { document, others: sources, read });
  return [
    textFile('page/index.html', text, 'page', 'a page in which the model runs, for a browser'),
    ...beside.map(({ name, bytes }): BundleFile => ({
      path: `page/${name}`,
      bytes,
      role: 'page',
      description: 'a file that the page reads',
    })),
  ];
}

/** @throws UsageError for a result in several files, and for one of another model */
async function runOf(path: string, packed: string, imported: ImportedModel): Promise<PackedRun> {
  if (resultFormat(path) === 'csv')
    throw new UsageError(`${path} has its provenance in another file`, 'write the result as .nwb or .json');
  const { record } = await openRecord(path);
  if (record.hashes.model !== imported.hashes.model)
    throw new UsageError(
      `${path} was made by another model (${record.name}, ${record.hashes.model.slice(0, 12)})`,
      'run the model again, or give pack the options of that run (--set, --dt)',
    );
  return packedRun(record, packed, imported);
}
