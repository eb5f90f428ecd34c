/** Writes ZIP archives. */

import { zipSync, type Zippable } from 'fflate';
import type { BundleFile } from './contents.js';

/** The time of every file: ZIP cannot state an earlier one, and another would change the bytes of equal bundles. */
const fileTime = new Date(1980, 0, 1);

/** A regular file of Unix that its owner writes and all read, in the upper half of the external attributes. */
const unix = 3;
const regularFile = 0o100644 * 2 ** 16;

/** Returns the bytes of an archive with the files in their order: the same bytes for the same files. */
export const archiveBytes = (files: readonly BundleFile[]): Uint8Array =>
  zipSync(Object.fromEntries(files.map(({ path, bytes }): [string, Zippable[string]] => [path, bytes])), {
    level: 9,
    mtime: fileTime,
    os: unix,
    attrs: regularFile,
  });
