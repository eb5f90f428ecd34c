/** Runs the Python of docs/results.md on the file that its command writes. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand, temporaryFolder } from '../support/command.js';
import { root } from '../support/import-graph.js';
import { missingPython } from './python-environment.js';

const folder = temporaryFolder();
const missing = missingPython(['pynwb', 'pandas']);

test.skipIf(missing !== null)(
  `pynwb reads a result as docs/results.md shows${missing === null ? '' : ` (${missing})`}`,
  async () => {
    const run = await runCommand([
      'run',
      'fixtures/readme/first-steps.yaml',
      '-o',
      folder.file('first-steps.nwb'),
      '--json',
    ]);
    const { spikes } = JSON.parse(run.stdout).populations.cells;
    const programs = [...readFileSync(join(root, 'docs/results.md'), 'utf8').matchAll(/^```python\n([\s\S]*?)^```$/gm)];
    const program = programs.map((found) => found[1]!).find((text) => text.includes('NWBHDF5IO'))!;
    const printed = execFileSync(
      join(root, '.venv/bin/python'),
      ['-c', program.replaceAll("'out/", `'${folder.path}/`)],
      {
        encoding: 'utf8',
      },
    );
    expect(printed).toMatch(new RegExp(`^cells +${spikes}$`, 'm'));
    expect(printed).toContain('(5000, 2)');
  },
);
