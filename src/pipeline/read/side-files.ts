/** Text files that a document names, in its own folder and in folders that the user allows. */

import { readHdf5Tree } from '#hdf5';
import { platform } from '#platform';
import { systemCode } from '../../diagnostics/system-error.js';
import { longestText } from '../../xml/decode.js';
import { formatBytes } from '../../diagnostics/quantities.js';
import type { Reading } from '../../../translators/shared/notation.js';
import { isVisibleWithin } from './file-status.js';
import type { ImportOptions } from './import-options.js';

/** Further folders that may be read, and a function that is called with the path of each file. */
export type SideOptions = Pick<ImportOptions, 'allowPaths' | 'onFile'>;

/** The text of a file, or why it is not read. */
export type SideFile = { readonly text: string } | { readonly refused: string };

/**
 * Returns a reader of files that a document names. Names are relative to its folder, and links are followed before the
 * folder of a file is checked.
 *
 * @param options  further folders that may be read, and what is told of each file
 */
export function sideFiles(document: string, options: SideOptions): (name: string) => SideFile {
  return (name) =>
    readBeside(
      document,
      options,
      name,
      (real) => ({ text: platform.bytes.utf8(platform.files.read(real)) }),
      longestText,
    );
}

/** Reads the texts and HDF5 files that a document names, under the rules of `sideFiles`. */
export function sideTables(document: string, options: SideOptions): Pick<Reading, 'text' | 'hdf5'> {
  return {
    text: sideFiles(document, options),
    hdf5: (name, only) =>
      readBeside(document, options, name, (real) => readHdf5Tree(real, only, { without: ['indices'] })),
  };
}

/**
 * Reads a file that a document names, under the rules of `sideFiles`.
 *
 * @param read  reads the file by its path with links resolved
 * @param longest  most bytes of the file
 */
export function readBeside<T>(
  document: string,
  { allowPaths = [], onFile }: SideOptions,
  name: string,
  read: (real: string) => T,
  longest = Infinity,
): T | { readonly refused: string } {
  const { dirname, resolve } = platform.paths;
  const own = dirname(resolve(document));
  try {
    const real = platform.files.real(resolve(own, name));
    const folders = [own, ...allowPaths].map((folder) => platform.files.real(resolve(folder)));
    if (!isVisibleWithin(real, folders)) return { refused: 'it is outside the folder of the document, or hidden' };
    const status = platform.files.status(real);
    if (status.kind !== 'file') return { refused: 'it is not a file' };
    if (status.size > longest) return { refused: `it is ${formatBytes(status.size)} long` };
    onFile?.(real);
    return read(real);
  } catch (error) {
    const code = systemCode(error) ?? '';
    return {
      refused: code === 'ENOENT' ? 'there is no such file' : `it cannot be read${code === '' ? '' : ` (${code})`}`,
    };
  }
}
