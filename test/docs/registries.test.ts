/** No file names a package or an address as ours that a stranger could hold. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { home } from '../../src/diagnostics/home.js';
import { isRegistered, repeatCommands } from '../../src/verify/certify/repeat.js';

/** Commands that take packages by name, up to the end of the command. */
const installers =
  /\b(?:npx|bunx|uvx|pipx|(?:npm|pnpm|yarn|bun) (?:install|i|add|exec|ci|dlx|create)|(?:pip3?|uv tool|uv) (?:install|download|wheel|run|add))(?![\w-])([^`;|&#\n]*)/g;
/** A package of ours as registries name it: no path, and no file. */
const ours = /^(?:(?:pynn|brian2|neuron)-)?interneuron(?:[[@=<>~!].*)?$/;

/** Returns the commands of a text that take our packages by name. */
const found = (text: string): readonly string[] =>
  [...text.matchAll(installers)].flatMap(([command, words = '']) => {
    const isWithoutIndex = /(?:^|\s)--no-index(?:\s|$)/.test(words);
    const named = words.split(/[\s"'()]+/).some((word) => ours.test(word));
    return named && !isWithoutIndex ? [command.trim()] : [];
  });

it.each([
  ['npx interneuron@0.1.0 certify x', 1],
  ['npm install --global interneuron', 1],
  ["or run: pip install 'interneuron[node]'", 1],
  ['`pip install --find-links out/wheels "interneuron[all]" pynn-interneuron`', 1],
  ['pip install --no-index --find-links out/wheels interneuron', 0],
  ['pip install out/wheels/interneuron-*.whl pandas', 0],
  ['npm install ./interneuron-0.1.0.tgz', 0],
  ['npm install && npm link` installs the command `interneuron`', 0],
])('%s: %i', (text, count) => {
  expect(found(text)).toHaveLength(count);
});

it.skipIf(isRegistered)('no file of the repository takes our packages from a registry', () => {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
    .split('\n')
    .filter(
      (path) =>
        /\.(?:md|ya?ml|ts|m?js|py|toml|html|hbs|sh|json|txt)$|^\.ci\//.test(path) &&
        !/^(?:test|fixtures|schemas)\/|^src\/verify\/certify\/repeat\.ts$|package-lock/.test(path) &&
        existsSync(path),
    );
  expect(files.length).toBeGreaterThan(1000);
  expect(files.flatMap((path) => found(readFileSync(path, 'utf8')).map((command) => `${path}: ${command}`))).toEqual(
    [],
  );
});

const texts = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter(
    (path) => path !== '' && !/\.(?:h5|nwb|nir|npz|png|gif|gz|nirdata|woff2?|parquet)$/.test(path) && existsSync(path),
  );

/** Addresses and names at hosts that only their owner can give away. */
const addresses =
  /\b(?:github|gitlab|codeberg|bitbucket)\.(?:com|org)[/:](?!OWNER\/)[\w.-]*interneuron[\w./-]*|\binterneuron\.(?:github|gitlab|readthedocs|netlify|vercel)\.\w+|\b(?:ghcr|docker|quay)\.io\/[\w/-]*interneuron|\buses: +[\w-]*interneuron\/|@interneuron\/|\/[\w.-]+\/interneuron\.git\b/g;

it.each([
  ['git clone https://github.com/interneuron/interneuron', 1],
  ['git@github.com:interneuron/interneuron.git', 1],
  ['- uses: interneuron/interneuron@action', 1],
  ['https://interneuron.readthedocs.io', 1],
  ['ghcr.io/interneuron/interneuron:latest', 1],
  ['- uses: OWNER/REPOSITORY@COMMIT', 0],
  ['https://github.com/OWNER/REPOSITORY interneuron', 0],
])('%s: %i addresses', (text, count) => {
  expect(text.match(addresses) ?? []).toHaveLength(count);
});

it('no file has an address of ours but the constant', () => {
  const own = ['test/docs/registries.test.ts'];
  const named = texts
    .filter((path) => !own.includes(path))
    .flatMap((path) => (readFileSync(path, 'utf8').match(addresses) ?? []).map((address) => `${path}: ${address}`));
  expect(named.filter((address) => home === '' || !address.includes(home))).toEqual([]);
});

it('what builds a clone is one chain with the digest of a commit', () => {
  const pages = texts.filter((path) => /^(?:docs|python)\/.*\.md$|^README\.md$/.test(path));
  const commands = [
    ...pages.flatMap((path) => readFileSync(path, 'utf8').match(/^.*\bgit clone\b(?:.*(?:&&|\\)\n)*.*$/gm) ?? []),
    ...repeatCommands(['certify', 'x']),
  ];
  expect(commands.length).toBeGreaterThan(1);
  const chain =
    /^git clone \S+ interneuron &&\s+git -C interneuron checkout --detach (?:COMMIT|[0-9a-f]{40}) &&\s+\(cd interneuron && npm ci/;
  expect(commands.filter((command) => !chain.test(command))).toEqual([]);
});

it('certificates take the program from its repository', () => {
  expect(repeatCommands(['certify', "it's.omex", '-o', 'certificate']).flatMap(found)).toHaveLength(
    isRegistered ? 1 : 0,
  );
});
