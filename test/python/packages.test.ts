/** The package interneuron: its own checks. The types of all packages. */

import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, inject, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.js';
import { root } from '../support/import-graph.js';
import { examplesOf, withOutputs } from './page.js';
import { missingEnvironment, python, variables } from '../support/python.js';

const run = promisify(execFile);
const folder = temporaryFolder();
const program = (): Readonly<Record<string, string>> => ({
  INTERNEURON_PROGRAM: inject('program'),
  INTERNEURON_NODE: process.execPath,
  INTERNEURON_CACHE: folder.file('cache'),
});

const noPython = missingEnvironment('.venv');
describe.skipIf(noPython !== null)(
  `the package interneuron${noPython === null ? '' : ` (skipped: ${noPython})`}`,
  () => {
    it('gives the results of the program', async () => {
      expect(await python('.venv', ['python/interneuron/tests/check_package.py'], program())).toBe('checked\n');
    });

    it('has the outputs in docs/python.md; UPDATE_README=1 writes them', async () => {
      const page = readFileSync('docs/python.md', 'utf8');
      const end = '---end---';
      const script = examplesOf(page)
        .map(({ code }) => `${code}print(${JSON.stringify(end)})\n`)
        .join('');
      const printed = (await python('.venv', ['-c', script], program())).split(`${end}\n`).slice(0, -1);
      if (process.env['UPDATE_README']) writeFileSync('docs/python.md', withOutputs(page, printed));
      expect(printed.length).toBeGreaterThan(3);
      expect(printed).toEqual(examplesOf(readFileSync('docs/python.md', 'utf8')).map((example) => example.printed));
    });

    it.each(['interneuron', 'interneuron.__main__', 'brian2_interneuron.launcher', 'interneuron_neuron.launcher'])(
      'python -m %s imports nothing of the current folder',
      async (name) => {
        const here = folder.file(name);
        mkdirSync(here);
        for (const module of ['ast', 'brian2', 'json', 'numpy', 're', 'subprocess', 'tempfile', 'traceback', 'typing'])
          writeFileSync(join(here, `${module}.py`), "open('RAN', 'a').write(__name__)\n");
        // Launchers are no commands: they end with an error.
        const { stdout } = await run(join(root, '.venv/bin/python'), ['-m', name, '--version'], {
          cwd: here,
          env: variables(program()),
        }).catch((error: unknown) => error as { readonly stdout: string });
        expect(readdirSync(here)).not.toContain('RAN');
        expect(stdout).toMatch(name.endsWith('launcher') ? /^$/ : /^interneuron \d/);
      },
    );

    it.each(['interneuron', 'pynn-interneuron', 'neuron-interneuron'])('%s is typed', async (name) => {
      const words = ['-m', 'mypy', '--cache-dir', folder.file('mypy')];
      const checked = async (...more: readonly string[]): Promise<string> => {
        const { stdout } = await run(join(root, '.venv/bin/python'), [...words, ...more], {
          cwd: join(root, 'python', name),
          env: { ...process.env, MYPYPATH: 'src' },
        }).catch(
          // mypy prints what it found and ends with 1.
          (error: unknown) => error as { readonly stdout: string },
        );
        return stdout;
      };
      expect(await checked('--config-file', 'pyproject.toml')).toContain('Success');
      if (name === 'interneuron') expect(await checked('--strict', 'tests/typed_calls.py')).toContain('Success');
    });
  },
);
