/** Which format a result is written in, by the suffix of its name. */

import { extname } from 'node:path';
import type { ResultWriter } from '../../runtime/results/result.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { oneOf, suggestion } from '../diagnostics/suggest.js';

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
