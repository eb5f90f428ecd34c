/** Models that a commit changed, themselves or in a file that they name. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { UsageError } from '../diagnostics/diagnostic.js';

/** Names of files with a suffix in a text. */
const fileName = /[\w.-]+\.\w+/g;

/**
 * Returns the models that differ from a commit of git, and those that name a file that differs.
 *
 * @param commit  a commit, branch or tag
 * @throws UsageError without git, outside a clone, and for an unknown commit
 */
export function changedModels(paths: readonly string[], commit: string): readonly string[] {
  const changed = new Set(changedFiles(commit));
  const texts = new Map(paths.map((path) => [path, readFileSync(path, 'latin1')]));
  for (let count = -1; count !== changed.size;) {
    count = changed.size;
    const names = new Set([...changed].map((path) => basename(path)));
    for (const [path, text] of texts)
      if ((text.match(fileName) ?? []).some((name) => names.has(name))) changed.add(resolve(path));
  }
  return paths.filter((path) => changed.has(resolve(path)));
}

/** Returns the absolute paths of files that differ from a commit or are new. */
function changedFiles(commit: string): readonly string[] {
  const git = (...words: readonly string[]): readonly string[] =>
    execFileSync('git', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).split('\0');
  try {
    const [root = ''] = git('rev-parse', '--show-toplevel').map((line) => line.trim());
    const base = git('rev-parse', '--verify', '--end-of-options', `${commit}^{commit}`)[0]?.trim() ?? '';
    return [
      ...git('-C', root, 'diff', '--name-only', '-z', base),
      ...git('-C', root, 'ls-files', '--others', '--exclude-standard', '-z'),
    ].flatMap((path) => (path === '' ? [] : [resolve(root, path)]));
  } catch {
    throw new UsageError(
      `git has no commit ${commit} here`,
      'fetch it: the action for checking out takes fetch-depth: 0',
    );
  }
}
