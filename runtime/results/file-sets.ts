/**
 * Files that are renamed to their final names together, or not at all.
 *
 * A file is on the disk before it is renamed. If several files form a set, a list of their old and new names is written
 * first, under a hidden name. From then on the set is complete: if the process ends between two renamings, the next
 * reader of the set or writer to its folder renames the others, as SQLite does with its journals.
 */

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';

import { systemCode } from '../../src/diagnostics/system-error.js';
import { systemFiles, writeAll, type FileSystem } from './file-system.js';

/** The path with text put before its suffix: `result.nwb` and `incomplete` give `result.incomplete.nwb`. */
export function pathWith(path: string, text: string): string {
  const suffix = extname(path);
  return join(dirname(path), `${basename(path, suffix)}.${text}${suffix}`);
}

let host: string | undefined;

/** Machines may share a folder, and process numbers are only valid on one machine. */
const hostDigest = (): string => (host ??= createHash('sha256').update(hostname()).digest('hex').slice(0, 6));

/**
 * Name of a file while it is written, such as `result.1f3a9c.partial-4711.nwb`: differs between machines and processes,
 * so two runs with one output do not mix.
 */
export function partialPath(path: string, owner = process.pid): string {
  return pathWith(path, `${hostDigest()}.partial-${owner}`);
}

/** The process of this machine that a temporary file belongs to; undefined for other files. */
export function ownerOf(name: string): number | undefined {
  const [, machine, owner] = /\.([0-9a-f]{6})\.partial-(\d+)(?:\.|$)/.exec(name) ?? [];
  return machine !== undefined && machine === hostDigest() ? Number(owner) : undefined;
}

function hasEnded(owner: number): boolean {
  try {
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return systemCode(error) === 'ESRCH';
  }
}

/** A finished file under its temporary name, and the name that it gets. */
export interface NamedFile {
  readonly partial: string;
  readonly path: string;
}

/**
 * Renames finished files to their final names: for each folder all or none. Files that cannot be renamed are removed.
 *
 * @throws errors of the system. If the list of names already exists, the set is complete, and will be renamed later
 */
export function nameFiles(files: readonly NamedFile[], fileSystem: FileSystem = systemFiles): void {
  const unnamed = new Set(files);
  try {
    for (const { partial } of files) fileSystem.sync(partial);
    for (const [folder, set] of byFolder(files)) {
      const named = (): void => set.forEach((file) => unnamed.delete(file));
      if (set.length > 1) nameSet(folder, set, fileSystem, named);
      else {
        fileSystem.rename(set[0].partial, set[0].path);
        named();
      }
      fileSystem.sync(folder);
    }
  } catch (error) {
    for (const { partial } of unnamed) removeQuietly(partial, fileSystem);
    throw error;
  }
}

type FileSet = readonly [NamedFile, ...NamedFile[]];

function byFolder(files: readonly NamedFile[]): ReadonlyMap<string, FileSet> {
  const folders = new Map<string, [NamedFile, ...NamedFile[]]>();
  for (const file of files) {
    const folder = folders.get(dirname(file.path));
    if (folder) folder.push(file);
    else folders.set(dirname(file.path), [file]);
  }
  return folders;
}

const listOf = (path: string): string => join(dirname(path), `.${basename(path)}.interneuron-names`);
const isList = (name: string): boolean => name.startsWith('.') && name.endsWith('.interneuron-names');

/** @param committed called when the set is complete, before the files are renamed */
function nameSet(folder: string, files: FileSet, fileSystem: FileSystem, committed: () => void): void {
  const list = listOf(files[0].path);
  const partial = partialPath(list, fileSystem.process);
  const names = files.map((file) => [basename(file.partial), basename(file.path)]);
  try {
    const descriptor = fileSystem.create(partial);
    try {
      writeAll(descriptor, Buffer.from(JSON.stringify(names)), fileSystem);
    } finally {
      fileSystem.close(descriptor);
    }
    fileSystem.sync(partial);
    fileSystem.rename(partial, list);
  } catch (error) {
    removeQuietly(partial, fileSystem);
    throw error;
  }
  committed();
  fileSystem.sync(folder);
  for (const file of files) fileSystem.rename(file.partial, file.path);
  fileSystem.sync(folder);
  // A list that stays does no harm: its files have their names.
  removeQuietly(list, fileSystem);
}

/** Removes a file if that is possible. */
export function removeQuietly(path: string, fileSystem: FileSystem = systemFiles): void {
  try {
    fileSystem.remove(path);
  } catch {
    // Nothing more can be done for a file that cannot be removed; the error that led here is the one to report.
  }
}

/**
 * Completes the set that begins with a file, if the process that renamed its files ended too early.
 *
 * @throws errors of the system if a file cannot be renamed
 */
export function completeSet(path: string): void {
  const list = listOf(path);
  if (existsSync(list)) renameListed(list);
}

/** Completes all sets of a folder, and removes temporary files of processes that have ended. */
export function tidyFolder(folder: string): void {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    // A later write to the folder reports the problem.
    return;
  }
  for (const name of names) if (isList(name)) renameListed(join(folder, name));
  for (const name of names) {
    const owner = ownerOf(name);
    if (owner !== undefined && hasEnded(owner)) removeQuietly(join(folder, name));
  }
}

function renameListed(list: string): void {
  const folder = dirname(list);
  const names = readList(list);
  if (!names) return;
  for (const [partial, name] of names) {
    const owner = ownerOf(partial);
    // An active process completes its own set; this set belongs to this process or to one that has ended.
    if (owner === undefined || !(owner === process.pid || hasEnded(owner))) return;
    if (existsSync(join(folder, partial))) systemFiles.rename(join(folder, partial), join(folder, name));
  }
  systemFiles.sync(folder);
  removeQuietly(list);
}

/** Pairs of names; null for a file that is no such list, or that names files elsewhere or hidden ones. */
function readList(list: string): readonly (readonly [partial: string, name: string])[] | null {
  try {
    const value: unknown = JSON.parse(readFileSync(list, 'utf8'));
    return Array.isArray(value) && value.every(isPair) ? value : null;
  } catch {
    return null;
  }
}

const isPair = (pair: unknown): pair is readonly [string, string] =>
  Array.isArray(pair) &&
  pair.length === 2 &&
  pair.every((name) => typeof name === 'string' && /^[^./\\][^/\\]*$/.test(name));
