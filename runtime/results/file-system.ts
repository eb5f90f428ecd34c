/**
 * A small interface of the file operations of result writers. Tests replace it by one that fails, or ends like a killed
 * process, at any of these operations.
 */

import { closeSync, constants, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

import { systemCode } from '../../src/diagnostics/system-error.js';

/** Operations that change files. All of them throw errors of the system. */
export interface FileSystem {
  /** The process that temporary files belong to, by number. */
  readonly process: number;
  /** Creates an empty file to write and read. A symbolic link in its place is not followed. @returns a descriptor */
  create(path: string): number;
  /** Writes bytes from `offset` on at the end of a file. @returns the number of written bytes */
  write(descriptor: number, data: Uint8Array, offset: number): number;
  close(descriptor: number): void;
  /** Returns when the content of a file, or the names in a folder, are on the disk. */
  sync(path: string): void;
  /** Renames a file, in one step; replaces the file that has the name. */
  rename(from: string, to: string): void;
  /** Removes a file if it is there. */
  remove(path: string): void;
}

const newFile = constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;

/** The file system of this machine. */
export const systemFiles: FileSystem = {
  process: process.pid,
  create: (path) => openSync(path, newFile),
  write: (descriptor, data, offset) => writeSync(descriptor, data, offset),
  close: closeSync,
  sync: (path) => {
    try {
      const descriptor = openSync(path, constants.O_RDONLY);
      try {
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      // Some file systems cannot synchronise a file, and Windows cannot open a folder.
      if (!cannotSync.has(systemCode(error) ?? '')) throw error;
    }
  },
  rename: renameSync,
  remove: (path) => rmSync(path, { force: true }),
};

/** Writes all of some bytes at the end of a file. @throws errors of the system */
export function writeAll(descriptor: number, bytes: Uint8Array, fileSystem: FileSystem = systemFiles): void {
  for (let at = 0; at < bytes.length;) at += fileSystem.write(descriptor, bytes, at);
}

const cannotSync: ReadonlySet<string> = new Set([
  'EINVAL',
  'ENOTSUP',
  'ENOSYS',
  ...(process.platform === 'win32' ? ['EPERM', 'EISDIR', 'EACCES'] : []),
]);
