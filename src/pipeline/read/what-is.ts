/** What a file is, by its name and its beginning. */

import { platform } from '#platform';
import { firstBytes, hdf5Signature } from '../../../runtime/results/file-start.js';
import { readRefusal } from '../../diagnostics/system-error.js';
import { modelSuffixes, notationOfFile, titleOf, type Notation } from './notation.js';

/** Kinds of files. */
export type Kind = 'model' | 'script' | 'notebook' | 'archive' | 'expectations' | 'experiment' | 'result' | 'other';

/** What a file is. */
export interface What {
  readonly kind: Kind;
  /** Name of its kind in a sentence. */
  readonly title: string;
  /** Notation of a model; absent if only the suffix says that the file is one. */
  readonly notation?: Notation;
}

/** Number of bytes at the beginning of a file that show what it is. */
export const shownBytes = 1 << 16;

/** Texts at the beginning of a run's record and of a result, which hold models of their own. */
const ownResult = /^.{0,512}"interneuron(?:\/run|-neo-json)"/s;

/** Kinds of files that their suffixes show. */
const bySuffix: readonly (readonly [RegExp, Kind, string])[] = [
  [/(?:^|[/.\\])expect\.(?:ya?ml|json)$/i, 'expectations', 'expectations'],
  [/\.(?:omt|mep)$/i, 'expectations', 'a test of OMV'],
  [/\.sedml$/i, 'experiment', 'an experiment in SED-ML'],
  [/\.py$/i, 'script', 'a Python script, which is read by executing it'],
  [/\.(?:hoc|oc|ses)$/i, 'script', 'a hoc script, which is read by executing it'],
  [/\.ipynb$/i, 'notebook', 'a notebook'],
  [/\.(?:svg|png|jpe?g|gif|pdf|eps)$/i, 'other', 'a figure'],
  [/\.(?:md|rst|txt|html?|cff|bib|tex)$/i, 'other', 'a text for readers'],
];

/**
 * Returns what a file is.
 *
 * @param start  its first bytes as Latin-1
 */
export function whatIs(path: string, start: string): What {
  const named = bySuffix.find(([suffix]) => suffix.test(path));
  if (named) return { kind: named[1], title: named[2] };
  if (ownResult.test(start)) return { kind: 'result', title: 'a result of interneuron' };
  if (start.startsWith('PK\x03\x04'))
    return /^.{26,64}?\.npy/s.test(start)
      ? { kind: 'other', title: 'arrays of NumPy' }
      : { kind: 'archive', title: 'an archive' };
  const notation = notationOfFile(path, start);
  if (notation !== undefined) return { kind: 'model', title: titleOf(notation), notation };
  if (hasSuffixOfModels(path)) return { kind: 'model', title: 'a document that names no notation' };
  return { kind: 'other', title: start.startsWith(hdf5Signature) ? 'an HDF5 file' : 'a file of unknown kind' };
}

/** Checks whether a path ends as those of models only. Results are JSON, too. */
const hasSuffixOfModels = (path: string): boolean =>
  modelSuffixes().some((suffix) => suffix !== '.json' && path.toLowerCase().endsWith(suffix));

/** Returns what the file at a path is. @throws UsageError if it cannot be read */
export const whatIsFile = (path: string): What =>
  orRefusal(path, () =>
    platform.files.status(path).kind === 'file'
      ? whatIs(path, firstBytes(path, shownBytes))
      : { kind: 'other', title: 'no file' },
  );

function orRefusal<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw readRefusal(error, path) ?? error;
  }
}
