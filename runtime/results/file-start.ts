/** The first bytes of files, which show their format. */

import { platform } from '#platform';

/** The first bytes of an HDF5 file, one character each (HDF5 file format specification 3.0, section II.A). */
export const hdf5Signature = '\x89HDF\r\n\x1a\n';

/** Returns the first bytes of a file, one character each; fewer for a shorter file. @throws as the file system does */
export function firstBytes(path: string, length: number): string {
  for (const piece of platform.files.pieces(path, length)) return platform.bytes.latin1(piece);
  return '';
}
