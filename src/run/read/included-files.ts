/** Files that a model may include: files of its repository, and of folders that the user allows. */

import { isRefused, systemCode } from '../../diagnostics/system-error.js';
import { platform } from '#platform';
import { hdf5Signature } from '../../../runtime/results/file-start.js';
import { UsageError } from '../../diagnostics/diagnostic.js';
import { formatBytes } from '../../diagnostics/quantities.js';
import type { LemsHost } from '../../../translators/neuroml/host.js';
import { readHdf5Network } from '../hdf5/read-network.js';
import { decodeXml, longestText } from '../../../translators/neuroml/xml/decode.js';
import { realPath, statusOf } from './file-status.js';

const { dirname, join, resolve, sep } = platform.paths;

/** Checks whether the bytes of a file are HDF5. */
export function isHdf5(bytes: Uint8Array): boolean {
  return [...hdf5Signature].every((character, position) => bytes[position] === character.charCodeAt(0));
}

/**
 * Returns the files around a model.
 *
 * @param model  path of the main document
 * @param allowed  further folders that may be read
 * @throws UsageError if one of them is not a folder
 */
export function includedFiles(model: string, allowed: readonly string[] = []): LemsHost {
  const root = repositoryOf(realPath(model) ?? resolve(model));
  const folders = allowed.map((folder) => {
    const real = realPath(folder);
    if (real !== null && isFolder(real)) return { path: folder, real };
    throw new UsageError(
      `--allow-path cannot be ${folder}: there is no such folder`,
      'name a folder that models may include files from',
    );
  });
  const within = [root, ...folders.map(({ real }) => real)];
  return {
    locate: (path) => {
      const real = realPath(path);
      return real !== null && statusOf(real)?.kind === 'file' ? real : null;
    },
    allows: (real) => within.some((folder) => isWithin(real, folder)),
    read: readText,
    list: (folder) => {
      const real = realPath(folder);
      return real !== null && within.some((allowed) => real === allowed || isWithin(real, allowed))
        ? namesIn(real)
        : [];
    },
    root,
    folders: folders.map(({ path }) => path),
  };
}

function isWithin(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
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

/** Folders above a model that are looked at: downloads are no deeper. */
const mostLevels = 6;

/** Checks whether a name is usual for NeuroML and LEMS documents. */
const isNeuromlName = (name: string): boolean => /\.nml(\.h5)?$/i.test(name) || /^LEMS_.*\.xml$/i.test(name);

/**
 * Returns the nearest folder with a `.git`. Without one, as in an unpacked archive, it returns the highest folder above
 * the model with NeuroML files outside the branch that leads to the model. The result is at least the parent of the
 * model's folder, because models include `../../channels/…`. Shared folders are only taken as a parent, and the root
 * never. Shared are the root, its direct children, the home folder and the folders above it, and the folder for
 * temporary files.
 */
function repositoryOf(model: string): string {
  const own = dirname(model);
  const above: string[] = [];
  for (let folder = own; folder !== dirname(folder); folder = dirname(folder)) {
    if (statusOf(join(folder, '.git')) !== null) return folder;
    above.push(folder);
  }
  const [, parent, ...higher] = above.slice(0, mostLevels);
  if (parent === undefined) return own;
  const shared = sharedFolders();
  const isShared = (folder: string): boolean => shared.has(folder) || dirname(folder) === dirname(dirname(folder));
  const firstShared = isShared(parent) ? 0 : higher.findIndex(isShared);
  return (firstShared < 0 ? higher : higher.slice(0, firstShared)).reduce(
    (found, folder, level) => (hasNeuromlBeside(folder, above[level + 1] ?? own) ? folder : found),
    parent,
  );
}

/** Returns folders that hold more than one download, and the folders above them. */
function sharedFolders(): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const start of platform.files.shared())
    for (let folder = realPath(start) ?? start; !folders.has(folder); folder = dirname(folder)) folders.add(folder);
  return folders;
}

/** Checks whether a folder, or one directly in it other than `branch`, holds NeuroML files. */
function hasNeuromlBeside(folder: string, branch: string): boolean {
  return namesIn(folder).some((name) => {
    const path = join(folder, name);
    return isNeuromlName(name) || (path !== branch && isFolder(path) && namesIn(path).some(isNeuromlName));
  });
}

const isFolder = (path: string): boolean => statusOf(path)?.kind === 'folder';

function readText(real: string): ReturnType<LemsHost['read']> {
  try {
    const status = platform.files.status(real);
    if (status.kind !== 'file') return { refused: 'it is not a file' };
    if (status.size > longestText) return { refused: `it is ${formatBytes(status.size)} long` };
    const bytes = platform.files.read(real);
    if (isHdf5(bytes)) {
      return readHdf5Network(real) ?? { refused: 'it is an HDF5 file that holds no NeuroML' };
    }
    const decoded = decodeXml(bytes);
    return isRefused(decoded) ? { refused: decoded.refused.message } : decoded;
  } catch (error) {
    return { refused: systemCode(error) ?? 'it is not text' };
  }
}
