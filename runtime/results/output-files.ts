/** Files that are written under a temporary name in the same folder and get their own when they are whole. */

import { systemCode } from '../../src/diagnostics/system-error.js';
import { existsSync, statSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';

import { UsageError } from '../../src/diagnostics/diagnostic.js';
import { nameFiles, partialPath, pathWith, removeQuietly, type NamedFile } from './file-sets.js';
import { systemFiles, writeAll, type FileSystem } from './file-system.js';

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

/**
 * Makes sure that a result can be written, by creating its temporary file.
 *
 * @returns path of the temporary file, empty
 * @throws UsageError naming the reason and what to do
 */
export function claimOutput(path: string, fileSystem: FileSystem = systemFiles): string {
  const { partial, descriptor } = createPartial(path, fileSystem);
  fileSystem.close(descriptor);
  return partial;
}

function createPartial(
  path: string,
  fileSystem: FileSystem,
): { readonly partial: string; readonly descriptor: number } {
  const partial = partialPath(path, fileSystem.process);
  return orOutputError(path, () => {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
      throw Object.assign(new Error('is a folder'), { code: 'EISDIR' });
    return { partial, descriptor: fileSystem.create(partial) };
  });
}

/** A text or binary file written front to back under a temporary name. */
export interface OutputFile {
  /** Where it will be. */
  readonly path: string;
  /** Adds text (UTF-8) or bytes. */
  write(data: string | Uint8Array): void;
  /** Flushes the buffer and closes the file, keeping the temporary name. */
  finish(): void;
  /** Hands over a finished file, which `abandon` then no longer removes. @returns its temporary name */
  handOver(): string;
  /** Closes and removes it. */
  abandon(): void;
}

const bufferBytes = 1 << 20;

/** Runs an action; if it fails, abandons all files first. */
export function orAbandon<T>(files: () => Iterable<OutputFile>, action: () => T): T {
  try {
    return action();
  } catch (error) {
    for (const file of files()) file.abandon();
    throw error;
  }
}

/**
 * Gives finished files their names, as `nameFiles` does.
 *
 * @throws UsageError when that is not possible
 */
export function nameOutputs(
  outputs: readonly { readonly file: Pick<OutputFile, 'path' | 'handOver'>; readonly path: string }[],
  fileSystem: FileSystem = systemFiles,
): void {
  const files = outputs.map(({ file, path }): NamedFile => ({ partial: file.handOver(), path }));
  orOutputError(outputs[0]?.file.path ?? '', () => nameFiles(files, fileSystem));
}

/** Opens an output file. @throws UsageError when that is not possible, as do the file's methods */
export function createOutput(path: string, fileSystem: FileSystem = systemFiles): OutputFile {
  const created = createPartial(path, fileSystem);
  const { partial } = created;
  let descriptor: number | null = created.descriptor;
  let handedOver = false;
  let pending: string[] = [];
  let pendingLength = 0;
  const writeBytes = (data: Uint8Array): void => {
    if (descriptor !== null) writeAll(descriptor, data, fileSystem);
  };
  const flush = (): void => {
    if (pendingLength > 0) writeBytes(Buffer.from(pending.join(''), 'utf8'));
    pending = [];
    pendingLength = 0;
  };
  const close = (): void => {
    const open = descriptor;
    descriptor = null;
    if (open !== null) fileSystem.close(open);
  };
  return {
    path,
    write: (data) =>
      orOutputError(path, () => {
        if (typeof data === 'string') {
          pending.push(data);
          pendingLength += data.length;
          if (pendingLength >= bufferBytes) flush();
        } else {
          flush();
          writeBytes(data);
        }
      }),
    finish: () =>
      orOutputError(path, () => {
        flush();
        close();
      }),
    handOver: () => {
      handedOver = true;
      return partial;
    },
    abandon: () => {
      if (handedOver) return;
      try {
        close();
      } catch {
        // The file is removed all the same.
      }
      removeQuietly(partial, fileSystem);
    },
  };
}

/** A file that is written whole. */
export interface WholeFile {
  readonly path: string;
  readonly parts: Iterable<string | Uint8Array>;
}

/**
 * Writes files, which are renamed by `nameFiles` when all are complete.
 *
 * @throws UsageError on failure; no files are left then
 */
export function writeWhole(files: readonly WholeFile[], fileSystem: FileSystem = systemFiles): void {
  const outputs: { readonly file: OutputFile; readonly path: string }[] = [];
  orAbandon(
    () => outputs.map(({ file }) => file),
    () => {
      for (const { path, parts } of files) {
        const file = createOutput(path, fileSystem);
        outputs.push({ file, path });
        for (const part of parts) file.write(part);
        file.finish();
      }
      nameOutputs(outputs, fileSystem);
    },
  );
}
