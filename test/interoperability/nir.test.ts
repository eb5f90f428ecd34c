/** nir from PyPI reads what is written, and its own graphs give the recorded values again. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../support/import-graph.js';
import { runCommand, temporaryFolder } from '../support/command.js';

const python = resolve(root, '.venv-nir/bin/python');
if (!existsSync(python) && process.env['INTERNEURON_REQUIRE_PYTHON'])
  throw new Error('no .venv-nir here; run scripts/python-environment.sh');

describe.skipIf(!existsSync(python))('nir', () => {
  const folder = temporaryFolder();

  it.each(['affine-lif', 'recurrent-cuba', 'nested-delays', 'all-primitives', 'conv-pool'])(
    'reads %s after it is written again, with its types checked',
    async (name) => {
      const path = folder.file(`${name}.nir`);
      const { code } = await runCommand(['convert', `fixtures/nir/${name}.nir`, '--to', 'nir', '-o', path]);
      expect(code).toBe(0);
      const script = `import nir; print(sum(len(n.output_type['output']) for n in nir.read('${path}').nodes.values()))`;
      expect(Number(execFileSync(python, ['-c', script], { encoding: 'utf8' }))).toBeGreaterThan(0);
    },
  );

  it('gives the recorded values of the fixtures', () => {
    const again = folder.file('again');
    mkdirSync(again);
    execFileSync(python, [resolve(root, 'test/interoperability/python/nir_graphs.py'), again]);
    for (const name of ['recurrent-cuba', 'nested-delays', 'all-primitives'])
      expect(JSON.parse(readFileSync(`${again}/${name}.expected.json`, 'utf8'))).toEqual(
        JSON.parse(readFileSync(resolve(root, `fixtures/nir/${name}.expected.json`), 'utf8')),
      );
  });
});
