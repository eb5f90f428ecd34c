/** Checksums of the files of a bundle, as `sha256sum --check` reads them. */

import { platform } from '#platform';
import type { BundleFile } from './contents.js';

export const checksumsName = 'checksums.sha256';

/** Returns the digest of a file. */
export const digest = (bytes: Uint8Array): string => platform.sha256().update(bytes).hex();

/** Returns the digest of a file on disk, of any length. */
export function fileDigest(path: string): string {
  const sha256 = platform.sha256();
  for (const piece of platform.files.pieces(path, 1 << 20)) sha256.update(piece);
  return sha256.hex();
}

/** Returns the list, a line for each file. */
export const checksumsText = (files: readonly BundleFile[]): string =>
  files.map(({ path, bytes }) => `${digest(bytes)}  ${path}\n`).join('');
