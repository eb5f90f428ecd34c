/** Which tests a change reaches, in small repositories; and in this one, that no kind of input is overlooked. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './import-graph.js';
import { git } from './changes.js';
import { namesIn, reaches, testsReaching } from './reach.js';

const texts: Readonly<Record<string, string>> = {
  'package.json': '{ "imports": { "#platform": { "browser": "./site/platform.ts", "default": "./src/node.ts" } } }',
  'src/a.ts': "import { b } from './b.js';\nimport type { T } from './types.js';\n/** As fixtures/notes.md has it. */",
  'src/b.ts': "import { platform } from '#platform';\nconst text = platform.asset(`src/templates/${name}.hbs`);",
  'src/node.ts': '',
  'src/types.ts': '',
  'src/templates/loop.hbs': '',
  'site/platform.ts': '',
  'fixtures/notes.md': '',
  'fixtures/brian/lif.yaml': '',
  'fixtures/pynn/lif.json': '',
  'python/tests/check.py': '',
  'python/tests/scenarios.py': '',
  'test/support/program-bundle.ts': "bundle({ cli: 'src/a.ts' });",
  'test/imports.test.ts': "import { a } from '../src/a.js';",
  'test/folder.test.ts': "readdirSync(join(root, 'fixtures', notation));",
  'test/file.test.ts': "readFileSync('fixtures/brian/lif.yaml');",
  'test/python.test.ts': "python(['python/tests/check.py']);",
  'test/program.test.ts': "spawn(inject('program'));",
};
const repository = { files: Object.keys(texts), text: (path: string): string => texts[path]! };
const tests = Object.keys(texts).filter((path) => path.endsWith('.test.ts'));
const reaching = (...changed: readonly string[]): string[] =>
  [...testsReaching(changed, tests, repository)].map((path) => /test\/(\w+)/.exec(path)![1]!);

describe('a changed file is reached', () => {
  it.each([
    ['src/b.ts', ['imports', 'program']],
    ['src/types.ts', []],
    ['src/node.ts', ['imports', 'program']],
    ['src/templates/loop.hbs', ['imports', 'program']],
    ['src/templates/removed.hbs', ['imports', 'program']],
    ['fixtures/notes.md', ['folder']],
    ['fixtures/brian/lif.yaml', ['folder', 'file']],
    ['fixtures/pynn/new.json', ['folder']],
    ['python/tests/scenarios.py', ['python']],
    ['test/file.test.ts', ['file']],
    ['package.json', ['imports', 'folder', 'file', 'python', 'program']],
  ])('%s, by %j', (changed, expected) => {
    expect(reaching(changed)).toEqual(expected);
  });

  it('or not at all', () => {
    expect(reaching()).toEqual([]);
    expect(reaching('CHANGELOG.md')).toEqual([]);
  });
});

it('every source, template, fixture, schema and program of this repository is reached by a test', () => {
  const files = git('ls-files')!.split('\n');
  const names = namesIn({ files, text: (path: string): string => readFileSync(join(root, path), 'utf8') });
  const all = files.filter((path) => path.endsWith('.test.ts'));
  const folders = new Map(
    files
      .filter((path) => /^(?:fixtures|schemas|python|translators|runtime|src|test)\//.test(path))
      // People run programs that write files for tests, such as `write-tables.py`.
      .filter((path) => !/\.(?:[cm]?ts|md)$|\/py\.typed$|pyproject\.toml$|\/write[-_][\w-]+\.py$/.test(path))
      .map((path) => [path.replace(/[^/]*$/, '') + path.replace(/.*\./, ''), path]),
  );
  expect(folders.size).toBeGreaterThan(40);
  const isReached = (path: string): boolean => all.some((test) => reaches(test, [path], names));
  expect([...folders.values()].filter((path) => !isReached(path))).toEqual([]);
});
