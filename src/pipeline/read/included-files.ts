/** Files that a model may include: of its folder, its repository, the current folder, and folders the user allows. */

import { isRefused, systemCode } from '../../diagnostics/system-error.js';
import { platform } from '#platform';
import { hdf5Signature } from '../../../runtime/results/file-start.js';
import { UsageError } from '../../diagnostics/diagnostic.js';
import { formatBytes } from '../../diagnostics/quantities.js';
import type { IncludeHost } from '../../../translators/shared/include-host.js';
import { decodeXml, longestText } from '../../xml/decode.js';
import { isVisibleWithin, isWithin, realPath, statusOf } from './file-status.js';
import { readHdf5In } from './hdf5-documents.js';
import { markupNotation } from './notation.js';

const { dirname, join, resolve } = platform.paths;

/** Checks whether the bytes of a file are HDF5. */
export function isHdf5(bytes: Uint8Array): boolean {
  return [...hdf5Signature].every((character, position) => bytes[position] === character.charCodeAt(0));
}

/**
 * Returns the files around a model.
 *
 * @param model  path of the main document
 * @param allowed  further folders that may be read
 * @param bundle  folder of the bundle that the model belongs to
 * @throws UsageError if one of them is not a folder
 */
export function includedFiles(model: string, allowed: readonly string[] = [], bundle?: string): IncludeHost {
  const real = realPath(model) ?? resolve(model);
  const root = bundle === undefined ? repositoryOf(real) : (realPath(bundle) ?? bundle);
  const folders = allowed.map((folder) => {
    const real = realPath(folder);
    if (real !== null && isFolder(real)) return { path: folder, real };
    throw new UsageError(
      `--allow-path cannot be ${folder}: there is no such folder`,
      'name a folder that models may include files from',
    );
  });
  const within = [dirname(real), root, ...currentFolderOf(real, bundle), ...folders.map(({ real }) => real)];
  return {
    locate: (path) => {
      const real = realPath(path);
      return real !== null && statusOf(real)?.kind === 'file' ? real : null;
    },
    allows: (real) => isVisibleWithin(real, within),
    read: readText,
    list: (folder) => {
      const real = realPath(folder);
      return real !== null && (within.includes(real) || isVisibleWithin(real, within)) ? namesIn(real) : [];
    },
    root,
    folders: folders.map(({ path }) => path),
  };
}

/** Returns the names of the files in a folder, as far as it can be read, up to a limit. */
function namesIn(folder: string): readonly string[] {
  try {
    return platform.files.list(folder).slice(0, mostNames);
  } catch {
    return [];
  }
}

const mostNames = 10_000;

/** Files and folders that mark the root of a working copy. */
const marks = ['.git', '.hg', '.svn', '.bzr', '.jj'];

/**
 * Returns the root of the version control that a model is under, or its own folder. A root that holds files of others
 * is not taken: a home folder, a folder for temporary files, or a folder of the system.
 */
function repositoryOf(model: string): string {
  const own = dirname(model);
  for (let folder = own; folder !== dirname(folder); folder = dirname(folder))
    if (marks.some((mark) => statusOf(join(folder, mark)) !== null)) return isShared(folder) ? own : folder;
  return own;
}

/**
 * Returns the folder in which the command runs if the model lies below it, as in an unpacked repository without marks.
 * Models in bundles, and shared folders, have none.
 */
function currentFolderOf(model: string, bundle: string | undefined): readonly string[] {
  const here = realPath('.');
  return bundle === undefined && here !== null && isWithin(model, here) && !isShared(here) ? [here] : [];
}

/**
 * Checks whether a folder holds files of several owners or purposes: one of the shared ones, a folder above one, a
 * home.
 */
function isShared(folder: string): boolean {
  const { folders, homes } = platform.files.shared();
  return (
    homes.some((parent) => dirname(folder) === (realPath(parent) ?? parent)) ||
    folders.some((start) => {
      const real = realPath(start) ?? start;
      return real === folder || isWithin(real, folder);
    })
  );
}

const isFolder = (path: string): boolean => statusOf(path)?.kind === 'folder';

function readText(real: string): ReturnType<IncludeHost['read']> {
  try {
    const status = platform.files.status(real);
    if (status.kind !== 'file') return { refused: 'it is not a file' };
    if (status.size > longestText) return { refused: `it is ${formatBytes(status.size)} long` };
    const bytes = platform.files.read(real);
    if (isHdf5(bytes))
      return readHdf5In(markupNotation, real) ?? { refused: 'it is an HDF5 file that holds no NeuroML' };
    const decoded = decodeXml(bytes);
    return isRefused(decoded) ? { refused: decoded.refused.message } : decoded;
  } catch (error) {
    return { refused: systemCode(error) ?? 'it is not text' };
  }
}
