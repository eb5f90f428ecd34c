/** Models among files, folders and patterns on the command line. */

import { readdirSync, statSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { UsageError } from '../diagnostics/diagnostic.js';
import { modelSuffixes } from '../pipeline/read/notation.js';
import { whatIsFile } from '../pipeline/read/what-is.js';
import { standardStream } from './arguments.js';

/** A model on the command line. */
export interface ModelFile {
  readonly path: string;
  /** The path within the folder that was named, with `/`; the name of a file that was named itself. */
  readonly within: string;
}

/**
 * Lists the models that arguments name: files as they are, the models in folders, the files that match patterns.
 *
 * @throws UsageError for a folder without models, and for a pattern without matches
 */
export const modelFiles = (words: readonly string[]): Promise<readonly ModelFile[]> => allFiles(words, modelsIn);

/**
 * Lists the tests that arguments name.
 *
 * @throws UsageError for a folder without tests, and for a pattern without matches
 */
export const testFiles = (words: readonly string[]): Promise<readonly ModelFile[]> => allFiles(words, testsIn);

/** Lists the files that a name or a pattern means. @throws UsageError for a pattern without matches */
export const namedFiles = async (word: string): Promise<readonly string[]> =>
  (await filesOf(word, (folder) => Promise.resolve([{ path: folder, within: folder }]))).map(({ path }) => path);

async function allFiles(words: readonly string[], inFolder: typeof modelsIn): Promise<readonly ModelFile[]> {
  const found = await Promise.all(words.map((word) => filesOf(word, inFolder)));
  return found.flat();
}

/** Checks whether an argument names more than one file. */
export const namesSeveral = (word: string): boolean => isFolder(word) || isPattern(word);

async function filesOf(word: string, inFolder: typeof modelsIn): Promise<readonly ModelFile[]> {
  const itself = [{ path: word, within: basename(word) }];
  if (word === standardStream) return itself;
  if (isFolder(word)) return inFolder(word);
  if (!isPattern(word)) return itself;
  const { glob } = await import('tinyglobby');
  const paths = (
    await glob(word.replaceAll('\\', '/'), { expandDirectories: false, absolute: isAbsolute(word) })
  ).sort();
  if (paths.length === 0) throw new UsageError(`no file matches ${word}`, 'check the pattern and the folder');
  return paths.map((path) => ({ path, within: basename(path) }));
}

const modelsIn = (folder: string): Promise<readonly ModelFile[]> =>
  filesIn(
    folder,
    [...modelSuffixes(), '.omex'].map((suffix) => `**/*${suffix}`),
    'models',
    (path) => {
      const { kind, notation } = whatIsFile(path);
      return kind === 'archive' || notation !== undefined;
    },
  );

/** Lists the tests of a folder: files of expectations, and of OMV, which may begin with a dot. */
const testsIn = (folder: string): Promise<readonly ModelFile[]> =>
  filesIn(folder, ['**/{expect,*.expect}.{yaml,yml,json}', '**/*.omt'], 'tests', () => true);

async function filesIn(
  folder: string,
  patterns: string[],
  kind: string,
  accepts: (path: string) => boolean,
): Promise<readonly ModelFile[]> {
  const { glob } = await import('tinyglobby');
  const ignore = ['**/node_modules/**', '**/.git/**'];
  const names = await glob(patterns, {
    cwd: folder,
    ignore,
    dot: kind === 'tests',
    caseSensitiveMatch: false,
  });
  const found = names.sort().filter((name) => accepts(join(folder, name)));
  if (found.length === 0) {
    // The glob lists nothing in a folder that cannot be read, and reading it tells why.
    readdirSync(folder);
    throw new UsageError(`there are no ${kind} in ${folder}`, 'name a file or another folder');
  }
  return found.map((within) => ({ path: join(folder, within), within }));
}

/** Checks whether a path leads to a folder. */
export const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Checks whether a word is a pattern that names files. */
export const isPattern = (word: string): boolean =>
  /[*?[{]/.test(word) && statSync(word, { throwIfNoEntry: false }) === undefined;
