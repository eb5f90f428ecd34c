/** Checksums of the files of a bundle, as `sha256sum --check` reads them. */

import { platform } from '#platform';
import type { BundleFile } from './contents.js';

export const checksumsName = 'checksums.sha256';

/** Returns the digest of a file. */
export const digest = (bytes: Uint8Array): string => platform.sha256().update(bytes).hex();

/** Returns the list, a line for each file. */
export const checksumsText = (files: readonly BundleFile[]): string =>
  files.map(({ path, bytes }) => `${digest(bytes)}  ${path}\n`).join('');
