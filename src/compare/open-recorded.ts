/** Opens recordings of any program, by their content. */

import { existsSync, readFileSync, statSync, type Stats } from 'node:fs';
import { provenancePath } from '../../runtime/results/csv/write.js';
import { firstBytes, hdf5Signature } from '../../runtime/results/file-start.js';
import { openResult, orDamaged, reasonOf, resultFormat, type ResultFormat } from '../../runtime/results/open.js';
import { linesOf } from '../../runtime/results/text-compare.js';
import { isNwbResult } from '../../runtime/results/nwb/read.js';
import { DiagnosticError, UsageError } from '../diagnostics/diagnostic.js';
import { readRefusal } from '../diagnostics/system-error.js';
import { unreadFormat, unusable } from './messages.js';
import { isNeoFile, readNeoFile } from './read/neo-files.js';
import { recordedRun } from './read/ours.js';
import { notesOnFinite, type Recorded } from './recorded.js';

/** Returns the name of a format of results. */
export const formatName = (format: ResultFormat): string =>
  `interneuron ${{ nwb: 'NWB', neo: 'JSON', csv: 'CSV' }[format]}`;

/** Options for reading files. */
export interface ReadOptions {
  /** Unit of times in files that state none, such as `ms`. */
  readonly times?: string;
}

/**
 * Checks whether a file is a result of interneuron, damaged ones included.
 *
 * @throws UsageError if there is no such file
 */
export async function isOurs(path: string): Promise<boolean> {
  const start = startOf(path);
  if (start.startsWith(hdf5Signature)) return isNwbResult(path);
  if (/"interneuron-neo-json"|"interneuron\/run"/.test(start)) return true;
  return /^(segment,)?population,/.test(start) && existsSync(provenancePath(path));
}

/** The line of a document that names its notation. */
const statesNotation = /^\{?\s*"?(interneuron"?\s*:|format"?\s*:\s*"?interneuron\/(brian|pynn)\b)/m;

/**
 * Reads spikes and samples of a file.
 *
 * @throws UsageError if there is no such file, or its format or units are unknown
 * @throws DiagnosticError for a damaged result of interneuron
 */
export async function openRecorded(path: string, { times }: ReadOptions = {}): Promise<Recorded> {
  if (await isOurs(path)) {
    const result = await openResult(path);
    try {
      return await orDamaged(path, () => Promise.resolve(recordedRun(result, formatName(resultFormat(path)))));
    } finally {
      result.close();
    }
  }
  try {
    const recorded = await readForeign(path, times);
    return { ...recorded, notes: [...recorded.notes, ...notesOnFinite(path, recorded.signals)] };
  } catch (error) {
    if (error instanceof UsageError || error instanceof DiagnosticError) throw error;
    throw unusable(path, `it is damaged (${reasonOf(error)})`, 'write it again with the program that made it');
  }
}

/** Reads a file of another program. Its reader may throw any error on a damaged file. */
async function readForeign(path: string, times: string | undefined): Promise<Recorded> {
  const start = startOf(path).trimStart();
  if (isNeoFile(path)) return readNeoFile(path, times);
  if (/^(\xff\xfe|\xfe\xff)/.test(start))
    throw unusable(path, 'it is UTF-16 text', 'save it as UTF-8; spreadsheets call that CSV UTF-8');
  if (start === '') throw unusable(path, 'it is empty', 'write it again with the program that made it');
  if (start.startsWith(hdf5Signature)) return (await import('./read/hdf5.js')).readHdf5(path, times);
  if (statesNotation.test(start) || start.startsWith('<'))
    throw unusable(
      path,
      start.startsWith('<') ? 'it is XML, not a result' : 'it is a model, not a result',
      'interneuron run writes its result, plot --kind network draws it, diff compares models, and verify RESULT MODEL runs one',
    );
  if (start.startsWith('PK\x03\x04') && /^.{26,64}?\.npy/s.test(start))
    return (await import('./read/numpy.js')).readNumpy(path, times);
  if (start.startsWith('PK\x03\x04')) return recordedInBundle(path, { ...(times === undefined ? {} : { times }) });
  if (/^[{[]/.test(start)) return (await import('./read/neo.js')).readNeo(path, parsed(path), times);
  if (/^(?:PAR1|\x1f\x8b)/.test(start)) {
    const [{ readTable }, packed] = await Promise.all([import('./read/table.js'), import('./read/packed.js')]);
    return readTable(path, times, start.startsWith('PAR1') ? packed.parquetLines : packed.gzipLines);
  }
  if (start.includes('\0')) throw unreadFormat(path, 'it is neither text nor HDF5');
  return (await import('./read/table.js')).readTable(path, times, linesOf);
}

/** Reads the only result in a bundle. */
async function recordedInBundle(path: string, options: ReadOptions): Promise<Recorded> {
  const { openBundle, resultsIn } = await import('../bundle/open.js');
  const bundle = await openBundle(path);
  try {
    const [only, second] = resultsIn(bundle);
    if (only === undefined || second !== undefined)
      throw unusable(
        path,
        `it is a bundle of ${second === undefined ? 'no result' : 'several results'}`,
        'unpack it and name the file in it',
      );
    return { ...(await openRecorded(only, options)), path };
  } finally {
    bundle.remove();
  }
}

function parsed(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw unusable(path, 'its JSON is incomplete or invalid', 'write it again with the program that made it');
  }
}

/** Returns the first bytes of a file. @throws UsageError unless it is a file */
function startOf(path: string): string {
  let found: Stats;
  try {
    found = statSync(path);
  } catch (error) {
    throw readRefusal(error, path) ?? error;
  }
  if (found.isDirectory()) throw new UsageError(`${path} is a folder, not a file`, 'name a file in it');
  if (!found.isFile()) throw new UsageError(`${path} is a socket, a pipe or a device, not a file`, 'name a file');
  return firstBytes(path, 512);
}
