/** Fails if a package that we use is behind the newest by a whole version; those that stay have their reason here. */

import { spawnSync } from 'node:child_process';
import process from 'node:process';

/** Packages that stay at an older version. */
const reasons = {
  '@types/node': 'declares the oldest Node that we support',
  typescript: 'version 7 has no interface for programs; typescript-native checks types with it',
};

const { stdout } = spawnSync('npm', ['outdated', '--json'], { encoding: 'utf8' });
const behind = Object.entries(JSON.parse(stdout === '' ? '{}' : stdout)).filter(
  ([name, { current, latest }]) => !(name in reasons) && Number.parseInt(current) < Number.parseInt(latest),
);
for (const [name, { current, latest }] of behind) process.stdout.write(`${name} ${current} is behind ${latest}\n`);
process.exitCode = behind.length === 0 ? 0 : 1;
