/** Errors of the operating system with a code from Node. */

import { UsageError } from './diagnostic.js';

/** The code of an error that has one, such as `ENOENT`; undefined for all others. */
export const systemCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** Calls of the system by which files and folders are read. */
const reading = ['open', 'read', 'stat', 'lstat', 'scandir', 'opendir', 'realpath', 'readlink', 'access'];

/** Explains why the system refused to read a file, with a hint; undefined for all other errors. */
export function readRefusal(error: unknown, path = pathOf(error)): UsageError | undefined {
  if (path === undefined) return undefined;
  switch (systemCode(error)) {
    case undefined:
      return undefined;
    case 'ENOENT':
      return new UsageError(`there is no file ${path}`, 'check its name and folder');
    case 'EISDIR':
      return new UsageError(`${path} is a folder, not a file`, 'name a file in it');
    case 'ENXIO':
      return new UsageError(`${path} is a socket or a device, not a file`, 'name a file');
    case 'ENOTDIR':
      return new UsageError(
        `${path} cannot be read: part of its path is a file, not a folder`,
        'check its name and folder',
      );
    case 'EACCES':
    case 'EPERM':
      return new UsageError(`${path} cannot be read: permission denied`, 'check its permissions');
    default:
      return new UsageError(`${path} cannot be read (${systemCode(error) ?? ''})`, 'check its name and folder');
  }
}

/** The path of a call that read a file, from the error that it gave. */
function pathOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('path' in error) || typeof error.path !== 'string') return undefined;
  return 'syscall' in error && reading.some((call) => call === error.syscall) ? error.path : undefined;
}

/** Whether a read failed; `refused` has the reason. */
export const isRefused = <T extends object>(read: T): read is Extract<T, { readonly refused: unknown }> =>
  'refused' in read;
