/** Networks of NeuroML that are written in HDF5: they are read as the same document, by libNeuroML too. */

import { statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { convertModel } from '../../../../src/convert/convert.js';
import { importModel, readSource } from '../../../../src/pipeline/pipeline.js';
import { temporaryFolder } from '../../../support/command.js';
import { missingEnvironment, python } from '../../../support/python.js';
import { withReason } from '../../../support/skip-reasons.js';

const folder = temporaryFolder();

/** Writes a model, and returns the path of its LEMS document. */
async function write(fixture: string, name: string): Promise<string> {
  const { valid } = importModel(readSource(fixture));
  const { files } = await convertModel(valid, 'neuroml', { name });
  for (const file of files) writeFileSync(folder.file(file.name), file.bytes ?? file.text);
  return folder.file(files[1]?.name ?? '');
}

describe('a network in HDF5', () => {
  it.each([
    'fixtures/pynn/connector-from-list.json',
    'fixtures/pynn/electrical.json',
    'fixtures/brian/summed.yaml',
    'fixtures/pynn/brunel.json',
    'fixtures/pynn/stdp-additive.json',
    'fixtures/cells/network-of-cells.xml',
  ])('is the same model as in XML: %s', async (fixture) => {
    const [xml, hdf5] = [await write(fixture, 'x.net.nml'), await write(fixture, 'y.net.nml.h5')];
    const hashOf = (path: string): string => importModel(readSource(path)).hashes.model;
    expect(hashOf(hdf5)).toBe(hashOf(xml));
  });

  it('takes 16 bytes a connection with a weight and a delay', async () => {
    await write('fixtures/pynn/vogels-abbott-cuba.json', 'z.net.nml.h5');
    expect(statSync(folder.file('z.net.nml.h5')).size).toBeLessThan(20 * 323_000);
  });

  it('is refused by name if the layout has no place for a part', async () => {
    const { valid } = importModel(readSource('fixtures/neuroml/inputs.xml'));
    const { files, report } = await convertModel(valid, 'neuroml', { name: 'i.nml.h5' });
    expect(files.map(({ name }) => name)).toEqual(['LEMS_i.xml']);
    expect(report.find(({ code }) => code === 'lems/one-file')?.message).toContain('has no place for explicitInput');
  });

  const missing = missingEnvironment('.venv-pynn');
  it.skipIf(missing !== null)(withReason('is read by libNeuroML', missing), async () => {
    await write('fixtures/pynn/stdp-additive.json', 'w.net.nml.h5');
    await write('fixtures/pynn/connector-from-list.json', 'y.net.nml.h5');
    const script = [
      'import sys, logging, neuroml.loaders as loaders',
      'logging.disable(logging.CRITICAL)',
      // Ids of projections from sources of given spikes have `population_` in them.
      'print(len(loaders.read_neuroml2_file(sys.argv[2]).networks[0].projections))',
      'n = loaders.read_neuroml2_file(sys.argv[1]).networks[0]',
      'print([(p.id, p.component, int(p.size)) for p in n.populations])',
      'print([(p.id, len(p.connection_wds), p.connection_wds[0].pre_cell_id, p.connection_wds[0].delay) for p in n.projections])',
    ].join('\n');
    const paths = ['y.net.nml.h5', 'w.net.nml.h5'].map((name) => folder.file(name));
    const said = await python('.venv-pynn', ['-c', script, ...paths]);
    expect(said.split('\n').map((line) => line.trim())).toContain('6');
    expect(said.trim().split('\n').slice(-2).join('\n')).toMatchInlineSnapshot(`
        "[('cells', 'cells_cells', 8)]
        [('recurrent', 4, '../cells[0]', '1.0ms')]"
      `);
  });
});
