/** The meaning of a failed write for the user. */

import { platform } from '#platform';

import { InvariantError, UsageError } from '../../src/diagnostics/diagnostic.js';
import { systemCode } from '../../src/diagnostics/system-error.js';

const { dirname } = platform.paths;

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
 * Returns the meaning of a failed write for the user.
 *
 * @param error of the file system or the HDF5 library; the latter has no code, so the free space of the folder is
 * checked
 * @param path the result's own path, not the temporary one
 */
export function outputError(error: unknown, path: string): UsageError {
  if (error instanceof UsageError) return error;
  const found = reasons[errorCode(error, path)];
  if (found) return new UsageError(`cannot write ${path}: ${found[0]}`, found[1]);
  return new UsageError(`cannot write ${path}: ${plainReason(error)}`, 'choose another path with -o');
}

/** Runs an action. @throws UsageError of `outputError` for its failures */
export function orOutputError<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw outputError(error, path);
  }
}

/**
 * Runs an action that writes; if it fails, discards the unfinished files first.
 *
 * @throws InvariantError as it is, and UsageError of `outputError` for all else
 */
export function orDiscard<T>(path: string, discard: () => void, action: () => T): T {
  try {
    return action();
  } catch (error) {
    discard();
    throw error instanceof InvariantError ? error : outputError(error, path);
  }
}

/** The system's message in the error stack of the HDF5 library, else the first line. */
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
  // Kernel file systems, such as /proc, report new files as missing.
  if (code === 'ENOENT' && exists(dirname(path))) return 'UNWRITABLE';
  if (code !== '') return code;
  const text = error instanceof Error ? error.message : String(error);
  if (/no space left/i.test(text)) return 'ENOSPC';
  if (/file too large/i.test(text)) return 'EFBIG';
  return platform.files.room(dirname(path)) === 0 ? 'ENOSPC' : '';
}

function exists(path: string): boolean {
  try {
    platform.files.status(path);
    return true;
  } catch {
    return false;
  }
}
