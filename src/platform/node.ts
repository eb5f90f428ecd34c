/** Node. */

import { isAscii, isUtf8 } from 'node:buffer';
import { createHash, randomUUID, type Hash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { arch, availableParallelism, cpus, homedir, tmpdir, totalmem, type, userInfo } from 'node:os';
import { basename, dirname, extname, isAbsolute, join, parse, posix, relative, resolve, sep } from 'node:path';
import { Worker } from 'node:worker_threads';
import { deflateSync, unzipSync } from 'node:zlib';
import { temporaryFolder } from './temporary-folder.js';
import type { FileStatus, Files, Platform, ScratchFile, Sha256, Thread } from './platform.js';

/** Set when building; sources that run as they are have their files where the repository has them. */
declare const INTERNEURON_VERSION: string | undefined;

const assetAt = (path: string): URL =>
  new URL(`${typeof INTERNEURON_VERSION === 'string' ? './assets/' : '../../'}${path}`, import.meta.url);

/** Folders of the system, by the Filesystem Hierarchy Standard 3.0, macOS and Windows. */
const systemFolders = [
  ...['/bin', '/boot', '/dev', '/etc', '/home', '/lib', '/media', '/mnt', '/opt', '/proc', '/root', '/run', '/sbin'],
  ...['/srv', '/sys', '/tmp', '/usr', '/usr/local', '/usr/share', '/usr/src', '/var', '/var/tmp'],
  ...[
    '/Applications',
    '/Library',
    '/System',
    '/Users',
    '/Users/Shared',
    '/Volumes',
    '/private/tmp',
    '/private/var/tmp',
  ],
];

function sharedFolders(): ReturnType<Platform['files']['shared']> {
  const { SystemRoot = '', ProgramData = '', ProgramFiles = '', PUBLIC = '' } = process.env;
  let ownHome = '';
  try {
    // Differs from `$HOME` if that is set to another folder.
    ownHome = userInfo().homedir;
  } catch {
    // A user without an entry has no other home.
  }
  const named = [homedir(), ownHome, tmpdir(), SystemRoot, ProgramData, ProgramFiles, PUBLIC];
  return {
    folders: [...named.filter((folder) => folder !== ''), ...(sep === '/' ? systemFolders : [])],
    homes: [dirname(ownHome), '/home', '/Users'].filter((folder) => folder !== dirname(folder)),
  };
}

/**
 * Returns a path from the current folder; only the file's name if the path leads above home folders, or names the user.
 */
function shareable(path: string): string {
  const way = relative('.', path).split(sep);
  const up = way.lastIndexOf('..') + 1;
  const above = resolve(...way.slice(0, up));
  const homes = [homedir(), ...sharedFolders().homes.map((parent) => join(parent, 'user'))];
  const leavesHomes = up > 0 && homes.some((home) => home !== above && `${home}${sep}`.startsWith(join(above, sep)));
  const isPrivate = leavesHomes || userNames().some((name) => way.includes(name)) || isAbsolute(way.join(sep));
  return isPrivate ? basename(path) : way.join('/');
}

const inFolder: Files['inFolder'] = async (contents, read) => {
  const folder = temporaryFolder('files');
  try {
    for (const [name, content] of contents) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
    return await read(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Returns the names by which the system and its variables call the user. */
function userNames(): readonly string[] {
  const { USER, LOGNAME, USERNAME } = process.env;
  let own: string | undefined;
  try {
    own = userInfo().username;
  } catch {
    // A user without an entry has no name.
  }
  return [own, USER, LOGNAME, USERNAME].filter((name) => name !== undefined);
}

const digestOf = (hash: Hash): Sha256 => {
  const digest: Sha256 = {
    update: (data) => {
      hash.update(data);
      return digest;
    },
    copy: () => digestOf(hash.copy()),
    hex: () => hash.digest('hex'),
    bytes: () => hash.digest(),
  };
  return digest;
};

/** Views bytes with the methods of Node. */
const viewed = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, byteLength);

function statusOf(path: string): FileStatus {
  const status = statSync(path);
  return { kind: status.isFile() ? 'file' : status.isDirectory() ? 'folder' : 'other', size: status.size };
}

const errorCode = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

function* pieces(path: string | 0, most: number): Generator<Uint8Array> {
  const descriptor = path === 0 ? 0 : openSync(path, 'r');
  try {
    for (;;) {
      const piece = new Uint8Array(most);
      const length = readPiece(descriptor, piece);
      if (length === 0) return;
      yield piece.subarray(0, length);
    }
  } finally {
    if (path !== 0) closeSync(descriptor);
  }
}

/** Milliseconds between two attempts to read an empty pipe. */
const pollTime = 20;

/** Reads some bytes; 0 at the end. Waits while a pipe is empty. */
function readPiece(descriptor: number, piece: Uint8Array): number {
  for (;;) {
    try {
      return readSync(descriptor, piece);
    } catch (error) {
      // Windows reports the end of a pipe as an error.
      if (errorCode(error) === 'EOF') return 0;
      if (errorCode(error) !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pollTime);
    }
  }
}

function room(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Number.NaN;
  }
}

function openScratch(path: string): ScratchFile {
  const descriptor = openSync(path, 'wx+');
  // A file without a name is gone when the process ends, however it ends.
  rmSync(path);
  return {
    append: (bytes) => {
      for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
    },
    read: (into, at) => {
      for (let done = 0; done < into.length;) done += readSync(descriptor, into, done, into.length - done, at + done);
    },
    close: () => closeSync(descriptor),
  };
}

/** The text of a thread; it must also run from sources, compiled files and a bundle. */
const threadSource = (source: string): string => `
'use strict';
const { parentPort, workerData } = require('node:worker_threads');
const answer = (${source})(workerData);
parentPort.on('message', (request) => parentPort.postMessage(answer(request)));
`;

function startThread(source: string, data: unknown): Thread {
  const worker = new Worker(threadSource(source), { eval: true, workerData: data, execArgv: [], env: {} });
  // An idle thread does not keep the process alive.
  worker.unref();
  let failure: Error | undefined;
  let ending = false;
  worker.on('error', (error) => {
    failure = error;
  });
  return {
    ask: (request) =>
      new Promise((answered, failed) => {
        if (failure) return failed(failure);
        const finish = (): void => {
          worker.off('message', onMessage);
          worker.off('error', onError);
          worker.off('exit', onExit);
          // The process must wait for the end of a terminated thread.
          if (!ending) worker.unref();
        };
        const onMessage = (answer: unknown): void => {
          finish();
          answered(answer);
        };
        const onError = (error: Error): void => {
          finish();
          failed(error);
        };
        const onExit = (): void => {
          finish();
          failed(new Error('a thread ended'));
        };
        worker.on('message', onMessage);
        worker.on('error', onError);
        worker.on('exit', onExit);
        worker.ref();
        worker.postMessage(request);
      }),
    end: async () => {
      ending = true;
      await worker.terminate();
    },
  };
}

/** Node on this machine. */
export const platform: Platform = {
  sha256: () => digestOf(createHash('sha256')),
  bytes: {
    toBase64: (bytes) => viewed(bytes).toString('base64'),
    fromBase64: (text) => Buffer.from(text, 'base64'),
    latin1: (bytes) => viewed(bytes).toString('latin1'),
    utf8: (bytes) => viewed(bytes).toString('utf8'),
    isAscii,
    isUtf8,
    deflate: (text) => deflateSync(text, { level: 9 }),
    inflate: (bytes, longest) => {
      try {
        return unzipSync(bytes, { maxOutputLength: longest });
      } catch (error) {
        if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') return undefined;
        throw error;
      }
    },
  },
  paths: { sep, basename, dirname, extname, isAbsolute, join, parse, resolve },
  posix,
  files: {
    status: statusOf,
    real: (path) => realpathSync(path),
    read: (path) => readFileSync(path),
    pieces,
    list: (folder) => readdirSync(folder),
    room,
    shared: sharedFolders,
    shareable,
    inFolder,
  },
  machine: {
    memory: () => {
      // A container may limit the memory.
      const allowed = process.constrainedMemory?.() ?? 0;
      return allowed > 0 && allowed < totalmem() ? allowed : totalmem();
    },
    parallelism: availableParallelism,
    system: () => `${type()} ${arch()}`,
    processor: () => cpus()[0]?.model ?? 'unknown',
    versions: () => ({ node: process.versions.node }),
    variable: (name) => process.env[name],
  },
  scratch: {
    path: (folder = tmpdir(), name) => join(folder, `${name}-${randomUUID()}`),
    open: openScratch,
  },
  asset: (path) => readFileSync(assetAt(path), 'utf8'),
  assets: (folder) => readdirSync(assetAt(`${folder}/`)).sort(),
  startThread,
  pause: () => new Promise((resolve) => setImmediate(resolve)),
};
