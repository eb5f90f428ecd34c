/**
 * Decides whether a file may be replaced, which is so if a run of ours wrote it. Results are recognised by their
 * content. For other files, their folder has a record, `.interneuron-outputs`, with a line for each: a digest and the
 * name. No model can write that record, since the files that models name are never hidden.
 */

import { createHash } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  type Stats,
} from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { provenancePath } from '../../../runtime/results/csv/write.js';
import { firstBytes } from '../../../runtime/results/file-start.js';
import { tidyFolder } from '../../../runtime/results/file-sets.js';
import { orOutputError } from '../../../runtime/results/output-error.js';
import { writeWhole, type WholeFile } from '../../../runtime/results/output-files.js';
import { grouped } from '../../model/collections.js';
import { messages } from '../messages.js';

const recordName = '.interneuron-outputs';

/** Records longer than this are written again without the lines that others have replaced, if these are half of it. */
const longestRecord = 1 << 18;

/** How many bytes from the start and from the end of a file its digest is of, besides its length. */
const digested = 1 << 16;

/**
 * Makes sure that only files of this program are replaced.
 *
 * @param force  whether other files may be replaced too; folders and devices never are
 * @throws UsageError naming the first file that must not be replaced
 */
export async function refuseToReplace(paths: readonly string[], force: boolean): Promise<void> {
  const records = new Map<string, ReadonlyMap<string, string>>();
  const recordOf = (folder: string): ReadonlyMap<string, string> => {
    const record = records.get(folder) ?? recordedIn(join(folder, recordName));
    records.set(folder, record);
    return record;
  };
  for (const path of new Set(paths)) {
    const found = statusOf(path);
    if (!found) continue;
    if (!found.isFile()) throw messages.notAFile(path, found.isDirectory());
    if (force || found.size === 0) continue;
    const recorded = recordOf(dirname(path)).get(basename(path));
    if (recorded === undefined ? await isResult(path) : recorded === digestOf(path)) continue;
    throw messages.notOurs(path, recorded !== undefined);
  }
}

/** Writes a file under a temporary name first, and notes that it is ours. @throws UsageError */
export function writeText(path: string, text: string | Uint8Array): void {
  writeTexts([{ path, parts: [text] }]);
}

/** Writes files; the files of one folder are renamed together or not at all. @throws UsageError */
export function writeTexts(files: readonly WholeFile[]): void {
  const paths = files.map(({ path }) => path);
  tidyFolders(paths);
  writeWhole(files);
  noteWritten(paths);
}

/** Completes and removes unfinished files of earlier processes in the folders of some files. @throws UsageError */
export function tidyFolders(paths: readonly string[]): void {
  for (const folder of new Set(paths.map((path) => dirname(path)))) orOutputError(folder, () => tidyFolder(folder));
}

/** Notes in their folders that the files are ours. If a folder takes no record, they are replaced only by force. */
export function noteWritten(paths: readonly string[]): void {
  for (const [folder, files] of grouped(paths, (path) => [dirname(path)])) {
    const record = join(folder, recordName);
    try {
      if (lstatSync(record, { throwIfNoEntry: false })?.isSymbolicLink()) continue;
      appendFileSync(record, files.map((path) => lineOf(basename(path), digestOf(path))).join(''));
      if (statSync(record).size > longestRecord) shortenRecord(record);
    } catch {
      // The files of a folder that takes no record stay until the user forces their replacement.
    }
  }
}

const lineOf = (name: string, digest: string): string => `${digest} ${JSON.stringify(name)}\n`;

function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? lstatSync(path, { throwIfNoEntry: false });
  } catch {
    // A file that cannot be inspected cannot be written either; writing reports the reason.
    return undefined;
  }
}

/** Checks whether a file is marked as a result; only the marked part is read. */
async function isResult(path: string): Promise<boolean> {
  switch (extname(path).toLowerCase()) {
    case '.nwb':
      return (await import('../../../runtime/results/nwb/read.js')).isNwbResult(path);
    case '.csv':
      return /^(segment,)?(population|time_m?s),/.test(beginningOf(path)) && isRecord(provenancePath(csvOf(path)));
    case '.h5':
      return isRecord(provenancePath(csvOf(path)));
    case '.json':
      return beginningOf(path).includes('"interneuron-neo-json"') || isRecord(path);
    default:
      return false;
  }
}

/** Checks whether a file is the record of a run that accompanies results in CSV. */
function isRecord(path: string): boolean {
  return path.endsWith('.provenance.json') && beginningOf(path).includes('"interneuron/run"');
}

/** Returns the first bytes of a file as text; an empty text if it cannot be read. */
function beginningOf(path: string): string {
  try {
    return firstBytes(path, digested);
  } catch {
    return '';
  }
}

/** Returns the file of spikes that belongs to a series in CSV: `cuba.csv` for `cuba.v.csv`. */
function csvOf(path: string): string {
  if (statusOf(provenancePath(path))) return path;
  const folder = dirname(path);
  const parts = basename(path, extname(path)).split('.');
  for (let count = parts.length - 1; count > 0; count--) {
    const main = join(folder, `${parts.slice(0, count).join('.')}${extname(path)}`);
    if (statusOf(provenancePath(main))) return main;
  }
  return path;
}

// --- The record of a folder -----------------------------------------------------------------------------------------
/** Returns the digests of files when they were written, by name. */
const recordedIn = (record: string): ReadonlyMap<string, string> => new Map(entriesOf(record));

/** Returns the name and digest of each line of a record. */
function entriesOf(record: string): readonly (readonly [name: string, digest: string])[] {
  let text = '';
  try {
    text = readFileSync(record, 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line): [string, string][] => {
    const [, digest = '', quoted = ''] = /^([0-9a-f]{64}) (".*")$/.exec(line) ?? [];
    if (digest === '') return [];
    try {
      return [[String(JSON.parse(quoted)), digest]];
    } catch {
      // A line that was cut off.
      return [];
    }
  });
}

/** Writes a record again, if that removes half of its lines or more. */
function shortenRecord(record: string): void {
  const entries = entriesOf(record);
  const last = new Map(entries);
  if (2 * last.size > entries.length) return;
  writeWhole([{ path: record, parts: [...last].map(([name, digest]) => lineOf(name, digest)) }]);
}

/**
 * Returns the SHA-256 of the length of a file and of its first and last bytes, which suffice to tell it from another.
 */
function digestOf(path: string): string {
  const descriptor = openSync(path, constants.O_RDONLY);
  try {
    const { size } = fstatSync(descriptor);
    const hash = createHash('sha256').update(`${size}\n`);
    const block = Buffer.alloc(Math.min(size, digested));
    for (const position of [0, Math.max(0, size - digested)])
      hash.update(block.subarray(0, readSync(descriptor, block, 0, block.length, position)));
    return hash.digest('hex');
  } finally {
    closeSync(descriptor);
  }
}
