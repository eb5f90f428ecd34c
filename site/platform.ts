/** Browsers: a page, and the worker in which it runs models. */

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { Decompress, zlibSync } from 'fflate';
import * as pathe from 'pathe';
import { assetTexts } from 'interneuron:assets';
import { freeName } from '../src/model/free-name.js';
import type { Files, Paths, Platform, Sha256, Thread } from '../src/platform/platform.js';

/** Its own types are those of Node's module. */
const paths: Paths = { ...(pathe as unknown as Omit<Paths, 'sep'>), sep: '/' };
const { basename, dirname, resolve } = paths;

const digestOf = (hash: ReturnType<typeof sha256.create>): Sha256 => {
  const digest: Sha256 = {
    update: (data) => {
      hash.update(typeof data === 'string' ? utf8ToBytes(data) : data);
      return digest;
    },
    copy: () => digestOf(hash.clone()),
    hex: () => bytesToHex(hash.digest()),
    bytes: () => hash.digest(),
  };
  return digest;
};

// --- Bytes and text -------------------------------------------------------------------------------------------------
/** Characters that are made at once: each is an argument of a call. */
const charactersAtOnce = 1 << 14;

function latin1(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += charactersAtOnce)
    parts.push(String.fromCharCode(...bytes.subarray(at, at + charactersAtOnce)));
  return parts.join('');
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function inflate(bytes: Uint8Array, longest: number): Uint8Array | undefined {
  const parts: Uint8Array[] = [];
  let length = 0;
  const stream = new Decompress((part) => {
    parts.push(part);
    length += part.length;
  });
  for (let at = 0; at < bytes.length && length <= longest; at += 1 << 16)
    stream.push(bytes.subarray(at, at + (1 << 16)), at + (1 << 16) >= bytes.length);
  if (length > longest) return undefined;
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

// --- Files ----------------------------------------------------------------------------------------------------------
let given: ReadonlyMap<string, Uint8Array> = new Map();

/** Makes files readable for models, by their paths, in place of those given before. */
export function giveFiles(files: ReadonlyMap<string, Uint8Array>): void {
  given = new Map([...files].map(([path, bytes]) => [resolve(path), bytes]));
}

const notThere = (path: string): Error => Object.assign(new Error(`there is no file ${path}`), { code: 'ENOENT' });

const isFolder = (path: string): boolean =>
  path === '/' || [...given.keys()].some((each) => each.startsWith(`${path}/`));

const files: Files = {
  status: (path) => {
    const real = files.real(path);
    const bytes = given.get(real);
    return bytes ? { kind: 'file', size: bytes.length } : { kind: 'folder', size: 0 };
  },
  real: (path) => {
    const real = resolve(path);
    if (given.has(real) || isFolder(real)) return real;
    throw notThere(path);
  },
  read: (path) => {
    const bytes = given.get(resolve(path));
    if (!bytes) throw notThere(path);
    return bytes;
  },
  pieces: (path) => [files.read(String(path))],
  list: (folder) => {
    const start = folder === '/' ? folder : `${resolve(folder)}/`;
    const below = [...given.keys()].filter((path) => path.startsWith(start));
    return [...new Set(below.map((path) => path.slice(start.length).split('/')[0] ?? ''))].sort();
  },
  room: () => Number.NaN,
  shared: () => ({ folders: ['/'], homes: [] }),
  shareable: (path) => path,
  inFolder: async (contents, read) => {
    const folder = freeName('/files', isFolder);
    const bytesOf = (content: string | Uint8Array): Uint8Array =>
      typeof content === 'string' ? utf8ToBytes(content) : content;
    const added = new Map([...contents].map(([name, content]) => [resolve(folder, name), bytesOf(content)] as const));
    given = new Map([...given, ...added]);
    try {
      return await read(folder);
    } finally {
      given = new Map([...given].filter(([path]) => !added.has(path)));
    }
  },
};

// --- Threads --------------------------------------------------------------------------------------------------------
/** The text of a thread: its first message is its data. */
const threadSource = (source: string): string => `
'use strict';
self.onmessage = ({ data }) => {
  const answer = (${source})(data);
  self.onmessage = ({ data: request }) => self.postMessage(answer(request));
};
`;

function startThread(source: string, data: unknown): Thread {
  const address = URL.createObjectURL(new Blob([threadSource(source)], { type: 'text/javascript' }));
  const worker = new Worker(address);
  URL.revokeObjectURL(address);
  worker.postMessage(data);
  let fail: (error: Error) => void = () => undefined;
  return {
    ask: (request) =>
      new Promise((answered, failed) => {
        fail = failed;
        worker.onmessage = ({ data: answer }: MessageEvent<unknown>) => answered(answer);
        worker.onerror = ({ message }) => failed(new Error(message));
        worker.postMessage(request);
      }),
    end: () => {
      worker.terminate();
      fail(new Error('a thread ended'));
      return Promise.resolve();
    },
  };
}

/** Threads need memory that they share, which browsers give only to pages that are isolated from others. */
const isIsolated = (globalThis as { readonly crossOriginIsolated?: boolean }).crossOriginIsolated === true;

/** The browser. */
export const platform: Platform = {
  sha256: () => digestOf(sha256.create()),
  bytes: {
    toBase64: (bytes) => btoa(latin1(bytes)),
    fromBase64: (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)),
    latin1,
    utf8: (bytes) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
    isAscii: (bytes) => bytes.every((byte) => byte < 128),
    isUtf8,
    deflate: (text) => zlibSync(utf8ToBytes(text), { level: 9 }),
    inflate,
  },
  paths,
  posix: paths,
  files,
  machine: {
    // Browsers do not tell how much memory a page may have; a linear memory has at most 4 GiB.
    memory: () => 2 ** 32,
    parallelism: () => (isIsolated ? navigator.hardwareConcurrency : 1),
    system: () => 'a browser',
    processor: () => 'unknown',
    versions: () => ({ browser: navigator.userAgent }),
    variable: () => undefined,
  },
  scratch: null,
  asset: (path) => {
    const text = assetTexts[path];
    if (text === undefined) throw notThere(path);
    return text;
  },
  assets: (folder) =>
    Object.keys(assetTexts)
      .filter((path) => dirname(path) === folder)
      .map((path) => basename(path))
      .sort(),
  startThread: isIsolated ? startThread : null,
  pause: () =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(null);
    }),
};
