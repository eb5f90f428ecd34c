/** HDF5 files in a browser: the library keeps them in memory. */

import type { File } from 'h5wasm';
import { addressOf, isOfPage } from './parts.js';
import { platform } from './platform.js';
import { treeOf } from '../src/hdf5/tree.mjs';
import { treeRequest, type TreeOptions } from '../src/hdf5/tree-request.js';
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

/** Loads the library, which has 4 MB; reading is synchronous from then on. */
export async function loadHdf5(): Promise<NonNullable<typeof library>> {
  if (library) return library;
  const { default: h5 } = isOfPage()
    ? ((await import(await addressOf('hdf5'))) as typeof import('./hdf5-library.js'))
    : await import('h5wasm');
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
