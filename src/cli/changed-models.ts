/** Models that a commit changed, themselves or in a file that they name. */

import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { UsageError } from '../diagnostics/diagnostic.js';
import { namedFiles } from '../pipeline/read/names-in-text.js';
import { outcomeOf } from '../platform/start-program.js';

/**
 * Returns the models that differ from a commit of git, and those that name a file that differs.
 *
 * @param commit  a commit, branch or tag
 * @param folder  a folder of the clone
 * @throws UsageError without git, outside a clone, and for an unknown commit
 */
export function changedModels(paths: readonly string[], commit: string, folder = '.'): readonly string[] {
  const models = new Map(paths.map((path) => [realpathSync(path), namedFiles(readFileSync(path, 'latin1'))]));
  const names = new Set([...models].flatMap(([path, named]) => [path, ...named].map((name) => basename(name))));
  const { root, files } = filesOf(commit, folder);
  const isNew = (path: string): boolean => path.startsWith(join(root, sep)) && !files.has(path) && isFile(path);
  const changed = new Set(
    [...files].flatMap(([path, digest]) => (names.has(basename(path)) && differs(path, digest) ? [path] : [])),
  );
  for (const [path, named] of models)
    for (const file of [path, ...[...named].map((name) => resolve(dirname(path), name))])
      if (isNew(file)) changed.add(file);
  for (let count = -1; count !== changed.size;) {
    count = changed.size;
    const changedNames = new Set([...changed].map((path) => basename(path)));
    for (const [path, named] of models)
      if ([...named].some((name) => changedNames.has(basename(name)))) changed.add(path);
  }
  return paths.filter((path) => changed.has(realpathSync(path)));
}

/** Returns whether a path is a file, which ends, unlike a pipe or a device. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Returns whether a file differs from an object of git, which may have had its ends of lines converted. */
function differs(path: string, digest: string): boolean {
  if (!isFile(path)) return true;
  const content = readFileSync(path);
  const ofLines = (): Buffer => Buffer.from(content.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
  return digestOf(content, digest.length) !== digest && digestOf(ofLines(), digest.length) !== digest;
}

/** Returns git's name of a content: SHA-1 with 40 digits, SHA-256 with 64. */
const digestOf = (content: Buffer, digits: number): string =>
  createHash(digits === 64 ? 'sha256' : 'sha1')
    .update(`blob ${content.length}\0`)
    .update(content)
    .digest('hex');

/**
 * Settings under which git starts no program, for settings of the clone may name any. Only commands that read objects
 * are called: they apply no filter and look at no file outside `.git`. A clone that lacks objects would fetch them.
 */
const settings = ['--no-pager', '--no-replace-objects', '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];
const environment = {
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
};

/** Returns the files of a commit with the names of their objects, by absolute path. */
function filesOf(
  commit: string,
  folder: string,
): { readonly root: string; readonly files: ReadonlyMap<string, string> } {
  const git = (cwd: string, ...words: readonly string[]): string => {
    const { status, stdout } = outcomeOf(['git', ...settings, ...words], { cwd, environment });
    if (status === 0) return stdout;
    throw new UsageError(
      `git has no commit ${commit} here`,
      'fetch it: the action for checking out takes fetch-depth: 0',
    );
  };
  const root = realpathSync(git(folder, 'rev-parse', '--show-toplevel').replace(/\n$/, ''));
  const base = git(folder, 'rev-parse', '--verify', '--end-of-options', `${commit}^{commit}`).trim();
  const rows = git(root, 'ls-tree', '-r', '-z', '--full-tree', base).split('\0');
  const files = rows.flatMap((row) => {
    const [mode, kind, digest = ''] = row.slice(0, row.indexOf('\t')).split(' ');
    const path = resolve(root, row.slice(row.indexOf('\t') + 1));
    return kind === 'blob' && mode !== '120000' ? [[path, digest] as const] : [];
  });
  return { root, files: new Map(files) };
}
