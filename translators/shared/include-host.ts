/** File access for the reader. Reading has no other access to the system. */

import type { Finding } from '../../src/diagnostics/diagnostic.js';

/** Files that a document may include. */
export interface IncludeHost {
  /** Returns the real path (absolute, links resolved) of a file, or null if there is none, or it is a folder. */
  locate(path: string): string | null;
  /** Whether a real path lies in the model's repository or in a folder that was allowed. */
  allows(real: string): boolean;
  /** Returns the text of a located file, with a finding on its encoding, or the reason for a refusal. */
  read(real: string): { readonly text: string; readonly finding?: Finding } | { readonly refused: string };
  /** Returns names of readable files in a folder, for suggestions. Returns no names if there is no such folder. */
  list(folder: string): readonly string[];
  /** The model's repository, for messages. */
  readonly root: string;
  /** Folders that were allowed; they are searched last. */
  readonly folders: readonly string[];
  /** Core types by the name of their file; absent: the ones that come with the program. */
  readonly core?: { readonly names: readonly string[]; read(name: string): string | null };
}

/** A host without files: documents that include core types only. */
export const noFiles: IncludeHost = {
  locate: () => null,
  allows: () => false,
  read: () => ({ refused: 'no files are available' }),
  list: () => [],
  root: '.',
  folders: [],
};
