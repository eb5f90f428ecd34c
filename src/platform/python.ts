/** Starts of Python, all of which are isolated from the current folder. */

import { dirname } from 'node:path';

/** Words and options with which a program starts Python. */
interface PythonStart {
  readonly words: readonly string[];
  readonly options: { readonly cwd: string };
}

/**
 * Returns the words and options that start a Python with packages of its own environment only. The isolated mode (`-I`)
 * ignores the current folder, `PYTHONPATH` and the user's packages: none of them may belong to the author of a model.
 *
 * @param words  Python's own words, such as `-c CODE`; paths among them must be absolute
 * @param folder  working folder: by default that of Node's program
 */
export const isolatedPython = (words: readonly string[], folder = dirname(process.execPath)): PythonStart => ({
  words: ['-I', '-W', 'ignore', ...words],
  options: { cwd: folder },
});
