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
