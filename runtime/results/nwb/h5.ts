/** The HDF5 library, and reading of single files. */

import { statSync } from 'node:fs';

import { withHalves } from '../../../src/platform/half.mjs';
import { webAssembly } from '../../webassembly.js';
import { isDataset, type Dataset, type File, type Found, type H5 } from './h5-writer.js';

let loading: Promise<H5> | null = null;

/** The HDF5 library, loaded on first use; loading takes 0.1 to 0.3 s, so callers do other work meanwhile. */
export function loadH5(): Promise<H5> {
  loading ??= (async () => {
    const [h5wasm, module] = await withBoundedMemory(async () => {
      const { default: library } = await import('h5wasm/node');
      return [library, await library.ready] as const;
    });
    // Without this, errors are printed and swallowed, and files come out silently incomplete.
    (module as unknown as { activate_throwing_error_handler(): void }).activate_throwing_error_handler();
    guardFiles((module as unknown as { readonly FS: FileSystem }).FS);
    return h5wasm;
  })();
  return loading;
}

/** Opens a file for reading. @throws Error for a file that is not HDF5 */
export async function openH5(path: string): Promise<File> {
  const h5 = await loadH5();
  const file = new h5.File(path, 'r');
  longestFile = Math.max(longestFile, statSync(path).size);
  return file;
}

// --- Memory ---------------------------------------------------------------------------------------------------------
/** Deflate makes at most so many bytes of one. */
const mostInflated = 1032;
/** Bytes that the library needs in addition to the data that it reads. */
const workingMemory = 1 << 28;

/** The longest of the files that were opened, in bytes. */
let longestFile = 0;
/** Bytes of the library's memory that it may not grow beyond. */
let mostMemory = Infinity;

/** The imports of the library from its host that control memory. */
interface MemoryImports {
  emscripten_resize_heap: (bytes: number) => boolean;
  _abort_js: () => void;
}

/**
 * Loads the library with a memory that grows to `mostMemory`. A damaged file can claim any length of a text, and the
 * library allocates the memory before it reads.
 */
async function withBoundedMemory<T>(load: () => Promise<T>): Promise<T> {
  const { instantiate } = webAssembly;
  webAssembly.instantiate = (binary, imports) => {
    const host = imports['env'] as MemoryImports;
    const resize = host.emscripten_resize_heap;
    host.emscripten_resize_heap = (bytes) => bytes >>> 0 <= mostMemory && resize(bytes);
    // The library's own prints a line, and its files stay readable.
    host._abort_js = () => {
      throw new Error('the HDF5 library has not the memory that the file asks for');
    };
    return instantiate(binary, imports);
  };
  try {
    return await load();
  } finally {
    webAssembly.instantiate = instantiate;
  }
}

// --- One file only --------------------------------------------------------------------------------------------------
interface FileSystem {
  open(path: string, flags: number, ...rest: unknown[]): unknown;
  readonly ErrnoError: new (code: number) => Error;
}

/** The files that the library was not given since this was last emptied; null: it may open any. */
let refused: string[] | null = null;

/** `O_EXCL`: the file is new, such as the one for the library's error text. */
const isNew = 0x80;
/** `ENOENT` of the library's system. */
const noSuchFile = 44;

/** Lets `inOneFile` hide files from the library. */
function guardFiles(system: FileSystem): void {
  const { open } = system;
  system.open = (path, flags, ...rest) => {
    if (refused === null || (flags & isNew) !== 0) return open(path, flags, ...rest);
    refused.push(path);
    throw new system.ErrnoError(noSuchFile);
  };
}

/**
 * Runs an action that reads an open file. Links, virtual datasets and external storage can refer to any other file,
 * such as an endless pipe: no other file is opened. Nor does the library take more memory than the file can fill.
 *
 * @throws Error that names the other file, if the action needs one
 */
export function inOneFile<T>(what: string, action: () => T): T {
  const before = { refused, mostMemory };
  const others: string[] = [];
  refused = others;
  mostMemory = workingMemory + mostInflated * longestFile;
  try {
    return action();
  } catch (error) {
    const [other] = others;
    throw other === undefined ? error : new Error(`${what} lies in another file, ${other}`, { cause: error });
  } finally {
    ({ refused, mostMemory } = before);
  }
}

/** Reads all values of a dataset. @throws Error for values that are not in the file */
export const valueOf = (dataset: Dataset): Dataset['value'] => valuesOf(dataset, (whole) => whole.value);

/** Reads values of a dataset, by `read`. @throws Error for values that are not in the file */
export const valuesOf = (dataset: Dataset, read: (dataset: Dataset) => Dataset['value']): Dataset['value'] =>
  inOneFile(dataset.path, () => withHalves(dataset, read));

/**
 * Returns the object at a path within the file, or null.
 *
 * @throws Error for an object in another file
 */
export function objectAt(file: File, path: string): Found {
  const found = inOneFile(path, () => file.get(path) ?? null);
  if (found === null) {
    const parent = path.slice(0, path.lastIndexOf('/'));
    if (parent !== '') objectAt(file, parent);
    return null;
  }
  if ('filename' in found) throw new Error(`${path} lies in another file, ${String(found.filename)}`);
  if (!isDataset(found)) return found;
  const { virtual_sources: sources, chunks, shape, total_size: total } = found.metadata;
  if (sources !== undefined)
    throw new Error(`${path} lies in other datasets, as ${sources[0]?.dset_name ?? 'nothing'}`);
  // External storage is not stated, but reading a number shows it; chunks are always within the file.
  if (chunks === null && shape !== null && total > 0)
    valuesOf(found, (whole) => (shape.length === 0 ? whole.value : whole.slice(shape.map(() => [0, 1]))));
  return found;
}
