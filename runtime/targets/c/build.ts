/**
 * Compiles C source to a shared library, cached by content.
 *
 * An entry of the cache is a folder named by the hash of all inputs: the source, the compiler and its version, its
 * options and the processor. It is created under another name and renamed when complete. It contains the library and
 * its digest; a library with another digest is compiled again. Problems with the cache only cost compile time.
 */

import { systemCode } from '../../../src/diagnostics/system-error.js';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import { makeFolder } from '../make-folder.js';
import type { Compiler } from './compiler.js';
import { processorFeatures, runProgram } from './compiler.js';

/** The inputs of a compilation. */
export interface Sources {
  /** Files by name; `network.c` is the one that is compiled. */
  readonly files: ReadonlyMap<string, string>;
  readonly compiler: Compiler;
  /** Options of the compiler that decide about bits and speed. */
  readonly flags: readonly string[];
  /** Whether to build a program of all files in C, in place of a library of `network.c`. */
  readonly isProgram?: true;
}

/** A library that may be loaded. */
interface BuiltLibrary {
  readonly path: string;
  /** Removes the library if it is not cached; a loaded library stays loaded. */
  discard(): Promise<void>;
}

const libraryName = process.platform === 'darwin' ? 'network.dylib' : 'network.so';
const digestName = `${libraryName}.sha256`;

const sha256 = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');

/** The name of an entry. */
export function cacheKey({ files, compiler, flags }: Sources): string {
  return sha256(
    JSON.stringify(['interneuron c 1', [...files], compiler.command, compiler.version, flags, processorFeatures()]),
  ).slice(0, 40);
}

/** Whether a folder holds a whole library. */
async function isWhole(folder: string): Promise<boolean> {
  try {
    const [library, digest] = await Promise.all([
      readFile(join(folder, libraryName)),
      readFile(join(folder, digestName), 'utf8'),
    ]);
    return sha256(library) === digest.trim();
  } catch {
    return false;
  }
}

/** Returns the most informative message of a compiler's output. */
function firstError(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return (lines.find((line) => /\berror\b/i.test(line)) ?? lines[0] ?? 'it printed no message').trim();
}

/** Messages of compilers and systems about folders that are full or read-only. */
const withoutRoom =
  /no space left|quota exceeded|file too large|file size limit|read-only file system|\b(?:ENOSPC|EDQUOT|EFBIG|EROFS)\b/i;

/** Writes files into a folder. @throws UsageError when there is no room for them */
async function writeFiles(folder: string, files: Sources['files']): Promise<void> {
  try {
    for (const [name, text] of files) await writeFile(join(folder, name), text);
  } catch (error) {
    throw new UsageError(
      `compiling needs a folder, and ${folder} cannot be written: ` +
        (error instanceof Error ? error.message : String(error)),
      'make room there, or set TMPDIR and INTERNEURON_CACHE to folders with more',
    );
  }
}

/**
 * Compiles in an exclusive folder. @throws UsageError with the compiler's message; the folder is kept for inspection
 */
async function compileIn(folder: string, { files, compiler, flags, isProgram }: Sources): Promise<void> {
  await writeFiles(folder, files);
  const source = join(folder, 'network.c');
  const inputs = isProgram ? [...files.keys()].filter((name) => name.endsWith('.c')) : ['network.c'];
  const kind = isProgram ? [] : ['-shared'];
  const command = [...compiler.command, ...flags, ...kind, '-o', libraryName, ...inputs, '-lm'];
  const { status, stdout, stderr } = await runProgram(command, { cwd: folder });
  const library = status === 0 ? await readFile(join(folder, libraryName)).catch(() => undefined) : undefined;
  if (library !== undefined) {
    await writeFiles(folder, new Map([[digestName, `${sha256(library)}\n`]]));
    return;
  }
  const output = `${stdout}${stderr}`;
  const log = join(folder, 'compiler.log');
  const kept = await writeFile(log, `${command.join(' ')}\n${output}`).then(
    () => `its full output is in ${log}; `,
    () => '',
  );
  const hint = `${kept}try another compiler (set CC) or another target`;
  if (status === 0)
    throw new UsageError(
      `${compiler.title} reported success for the generated source ${source} but wrote no library`,
      hint,
    );
  const fullFolder = output.split('\n').find((line) => withoutRoom.test(line));
  throw new UsageError(
    `${compiler.title} cannot compile the generated source ${source}: ${fullFolder?.trim() ?? firstError(output)}`,
    hint,
  );
}

