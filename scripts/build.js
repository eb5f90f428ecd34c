/**
 * Builds dist/: the commands (cli.js, biosimulators.js), the library (index.js) and its declarations (types/), which
 * `--without-types` leaves out.
 */
import { execFile } from 'node:child_process';
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import process from 'node:process';
import { promisify } from 'node:util';
import { bundleProgram } from './page.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const dist = resolve(root, 'dist');

await rm(dist, { recursive: true, force: true });

/** Writes the declarations of a project. */
const declare = (project) =>
  promisify(execFile)(process.execPath, [resolve(root, 'node_modules/typescript-native/bin/tsc'), '-p', project], {
    cwd: root,
  }).catch((error) => {
    process.stderr.write(error.stdout);
    process.exitCode = 1;
  });

/** Writes the declarations of the libraries. Those for browsers come first: the others replace what both have. */
async function declarations() {
  await declare('site/tsconfig.build.json');
  await declare('tsconfig.build.json');
  await removeUnusedDeclarations(resolve(dist, 'types'), ['src/index.d.ts', 'site/library.d.ts']);
}

await Promise.all([bundleProgram(dist), ...(process.argv.includes('--without-types') ? [] : [declarations()])]);
const { stdout: page } = await promisify(execFile)(process.execPath, [resolve(dist, 'cli.js'), 'man']);
await writeFile(resolve(dist, 'interneuron.1'), page);
for (const name of ['cli', 'biosimulators']) await chmod(resolve(dist, `${name}.js`), 0o755);

/** Removes declarations that the public ones do not need: TypeScript writes those of all sources. */
async function removeUnusedDeclarations(folder, entries) {
  const used = new Set(entries);
  for (const file of used)
    for (const [, to] of (await readFile(resolve(folder, file), 'utf8')).matchAll(
      /['"](\.{1,2}\/[^'"]+)\.(?:js|ts)['"]/g,
    ))
      used.add(join(dirname(file), `${to}.d.ts`));
  for (const file of await readdir(folder, { recursive: true }))
    if (/\.d\.m?ts$/.test(file) && !used.has(file)) await rm(resolve(folder, file));
}
