/** A notation that a test registers reaches every command that takes a folder: no list of suffixes stands elsewhere. */

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { unplaced } from '../../src/diagnostics/positions.js';
import { registerNotation } from '../../src/pipeline/roads.js';
import { runCommand, temporaryFolder } from '../support/command.js';

const folder = temporaryFolder();
const models = (): string => folder.file('models');

/** A leaky cell with a constant drive. */
const cellWith = (tau: string): object => ({
  interneuron: 1,
  neurons: {
    leaky: {
      parameters: { tau },
      state: { v: { unit: '1', initial: 0 } },
      derivatives: { v: '(1.5 - v)/tau' },
      events: { spike: { when: 'v > 1', do: ['v = 0'] } },
    },
  },
  populations: { cell: { type: 'leaky', size: 1 } },
  record: [{ of: 'cell', events: 'spike' }],
  experiment: { dt: '0.1 ms', duration: '50 ms' },
});

beforeAll(() => {
  registerNotation(
    'toy',
    { title: 'a toy', names: ['toy'], form: 'text', suffixes: ['.toy'] },
    {
      text: (text, { set }) => ({
        document: cellWith(/tau = (.+)/.exec(text)?.[1] ?? ''),
        positions: unplaced,
        set,
      }),
    },
  );
  mkdirSync(models());
  writeFileSync(folder.file('models/cell.toy'), 'tau = 10 ms\n');
});

it('is found in a folder by validate, convert, gate and without a command', async () => {
  expect((await runCommand(['validate', models()])).stdout).toContain('models/cell.toy: valid, toy');
  const written = folder.file('written/');
  expect(await runCommand(['convert', models(), '--to', 'canonical', '-o', written])).toMatchObject({ code: 0 });
  expect(JSON.parse(readFileSync(folder.file('written/cell.json'), 'utf8'))).toMatchObject({ interneuron: 1 });
  expect((await runCommand(['gate', models()])).stdout).toMatch(/^ +\S+models\/cell\.toy +valid +✓ .* valid, toy$/m);
  expect((await runCommand([models()])).stdout).toContain('cell.toy');
});

it('is certified: a result of the file before a change is not reproduced', async () => {
  const words = ['run', folder.file('models/cell.toy'), '-o', folder.file('models/r.json'), '-q', '--no-environment'];
  expect(await runCommand(words)).toMatchObject({ code: 0 });
  const certified = (): ReturnType<typeof runCommand> =>
    runCommand(['certify', models(), '-o', folder.file('certificate'), '--force']);
  expect(await certified()).toMatchObject({ code: 0, stdout: expect.stringMatching(/^reproduced: 1 identical$/m) });
  writeFileSync(folder.file('models/cell.toy'), 'tau = 20 ms\n');
  const changed = await certified();
  expect([changed.code, changed.stdout]).toEqual([1, expect.stringContaining('another model than the one beside it')]);
  renameSync(folder.file('models/cell.toy'), folder.file('models/cell.TOY'));
  expect((await runCommand(['validate', models()])).stdout).toContain('models/cell.TOY: valid, toy');
});
