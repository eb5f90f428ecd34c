/** Starts of Python, all of which are isolated from the current folder. */

import { dirname } from 'node:path';

/** Words and options with which a program starts Python. */
interface PythonStart {
  readonly words: readonly string[];
  readonly options: { readonly cwd: string };
}

/**
 * Returns the arguments and options that start Python in isolated mode (`-I`). This mode ignores the current folder,
 * `PYTHONPATH` and the packages of the user, since these may come from the author of a model.
 *
 * @param words  Python's own words, such as `-c CODE`; paths among them are absolute, or relative to `folder`
 * @param folder  working folder; default: the folder of Node's program
 */
export const isolatedPython = (words: readonly string[], folder = dirname(process.execPath)): PythonStart => ({
  words: ['-I', '-W', 'ignore', ...words],
  options: { cwd: folder },
});
