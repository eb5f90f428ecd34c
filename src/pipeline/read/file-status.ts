/** Facts about files that may not be there. */

import { platform } from '#platform';
import type { FileStatus } from '../../platform/platform.js';

/** Returns the status of a file or a folder; null if it does not exist or is not accessible. */
export function statusOf(path: string): FileStatus | null {
  try {
    return platform.files.status(path);
  } catch {
    return null;
  }
}

/** Returns the absolute path with links resolved; null if it does not exist or is not accessible. */
export function realPath(path: string): string | null {
  try {
    return platform.files.real(path);
  } catch {
    return null;
  }
}

/** Checks whether a path lies below a folder. */
export const isWithin = (path: string, folder: string): boolean => path.startsWith(withSeparator(folder));

/** Checks whether a path lies below one of some folders, and no part of it below that folder is hidden. */
export const isVisibleWithin = (path: string, folders: readonly string[]): boolean =>
  folders.some((folder) => isWithin(path, folder) && !isHidden(path.slice(withSeparator(folder).length)));

const withSeparator = (folder: string): string =>
  folder.endsWith(platform.paths.sep) ? folder : `${folder}${platform.paths.sep}`;

const isHidden = (path: string): boolean => path.split(platform.paths.sep).some((part) => part.startsWith('.'));
