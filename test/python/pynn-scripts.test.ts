/** The PyNN backend: what scripts get wrong, what they make between two runs, and features together. */

import { describe, expect, inject, it } from 'vitest';
import { temporaryFolder } from '../support/command.js';
import { missingEnvironment, python } from '../support/python.js';

const folder = temporaryFolder();

const noPynn = missingEnvironment('.venv-pynn', 'sources/test/system/scenarios');
describe.skipIf(noPynn !== null)(`PyNN scripts${noPynn === null ? '' : ` (skipped: ${noPynn})`}`, () => {
  it.each(['check_bad_input', 'check_between_runs', 'check_scripts'])('%s', { timeout: 300_000 }, async (name) => {
    const words = ['-W', 'ignore', `python/pynn-interneuron/tests/${name}.py`];
    const said = await python('.venv-pynn', words, {
      INTERNEURON_PROGRAM: inject('program'),
      INTERNEURON_NODE: process.execPath,
      INTERNEURON_CACHE: folder.file('cache'),
    });
    expect(said.trim().split('\n').at(-1)).toBe('checked');
  });
});
