/** The first two commands of README, in a fresh clone of a user without rights: they give the fingerprint it shows. */

import { execFileSync, spawnSync, type SpawnSyncOptions } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/command.js';
import { root } from '../support/import-graph.js';
import { git } from '../support/changes.js';
import { withReason } from '../support/skip-reasons.js';

/** The user `nobody` of Linux, if this is root and that user can run Node.js. */
const nobody = { uid: 65534, gid: 65534 } as const;
const isRoot = process.getuid?.() === 0;
const user: SpawnSyncOptions = isRoot && spawnSync('node', ['--version'], nobody).status === 0 ? nobody : {};

/** Packages that npm has loaded before: the test must not load them again. */
const cache = join(process.env['npm_config_cache'] ?? join(homedir(), '.npm'), '_cacache');
const missing =
  git('rev-parse', 'HEAD') === undefined ? 'no clone of git' : existsSync(cache) ? null : 'npm has no cache here';

const folder = temporaryFolder();

it.skipIf(missing !== null)(withReason('npm install && npm start', missing), () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const [, command = '', fingerprint = ''] = /^\$ (npm install.*)$[^]*?^fingerprint +(\w{64})$/m.exec(readme) ?? [];
  mkdirSync(folder.path, { recursive: true });
  execFileSync('git', ['clone', '--quiet', '--depth', '1', pathToFileURL(root).href, folder.file('clone')]);
  cpSync(cache, folder.file('npm/_cacache'), { recursive: true });
  if (user === nobody) execFileSync('chown', ['-R', `${nobody.uid}:${nobody.gid}`, folder.path]);
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
    ...user,
    cwd: folder.file('clone'),
    encoding: 'utf8',
    env: {
      HOME: folder.path,
      PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
      npm_config_cache: folder.file('npm'),
      npm_config_prefer_offline: 'true',
      npm_config_update_notifier: 'false',
    },
  });
  expect([status, stderr]).toEqual([0, expect.not.stringContaining('error')]);
  expect(/^fingerprint +(\w+)$/m.exec(stdout)?.[1]).toBe(fingerprint);
  expect(existsSync(folder.file('clone/out/vogels-abbott-cuba.nwb'))).toBe(true);
});
