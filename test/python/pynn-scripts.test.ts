/**
 * The PyNN backend: mistakes of scripts, parts that are made between two runs, recordings of runs, and features
 * together.
 */

import { mkdirSync } from 'node:fs';
import { describe, expect, inject, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.js';
import { missingEnvironment, python } from '../support/python.js';
import { withReason } from '../support/skip-reasons.js';

const folder = temporaryFolder();
const program = (): Readonly<Record<string, string>> => ({
  INTERNEURON_PROGRAM: inject('program'),
  INTERNEURON_NODE: process.execPath,
  INTERNEURON_CACHE: folder.file('cache'),
});

const noPynn = missingEnvironment('.venv-pynn', 'sources/test/system/scenarios');
describe.skipIf(noPynn !== null)(`PyNN scripts${noPynn === null ? '' : ` (skipped: ${noPynn})`}`, () => {
  it.each(['check_bad_input', 'check_between_runs', 'check_runs', 'check_scripts'])('%s', async (name) => {
    const words = ['-W', 'ignore', `python/pynn-interneuron/tests/${name}.py`];
    const said = await python('.venv-pynn', words, program());
    expect(said.trim().split('\n').at(-1)).toBe('checked');
  });

  const noPython = missingEnvironment('.venv');
  it.skipIf(noPython !== null)(
    withReason('random protocols give the same samples in the backend and in each result format', noPython),
    async () => {
      const protocols = folder.file('protocols');
      mkdirSync(protocols);
      const count = process.env['INTERNEURON_TESTS'] === 'thorough' ? 1000 : 20;
      const script = 'python/pynn-interneuron/tests/random_protocols.py';
      await python('.venv-pynn', ['-W', 'ignore', script, protocols, String(count)], program());
      const said = await python('.venv', ['python/interneuron/tests/check_samples.py', protocols], program());
      expect(said).toBe('checked\n');
    },
  );
});
