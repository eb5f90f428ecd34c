/** Trees of HDF5 files as text: with them, a page reads the files of its model without the library of HDF5. */

import { platform } from '#platform';
import type { Hdf5File } from '../../translators/shared/hdf5.js';
import type { TreeRequest } from './tree-request.js';

/** Trees by the contents of their files and the part that was read. */
export type HeldTrees = ReadonlyMap<string, Hdf5File>;

/** Returns the key of a part of a file: the digest of the file, and the request. */
export const treeKey = (bytes: Uint8Array, request: TreeRequest): string =>
  `${platform.sha256().update(bytes).hex()} ${JSON.stringify(request)}`;

/** Checks whether trees of a file are among some. */
export function holdsFile(trees: HeldTrees, bytes: Uint8Array): boolean {
  const digest = platform.sha256().update(bytes).hex();
  return [...trees.keys()].some((key) => key.startsWith(digest));
}

/** Returns trees as text, with their numbers as base64 of doubles. */
export const treesAsText = (trees: HeldTrees): string =>
  JSON.stringify([...trees], (_, value: unknown) =>
    value instanceof Float64Array
      ? platform.bytes.toBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
      : value,
  );

/** Returns the trees in a text that `treesAsText` wrote. */
export const treesInText = (text: string): HeldTrees =>
  new Map(
    JSON.parse(text, (name, value: unknown) =>
      name === 'values' ? new Float64Array(platform.bytes.fromBase64(String(value)).slice().buffer) : value,
    ) as readonly (readonly [string, Hdf5File])[],
  );
