/** What has changed in the repository since a commit. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './import-graph.js';
import type { Repository } from './reach.js';

/** Returns the output of git in the repository; undefined if it fails, as where history is missing. */
export function git(...words: readonly string[]): string | undefined {
  try {
    return execFileSync('git', words, { cwd: root, encoding: 'utf8', stdio: 'pipe', maxBuffer: 1 << 28 }).trim();
  } catch {
    return undefined;
  }
}

const lines = (text: string): string[] => text.split('\n').filter(Boolean);

/** Returns the files that differ from those of a commit; undefined where that commit is unknown. */
export function changedSince(commit: string): string[] | undefined {
  const changed = git('diff', '--no-renames', '--name-only', commit);
  return changed === undefined
    ? undefined
    : [...lines(changed), ...lines(git('ls-files', '--others', '--exclude-standard') ?? '')];
}

/** Returns the present files. */
export function present(): Repository {
  const paths = lines(git('ls-files', '--cached', '--others', '--exclude-standard') ?? '');
  return {
    files: paths.filter((path) => existsSync(join(root, path))),
    text: (path) => readFileSync(join(root, path), 'utf8'),
  };
}
