/**
 * Builds dist/ where npm packs a clone, as for pre-commit and `npm install git+…`: the repository does not have it.
 * npm also runs this after `npm install` and `npm ci` in a working tree, where nothing is built.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';

// npm sets the variable while it prepares a package from a repository.
const { _PACOTE_NO_PREPARE_: isPacked, npm_execpath: npm, ...env } = process.env;
if (isPacked !== undefined && !existsSync('dist/cli.js')) {
  // `npm install --global` also puts the packages of the clone elsewhere.
  const run = (...words) =>
    spawnSync(process.execPath, words, {
      stdio: 'inherit',
      env: { ...env, npm_config_global: 'false', npm_config_location: 'project' },
    }).status ?? 1;
  process.exitCode = run(npm, 'ci', '--no-audit', '--no-fund') || run('scripts/build.js', '--without-types');
}
