/** Binaries cached between runs, by the hash of their sources. */

import { createHash, randomBytes } from 'node:crypto';
import { readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../make-folder.js';

const digestBytes = 32;

function sha256(data: Uint8Array | string): Buffer {
  return createHash('sha256').update(data).digest();
}

/** Returns the cached bytes, or undefined if they are missing or damaged: an entry has the digest of its contents. */
async function readEntry(path: string): Promise<Uint8Array | undefined> {
  try {
    const entry = await readFile(path);
    const content = entry.subarray(digestBytes);
    return entry.length > digestBytes && sha256(content).equals(entry.subarray(0, digestBytes)) ? content : undefined;
  } catch {
    return undefined;
  }
}

/** Milliseconds after which a temporary file has no owner: its writer was killed. */
const writtenFor = 24 * 3600 * 1000;

/** Removes the leftovers of processes that were killed while writing. */
async function sweep(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!/^[0-9a-f]{64}\.\w+\.\d+\.[0-9a-f]{8}$/.test(name)) continue;
    const path = join(directory, name);
    if (Date.now() - (await stat(path)).mtimeMs > writtenFor) await rm(path, { force: true });
  }
}

/** Writes an entry atomically. A folder that cannot be written only costs the next run time. */
async function writeEntry(directory: string, path: string, content: Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    await makeFolder(directory);
    await writeFile(temporary, Buffer.concat([sha256(content), content]));
    await rename(temporary, path);
    await sweep(directory);
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/**
 * Returns the binary of `source`, from the cache if possible.
 *
 * @param directory of the cache; undefined for no cache
 * @param source text with the hash that is the key; the only input of `make`
 * @param suffix of the entry's name
 */
export async function cached(
  directory: string | undefined,
  source: string,
  make: () => Promise<Uint8Array>,
  suffix = 'wasm',
): Promise<Uint8Array> {
  if (directory === undefined) return make();
  const path = join(directory, `${sha256(source).toString('hex')}.${suffix}`);
  const known = await readEntry(path);
  if (known !== undefined) return known;
  const content = await make();
  await writeEntry(directory, path, content);
  return content;
}
