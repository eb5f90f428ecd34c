/** HDF5 files in a browser: the library keeps them in memory. */

import type { File } from 'h5wasm';
import { addressOf, isOfPage } from './parts.js';
import { platform } from './platform.js';
import { treeOf } from '../src/hdf5/tree.mjs';
import { holdsFile, treeKey, treesInText, type HeldTrees } from '../src/hdf5/held-trees.js';
import { treeRequest, type TreeOptions } from '../src/hdf5/tree-request.js';
import { UsageError } from '../src/diagnostics/diagnostic.js';
import { withClock } from '../runtime/results/nwb/clock.js';
import { defaultDate } from '../runtime/results/result.js';
import type { H5 } from '../runtime/results/nwb/h5-writer.js';
import type { Hdf5File } from '../translators/shared/hdf5.js';

/** The library's files. */
interface LibraryFiles {
  writeFile(path: string, bytes: Uint8Array): void;
  readFile(path: string): Uint8Array;
  unlink(path: string): void;
}

let library: { readonly h5: H5; readonly files: LibraryFiles } | undefined;

/** Trees that the page holds. */
let held: HeldTrees = new Map();

/** Takes the trees of a page, which are read without the library. */
export function holdTrees(text: string): void {
  held = treesInText(text);
}

/** Loads the library for files that the page holds no trees of; reading is synchronous from then on. */
export async function loadForReading(files: readonly Uint8Array[]): Promise<void> {
  if (!files.every((bytes) => holdsFile(held, bytes))) await loadHdf5();
}

/** Loads the library, which has 4 MB. @throws UsageError in a page that holds no library */
export async function loadHdf5(): Promise<NonNullable<typeof library>> {
  if (library) return library;
  const { default: h5 } = isOfPage() ? await libraryOfPage() : await import('h5wasm');
  const module = (await h5.ready) as unknown as { readonly FS: LibraryFiles; activate_throwing_error_handler(): void };
  // Without this, errors are printed rather than thrown.
  module.activate_throwing_error_handler();
  library = { h5, files: module.FS };
  return library;
}

async function libraryOfPage(): Promise<typeof import('./hdf5-library.js')> {
  const address = await addressOf('hdf5');
  if (address === '')
    throw new UsageError('this page holds no library for HDF5 files', 'write it with interneuron page --nwb');
  return (await import(address)) as typeof import('./hdf5-library.js');
}

const name = '/file.h5';

/** Reads the groups of a file. */
export function readHdf5Tree(path: string, only: readonly string[], options?: TreeOptions): Hdf5File {
  const [bytes, request] = [platform.files.read(path), treeRequest(only, options)];
  const tree = held.get(treeKey(bytes, request));
  if (tree) return tree;
  if (!library) return { refused: 'this page holds no library for HDF5 files' };
  const { h5, files } = library;
  files.writeFile(name, bytes);
  try {
    return treeOf(() => new h5.File(name, 'r'), h5, request);
  } finally {
    files.unlink(name);
  }
}

/** Returns the bytes of the file that `write` writes and closes. */
export async function writtenHdf5(write: (h5: H5, path: string) => void): Promise<Uint8Array> {
  const { h5, files } = await loadHdf5();
  write(h5, name);
  const bytes = files.readFile(name);
  files.unlink(name);
  return bytes;
}

/** Returns the bytes of a file with the content that `fill` gives it. Equal contents give equal bytes. */
export const hdf5File = (fill: (file: File) => void): Promise<Uint8Array> =>
  writtenHdf5((h5, path) =>
    withClock(Date.parse(defaultDate), () => {
      const file = new h5.File(path, 'w');
      fill(file);
      file.close();
    }),
  );
