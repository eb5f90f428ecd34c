/** Files that are written under a temporary name in the same folder and get their own when they are whole. */

import { statSync } from 'node:fs';

import { nameFiles, partialPath, pathWith, removeQuietly, type NamedFile } from './file-sets.js';
import { systemFiles, writeAll, type FileSystem } from './file-system.js';
import { orOutputError } from './output-error.js';

/** Name of the result of a run that was stopped early. */
export function incompletePath(path: string): string {
  return pathWith(path, 'incomplete');
}

/**
 * Checks that a result can be written, by creating its temporary file. @returns path of the temporary file, empty
 * @throws UsageError with the reason and the remedy
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

/** Renames finished files to their final names, as `nameFiles` does. @throws UsageError on failure */
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
