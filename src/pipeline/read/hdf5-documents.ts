/** Documents in HDF5. */

import { readHdf5Tree } from '#hdf5';
import { isRefused } from '../../diagnostics/system-error.js';
import type { Hdf5Group } from '../../../translators/shared/hdf5.js';
import { roadOf, roadsNow } from '../roads.js';
import type { Notation } from './notation.js';

/** A document as text in markup or as a tree of groups; or the reason why it cannot be read. */
type Hdf5Document = { readonly text: string; readonly graph?: Hdf5Group } | { readonly refused: string };

/** Reads a document in a notation. Returns null for a file that holds none. */
export function readHdf5In(notation: Notation, path: string): Hdf5Document | null {
  const { hdf5 } = roadOf(notation);
  if (!hdf5) return null;
  const { members, deepest, keepLinks = false, holds, text } = hdf5;
  const file = readHdf5Tree(path, members, { keepLinks, ...(deepest === undefined ? {} : { deepest }) });
  if (isRefused(file)) return file;
  if (!holds(file, path)) return null;
  return text ? { text: text(file) } : { text: '', graph: file };
}

/** Reads a document in any notation that files of its name may be in. Returns null for a file that holds none. */
export function readHdf5Document(path: string): Hdf5Document | null {
  for (const [notation, { hdf5 }] of roadsNow()) {
    const found = hdf5?.named.test(path) === true ? readHdf5In(notation, path) : null;
    if (found) return found;
  }
  return null;
}
