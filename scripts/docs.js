/**
 * Builds the documentation site in `out/site`: the pages of `docs`, a page for each message, the keys of the document
 * notations from their schemas, and the interfaces of JavaScript and Python from their sources.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messagePages } from './message-pages.mjs';
import { bundleProgram, writeSite } from './page.js';
import { schemaReference } from './schema-reference.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const docs = `${root}docs`;

/** Runs a program in the folder `docs`; its messages go to the terminal. */
function run(file, ...words) {
  execFileSync(file, words, { cwd: docs, stdio: 'inherit', env: { ...process.env, NO_COLOR: '1' } });
}

if (!existsSync(`${docs}/node_modules/vitepress`)) run('npm', 'ci', '--no-audit', '--no-fund');

rmSync(`${docs}/reference`, { recursive: true, force: true });
mkdirSync(`${docs}/reference/documents`, { recursive: true });
for (const name of ['brian', 'pynn', 'model']) {
  const schema = JSON.parse(readFileSync(`${root}schemas/${name}.schema.json`, 'utf8'));
  writeFileSync(`${docs}/reference/documents/${name}.md`, schemaReference(schema));
}
const messageTexts = ['messages', 'explanations'].map((name) => readFileSync(`${docs}/${name}.md`, 'utf8'));
for (const [path, text] of messagePages(...messageTexts)) {
  const file = `${docs}/reference/messages/${path}`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
run('npx', 'typedoc', '--options', 'typedoc.json');

rmSync(`${root}out/site`, { recursive: true, force: true });
run('npx', 'vitepress', 'build', '.');
await writeSite(`${root}out/site/page`);
// The first page shows it.
await bundleProgram(`${root}dist`);
run(
  process.execPath,
  `${root}dist/cli.js`,
  'page',
  `${root}fixtures/readme/first-steps.yaml`,
  '-o',
  `${root}out/site/first-steps.html`,
);

// Python's interface is a site of its own below the first one.
const python = `${root}.venv/bin/python`;
if (existsSync(python))
  execFileSync(python, ['-m', 'pdoc', '-o', `${root}out/site/python-api`, 'interneuron', 'brian2_interneuron'], {
    stdio: ['ignore', 'inherit', 'ignore'],
    env: { ...process.env, PYTHONPATH: `${root}python/interneuron/src:${root}python/brian2-interneuron/src` },
  });
else console.log('the Python interface is left out: there is no .venv; run scripts/python-environment.sh');
