/** Files that are written under a temporary name in the same folder and get their own when they are whole. */

import { systemCode } from '../../src/diagnostics/system-error.js';
import {
  closeSync,
  constants,
  existsSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';

import { UsageError } from '../../src/diagnostics/diagnostic.js';

/** The path with text put before its suffix: `result.nwb` and `incomplete` give `result.incomplete.nwb`. */
export function pathWith(path: string, text: string): string {
  const suffix = extname(path);
  return join(dirname(path), `${basename(path, suffix)}.${text}${suffix}`);
}

/** Name of a file while it is written; differs between processes, so two runs with one output do not mix. */
export function partialPath(path: string): string {
  return pathWith(path, `partial-${process.pid}`);
}

/** Name of the result of a run that was stopped early. */
export function incompletePath(path: string): string {
  return pathWith(path, 'incomplete');
}

const reasons: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  EEXIST: ['it already exists', 'choose another name with -o'],
  ENOENT: ['its folder does not exist', 'create the folder first, or choose another with -o'],
  UNWRITABLE: ['its folder does not accept files', 'choose another folder with -o'],
  ELOOP: [
    'its temporary file cannot be created: a symbolic link has that name',
    'remove the link, or choose another folder with -o',
  ],
  ENOTDIR: ['part of its path is a file, not a folder', 'choose another path with -o'],
  EACCES: ['permission is denied', 'choose a writable folder with -o'],
  EPERM: ['permission is denied', 'choose a writable folder with -o'],
  EROFS: ['the file system is read-only', 'choose a writable folder with -o'],
  EISDIR: ['it is a folder', 'add a file name, such as result.nwb'],
  ENOSPC: ['the disk is full', 'free some space, record less, or choose another disk with -o'],
  EDQUOT: ['the disk quota is used up', 'free some space, record less, or choose another disk with -o'],
  EFBIG: ['the file exceeds the size limit of this system', 'record less, or raise the file size limit'],
  ENAMETOOLONG: ['its name is too long', 'choose a shorter name with -o'],
  EMFILE: ['too many files are open', 'close other programs, or raise the limit on open files'],
};

/**
 * What a failed write means to the user.
 *
 * @param error  as the file system, or the HDF5 library, threw it; the latter says no code, so the folder's free space
 *   is asked
 * @param path  the result's own path, not the temporary one
 */
export function outputError(error: unknown, path: string): UsageError {
  if (error instanceof UsageError) return error;
  const found = reasons[errorCode(error, path)];
  if (found) return new UsageError(`cannot write ${path}: ${found[0]}`, found[1]);
  return new UsageError(`cannot write ${path}: ${plainReason(error)}`, 'choose another path with -o');
}

/** The system's words where the HDF5 library gives its stack of errors, else the first line. */
function plainReason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const system = /error message = '([^']+)'/.exec(text)?.[1];
  if (system !== undefined) return system.toLowerCase();
  return text.startsWith('HDF5-DIAG')
    ? (/\): ([^\n]+)/.exec(text)?.[1] ?? 'the HDF5 library failed')
    : text.split('\n')[0]!;
}

function errorCode(error: unknown, path: string): string {
  const code = systemCode(error) ?? '';
  // File systems of the kernel, such as /proc, say of a new file that there is none.
  if (code === 'ENOENT' && existsSync(dirname(path))) return 'UNWRITABLE';
  if (code !== '') return code;
  const text = error instanceof Error ? error.message : String(error);
  if (/no space left/i.test(text)) return 'ENOSPC';
  if (/file too large/i.test(text)) return 'EFBIG';
  return freeSpace(dirname(path)) === 0 ? 'ENOSPC' : '';
}

function freeSpace(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Number.NaN;
  }
}

/** An empty file to write; a link that is in its place is not followed. */
const newFile = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;

/**
 * Makes sure that a result can be written, by creating its temporary file.
 *
 * @returns path of the temporary file, empty
 * @throws UsageError naming the reason and what to do
 */
export function claimOutput(path: string): string {
  const partial = partialPath(path);
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
      throw Object.assign(new Error('is a folder'), { code: 'EISDIR' });
    closeSync(openSync(partial, newFile));
  } catch (error) {
    throw outputError(error, path);
  }
  return partial;
}

/** Removes a file if it is there. */
export function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Nothing more can be done for a file that cannot be removed; the write error that led here is the one to report.
  }
}

/** A text or binary file written front to back under a temporary name. */
export interface OutputFile {
  /** Where it will be. */
  readonly path: string;
  /** Where it is while it is written. */
  readonly partial: string;
  /** Adds text (UTF-8) or bytes. */
  write(data: string | Uint8Array): void;
  /** Writes what is buffered and closes, keeping the temporary name. */
  finish(): void;
  /** Gives the file its name; only after `finish`. */
  rename(path: string): void;
  /** Closes and removes it. */
  abandon(): void;
}

const bufferBytes = 1 << 20;

/** Does what it is given; when that fails, everything is abandoned first. */
export function orAbandon<T>(files: () => Iterable<OutputFile>, action: () => T): T {
  try {
    return action();
  } catch (error) {
    for (const file of files()) file.abandon();
    throw error;
  }
}

/** Opens an output file. @throws UsageError when that is not possible, as do the file's methods */
export function createOutput(path: string): OutputFile {
  const partial = claimOutput(path);
  const guarded = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw outputError(error, path);
    }
  };
  let descriptor: number | null = guarded(() => openSync(partial, newFile));
  let pending: string[] = [];
  let pendingLength = 0;
  const writeAll = (data: Uint8Array): void => {
    if (descriptor === null) return;
    for (let at = 0; at < data.length;) at += writeSync(descriptor, data, at);
  };
  const flush = (): void => {
    if (pendingLength > 0) writeAll(Buffer.from(pending.join(''), 'utf8'));
    pending = [];
    pendingLength = 0;
  };
  const close = (): void => {
    if (descriptor !== null) closeSync(descriptor);
    descriptor = null;
  };
  return {
    path,
    partial,
    write: (data) =>
      guarded(() => {
        if (typeof data === 'string') {
          pending.push(data);
          pendingLength += data.length;
          if (pendingLength >= bufferBytes) flush();
        } else {
          flush();
          writeAll(data);
        }
      }),
    finish: () =>
      guarded(() => {
        flush();
        close();
      }),
    rename: (name) => guarded(() => renameSync(partial, name)),
    abandon: () => {
      close();
      removeQuietly(partial);
    },
  };
}
