/** Files of a conversion in a folder, for readers that need one. */

import { platform } from '#platform';
import type { ConvertedFile } from '../../translators/shared/writing.js';

/** Puts files into a folder for a time and calls `read` with the path of the first. */
export const inFolder = <T>(files: readonly ConvertedFile[], read: (document: string) => T | Promise<T>): Promise<T> =>
  platform.files.inFolder(
    new Map(files.map(({ name, bytes, text, pieces }) => [name, bytes ?? (pieces ? [...pieces].join('') : text)])),
    (folder) => read(platform.paths.join(folder, files[0]?.name ?? '')),
  );
