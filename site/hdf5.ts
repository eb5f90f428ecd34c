/** HDF5 files in a browser: the library keeps them in memory. */

import type { File } from 'h5wasm';
import { addressOf } from './parts.js';
import { platform } from './platform.js';
import { treeOf } from '../src/run/hdf5/tree.mjs';
import { treeRequest, type TreeOptions } from '../src/run/hdf5/tree-request.js';
import type { Hdf5File } from '../translators/shared/hdf5.js';

type H5 = typeof import('h5wasm').default;

/** The library's files. */
interface LibraryFiles {
  writeFile(path: string, bytes: Uint8Array): void;
  readFile(path: string): Uint8Array;
  unlink(path: string): void;
}

let library: { readonly h5: H5; readonly files: LibraryFiles } | undefined;

/** Loads the library, which has 4 MB; reading is synchronous from then on. */
export async function loadHdf5(): Promise<NonNullable<typeof library>> {
  if (library) return library;
  const { h5 } = (await import(await addressOf('hdf5'))) as typeof import('./hdf5-library.js');
  const module = (await h5.ready) as unknown as { readonly FS: LibraryFiles; activate_throwing_error_handler(): void };
  // Without this, errors are printed rather than thrown.
  module.activate_throwing_error_handler();
  library = { h5, files: module.FS };
  return library;
}

const name = '/file.h5';

/** Reads the groups of a file. */
export function readHdf5Tree(path: string, only: readonly string[], options?: TreeOptions): Hdf5File {
  if (!library) return { refused: 'the HDF5 library is not loaded' };
  const { h5, files } = library;
  files.writeFile(name, platform.files.read(path));
  try {
    return treeOf(() => new h5.File(name, 'r'), h5, treeRequest(only, options));
  } finally {
    files.unlink(name);
  }
}

/** Returns the bytes of a file with the content that `fill` gives it. */
export async function hdf5File(fill: (file: File) => void): Promise<Uint8Array> {
  const { h5, files } = await loadHdf5();
  const file = new h5.File(name, 'w');
  fill(file);
  file.close();
  const bytes = files.readFile(name);
  files.unlink(name);
  return bytes;
}
