/**
 * Builds the program and runs the command that is given. With `--open` it serves the page that opens models instead, to
 * this machine alone:
 *
 *     npm start
 *     npm start -- --open
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';
import { context } from 'esbuild';
import { writeSite } from './page.js';

const root = resolve(import.meta.dirname, '..');

/** Serves a folder until the process ends. @returns the address */
async function serve(folder) {
  const server = await context({});
  const { port } = await server.serve({ servedir: folder, host: '127.0.0.1' });
  return `http://127.0.0.1:${port}/`;
}

/** Asks the system to show an address; where it cannot, the printed address is enough. */
function show(address) {
  const [program, ...words] = { darwin: ['open'], win32: ['cmd', '/c', 'start', ''] }[process.platform] ?? ['xdg-open'];
  spawn(program, [...words, address], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}

if (process.argv.includes('--open')) {
  const folder = resolve(root, 'out/page');
  await writeSite(folder);
  const address = await serve(folder);
  console.log(`Drop a model at ${address} (Ctrl+C ends)`);
  show(address);
} else {
  execFileSync(process.execPath, ['scripts/build.js', '--without-types'], { cwd: root, stdio: 'inherit' });
  mkdirSync(resolve(root, 'out'), { recursive: true });
  const words = ['dist/cli.js', ...process.argv.slice(2)];
  process.exitCode = spawnSync(process.execPath, words, { cwd: root, stdio: 'inherit' }).status ?? 1;
}
