/** Which format a result is written in, by the suffix of its name; and the files that a model names by itself. */

import { extname } from 'node:path';
import type { ResultWriter } from '../../runtime/results/result.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { oneOf, suggestion } from '../diagnostics/suggest.js';
import type { Model } from '../model/model.js';

/** Writers are loaded when used: the HDF5 library alone is 4 MB. */
const writers: Readonly<Record<string, (path: string) => Promise<ResultWriter>>> = {
  '.nwb': async (path) => (await import('../../runtime/results/nwb/write.js')).nwbWriter(path),
  '.json': async (path) => (await import('../../runtime/results/neo/write.js')).neoWriter(path),
  '.csv': async (path) => (await import('../../runtime/results/csv/write.js')).csvWriter(path),
};

/**
 * A writer for the result that has this name.
 *
 * @throws UsageError when no format has its suffix
 */
export async function outputWriter(path: string): Promise<ResultWriter> {
  const suffix = extname(path).toLowerCase();
  const writer = Object.hasOwn(writers, suffix) ? writers[suffix] : undefined;
  if (writer) return writer(path);
  const known = Object.keys(writers);
  const written = suffix === '' ? `${path} has no suffix` : `no result format has the suffix ${suffix}`;
  throw new UsageError(
    `${written}: it is ${oneOf(suffix, known)}`,
    suggestion(suffix, known).hint ?? `write ${path.slice(0, path.length - suffix.length)}.nwb`,
  );
}

/**
 * A writer for the text files that a model asks for in `annotations.outputFiles`; null where it asks for none.
 *
 * @param folder  what their names are relative to; they stay in it
 * @throws UsageError when the annotation is not in the form that is read
 */
export async function modelFilesWriter(model: Model, folder: string): Promise<ResultWriter | null> {
  if (model.annotations['outputFiles'] === undefined) return null;
  const { datFiles } = await import('../../runtime/results/dat/plan.js');
  const { datWriter } = await import('../../runtime/results/dat/write.js');
  const files = datFiles(model.annotations);
  return files.length === 0 ? null : datWriter(files, { folder, accumulated: model.timing === 'lems-euler' });
}
