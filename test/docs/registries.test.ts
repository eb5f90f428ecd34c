/** No page, template or message installs our packages from a registry before they are there. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
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

it('certificates take the program from its repository', () => {
  expect(repeatCommands(['certify', "it's.omex", '-o', 'certificate']).flatMap(found)).toHaveLength(
    isRegistered ? 1 : 0,
  );
});