const keep = { discard: () => Promise.resolve() };

/** Milliseconds before folders of failed or killed compilations are removed; until then they can be inspected. */
const keptFor = 24 * 3600 * 1000;

/** Removes the leftovers of old compilations. */
async function sweep(cache: string): Promise<void> {
  try {
    for (const name of await readdir(cache)) {
      if (!name.startsWith('.')) continue;
      const path = join(cache, name);
      if (Date.now() - (await stat(path)).mtimeMs > keptFor) await rm(path, { recursive: true, force: true });
    }
  } catch {
    // Another process may sweep as well.
  }
}

/** Creates a new folder in the cache, or elsewhere if the cache cannot be written. */
async function workFolder(
  cache: string | undefined,
  key: string,
): Promise<{ readonly path: string; readonly inCache: boolean }> {
  if (cache !== undefined) {
    const path = join(cache, `.${key}.${process.pid}.${randomBytes(4).toString('hex')}`);
    try {
      await makeFolder(cache);
      await mkdir(path, { mode: 0o700 });
      await sweep(cache);
      return { path, inCache: true };
    } catch {
      // A cache that cannot be written only costs time.
    }
  }
  try {
    const path = await mkdtemp(join(tmpdir(), 'interneuron-c-'));
    await chmod(path, 0o700);
    return { path, inCache: false };
  } catch (error) {
    throw new UsageError(
      `no folder can be used for compiling: ${tmpdir()} cannot be written ` + `(${systemCode(error) ?? ''})`,
      'set TMPDIR or INTERNEURON_CACHE to a writable folder',
    );
  }
}

/** Renames a finished folder to its name in the cache; another process may have done so first, with the same result. */
async function moveIn(from: string, entry: string): Promise<string> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      await rename(from, entry);
      return entry;
    } catch {
      if (await isWhole(entry)) {
        await rm(from, { recursive: true, force: true });
        return entry;
      }
      // The existing entry is damaged: move it away.
      const aside = `${from}.damaged${attempt}`;
      await rename(entry, aside).catch(() => undefined);
      await rm(aside, { recursive: true, force: true }).catch(() => undefined);
    }
  }
  return from;
}

/**
 * Returns the library of the given sources, from the cache if possible.
 *
 * @param cache folder of entries; undefined for no cache
 * @throws UsageError on failure of the compiler, with its message and the path of the source
 */
export async function buildLibrary(sources: Sources, cache: string | undefined): Promise<BuiltLibrary> {
  const key = cacheKey(sources);
  const entry = cache === undefined ? undefined : join(cache, key);
  if (entry !== undefined && (await isWhole(entry))) return { path: join(entry, libraryName), ...keep };
  const work = await workFolder(cache, key);
  try {
    await compileIn(work.path, sources);
  } catch (error) {
    // A cache that is full costs time as well.
    if (!work.inCache || !(error instanceof Error && withoutRoom.test(error.message))) throw error;
    await rm(work.path, { recursive: true, force: true }).catch(() => undefined);
    return buildLibrary(sources, undefined);
  }
  if (entry === undefined || !work.inCache)
    return { path: join(work.path, libraryName), discard: () => rm(work.path, { recursive: true, force: true }) };
  return { path: join(await moveIn(work.path, entry), libraryName), ...keep };
}
