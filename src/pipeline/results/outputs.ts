/** Selects the format of a result by the suffix of its name, and writes the files that a model itself names. */

import { extname, resolve } from 'node:path';
import { seriesPath, provenancePath } from '../../../runtime/results/csv/write.js';
import type { NameRefusal } from '../../../runtime/results/dat/plan.js';
import { incompletePath } from '../../../runtime/results/output-files.js';
import type { ResultWriter } from '../../../runtime/results/result.js';
import { DiagnosticError, type Diagnostic } from '../../diagnostics/diagnostic.js';
import type { Positions } from '../../diagnostics/positions.js';
import type { Model } from '../../model/model.js';
import { timingProperties } from '../../model/timing-properties.js';
import { messages } from '../messages.js';
import { suffixOf, type ResultSuffix } from './output-names.js';
import { samePairs } from './same-file.js';

/** Writers are loaded when used, because the HDF5 library has 4 MB. */
const writers: Readonly<Record<ResultSuffix, (path: string) => Promise<ResultWriter>>> = {
  '.nwb': async (path) => (await import('../../../runtime/results/nwb/write.js')).nwbWriter(path),
  '.json': async (path) => (await import('../../../runtime/results/neo/write.js')).neoWriter(path),
  '.csv': async (path) => (await import('../../../runtime/results/csv/write.js')).csvWriter(path),
  '.h5': async (path) => (await import('../../../runtime/results/sonata/write.js')).sonataWriter(path),
  '.nirdata': async (path) => (await import('../../../runtime/results/nir/write.js')).nirWriter(path),
};

/**
 * Returns a writer for the result that has this name.
 *
 * @throws UsageError if no format has its suffix
 */
export async function outputWriter(path: string): Promise<ResultWriter> {
  return writers[suffixOf(path)](path);
}

/** Returns all files that a result of this name may have, including the files of a stopped run. */
export function filesOf(path: string, series: readonly string[]): readonly string[] {
  return [path, incompletePath(path)].flatMap((name) =>
    ['.csv', '.h5'].includes(extname(path).toLowerCase())
      ? [name, provenancePath(name), ...series.map((run) => seriesPath(name, run))]
      : [name],
  );
}

/** Returns the text files that a model writes, by the place in `annotations.outputFiles` that names each. */
async function modelFiles(model: Model): Promise<readonly { readonly file: string; readonly pointer: string }[]> {
  if (model.annotations['outputFiles'] === undefined) return [];
  const { datFiles } = await import('../../../runtime/results/dat/plan.js');
  return datFiles(model.annotations).map(({ file }, k) => ({ file, pointer: `/annotations/outputFiles/${k}/file` }));
}

/**
 * Returns the paths of the text files that a model writes.
 *
 * @param folder  base folder of their names
 * @throws DiagnosticError naming the files that a model may not write
 */
export async function modelFilePaths(model: Model, positions: Positions, folder: string): Promise<readonly string[]> {
  const files = await modelFiles(model);
  if (files.length === 0) return [];
  const refused = await refusedFiles(model, positions, folder);
  if (refused.length > 0) throw new DiagnosticError(refused);
  return files.map(({ file }) => resolve(folder, file));
}

/** Returns a finding for each file that a model may not write. @diagnostic run/file-refused, run/same-file */
export async function refusedFiles(model: Model, positions: Positions, folder: string): Promise<readonly Diagnostic[]> {
  const files = await modelFiles(model);
  if (files.length === 0) return [];
  const { nameRefusal } = await import('../../../runtime/results/dat/plan.js');
  const refused = files.flatMap(({ file, pointer }): Diagnostic[] => {
    const refusal: NameRefusal | null = nameRefusal(folder, file);
    return refusal
      ? [{ severity: 'error', ...messages.fileRefused(file, refusal), place: positions.place(pointer) }]
      : [];
  });
  const outputs = files.map((entry) => ({ ...entry, output: entry.file, files: [resolve(folder, entry.file)] }));
  const same = samePairs(outputs).map(([first, second]): Diagnostic => {
    const place = positions.place(second.pointer);
    const related = [{ message: 'the other', place: positions.place(first.pointer) }];
    return { severity: 'error', ...messages.sameFile(first.file, second.file), place, related };
  });
  return [...refused, ...same];
}

/**
 * Returns a writer for the text files in `annotations.outputFiles` of a model; null if it has no such files.
 *
 * @param folder  base folder of their names; they stay in it (`modelFilePaths`)
 * @throws UsageError if the annotation has the wrong form
 */
export async function modelFilesWriter(model: Model, folder: string): Promise<ResultWriter | null> {
  if (model.annotations['outputFiles'] === undefined) return null;
  const { datFiles } = await import('../../../runtime/results/dat/plan.js');
  const { datWriter } = await import('../../../runtime/results/dat/write.js');
  const files = datFiles(model.annotations);
  return files.length === 0
    ? null
    : datWriter(files, { folder, accumulated: timingProperties[model.timing].addsUpTime });
}
