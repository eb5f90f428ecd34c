/** What the reader asks of the world: files. Reading itself touches nothing else. */

import type { Finding } from '../../src/diagnostics/diagnostic.js';
import type { CutText } from './xml/long-text.js';

/** Files that a document may include. */
export interface LemsHost {
  /** The real path (absolute, links resolved) of a file; null where there is none, or it is a folder. */
  locate(path: string): string | null;
  /** Whether a real path lies in the model's repository or in a folder that was allowed. */
  allows(real: string): boolean;
  /** The text of a located file, with what was odd about its encoding; or why it cannot be read. */
  read(
    real: string,
  ):
    | { readonly text: string; readonly lists?: CutText['lists']; readonly finding?: Finding }
    | { readonly refused: string };
  /** Names of the files of a folder that may be read, for suggestions; none where there is no such folder. */
  list(folder: string): readonly string[];
  /** The model's repository, for messages. */
  readonly root: string;
  /** Folders that were allowed; they are searched last. */
  readonly folders: readonly string[];
  /** Core types by the name of their file; absent: those that come with the program. */
  readonly core?: { readonly names: readonly string[]; read(name: string): string | null };
}

/** A host without files: documents that include core types only. */
export const noFiles: LemsHost = {
  locate: () => null,
  allows: () => false,
  read: () => ({ refused: 'no files are available' }),
  list: () => [],
  root: '.',
  folders: [],
};
