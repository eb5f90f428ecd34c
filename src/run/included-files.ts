/** Files that a model may include: those of its repository, and of folders that the user allows. */

import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { UsageError } from '../diagnostics/diagnostic.js';
import { formatBytes } from '../diagnostics/quantities.js';
import type { LemsHost } from '../../translators/neuroml/host.js';
import { readHdf5Network } from '../../translators/neuroml/hdf5/read-network.js';
import { decodeXml } from '../../translators/neuroml/xml/decode.js';

/** The first bytes of an HDF5 file (HDF5 file format specification 3.0, section II.A). */
const hdf5Signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Whether the bytes of a file are HDF5. */
export function isHdf5(bytes: Uint8Array): boolean {
  return hdf5Signature.every((byte, position) => bytes[position] === byte);
}

/** No text longer than this fits a string. */
const largestFile = 500_000_000;

/**
 * The files beside a model.
 *
 * @param model  path of the main document
 * @param allowed  folders that may be read besides
 * @throws UsageError when one of them is no folder
 */
export function includedFiles(model: string, allowed: readonly string[] = []): LemsHost {
  const root = repositoryOf(realPath(model) ?? join(process.cwd(), model));
  const folders = allowed.map((folder) => {
    const real = realPath(folder);
    if (real !== null && statSync(real).isDirectory()) return { path: folder, real };
    throw new UsageError(
      `--allow-path cannot be ${folder}: there is no such folder`,
      'name a folder that models may include files from',
    );
  });
  const within = [root, ...folders.map(({ real }) => real)];
  return {
    locate: (path) => {
      const real = realPath(path);
      return real !== null && statSync(real).isFile() ? real : null;
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

/** Names of the files in a folder, as far as it can be read; not of a huge one. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).slice(0, mostNames);
  } catch {
    return [];
  }
}

const mostNames = 10_000;

/** Absolute path with links resolved; null where there is nothing, or nothing that may be seen. */
function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

/**
 * The nearest folder with a `.git`; else the parent of the model's folder, since the examples of the standard include
 * `../examples`, unless that is the root of all.
 */
function repositoryOf(model: string): string {
  const own = dirname(model);
  for (let folder = own; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (folder === dirname(folder)) break;
  }
  const parent = dirname(own);
  return parent === dirname(parent) ? own : parent;
}

function readText(real: string): ReturnType<LemsHost['read']> {
  try {
    const { size } = statSync(real);
    if (size > largestFile) return { refused: `it is ${formatBytes(size)} long` };
    const bytes = readFileSync(real);
    if (isHdf5(bytes)) {
      const network = readHdf5Network(real);
      return 'none' in network ? { refused: 'it is an HDF5 file that holds no NeuroML' } : network;
    }
    const decoded = decodeXml(bytes);
    return 'refused' in decoded ? { refused: decoded.refused.message } : decoded;
  } catch (error) {
    return { refused: error instanceof Error && 'code' in error ? String(error.code) : 'it is not text' };
  }
}
